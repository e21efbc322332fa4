"""A linear classifier over word features: ridge regression to one-vs-rest targets, with exact leave-one-out scores.

Solved over examples (there are fewer of them than features), so one solve gives the weights and, for little more, what
chosen examples would have scored had they been left out: calibration never sees a question score itself.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FREQUENT = 40  # features in more examples than this are multiplied densely


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

    def __init__(self, features: Features, classes: Sequence[str], weights: Floats, bias: Floats) -> None:
        """Made by `train`, or from the cache."""
        self.features, self.classes, self.weights, self.bias = features, list(classes), weights, bias

    def scores(self, example: Iterable[str]) -> Floats:
        """One score per class, about 1 for the right one and 0 for the rest."""
        known, values = self.features.vector(example)
        return np.asarray(values @ self.weights[known] + self.bias, dtype=np.float32)


def train(
    examples: Sequence[Sequence[str]],
    labels: Sequence[str],
    *,
    penalty: float,
    probes: Sequence[int] = (),
    importance: Sequence[float] | None = None,
) -> tuple[Ridge, Floats]:
    """The classifier, and for each probe (a position in `examples`) the scores it would have had if left out.

    `importance` says how much each example counts; without it all count alike.
    """
    features = Features.learn(examples)
    vectors = [features.vector(example) for example in examples]
    classes = sorted(set(labels))
    column = {name: at for at, name in enumerate(classes)}
    targets = np.zeros((len(examples), len(classes)), dtype=np.float32)
    targets[np.arange(len(examples)), [column[label] for label in labels]] = 1.0
    counts = np.ones(len(examples), dtype=np.float32) if importance is None else np.array(importance, dtype=np.float32)
    bias = np.asarray(counts @ targets / counts.sum(), dtype=np.float32)
    gram = _gram(vectors, len(features.names))
    gram[np.diag_indices_from(gram)] += np.float32(penalty) / counts
    units = np.zeros((len(examples), len(probes)), dtype=np.float32)
    units[list(probes), np.arange(len(probes))] = 1.0
    solved = np.linalg.solve(gram, np.hstack([targets - bias, units]))
    duals = solved[:, : len(classes)]
    own = solved[list(probes), len(classes) + np.arange(len(probes))]
    left_out = targets[list(probes)] - duals[list(probes)] / own[:, None]
    weights = np.zeros((len(features.names), len(classes)), dtype=np.float32)
    for (known, values), dual in zip(vectors, duals, strict=True):
        weights[known] += values[:, None] * dual[None, :]
    return Ridge(features, classes, weights, bias), left_out.astype(np.float32)


def _gram(vectors: Sequence[tuple[NDArray[np.int64], Floats]], width: int) -> Floats:
    """Every example times every other, feature by feature: rare ones in place, frequent ones by one dense product."""
    holders: list[list[int]] = [[] for _ in range(width)]
    values: list[list[float]] = [[] for _ in range(width)]
    for row, (known, weights) in enumerate(vectors):
        for at, value in zip(known.tolist(), weights.tolist(), strict=True):
            holders[at].append(row)
            values[at].append(value)
    frequent = [at for at in range(width) if len(holders[at]) > FREQUENT]
    dense = np.zeros((len(vectors), len(frequent)), dtype=np.float32)
    for column, at in enumerate(frequent):
        dense[holders[at], column] = values[at]
    gram = dense @ dense.T
    for at in range(width):
        rows = holders[at]
        if 1 <= len(rows) <= FREQUENT:
            share = np.array(values[at], dtype=np.float32)
            gram[np.ix_(rows, rows)] += share[:, None] * share[None, :]
    return np.asarray(gram, dtype=np.float32)


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
