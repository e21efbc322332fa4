"""The one index: questions against titles, question variants and answer texts, folded and marked, syllables and pairs.

Two ready-made scores stand in one posting: BM25F, and the log-likelihood ratio of a mixture language model, which is
the better one of the two on questions that were left out. Their sum ranks; each by itself tells how sure we are
(docs/decisions/0003).
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.lexicon import concepts_in, standard
from knowledge.vietnamese import fold

Floats = NDArray[np.float32]

# How much a word counts by the field in which it stands, and how much a long field is discounted.
WEIGHTS = {"title": 4.0, "variants": 1.5, "body": 1.0}
LENGTH = {"title": 0.3, "variants": 0.5, "body": 0.7}
SATURATION = 5.0
PAIR, CONCEPT = 0.65, 1.5  # of a syllable's worth in BM25F
# The language model counts fields by itself: long texts need no discount there.
MODEL_WEIGHTS = {"title": 6.0, "variants": 2.0, "body": 1.0}
MODEL_PAIR = 0.3
BACKGROUND = 0.4  # of the mixture: how much any word may come from the language and not from the topic
MARKED_SHARE = 0.4  # of the marked half beside the folded one


def terms(syllables: Sequence[str]) -> list[str]:
    """The syllables in standard words and each two neighbours joined: what is indexed and what is asked."""
    words = standard(syllables)
    return [*words, *(f"{a}_{b}" for a, b in pairwise(words))]


def folded_terms(syllables: Sequence[str]) -> list[str]:
    """The same without marks, and the official words that colloquial and outdated ones stand for."""
    return [*(fold(term) for term in terms(syllables)), *(fold(concept) for concept in concepts_in(syllables))]


@dataclass(frozen=True, slots=True)
class Document:
    """One topic as the index sees it: fields of passages, each a list of syllables (no pair crosses passages)."""

    topic: str
    fields: Mapping[str, tuple[tuple[str, ...], ...]]


class Postings:
    """One way of writing (marked or folded): per term the topics that hold it and its ready-made score there."""

    def __init__(
        self, names: dict[str, int], start: NDArray[np.int64], topics: NDArray[np.int32], scores: Floats
    ) -> None:
        """Made by `build` or taken from the cache."""
        self.names, self.start, self.topics, self.scores = names, start, topics, scores

    @classmethod
    def build(cls, documents: Sequence[Document], *, folded: bool) -> Postings:
        """Count every field once and freeze the scores."""
        counted = [{f: _count(passages, folded) for f, passages in d.fields.items()} for d in documents]
        saturated, modelled = _saturating(counted), _modelled(counted)
        held: dict[str, list[int]] = {}
        for number, fields in enumerate(counted):
            for term in dict.fromkeys(term for counts in fields.values() for term in counts):
                held.setdefault(term, []).append(number)
        start = np.cumsum([0, *(len(where) for where in held.values())], dtype=np.int64)
        scores = [
            (idf * worth * saturated[number][term], modelled[number][term])
            for term, where in held.items()
            for idf, worth in [(_idf(len(documents), len(where)), _worth(term, PAIR, CONCEPT))]
            for number in where
        ]
        names = {term: at for at, term in enumerate(held)}
        topics = np.array([number for where in held.values() for number in where], dtype=np.int32)
        return cls(names, start, topics, np.array(scores, dtype=np.float32).reshape(-1, 2))

    def as_arrays(self) -> Mapping[str, NDArray[np.generic]]:
        """Everything as plain arrays, for the cache."""
        names = np.array(list(self.names), dtype=np.str_)
        return {"names": names, "start": self.start, "topics": self.topics, "scores": self.scores}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Postings:
        """What `as_arrays` wrote."""
        names = {str(name): at for at, name in enumerate(arrays["names"].tolist())}
        return cls(names, arrays["start"], arrays["topics"], arrays["scores"])

    def covered(self, asked: Sequence[Sequence[str]], topic: int, topics: int) -> float:
        """Which share of what is asked, by how rare it is, stands in the topic under any of its names; 0.5 of nothing.

        The first name is the word that was typed: it weighs.
        """
        whole = held = 0.0
        for names in asked:
            weight = self.rarity(names[0], topics)
            whole += weight
            held += weight * any(self.holds(name, topic) for name in names)
        return held / whole if whole else 0.5

    def holds(self, term: str, topic: int) -> bool:
        """Whether a term stands in a topic."""
        at = self.names.get(term)
        return at is not None and bool((self.topics[self.start[at] : self.start[at + 1]] == topic).any())

    def likelihood(self, term: str, topic: int) -> float:
        """How much likelier a term is in the topic than in all of them (the language model's score); 0 if not there."""
        at = self.names.get(term)
        if at is None:
            return 0.0
        span = slice(self.start[at], self.start[at + 1])
        return float(self.scores[span, 1] @ (self.topics[span] == topic))

    def rarity(self, term: str, topics: int) -> float:
        """How rare a term is among so many topics; highest where it is unknown."""
        at = self.names.get(term)
        return _idf(topics, int(self.start[at + 1] - self.start[at]) if at is not None else 0)

    def shared_pairs(self, asked: Iterable[str], topic: int) -> int:
        """How many of these pairs of syllables stand in the topic."""
        places = [at for term in asked if "_" in term and (at := self.names.get(term)) is not None]
        return sum(bool((self.topics[self.start[at] : self.start[at + 1]] == topic).any()) for at in places)

    def add(self, total: Floats, asked: Iterable[str], share: float) -> None:
        """Add `share` of every topic's two scores for the asked terms to `total`."""
        places = [at for term in asked if (at := self.names.get(term)) is not None]
        if not places:
            return
        spans = [slice(self.start[at], self.start[at + 1]) for at in places]
        topics = np.concatenate([self.topics[span] for span in spans])
        scores = np.concatenate([self.scores[span] for span in spans])
        for way in (0, 1):
            total[:, way] += share * np.bincount(topics, weights=scores[:, way], minlength=len(total))


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

    def covered(self, asked: Sequence[Sequence[str]], topic: int) -> float:
        """How much of this, in folded syllables and official words, a topic (its position in `topics`) speaks of."""
        return self.folded.covered(asked, topic, len(self.topics))

    def shared_pairs(self, syllables: Sequence[str], topic: int) -> float:
        """How many folded pairs a message shares with a topic, comparable between short and long messages."""
        pairs = dict.fromkeys(fold(term) for term in terms(syllables))
        return self.folded.shared_pairs(pairs, topic) / math.sqrt(1 + len(syllables))

    def scores(self, syllables: Sequence[str]) -> Floats:
        """Each topic's two scores (rows), comparable whatever the length; unmarked ones ask the folded half alone."""
        total = np.zeros((len(self.topics), 2), dtype=np.float32)
        self.folded.add(total, dict.fromkeys(folded_terms(syllables)), 1.0)
        if any(fold(syllable) != syllable for syllable in syllables):
            self.marked.add(total, dict.fromkeys(terms(syllables)), MARKED_SHARE)
        else:
            total *= 1.0 + MARKED_SHARE
        return np.asarray(total / np.float32(math.sqrt(1 + len(syllables))), dtype=np.float32)


def _saturating(counted: Sequence[Mapping[str, Counter[str]]]) -> list[dict[str, float]]:
    """BM25F's part that depends on the topic: weighted counts, discounted by length, saturated."""
    average = {f: _mean([sum(fields[f].values()) for fields in counted if f in fields]) for f in WEIGHTS}
    found: list[dict[str, float]] = []
    for fields in counted:
        weighted: dict[str, float] = {}
        for name, counts in fields.items():
            share = WEIGHTS[name] / (1 - LENGTH[name] + LENGTH[name] * sum(counts.values()) / average[name])
            for term, count in counts.items():
                weighted[term] = weighted.get(term, 0.0) + share * count
        found.append({term: value / (SATURATION + value) for term, value in weighted.items()})
    return found


def _modelled(counted: Sequence[Mapping[str, Counter[str]]]) -> list[dict[str, float]]:
    """How much likelier each term is in the topic than in all of them; syllables, pairs and concepts apart."""
    weighted: list[dict[str, float]] = []
    for fields in counted:
        held: dict[str, float] = {}
        for name, counts in fields.items():
            for term, count in counts.items():
                held[term] = held.get(term, 0.0) + MODEL_WEIGHTS[name] * count
        weighted.append(held)
    everywhere: dict[str, float] = {}
    for held in weighted:
        for term, value in held.items():
            everywhere[term] = everywhere.get(term, 0.0) + value
    whole = _sizes(everywhere)
    odds = (1 - BACKGROUND) / BACKGROUND
    found: list[dict[str, float]] = []
    for held in weighted:
        size = _sizes(held)
        found.append(
            {
                term: _worth(term, MODEL_PAIR, 1.0)
                * math.log1p(odds * (value / size[kind]) / (everywhere[term] / whole[kind]))
                for term, value in held.items()
                for kind in [_worth(term, 2.0, 3.0)]
            }
        )
    return found


def _sizes(held: Mapping[str, float]) -> dict[float, float]:
    """How much stands there of each kind of term."""
    sizes: dict[float, float] = {}
    for term, value in held.items():
        kind = _worth(term, 2.0, 3.0)
        sizes[kind] = sizes.get(kind, 0.0) + value
    return sizes


def _worth(term: str, pair: float, concept: float) -> float:
    """1 for a syllable, else what is given for a pair or a concept."""
    return concept if term.startswith("=") else pair if "_" in term else 1.0


def _count(passages: Iterable[Sequence[str]], folded: bool) -> Counter[str]:
    counts: Counter[str] = Counter()
    for passage in passages:
        counts.update(_indexed(tuple(passage), folded))
    return counts


@lru_cache(maxsize=65_536)
def _indexed(passage: tuple[str, ...], folded: bool) -> tuple[str, ...]:
    """The terms of one passage; training indexes nearly the same passages twice."""
    return tuple(map(sys.intern, folded_terms(passage) if folded else terms(passage)))  # one string each, not thousands


def forget_passages() -> None:
    """Give back the memory that building took."""
    _indexed.cache_clear()


def _idf(documents: int, holding: int) -> float:
    return math.log(1 + (documents - holding + 0.5) / (holding + 0.5))


def _mean(values: Sequence[int]) -> float:
    return sum(values) / max(len(values), 1) or 1.0
