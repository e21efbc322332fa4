"""A linear classifier over word features: ridge regression to one-vs-rest targets, and the scores of left-out examples.

Solved by conjugate gradients over the few features that each example has: thousands of examples take a fraction of a
second, so calibration can ask models that have not seen its questions.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Figures = NDArray[np.float64]
FOLDS = 10  # of the examples that are scored by a model that did not learn them
MOST_STEPS = 60
CLOSE = 1e-6  # of the squared error at the start: further steps change no answer
TINY = 1e-12


class Features:
    """Turns lists of feature names into weighted, unit-length vectors over the names seen in training."""

    def __init__(self, names: dict[str, int], idf: Floats) -> None:
        """Made by `learn`, or from the cache."""
        self.names, self.idf = names, idf

    @classmethod
    def learn(cls, examples: Sequence[Iterable[str]]) -> Features:
        """Every name and how rare it is among the examples."""
        seen: Counter[str] = Counter()
        for example in examples:
            seen.update(set(example))
        names = {name: at for at, name in enumerate(sorted(seen))}
        idf = np.array([math.log(1 + len(examples) / (1 + seen[name])) for name in names], dtype=np.float32)
        return cls(names, idf)

    def vector(self, example: Iterable[str]) -> tuple[NDArray[np.int64], Floats]:
        """Positions and weights of the known names; weights have length one over known and unknown names together."""
        present = dict.fromkeys(example)
        known = np.array([at for name in present if (at := self.names.get(name)) is not None], dtype=np.int64)
        weights = self.idf[known]
        unknown = len(present) - len(known)
        length = math.sqrt(float(weights @ weights) + 0.25 * unknown * float(self.idf.max(initial=0.0)) ** 2)
        return known, weights / np.float32(length or 1.0)


class Ridge:
    """Scores every class for a list of feature names."""

    def __init__(self, features: Features, classes: Sequence[str], weights: NDArray[Any], bias: NDArray[Any]) -> None:
        """Made by `train`, or from the cache."""
        self.features, self.classes = features, list(classes)
        self.weights, self.bias = weights.astype(np.float32), bias.astype(np.float32)

    def scores(self, example: Iterable[str]) -> Floats:
        """One score per class, about 1 for the right one and 0 for the rest."""
        known, values = self.features.vector(example)
        return np.asarray(values @ self.weights[known] + self.bias, dtype=np.float32)


def train(
    examples: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    penalty: float,
    importance: Sequence[float] | None = None,
) -> Ridge:
    """The classifier. `importance` says how much each example counts; without it all count alike."""
    features = Features.learn(examples)
    classes = sorted(set(labels))
    weights, bias = _solve(Rows.of(examples, features), *_wanted(labels, classes, importance), penalty)
    return Ridge(features, classes, weights, bias)


def left_out(
    whole: Ridge,
    examples: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    penalty: float,
    probes: Sequence[int],
    importance: Sequence[float] | None = None,
) -> Floats:
    """For each probe (a position in `examples`) its scores by a model that learnt neither it nor its fold.

    `whole` learnt everything: each fold's model starts there and unlearns.
    """
    rows = Rows.of(examples, whole.features)
    targets, counts = _wanted(labels, whole.classes, importance)
    scores = np.zeros((len(probes), len(whole.classes)), dtype=np.float32)
    for fold in range(FOLDS):
        held = np.array(probes[fold::FOLDS], dtype=np.int64)
        kept = counts.copy()
        kept[held] = 0.0
        weights, bias = _solve(rows, targets, kept, penalty, whole.weights.astype(float))
        scores[fold::FOLDS] = rows.times(weights)[held] + bias
    return scores


@dataclass(frozen=True, slots=True)
class Rows:
    """Examples as vectors, most of them empty: where each one starts, which features it has, and how much of each."""

    start: NDArray[np.int64]
    at: NDArray[np.int64]
    values: Figures
    width: int

    @classmethod
    def of(cls, examples: Sequence[Sequence[str]], features: Features) -> Rows:
        """One row an example; an example without a known feature takes a worthless one, so that no row is empty."""
        vectors = [features.vector(example) for example in examples]
        lengths = [max(len(known), 1) for known, _ in vectors]
        nothing = (np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.float32))
        filled = [vector if len(vector[0]) else nothing for vector in vectors]
        start = np.cumsum([0, *lengths[:-1]], dtype=np.int64)
        values = np.concatenate([weights for _, weights in filled]).astype(float)
        return cls(start, np.concatenate([known for known, _ in filled]), values, len(features.names))

    def times(self, weights: Figures) -> Figures:
        """Each example's sums: (examples, classes)."""
        return np.add.reduceat(self.values[:, None] * weights[self.at], self.start, axis=0)

    def back(self, errors: Figures) -> Figures:
        """Each feature's sums over the examples that have it: (features, classes)."""
        lengths = np.diff(np.append(self.start, len(self.at)))
        spread = self.values[:, None] * np.repeat(errors, lengths, axis=0)
        return np.column_stack([np.bincount(self.at, weights=column, minlength=self.width) for column in spread.T])


