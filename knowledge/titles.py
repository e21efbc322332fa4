"""A few words against titles alone: who types "khai sinh" means the topic called so, not one that mentions it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from knowledge.search import Floats, Index, folded_terms

SHORT = 7  # syllables up to which a message is too short to tell topics apart by all their texts
SHARE = 6.0  # of the likeness (0 to 1) beside the index's score
PAIR = 0.5  # of a syllable's worth


class Titles:
    """Cosine of a short message and each title, terms weighted by how rare they are in all texts."""

    def __init__(self, titles: Sequence[str], index: Index) -> None:
        """Titles in the order of the index's topics."""
        self._index = index
        self._words = [frozenset(folded_terms(title.split())) for title in titles]
        self._holding: dict[str, list[tuple[int, float]]] = {}
        for number, title in enumerate(titles):
            for term, weight in self._unit(title.split()).items():
                self._holding.setdefault(term, []).append((number, weight))

    def likeness(self, said: Sequence[str]) -> Floats:
        """What each topic's title adds to its score: nothing for a long message."""
        total = np.zeros(len(self._index.topics), dtype=np.float32)
        if len(said) <= SHORT:
            for term, weight in self._unit(said).items():
                for number, held in self._holding.get(term, ()):
                    total[number] += SHARE * weight * held
        return total

    def named(self, asked: Sequence[Sequence[str]], topic: int) -> float:
        """Which share of what is asked about, by how rare it is, stands in the title of this topic (its position)."""
        held, whole = 0.0, 0.0
        for names in asked:
            weight = self._weight(names[0])
            whole += weight
            held += weight * any(name in self._words[topic] for name in names)
        return held / whole if whole else 0.0

    def _unit(self, said: Sequence[str]) -> Mapping[str, float]:
        """Weighted terms of length one."""
        weights = {term: self._weight(term) for term in folded_terms(said)}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        return {term: weight / length for term, weight in weights.items()}

    def _weight(self, term: str) -> float:
        pair = "_" in term and not term.startswith("=")
        return self._index.folded.rarity(term, len(self._index.topics)) * (PAIR if pair else 1.0)
