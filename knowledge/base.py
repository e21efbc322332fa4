"""What we know, ready to be asked: the entries, the index over them, and the day's answer to each."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from knowledge import answers
from knowledge.answers import Answer
from knowledge.checklists import Checklist, load_checklists
from knowledge.deadlines import Rule, load_rules
from knowledge.entries import Entry, load, resolve
from knowledge.meaning import Meaning
from knowledge.parameters import Parameter, load_parameters
from knowledge.places import Places
from knowledge.understanding import Understanding
from knowledge.working_days import Change, load_changes

KEPT_ANSWERS = 1_024  # answers kept made up: an entry says the same all day

CONTENT = Path(__file__).parent / "content"
SHIPPED = (
    Path(sys.prefix) / "share" / "danhoi"
)  # where `make init` leaves the trained parts, so that no first start waits


class Knowledge:
    """The one door to what we publish. Reads nothing but files; never writes but to its cache folder."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        understanding: Understanding,
        places: Places,
        parameters: Mapping[str, tuple[Parameter, ...]] | None = None,
        checklists: Mapping[str, Checklist] | None = None,
        calendar_changes: tuple[Change, ...] = (),
        deadline_rules: Mapping[str, Rule] | None = None,
        content: Path = CONTENT,
    ) -> None:
        """The parts are built by `load`; tests may hand in their own."""
        self.content = content
        self.parameters = parameters or {}
        self.checklists = checklists or {}
        self.calendar_changes = calendar_changes
        self.deadline_rules = deadline_rules or {}
        self.entries = entries
        self.places = places
        self.understanding = understanding
        self._made_up = lru_cache(KEPT_ANSWERS)(self._make_up)

    def with_entries(self, entries: Mapping[str, Entry], understanding: Understanding) -> Knowledge:
        """The same but for the entries and what finds them: a commune's own layer over what is shipped."""
        return Knowledge(
            entries,
            understanding,
            self.places,
            self.parameters,
            self.checklists,
            self.calendar_changes,
            self.deadline_rules,
            self.content,
        )

    @classmethod
    def load(cls, *, today: date, cache: Path | None = None, content: Path = CONTENT) -> Knowledge:
        """Read the content and build what understands it; `cache` keeps the trained parts between starts."""
        entries = load(content)
        return cls(
            entries,
            Understanding(entries, *([cache] if cache else []), SHIPPED),
            Places(content),
            load_parameters(content),
            load_checklists(content),
            load_changes(content),
            load_rules(content),
            content,
        )

    def understand(self, text: str, *, on: date) -> Meaning:
        """What one message says, before the conversation is looked at."""
        return self.understanding.understand(text, on=on)

    def entry(self, entry_id: str) -> Entry:
        """The entry with this id or alias; raises UnknownEntry."""
        return resolve(self.entries, entry_id)

    def answer(self, entry_id: str, *, on: date, today: date) -> Answer:
        """What the entry says for that day; raises NothingInForce when it says nothing."""
        return self._made_up(entry_id, on, today)

    def _make_up(self, entry_id: str, on: date, today: date) -> Answer:
        return answers.answer(self.entry(entry_id), on, today)
