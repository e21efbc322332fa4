"""The secret phrase of a mailbox: four pairs of a thing and a trait, 60 bits, the same with marks and without."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from knowledge.vietnamese import fold, words

LIST = Path(__file__).parent / "content" / "mailbox" / "phrase.yaml"
PAIRS = 4
BITS = 60
# What may stand before it: "hộp thư của tôi: ...".
BEFORE = frozenset(("hop", "thu", "mo", "xem", "vao", "cau", "ma", "bi", "mat", "cua", "toi", "em", "la"))


def new_phrase() -> str:
    """Eight words, evenly drawn: "trâu xanh thuyền mới mận chua trống tròn"."""
    things, traits = _lists()
    return " ".join(f"{secrets.choice(things)} {secrets.choice(traits)}" for _pair in range(PAIRS))


def find_phrase(text: str) -> str | None:
    """The phrase that a message holds and nothing beside, folded; None where it is none of ours."""
    said = [fold(word) for word in words(text)]
    core, opening = said[-2 * PAIRS :], said[: -2 * PAIRS]
    return " ".join(core) if is_phrase(core) and set(opening) <= BEFORE else None


def is_phrase(said: Sequence[str]) -> bool:
    """Whether these folded words are things and traits in turn."""
    things, traits = _folded()
    return (
        len(said) == 2 * PAIRS and all(one in things for one in said[::2]) and all(one in traits for one in said[1::2])
    )


@cache
def _lists() -> tuple[tuple[str, ...], tuple[str, ...]]:
    raw = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return tuple(raw["things"].split()), tuple(raw["traits"].split())


@cache
def _folded() -> tuple[frozenset[str], frozenset[str]]:
    things, traits = _lists()
    return frozenset(map(fold, things)), frozenset(map(fold, traits))