def _wanted(
    labels: Sequence[str], classes: Sequence[str], importance: Sequence[float] | None
) -> tuple[Figures, Figures]:
    """One for the class of each example and zero for the others; and how much each example counts."""
    column = {name: at for at, name in enumerate(classes)}
    targets = np.zeros((len(labels), len(classes)))
    targets[np.arange(len(labels)), [column[label] for label in labels]] = 1.0
    return targets, np.ones(len(labels)) if importance is None else np.array(importance, dtype=float)


def _solve(
    rows: Rows, targets: Figures, counts: Figures, penalty: float, weights: Figures | None = None
) -> tuple[Figures, Figures]:
    """Weights (features, classes) and bias by conjugate gradients, all classes at once, from `weights` on."""
    bias = counts @ targets / counts.sum()
    if targets.shape[1] == 2:  # what one class gains the other loses
        first = _descend(rows, targets[:, :1] - bias[:1], counts, penalty, None if weights is None else weights[:, :1])
        return np.hstack([first, -first]), bias
    return _descend(rows, targets - bias, counts, penalty, weights), bias


def _descend(rows: Rows, wanted: Figures, counts: Figures, penalty: float, weights: Figures | None) -> Figures:
    shares = counts[:, None]
    goal = rows.back(shares * wanted)
    close = CLOSE * (goal * goal).sum(axis=0)
    weights = np.zeros_like(goal) if weights is None else weights.copy()
    left = goal - rows.back(shares * rows.times(weights)) - penalty * weights
    towards, size = left.copy(), (left * left).sum(axis=0)
    for _ in range(MOST_STEPS):
        if (size <= close).all():
            break
        bent = rows.back(shares * rows.times(towards)) + penalty * towards
        step = size / np.maximum((towards * bent).sum(axis=0), TINY)
        weights += step * towards
        left -= step * bent
        before, size = size, (left * left).sum(axis=0)
        towards = left + size / np.maximum(before, TINY) * towards
    return weights


def as_arrays(ridge: Ridge) -> Mapping[str, NDArray[np.generic]]:
    """Everything in a classifier as plain arrays, for the cache."""
    return {
        "names": np.array(list(ridge.features.names), dtype=np.str_),
        "idf": ridge.features.idf,
        "classes": np.array(ridge.classes, dtype=np.str_),
        "weights": ridge.weights.astype(np.float16),
        "bias": ridge.bias,
    }


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> Ridge:
    """The classifier that `as_arrays` wrote."""
    names = {str(name): at for at, name in enumerate(arrays["names"].tolist())}
    features = Features(names, np.asarray(arrays["idf"], dtype=np.float32))
    classes = [str(name) for name in arrays["classes"].tolist()]
    return Ridge(
        features,
        classes,
        np.asarray(arrays["weights"], dtype=np.float32),
        np.asarray(arrays["bias"], dtype=np.float32),
    )
