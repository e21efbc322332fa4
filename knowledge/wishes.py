"""What a person wants of us: an answer, a report taken, a person ... learnt from example sentences and the variants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import exp
from typing import cast, get_args

from knowledge.classifier import Ridge, train
from knowledge.entry import Entry
from knowledge.lexicon import labelled, listed
from knowledge.meaning import Action
from knowledge.repair import Repair
from knowledge.search import terms
from knowledge.vietnamese import fold

PENALTY = 0.3
VARIANTS_OF_AN_ENTRY = 4  # as examples of "answer": more would drown the other wishes
TOWARDS_OTHERS = 0.1  # taken off "answer", whose examples are the most
SHARPNESS = 7.0  # how quickly the shares of the actions part


def learn_wishes(entries: Iterable[Entry], repair: Repair) -> Ridge:
    """The classifier, from content/language/actions.yaml and a few variants of each entry."""
    groups: Mapping[str, Sequence[str]] = listed("actions")
    assert set(groups) <= set(get_args(Action))
    examples = [(str(text), action) for action, texts in groups.items() for text in texts]
    for entry in entries:
        step = max(1, len(entry.variants) // VARIANTS_OF_AN_ENTRY)
        examples += [(text, "answer") for text in (entry.title, *entry.variants[::step][:VARIANTS_OF_AN_ENTRY])]
    examples += [(str(text), "answer") for name in OUTSIDE for text in listed(name)["train"]]
    labels = [action for _, action in examples]
    return train([features_of(repair.read(text)) for text, _ in examples], labels, penalty=PENALTY)[0]


OUTSIDE = ("near_out_of_scope", "far_out_of_scope")


def rank_wishes(ridge: Ridge, said: Sequence[str]) -> tuple[tuple[Action, float], ...]:
    """Every action with its share, best first."""
    scores = {
        name: float(score) - (TOWARDS_OTHERS if name == "answer" else 0.0)
        for name, score in zip(ridge.classes, ridge.scores(features_of(said)), strict=True)
    }
    weights = {name: exp(SHARPNESS * score) for name, score in scores.items()}
    whole = sum(weights.values())
    return tuple(sorted(((cast(Action, n), w / whole) for n, w in weights.items()), key=lambda each: -each[1]))


def features_of(said: Sequence[str]) -> list[str]:
    """Folded syllables and pairs, how the message begins and ends, and what kinds of words stand in it."""
    plain = [fold(syllable) for syllable in said]
    found = terms(plain) + [f"^{word}" for word in plain[:2]] + [f"{word}$" for word in plain[-2:]]
    if any(word.isdigit() for word in plain):
        found.append("#number")
    found += [f"#{hit.label}" for hit in labelled("facets").find(said)]
    return found
