"""Terms counted day by day: working or calendar days, from receipt or acceptance, a last day off moved on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml

from knowledge.entry import Entry, FieldValue
from knowledge.errors import Fault
from knowledge.fields import value_on
from knowledge.working_days import WEEKDAYS, WorkingDays

FILE = "deadlines.yaml"
VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
CLOSES_AT = time(17, 0)  # the usual end of an office's day
Unit = Literal["working_day", "calendar_day"]
UNITS: Mapping[str, Unit] = {"ngày làm việc": "working_day", "ngày": "calendar_day"}  # the words of a field's unit


@dataclass(frozen=True, slots=True)
class Rule:
    """A term that the law sets: its number, unit, article and validity are a typed field of an entry.

    `starts`: counted from receipt, from acceptance (thụ lý), or from the decision or posting itself. `for_kind`: the
    legal kind of case whose clock it is, where it is one.
    """

    id: str
    entry_id: str
    field: str
    starts: Literal["received", "accepted", "issued"]
    label: str
    words: tuple[str, ...]
    for_kind: str = ""

    def is_asked(self, folded: str) -> bool:
        """Whether a message asks for this term."""
        return all(words in folded for words in self.words)

    def term(self, entries: Mapping[str, Entry], on: date) -> FieldValue | None:
        """The number of days in force on that day, with its source; None where no confirmed one is known."""
        entry = entries.get(self.entry_id)
        value = value_on(entry.fields.get(self.field, ()), entry, on) if entry else None
        return value if value is not None and isinstance(value.value, int) and value.unit in UNITS else None


@dataclass(frozen=True, slots=True)
class Counted:
    """One day of a count: its number (None for a day that is not counted) and why it is not."""

    day: date
    number: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day, how it was counted, and whether the calendar behind it is only provisional ("dự kiến")."""

    due_on: date
    received_on: date
    days: tuple[Counted, ...]
    is_provisional: bool


def received_on(at: datetime, calendar: WorkingDays, *, closes_at: time = CLOSES_AT) -> date:
    """The day as which something counts as received: after closing time, or on a day off, the next working day."""
    local = at.astimezone(VIET_NAM)
    day = local.date() + timedelta(days=1) if local.time() >= closes_at else local.date()
    return calendar.next_worked(day)


def count(start: date, days: int, unit: Unit, calendar: WorkingDays) -> Deadline:
    """The day itself is not counted; calendar days all are, and a last day that is off moves to the next worked one."""
    counted: list[Counted] = []
    day, number = start, 0
    while number < days:
        day += timedelta(days=1)
        off = calendar.why_off(day)
        if unit == "working_day" and off:
            counted.append(Counted(day, None, off))
            continue
        number += 1
        counted.append(Counted(day, number, ""))
    while off := calendar.why_off(day):
        counted[-1] = Counted(day, counted[-1].number, f"{off}: chuyển sang ngày làm việc kế tiếp")
        day += timedelta(days=1)
        counted.append(Counted(day, None if calendar.why_off(day) else days, ""))
    return Deadline(day, start, tuple(counted), calendar.is_provisional(start, day))


def in_words(day: date) -> str:
    """ "thứ Tư 02/12/2026"."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def load_rules(content: Path) -> dict[str, Rule]:
    """The terms that the law sets, by id."""
    listed = yaml.load((content / FILE).read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {each["id"]: _rule(each) for each in listed}


def _rule(raw: Mapping[str, Any]) -> Rule:
    named = {name: raw[name] for name in ("id", "field", "starts", "label")}
    return Rule(entry_id=raw["entry"], words=tuple(raw["words"]), for_kind=raw.get("for_kind", ""), **named)


def faults(content: Path, entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """What an editor must mend: a rule without its field, or a field that is no number of days with a law."""
    for rule in load_rules(content).values():
        values = entries[rule.entry_id].fields.get(rule.field, ()) if rule.entry_id in entries else ()
        if not values:
            yield Fault(content / FILE, 1, f"{rule.id}: không có ô “{rule.field}” trong mục {rule.entry_id}")
        for value in values:
            if not isinstance(value.value, int) or value.unit not in UNITS:
                yield Fault(content / FILE, 1, f"{rule.id}: ô “{rule.field}” phải là số ngày hoặc số ngày làm việc")
            if value.source.confidence == "low":
                yield Fault(content / FILE, 1, f"{rule.id}: điều chưa xác nhận (low) không làm hạn theo luật")
