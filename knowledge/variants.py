"""Variants: when two ways of asking are one and the same, or so near that the second teaches nothing."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from knowledge.vietnamese import fold, syllables

MOST_SHARED = 0.8  # of the smaller one's neighbouring pairs
COURTESY = frozenset(
    [
        "da",
        "a",
        "ah",
        "oi",
        "em",
        "anh",
        "chi",
        "bac",
        "chu",
        "co",
        "ban",
        "ad",
        "admin",
        "minh",
        "toi",
        "tui",
        "voi",
        "cho",
        "hoi",
        "xin",
        "nhe",
        "nha",
        "nhi",
        "vay",
        "the",
        "thi",
        "la",
        "gium",
        "dum",
        "giup",
        "cam",
        "on",
        "can",
        "bo",
        "sep",
        "u",
        "vang",
        "day",
        "nay",
        "do",
    ]
)


@lru_cache(maxsize=16_384)
def same_when_folded(variant: str) -> str:
    """What remains of a question without marks, capitals and punctuation: equal ones are one variant."""
    return " ".join(syllables(fold(variant)))


def near_copy(one: str, other: str) -> bool:
    """Whether two questions share over 80 % of their neighbouring pairs, or differ in courtesy words only."""
    if _bare(one) == _bare(other):
        return True
    first, second = _pairs(one), _pairs(other)
    fewest = min(len(first), len(second))
    return fewest > 0 and len(first & second) / fewest > MOST_SHARED


@lru_cache(maxsize=8192)
def _bare(variant: str) -> tuple[str, ...]:
    return tuple(word for word in syllables(fold(variant)) if word not in COURTESY)


@lru_cache(maxsize=8192)
def _pairs(variant: str) -> frozenset[tuple[str, str]]:
    said = syllables(fold(variant))
    return frozenset(pairwise(said))
