"""What a report is about, proposed from its words: a category with its PAPI dimension and field of work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.lexicon import Phrases
from knowledge.vietnamese import syllables, tidy

FILE = Path(__file__).parent / "content" / "categories.yaml"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Category:
    """One kind of trouble. `papi` is 1 to 8; `about_staff`: it tells of how officers behave."""

    id: str
    label: str
    papi: int
    field: str | None
    about_staff: bool
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def categories() -> dict[str, Category]:
    """All of them, in the order in which they are offered."""
    listed = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {
        each["id"]: Category(
            each["id"],
            each["label"],
            each["papi"],
            each.get("field"),
            bool(each.get("about_staff")),
            tuple(each["words"]),
        )
        for each in listed
    }


def field_of(entry_id: str | None) -> str | None:
    """Whose work a question about this entry is; None for one of no field."""
    known = _fields_of_work().items()
    return next((field for field, begins in known if entry_id and entry_id.startswith(begins)), None)


def propose(text: str) -> Category:
    """The category whose words weigh most in the text, longer phrases more; "other" where none is found."""
    weights: dict[str, int] = {}
    for hit in _phrases().find(syllables(tidy(text))):
        length = hit.end - hit.start
        weights[hit.label] = weights.get(hit.label, 0) + length * length - hit.guesses
    if not weights:
        return categories()[OTHER]
    return categories()[max(weights, key=lambda each: weights[each])]


@lru_cache(maxsize=1)
def _fields_of_work() -> dict[str, tuple[str, ...]]:
    listed = yaml.load((FILE.parent / "fields_of_work.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {field: tuple(begins) for field, begins in listed.items()}


@lru_cache(maxsize=1)
def _phrases() -> Phrases:
    return Phrases((words, each.id) for each in categories().values() for words in each.words)
