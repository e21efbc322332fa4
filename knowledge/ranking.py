"""Which entries a question may mean: the index and a classifier over the variants, their scores added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.classifier import Floats, Ridge
from knowledge.cues import subjects
from knowledge.search import Index, terms
from knowledge.vietnamese import fold

CLASSIFIER_SHARE = 0.25  # of the classifier's score beside the index's share of its ideal
OUTSIDE = "?"  # the classifier's class for questions that no entry answers


@dataclass(frozen=True, slots=True)
class Ranked:
    """Topics best first with their added scores, and the signs from which confidence is read."""

    topics: tuple[str, ...]
    scores: tuple[float, ...]
    signs: tuple[float, ...]

    @property
    def covered(self) -> float:
        """How much of what the message is about the first topic speaks of, 0 to 1."""
        return self.signs[-3]


def features_of(said: Sequence[str]) -> list[str]:
    """Folded syllables and their pairs."""
    return terms([fold(syllable) for syllable in said])


class Ranker:
    """Built over one set of entries; asked once per message."""

    def __init__(self, index: Index, ridge: Ridge) -> None:
        """The classifier's classes are the index's topics and OUTSIDE."""
        self._index, self._ridge = index, ridge
        column = {name: at for at, name in enumerate(ridge.classes)}
        self._columns = np.array([column.get(topic, -1) for topic in index.topics])
        self._outside = column.get(OUTSIDE, -1)

    def rank(self, said: Sequence[str], *, most: int) -> Ranked:
        """The likeliest `most` topics."""
        return self.judge(said, self._ridge.scores(features_of(said)), most=most)

    def judge(self, said: Sequence[str], learnt: Floats, *, most: int) -> Ranked:
        """The same with given scores of the classifier: how calibration asks about questions that were left out."""
        raw, ideal = self._index.scores(said)
        shares = raw / np.float32(ideal or 1.0)
        by_class = np.append(learnt, np.float32(0.0))[self._columns]
        added = shares + CLASSIFIER_SHARE * by_class
        order = np.argsort(-added, kind="stable")[: max(most, 6)]
        best = [float(added[at]) for at in order]
        covered = self._index.covered(subjects(said), int(order[0]))
        outside = float(learnt[self._outside])
        signs = (*_signs(shares, by_class, order, best), covered, outside, float(np.log1p(len(said))))
        names = tuple(self._index.topics[at] for at in order[:most])
        return Ranked(names, tuple(best[:most]), signs)


def _signs(
    shares: Floats, by_class: Floats, order: NDArray[np.intp], best: Sequence[float]
) -> tuple[float, ...]:
    """Figures of one ranking (docs/decisions/0003); what each is worth is fitted in knowledge/confidence.py."""
    first = order[0]
    others = best[1:6]
    return (
        float(shares[first]),
        float(by_class[first]),
        (best[0] - best[1]) / (abs(best[0]) + 1e-6),
        best[0] - sum(others) / len(others),
        float(np.argmax(by_class) == first),
    )
