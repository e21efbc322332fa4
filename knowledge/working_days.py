"""The working calendar of Viet Nam: a package's first draft, corrected by dated data, approved year by year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import holidays
import yaml

FILE = "calendar.yaml"
SATURDAY = 5
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True)
class Change:
    """One day that is otherwise than the draft says: off, or worked. `confirmed` False: no document was seen."""

    day: date
    is_off: bool
    why: str
    confirmed: bool = True


class WorkingDays:
    """Which days are worked. Later changes go before earlier ones; a year that nobody approved is provisional."""

    def __init__(self, changes: Iterable[Change], approved: Iterable[int] = ()) -> None:
        """`changes`: the shipped corrections, then a commune's own; `approved`: years that a named officer approved."""
        self._changes: Mapping[date, Change] = {change.day: change for change in changes}
        self._approved = frozenset(approved)

    def is_worked(self, day: date) -> bool:
        """Whether offices work on that day."""
        change = self._changes.get(day)
        return not change.is_off if change else _draft(day.year).is_working_day(day)

    def why_off(self, day: date) -> str:
        """Why the day is off; empty for a worked one."""
        if self.is_worked(day):
            return ""
        change = self._changes.get(day)
        named = change.why if change else str(_draft(day.year).get(day) or "")
        return named or WEEKDAYS[day.weekday()]

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a count from the first to the last day rests on a year or a day that nobody confirmed."""
        years = range(first.year, last.year + 1)
        unsure = any(not change.confirmed and first <= change.day <= last for change in self._changes.values())
        return unsure or any(year not in self._approved for year in years)

    def next_worked(self, day: date) -> date:
        """That day, or the first worked one after it."""
        while not self.is_worked(day):
            day += timedelta(days=1)
        return day


def load_changes(content: Path) -> tuple[Change, ...]:
    """The shipped corrections."""
    listed = yaml.load((content / FILE).read_text("utf-8"), Loader=yaml.CSafeLoader)
    return tuple(Change(each["day"], each["is_off"], each["why"], each["confirmed"]) for each in listed)


@lru_cache(maxsize=32)
def _draft(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=year, language="vi")
