"""What a commune must make public (Luật 10/2022/QH15 Điều 11): each duty with its terms, taken from typed fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.entry import Entry, FieldValue
from knowledge.errors import Fault
from knowledge.fields import value_on
from knowledge.vietnamese import fold

FILE = Path(__file__).parent / "content" / "disclosures.yaml"
WITHIN = ("dancho.dan-biet.thoi-han-niem-yet", "cham_nhat")
POSTED = ("dancho.dan-biet.thoi-han-niem-yet", "niem_yet")
LOUD = ("dancho.dan-biet.hinh-thuc", "loa")

Term = tuple[str, str]  # an entry and a typed field of it


@dataclass(frozen=True, slots=True)
class Duty:
    """One item of the register. `permanent`: it hangs for good; `loud`: loudspeaker and hamlet head as well;
    `hamlet_only`: only whoever lives in its hamlet is told more than where it hangs."""

    id: str
    label: str
    entry_id: str
    posted: Term
    permanent: bool
    loud: bool
    hamlet_only: bool
    said: tuple[str, ...]

    def within(self, entries: Mapping[str, Entry], on: date) -> FieldValue | None:
        """Working days from the decision until it must be public; None where no law is known on that day."""
        return term(entries, WITHIN, on)

    def hangs_until(self, entries: Mapping[str, Entry], posted_on: date) -> date | None:
        """The last day on which it must hang, the first one counted; None: for good, or no law is known."""
        days = None if self.permanent else term(entries, self.posted, posted_on)
        return posted_on + timedelta(days=int(str(days.value)) - 1) if days is not None else None


def term(entries: Mapping[str, Entry], of: Term, on: date) -> FieldValue | None:
    """The number of days in force on that day; one that nobody confirmed is none."""
    entry = entries.get(of[0])
    value = value_on(entry.fields.get(of[1], ()), entry, on) if entry else None
    return value if value is not None and isinstance(value.value, int) and value.source.confidence != "low" else None


@lru_cache(maxsize=1)
def duties() -> dict[str, Duty]:
    """All of them, in the order of the register."""
    listed = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {
        each["id"]: Duty(
            each["id"],
            each["label"],
            each["entry"],
            tuple(each["posted"]) if "posted" in each else POSTED,
            bool(each.get("permanent")),
            bool(each.get("loud")),
            bool(each.get("hamlet_only")),
            tuple(each["said"]),
        )
        for each in listed
    }


def named(text: str) -> Duty | None:
    """The duty that a text names: the longest of its phrases that stands in it, marks aside."""
    said = f" {' '.join(re.findall(r'[a-z0-9]+', fold(text)))} "
    found = [(len(phrase), duty) for duty in duties().values() for phrase in duty.said if f" {fold(phrase)} " in said]
    return max(found, key=lambda each: each[0])[1] if found else None


def faults(entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """What an editor must mend: a duty whose entry or typed field does not exist."""
    for of in (WITHIN, POSTED, LOUD, *(duty.posted for duty in duties().values())):
        if of[0] not in entries or of[1] not in entries[of[0]].fields:
            yield Fault(FILE, 1, f"không có ô “{of[1]}” trong mục {of[0]}")
    for duty in duties().values():
        if duty.entry_id not in entries:
            yield Fault(FILE, 1, f"{duty.id}: không có mục {duty.entry_id}")
