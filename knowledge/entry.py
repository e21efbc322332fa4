"""What an entry is: one curated topic with its dated statements, fields and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from knowledge.meaning import Facet
from knowledge.parameters import Confidence

Status = Literal["reviewed", "converted"]
Value = int | float | str | date


@dataclass(frozen=True, slots=True)
class Source:
    """A law and article, or the publishing office. `read_at` is where an editor read it: never shown to citizens."""

    key: str
    cite: str
    read_at: str | None
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class FieldValue:
    """One value of a field. `unit` is the Vietnamese word behind the number; both days are included."""

    value: Value
    unit: str
    since: date | None
    until: date | None
    source: Source
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that we say, with the days on which it holds (both included) and what it rests on.

    `since` None: the beginning is not known, and the statement answers only from the day it was first checked.
    """

    text: str
    items: tuple[str, ...]
    since: date | None
    until: date | None
    sources: tuple[Source, ...]
    confidence: Confidence
    note: str | None
    line: int = field(default=0, compare=False)

    @property
    def unconfirmed(self) -> bool:
        """No document was read and no address is known: said with the words that admit it."""
        return self.confidence == "medium" and not any(source.read_at for source in self.sources)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What we could not confirm, and whom to ask; never shown as law."""

    text: str
    ask: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Kept for editors, never shown."""

    text: str
    confidence: Confidence | None
    why: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A thủ tục hành chính: its codes on the national portal and the competent level by date."""

    code: str | None
    other_codes: Mapping[str, str]
    level: tuple[Statement, ...]


class Dated(Protocol):
    """Whatever holds from a day to a day."""

    @property
    def since(self) -> date | None:
        """The first day, if known."""

    @property
    def until(self) -> date | None:
        """The last day, if known."""


Held = TypeVar("Held", bound=Dated)


@dataclass(frozen=True, slots=True)
class Entry:
    """One curated topic, with everything that it says and when."""

    id: str
    title: str
    status: Status
    papi: int
    checked_on: date
    first_checked_on: date
    aliases: tuple[str, ...]
    related: tuple[str, ...]
    procedure: Procedure | None
    sources: Mapping[str, Source]
    fields: Mapping[str, tuple[FieldValue, ...]]
    answer: tuple[Statement, ...]
    steps: tuple[Statement, ...]
    details: Mapping[Facet, tuple[Statement, ...]]
    doubts: tuple[Doubt, ...]
    unpublished: tuple[Unpublished, ...]
    variants: tuple[str, ...]
    file: Path
    written: str | None = field(default=None, compare=False)  # its text, where it lies in no file (an edit)

    def begins(self, dated: Dated) -> date:
        """The first day on which this answers: its own, or that of the first check where the beginning is unknown."""
        return dated.since or self.first_checked_on

    def holds(self, dated: Dated, on: date) -> bool:
        """Whether this is in force on that day, first and last day included."""
        return self.begins(dated) <= on and (dated.until is None or on <= dated.until)

    def in_force(self, dated: Iterable[Held], on: date) -> tuple[Held, ...]:
        """Those in force on that day, in the file's order."""
        return tuple(one for one in dated if self.holds(one, on))

    def statements(self) -> tuple[Statement, ...]:
        """Everything that a citizen may read with a source, in the file's order."""
        return self.answer + self.steps + tuple(one for said in self.details.values() for one in said)

    def change_days(self) -> list[date]:
        """Every first day of something and every day after a last day, in order."""
        days: set[date] = set()
        values = [value for each in self.fields.values() for value in each]
        every: list[Dated] = [*self.statements(), *values]
        for dated in every:
            days.add(self.begins(dated))
            if dated.until is not None:
                days.add(dated.until + timedelta(days=1))
        return sorted(days)
