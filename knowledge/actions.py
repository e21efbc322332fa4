"""What a message wants: a small classifier over reviewed example sentences and the signs listed for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import cast

import numpy as np
from numpy.typing import NDArray

from knowledge.classifier import Ridge, train
from knowledge.corpus import Corpus
from knowledge.cues import find_codes, find_facet
from knowledge.lexicon import Phrases, concepts_in, labelled, listed
from knowledge.meaning import Action
from knowledge.vietnamese import fold, syllables

Floats = NDArray[np.float32]
PENALTY = 1.0
SHARPNESS = 8.0  # turns scores near 0 and 1 into probabilities; fitted on left-out examples
ALARM = ("denunciation", "emergency")
# Denunciations come before precision: a lower score is enough to be safe.
LEAN: Mapping[str, float] = {"denunciation": 0.06}
_COUNTED = re.compile(r"\b(?:\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi) (?:nguoi|khau|dua|the|con|thang|vo chong|ong ba|me con|cha con|chi em|anh em)\b")
_WAGE = re.compile(r"\bluong (?:\w+ ){0,3}(?:\d+|chuc|trieu|ba|muoi|hai|sau|tam)")
_STREET = re.compile(r"\b(?:duong|pho|dai lo|quoc lo|tinh lo|hem|ngo|huong lo|mat tien)\s+(?!nao|gi|day|di|ve|lien|xa|thon|nay|vao|lam|be|lo|hong|lay|xuong|bi|dat|truoc|ma|chung|phai)\w+")


def features(said: Sequence[str]) -> list[str]:
    """What the classifier sees of a message: folded syllables and pairs, official words, signs, shape."""
    plain = [fold(s) for s in said]
    named = ["<", *plain, ">"]
    signs = dict.fromkeys("#" + hit.label for hit in labelled("signs").find(said))
    return [*plain, *(f"{a}_{b}" for a, b in pairwise(named)), *concepts_in(said), *signs, *_joint(list(signs)), *_shape(said, plain)]


def _joint(signs: Sequence[str]) -> list[str]:
    """Two signs together say more than each: an officer and taking money, an own house and a decision."""
    return [f"{a}&{b}" for i, a in enumerate(signs) for b in signs[i + 1 :]]


def _shape(said: Sequence[str], plain: Sequence[str]) -> list[str]:
    joined = " ".join(plain)
    facet = find_facet(said)
    found = [f"#facet:{facet}"] if facet else []
    found += ["#counted"] if _COUNTED.search(joined) else []
    found += ["#wage"] if _WAGE.search(joined) else []
    found += ["#named_street"] if _STREET.search(joined) else []
    found += ["#code"] if find_codes(" ".join(said)) else []
    return [*found, "#size:" + ("1" if len(said) <= 2 else "2" if len(said) <= 5 else "3" if len(said) <= 12 else "4")]


@lru_cache(maxsize=1)
def _sentences() -> tuple[tuple[str, Action], ...]:
    """Every example sentence with its action; what is out of scope is asked like an answer."""
    groups = listed("actions")
    own = [(str(text), cast(Action, action)) for action, texts in groups.items() for text in texts]
    outside = [
        (str(text), cast(Action, "answer"))
        for name in ("near_out_of_scope", "far_out_of_scope")
        for text in listed(name)["train"]
    ]
    return (*own, *outside)


def texts() -> Iterable[str]:
    """All example sentences, for the vocabulary."""
    return (text for text, _action in _sentences())


class Actions:
    """Scores every action for one message."""

    def __init__(self, ridge: Ridge) -> None:
        """Made by `learn`, or from the cache."""
        self.ridge = ridge

    @classmethod
    def learn(cls, corpus: Corpus, *, most: int = 1200) -> tuple[Actions, Floats, list[str]]:
        """The classifier, the left-out score of every example, and the examples' actions."""
        asked = [example.said for example in corpus.examples if example.kind != "body"]
        step = max(1, len(asked) // most)
        said = [tuple(syllables(text)) for text, _ in _sentences()] + asked[::step]
        labels = [action for _, action in _sentences()] + ["answer"] * len(asked[::step])
        ridge, left_out = train([features(s) for s in said], labels, penalty=PENALTY)
        return cls(ridge), left_out, labels

    def scores(self, said: Sequence[str]) -> tuple[tuple[Action, float], ...]:
        """Each action with its probability, best first."""
        raw = self.ridge.scores(features(said)) * SHARPNESS
        raw += np.array([SHARPNESS * LEAN.get(name, 0.0) for name in self.ridge.classes], dtype=np.float32)
        odds = np.exp(raw - raw.max())
        shares = odds / odds.sum()
        order = np.argsort(-shares, kind="stable")
        return tuple((cast(Action, self.ridge.classes[i]), float(shares[i])) for i in order)


__all__ = ["Actions", "Phrases", "features", "texts"]
