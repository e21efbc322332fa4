"""What the index and the classifiers learn from: every entry as a document, and every question that names its topic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import re

from knowledge.entry import Entry
from knowledge.lexicon import listed
from knowledge.search import Document
from knowledge.vietnamese import fold, syllables

_FIELD = re.compile(r"\{[\w.]+\}")
_SENTENCE = re.compile(r"(?<=[.;!?])\s+")
Kind = Literal["title", "variant", "body"]


@dataclass(frozen=True, slots=True)
class Example:
    """One piece of text that belongs to a topic, as syllables."""

    topic: str
    kind: Kind
    said: tuple[str, ...]


class Corpus:
    """Everything there is to learn from, read once. `without` leaves out variants born from these evaluation questions."""

    def __init__(self, entries: Mapping[str, Entry], *, without: frozenset[int] = frozenset()) -> None:
        """Entries in the order of their ids, so that everything built from them is the same each time."""
        more = _more_variants(entries, without)
        self.examples: list[Example] = []
        self.documents: list[Document] = []
        for entry_id in sorted(entries):
            entry = entries[entry_id]
            passages: dict[Kind, tuple[str, ...]] = {
                "title": (entry.title,),
                "variant": (*entry.variants, *more.get(entry_id, ())),
                "body": tuple(_body(entry)),
            }
            read = {kind: tuple(_syllables(texts)) for kind, texts in passages.items()}
            self.examples += [Example(entry_id, kind, said) for kind, all_said in read.items() for said in all_said]
            fields = {"title": read["title"], "variants": read["variant"], "body": read["body"]}
            self.documents.append(Document(entry_id, fields))

    def vocabulary(self, more: Iterable[str] = ()) -> tuple[Counter[str], Counter[str]]:
        """How often each syllable and each folded pair stands in all texts and in `more`."""
        counts: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for said in [*(example.said for example in self.examples), *(tuple(syllables(text)) for text in more)]:
            counts.update(said)
            pairs.update(f"{a}_{b}" for a, b in pairwise(fold(s) for s in said))
        return counts, pairs


def _syllables(texts: Iterable[str]) -> Iterable[tuple[str, ...]]:
    return (said for text in texts if (said := tuple(syllables(text))))


def _body(entry: Entry) -> Iterable[str]:
    """What a citizen may read, sentence by sentence, and the doubts; fields left out: their values are no words."""
    for statement in entry.statements():
        for text in (statement.text, *statement.items):
            yield from _SENTENCE.split(_FIELD.sub(" ", text))
    yield from (doubt.text for doubt in entry.doubts)


def _more_variants(entries: Mapping[str, Entry], without: frozenset[int]) -> dict[str, list[str]]:
    """Variants that stand apart because they were born from evaluation questions, by topic."""
    more: dict[str, list[str]] = {}
    aliases = {alias: entry.id for entry in entries.values() for alias in entry.aliases}
    for row in listed("variants_from_eval"):
        topic = aliases.get(row["topic"], row["topic"])
        if row["g"] not in without and topic in entries:
            more.setdefault(topic, []).append(row["text"])
    return more
