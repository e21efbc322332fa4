"""The one index: questions against titles, question variants and answer texts, folded and marked, syllables and pairs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import concepts_in
from knowledge.vietnamese import fold

Floats = NDArray[np.float32]

# How much a word counts by the field in which it stands, and how much a long field is discounted.
WEIGHTS = {"title": 4.0, "variants": 1.8, "body": 1.0}
LENGTH = {"title": 0.3, "variants": 0.5, "body": 0.7}
SATURATION = 1.4
PAIR_SHARE = 0.9


def terms(syllables: Sequence[str]) -> list[str]:
    """The syllables and each two neighbours joined: what is indexed and what is asked."""
    return [*syllables, *(f"{a}_{b}" for a, b in pairwise(syllables))]


def folded_terms(syllables: Sequence[str]) -> list[str]:
    """The same without marks, and the official words that colloquial and outdated ones stand for."""
    return [*terms([fold(s) for s in syllables]), *(fold(concept) for concept in concepts_in(syllables))]


@dataclass(frozen=True, slots=True)
class Document:
    """One topic as the index sees it: fields of passages, each passage a list of syllables (no pair crosses passages)."""

    topic: str
    fields: Mapping[str, tuple[tuple[str, ...], ...]]


class Postings:
    """BM25F over one way of writing (marked or folded): per term the topics that hold it and its ready-made score there."""

    def __init__(self, names: dict[str, int], start: NDArray[np.int64], topics: NDArray[np.int32], scores: Floats) -> None:
        """Made by `build` or taken from the cache."""
        self.names, self.start, self.topics, self.scores = names, start, topics, scores

    @classmethod
    def build(cls, documents: Sequence[Document], *, folded: bool) -> Postings:
        """Count every field once and freeze the scores; `k1` and idf are folded into them."""
        counted = [{f: _count(passages, folded) for f, passages in d.fields.items()} for d in documents]
        average = {f: _mean([sum(c[f].values()) for c in counted if f in c]) for f in WEIGHTS}
        held: dict[str, list[tuple[int, float]]] = {}
        for number, fields in enumerate(counted):
            frequency: Counter[str] = Counter()
            for name, counts in fields.items():
                size = sum(counts.values())
                share = WEIGHTS[name] / (1 - LENGTH[name] + LENGTH[name] * size / average[name]) if size else 0.0
                for term, count in counts.items():
                    frequency[term] += share * count  # type: ignore[assignment]
            for term, tf in frequency.items():
                held.setdefault(term, []).append((number, tf / (SATURATION + tf)))
        names = {term: at for at, term in enumerate(held)}
        start = np.cumsum([0, *(len(where) for where in held.values())], dtype=np.int64)
        topics = np.array([n for where in held.values() for n, _ in where], dtype=np.int32)
        idf = [_idf(len(documents), len(where)) * (PAIR_SHARE if "_" in term else 1.0) for term, where in held.items()]
        scores = np.array(
            [value * tf for value, where in zip(idf, held.values(), strict=True) for _, tf in where], dtype=np.float32
        )
        return cls(names, start, topics, scores)

    def covered(self, asked: Sequence[str], topic: int, topics: int) -> float:
        """Which share of these terms, by how rare they are, stands in the topic at all; 0.5 where nothing is asked."""
        whole = held = 0.0
        for term in asked:
            at = self.names.get(term)
            where = self.topics[self.start[at] : self.start[at + 1]] if at is not None else self.topics[:0]
            weight = _idf(topics, len(where))
            whole += weight
            held += weight * bool((where == topic).any())
        return held / whole if whole else 0.5

    def as_arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything as plain arrays, for the cache."""
        names = np.array(list(self.names), dtype=np.str_)
        return {"names": names, "start": self.start, "topics": self.topics, "scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Postings:
        """What `as_arrays` wrote."""
        names = {str(name): at for at, name in enumerate(arrays["names"].tolist())}
        return cls(names, arrays["start"], arrays["topics"], arrays["scores"])

    def add(self, total: Floats, asked: Mapping[str, float]) -> float:
        """Add every topic's score for the asked terms to `total`; returns what a perfect topic would have scored."""
        ideal, unknown = 0.0, math.log(1 + 2 * len(total))
        for term, weight in asked.items():
            at = self.names.get(term)
            if at is None:
                ideal += weight * unknown * (PAIR_SHARE if "_" in term else 1.0)
                continue
            first, last = self.start[at], self.start[at + 1]
            total[self.topics[first:last]] += weight * self.scores[first:last]
            ideal += weight * _idf(len(total), int(last - first))
        return ideal


class Index:
    """Both ways of writing together, over all topics."""

    def __init__(self, topics: Sequence[str], marked: Postings, folded: Postings) -> None:
        """Made by `build`, or from cached postings."""
        self.topics = list(topics)
        self.marked, self.folded = marked, folded

    @classmethod
    def build(cls, documents: Sequence[Document]) -> Index:
        """Index every document twice."""
        topics = [document.topic for document in documents]
        return cls(topics, Postings.build(documents, folded=False), Postings.build(documents, folded=True))

    def covered(self, asked: Sequence[str], topic: int) -> float:
        """How much of these folded syllables a topic (its position in `topics`) speaks of."""
        return self.folded.covered(asked, topic, len(self.topics))

    def scores(self, syllables: Sequence[str], weights: Mapping[str, float] | None = None) -> tuple[Floats, float]:
        """Each topic's score for these syllables and the ideal one; only the folded half when nothing carries a mark."""
        total = np.zeros(len(self.topics), dtype=np.float32)
        ideal = self.folded.add(total, _asked(folded_terms(syllables), weights))
        if any(fold(syllable) != syllable for syllable in syllables):
            ideal += self.marked.add(total, _asked(terms(syllables), weights))
        else:
            total *= 2
            ideal *= 2
        return total, ideal


def _asked(named: Sequence[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    return {term: weights.get(fold(term), 1.0) if weights else 1.0 for term in named}


def _count(passages: Iterable[Sequence[str]], folded: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for passage in passages:
        counts.update(_indexed(tuple(passage), folded))
    return counts


@lru_cache(maxsize=65_536)
def _indexed(passage: tuple[str, ...], folded: bool) -> tuple[str, ...]:
    """The terms of one passage; training indexes nearly the same passages twice."""
    return tuple(folded_terms(passage) if folded else terms(passage))


def forget_passages() -> None:
    """Give back the memory that building took."""
    _indexed.cache_clear()


def _idf(documents: int, holding: int) -> float:
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / max(len(values), 1) or 1.0
