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
STRONG, WEAK = 2.0, 1.0
ENOUGH = 2.0
NOW, PAST, RULE, HABIT = 1.0, 2.0, 1.0, 1.5


def find_emergency(said: Sequence[str], *, likelihood: float = 0.0) -> Emergency | None:
    """The danger in these syllables, if it is told as happening now.

    `likelihood` is what the action classifier says; it can tip the balance where a word of danger stands, never alone.
    """
    hits = labelled("emergencies").find(said)
    harmless = {at for hit in hits if hit.label == "harmless" for at in range(hit.start, hit.end)}
    hits = [hit for hit in hits if hit.label != "harmless" and not (set(range(hit.start, hit.end)) & harmless)]
    danger = {kind: _danger(hits, kind) for kind in ORDER}
    kind = max(ORDER, key=lambda k: (danger[k], -ORDER.index(k)))
    if not danger[kind]:
        return None
    context = _context(hits, calm=kind != "suicide", said=len(said))
    if danger[kind] + context + 2 * max(0.0, likelihood - 0.3) < ENOUGH:
        return None
    return Emergency(kind)


def _danger(hits: Sequence[Hit], kind: Kind) -> float:
    labels = [hit.label for hit in hits]
    return STRONG if f"{kind}.strong" in labels else WEAK if f"{kind}.weak" in labels else 0.0


def _context(hits: Sequence[Hit], *, calm: bool, said: int) -> float:
    """What the words around the danger say: happening now, long ago, a question about a rule, a nuisance."""
    count = {
        label: len({hit.start for hit in hits if hit.label == label}) for label in ("now", "past", "rule", "habit")
    }
    urgent = NOW * min(count["now"], 2)
    past = PAST * min(count["past"], 1) + HABIT * min(count["habit"], 1) if calm else 0.0
    return urgent - past - RULE * min(count["rule"], 3) * (1.0 if calm else 0.7)


def kinds() -> tuple[Kind, ...]:
    """Every kind of danger that we know numbers for."""
    return ORDER
