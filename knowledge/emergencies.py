"""Danger told as happening now: rules only, recall before precision, and one kind that picks the numbers to call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from knowledge.lexicon import Hit, labelled
from knowledge.meaning import Emergency

Kind = Literal["fire", "drowning", "violence", "medical", "suicide", "electric", "crime", "flood", "accident", "gas"]
# Where several kinds are told at once, the one whose numbers come first.
ORDER: tuple[Kind, ...] = (
    "suicide", "violence", "fire", "gas", "electric", "drowning", "flood", "accident", "medical", "crime",
)  # fmt: skip
STRONG, WEAK = (2.0, 1.4, 1.0), (1.0, 0.5, 0.0)  # as typed; marks left out; and with a gap besides
ANY: Kind = "accident"
ENOUGH = 2.0
NOW, PAST, RULE, HABIT = 1.0, 2.0, 1.0, 1.5
SUSPECTED, SUSPICION = 0.03, 8.0  # the classifier's share from which it adds to the danger, and how fast, up to 1
LONG = 7  # syllables
UNASKED = 0.6  # in its place where nobody asked the classifier
SURE, FAIRLY_SURE = 0.6, 0.35  # from which it raises the alarm by itself; and where any word of danger stands
UNSUSPECTED = 0.8  # taken off where the classifier sees none at all in a message of some length


def find_emergency(said: Sequence[str], *, likelihood: float | None = None) -> Emergency | None:
    """The danger in these syllables, if it is told as happening now.

    `likelihood` is what the action classifier says, if it was asked: it tips the balance where marks were left out or
    words of danger stand in a calm text, and raises the alarm by itself only when it is very sure.
    """
    hits = labelled("emergencies", as_typed=True).find(said)
    harmless = {at for hit in hits if hit.label == "harmless" for at in range(hit.start, hit.end)}
    hits = [hit for hit in hits if hit.label != "harmless" and not (set(range(hit.start, hit.end)) & harmless)]
    danger = {kind: _danger(hits, kind) for kind in ORDER}
    kind = max(ORDER, key=lambda k: (danger[k], -ORDER.index(k))) if any(danger.values()) else ANY
    context = _context(hits, kind) - (NOW if harmless else 0.0)
    if likelihood is not None and likelihood > (FAIRLY_SURE if danger[kind] else SURE) and context >= 0.0:
        return Emergency(kind)
    if not danger[kind] or danger[kind] + context + _suspicion(kind, likelihood, len(said)) < ENOUGH:
        return None
    return Emergency(kind)


def _suspicion(kind: Kind, likelihood: float | None, length: int) -> float:
    """What the classifier adds to the danger, or takes off."""
    if likelihood is None:
        return UNASKED
    if kind != "suicide" and likelihood < SUSPECTED / 2 and length > LONG:
        return -UNSUSPECTED
    return min(1.0, SUSPICION * max(0.0, likelihood - SUSPECTED))


def _danger(hits: Sequence[Hit], kind: Kind) -> float:
    """The strongest word of this danger, by how surely it was typed."""
    weights = {f"{kind}.strong": STRONG, f"{kind}.weak": WEAK}
    return max((weights[hit.label][hit.guesses] for hit in hits if hit.label in weights), default=0.0)


def _context(hits: Sequence[Hit], kind: Kind) -> float:
    """What the words around the danger say: happening now, long ago, a question about a rule, a nuisance."""
    told = {at for hit in hits if hit.label.startswith(kind) for at in range(hit.start, hit.end)}
    count = {
        label: len({hit.start for hit in hits if hit.label == label and hit.start not in told})
        for label in ("now", "past", "rule", "habit")
    }
    calm = kind != "suicide"
    urgent = NOW * min(count["now"], 2)
    past = PAST * min(count["past"], 1) + HABIT * min(count["habit"], 1) if calm else 0.0
    return urgent - past - RULE * min(count["rule"], 3) * (1.0 if calm else 0.7)


def kinds() -> tuple[Kind, ...]:
    """Every kind of danger that we know numbers for."""
    return ORDER
