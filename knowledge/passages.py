"""Inside one answer: which of its pieces a question's own words point to."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import pairwise
from math import log

from knowledge.answers import Answer, Block
from knowledge.vietnamese import fold, syllables

ENOUGH = 0.34  # share of the question's weight that a piece must hold to be shown
TO_STAY = 0.45  # … to take a message that names no other topic as one about this answer
FEWEST = 2  # syllables or pairs in common, so that one word alone decides nothing


def best_passage(answer: Answer, text: str) -> Block | None:
    """The piece that shares most of the question's weight, if it shares enough."""
    found = _ranked(answer, text)
    return found[1] if found is not None and found[0] >= ENOUGH else None


def fits(answer: Answer, text: str) -> bool:
    """Whether a piece of this answer is plainly about these words."""
    found = _ranked(answer, text)
    return found is not None and found[0] >= TO_STAY


def _ranked(answer: Answer, text: str) -> tuple[float, Block] | None:
    asked = _terms(text) - _own_terms(answer.entry.title)
    pieces = [(piece, _own_terms(piece.text)) for piece in answer.said]
    spread = Counter(term for _piece, terms in pieces for term in terms)
    weights = {term: log(1 + len(pieces) / (1 + spread[term])) * (2 if " " in term else 1) for term in asked}
    whole = sum(weights.values())
    if not whole:
        return None
    shares = [
        (sum(weights[term] for term in asked & terms) / whole, len(asked & terms), piece) for piece, terms in pieces
    ]
    share, common, piece = max(shares, key=lambda each: each[0])
    return (share, piece) if common >= FEWEST else None


@lru_cache(8_192)
def _own_terms(text: str) -> frozenset[str]:
    """The terms of a text of ours; a citizen's words are not kept."""
    return frozenset(_terms(text))


def _terms(text: str) -> set[str]:
    """Folded syllables and neighbouring pairs."""
    said = syllables(fold(text))
    return {*said, *(f"{one} {two}" for one, two in pairwise(said))}
