"""What a message wants: a small classifier over reviewed example sentences and the signs listed for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import cast, get_args

import numpy as np

from knowledge.classifier import Ridge, train
from knowledge.cues import find_codes, find_facet
from knowledge.entry import Entry
from knowledge.lexicon import concepts_in, labelled, listed, spoken
from knowledge.meaning import Action
from knowledge.repair import Repair
from knowledge.vietnamese import fold

PENALTY = 0.3
VARIANTS_OF_AN_ENTRY = 4  # as examples of "answer": more would drown the other wishes
OUTSIDE_COUNTS = 0.1  # how much a question out of scope counts: they are many, and few of them sound like a report
SHARPNESS = 8.0  # turns scores near 0 and 1 into shares
# Danger, denunciation and one's own trouble come before precision; where a sum and a rule are in doubt, the rule answers.
LEAN: Mapping[str, float] = {
    "denunciation": 0.06,
    "emergency": 0.02,
    "directory": 0.02,
    "report": 0.03,
    "handoff": -0.05,
    "premium": -0.03,
}
# What a story tells before it asks is not outweighed by the question: a street, a family, a danger, a crime.
TOLD: frozenset[Action] = frozenset({"price", "premium", "denunciation", "emergency"})
_COUNTED = re.compile(
    r"\b(?:\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi) (?:nguoi|khau|dua|the|con|thang|vo chong|ong ba|me con|cha con|chi em|anh em)\b"
)
_WAGE = re.compile(r"\bluong (?:\w+ ){0,3}(?:\d+|chuc|trieu|ba|muoi|hai|sau|tam)")
_STREET = re.compile(
    r"\b(?:duong|pho|dai lo|quoc lo|tinh lo|hem|ngo|huong lo|mat tien)\s+(?!nao|gi|day|di|ve|lien|xa|thon|nay|vao|lam|be|lo|hong|lay|xuong|bi|dat|truoc|ma|chung|phai)\w+"
)


def features(said: Sequence[str]) -> list[str]:
    """What the classifier sees of a message in the words of `spoken`: folded syllables, pairs, official words, signs."""
    plain = [fold(s) for s in said]
    named = ["<", *plain, ">"]
    signs = dict.fromkeys("#" + hit.label for hit in labelled("signs").find(said))
    return [
        *plain,
        *(f"{a}_{b}" for a, b in pairwise(named)),
        *concepts_in(said),
        *signs,
        *_joint(list(signs)),
        *_shape(said, plain),
    ]


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


def learn_actions(entries: Iterable[Entry], repair: Repair) -> Ridge:
    """The classifier, from content/language/actions.yaml, a few variants of each entry, and what is out of scope."""
    groups: Mapping[str, Sequence[str]] = listed("actions")
    assert set(groups) <= set(get_args(Action))
    examples = [(str(text), action) for action, texts in groups.items() for text in texts]
    for entry in entries:
        step = max(1, len(entry.variants) // VARIANTS_OF_AN_ENTRY)
        examples += [(text, "answer") for text in (entry.title, *entry.variants[::step][:VARIANTS_OF_AN_ENTRY])]
    others = out_of_scope("train")
    counts = [1.0] * len(examples) + [OUTSIDE_COUNTS] * len(others)
    examples += [(text, "answer") for text in others]
    labels = [action for _, action in examples]
    return train(
        [features(spoken(repair.read(text))) for text, _ in examples], labels, penalty=PENALTY, importance=counts
    )


def out_of_scope(half: str) -> list[str]:
    """Questions that no entry answers: the half to train on ("train"), or the half that only measures ("held")."""
    return [str(text) for name in ("near_out_of_scope", "far_out_of_scope") for text in listed(name)[half]]


def rank_actions(ridge: Ridge, said: Sequence[str], question: Sequence[str] = ()) -> tuple[tuple[Action, float], ...]:
    """Every action with its share, best first. `question`: the sentence of a long message that asks, half of the say."""
    raw = ridge.scores(features(said)) * SHARPNESS
    if question:
        both = (raw + ridge.scores(features(question)) * SHARPNESS) / 2
        raw = np.where([name in TOLD for name in ridge.classes], np.maximum(raw, both), both)
    raw += np.array([SHARPNESS * LEAN.get(name, 0.0) for name in ridge.classes], dtype=np.float32)
    odds = np.exp(raw - raw.max())
    shares = odds / odds.sum()
    order = np.argsort(-shares, kind="stable")
    return tuple((cast(Action, ridge.classes[at]), float(shares[at])) for at in order)
