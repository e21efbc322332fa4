"""Texts of entries as people make them: a beginning for a new one, and the form in which every text is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import yaml

from knowledge.layers import OWN
from knowledge.variants import near_copy
from knowledge.vietnamese import fold

LONGEST_SLUG = 48
LONGEST_TITLE = 90
MASKS = re.compile(r"\[[^\]]*\]|\s{2,}")  # what masking left in an example
PAPI_SERVICE = 5  # public administrative procedures: the dimension of most questions, until somebody says otherwise


def dump(raw: Mapping[str, Any]) -> str:
    """The text of an entry, in the form of the content files."""
    return yaml.safe_dump(dict(raw), allow_unicode=True, sort_keys=False, width=110)


def own_id(title: str, taken: Iterable[str]) -> str:
    """A free id for an entry of the commune's own: "xa.bai-giu-xe-o-cho"."""
    slug = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")[:LONGEST_SLUG].strip("-") or "muc-moi"
    used, name, number = set(taken), f"{OWN}.{slug}", 1
    while name in used:
        number += 1
        name = f"{OWN}.{slug}-{number}"
    return name


def beginning(entry_id: str, title: str, asked: Iterable[str], *, today: date) -> str:
    """A new entry that says nothing yet: its title, and how people asked."""
    return dump(
        {
            "id": entry_id,
            "title": title,
            "status": "reviewed",
            "papi": PAPI_SERVICE,
            "checked_on": today,
            "related": [],
            "sources": {},
            "fields": {},
            "answer": [],
            "steps": [],
            "details": {},
            "doubts": [],
            "variants": unlike(asked),
        }
    )


def title_from(example: str) -> str:
    """A title to begin with, out of how somebody asked."""
    words = MASKS.sub(" ", example).strip(" ?.!,")
    short = words if len(words) <= LONGEST_TITLE else words[:LONGEST_TITLE].rsplit(" ", 1)[0]
    return short[:1].upper() + short[1:] or "Mục mới"


def unlike(asked: Iterable[str]) -> list[str]:
    """Examples as question variants: without what masking left, none a near copy of another."""
    kept: list[str] = []
    for each in asked:
        text = MASKS.sub(" ", each).strip()
        if text and not any(near_copy(text, other) for other in kept):
            kept.append(text)
    return kept
