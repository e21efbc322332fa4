"""How sure a ranking is: a logistic fit over its signs, on left-out questions and on questions out of scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from knowledge.meaning import Band

LET_THROUGH = 0.02  # share of out-of-scope questions that may be answered
OFFERED = 0.10  # share of them that may be met with a choice of topics
UNSURE = 0.2  # below this probability that the first topic is right, a question of ours is asked back
STEADY = 1e-2  # keeps the fit from running away
ROUNDS = 25

Figures = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logistic:
    """Probability from figures: mean and spread scale them, weights end with the constant."""

    mean: Figures
    spread: Figures
    weights: Figures

    @classmethod
    def fit(cls, rows: Figures, right: NDArray[np.bool_]) -> Logistic:
        """Newton's method; both outcomes count alike, however many rows each has."""
        mean, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-9
        x = np.hstack([(rows - mean) / spread, np.ones((len(rows), 1))])
        share = np.where(right, 0.5 / max(right.sum(), 1), 0.5 / max((~right).sum(), 1)) * len(rows)
        weights = np.zeros(x.shape[1])
        for _ in range(ROUNDS):
            chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
            slope = x.T @ (share * (right - chance)) - STEADY * weights
            bend = (x * (share * chance * (1 - chance))[:, None]).T @ x + STEADY * np.eye(len(weights))
            weights += np.linalg.solve(bend, slope)
        return cls(mean, spread, weights)

    def chance(self, row: Sequence[float]) -> float:
        """The probability for one row."""
        scaled = (np.asarray(row) - self.mean) / self.spread
        return 1 / (1 + exp(-float(np.clip(scaled @ self.weights[:-1] + self.weights[-1], -30, 30))))


@dataclass(frozen=True, slots=True)
class Confidence:
    """Two fits and the thresholds that go with them: is the first topic right, and is the question ours at all."""

    right: Logistic
    ours: Logistic
    answer_from: float
    offer_from: float

    @classmethod
    def fit(cls, ours: Sequence[tuple[Sequence[float], bool]], others: Sequence[Sequence[float]]) -> Confidence:
        """`ours`: signs of left-out questions and whether the first topic was right; `others`: out-of-scope ones."""
        rows = np.array([signs for signs, _ in ours] + list(others), dtype=float)
        first_is_right = np.array([hit for _, hit in ours] + [False] * len(others))
        right = Logistic.fit(rows, first_is_right)
        # Left-out variants are harder than what people ask: those that were missed say nothing about being ours.
        seen = first_is_right | np.array([False] * len(ours) + [True] * len(others))
        mine = Logistic.fit(rows[seen], first_is_right[seen])
        return cls(
            right,
            mine,
            answer_from=float(np.quantile([mine.chance(signs) for signs in others], 1 - LET_THROUGH)),
            offer_from=float(np.quantile([mine.chance(signs) for signs in others], 1 - OFFERED)),
        )

    def band(self, signs: Sequence[float]) -> tuple[Band, float, float]:
        """Answer, offer a choice, or say that we don't know; with both probabilities."""
        right, ours = self.right.chance(signs), self.ours.chance(signs)
        if ours > self.answer_from and right > UNSURE:
            return "answer", right, ours
        return ("clarify" if ours > self.offer_from else "abstain"), right, ours
