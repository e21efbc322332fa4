"""When notices may go: quiet hours from 21:00 to 06:00 in Viet Nam, and the next turn of one that is repeated."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta

from knowledge.deadlines import VIET_NAM
from knowledge.working_days import WEEKDAYS, WorkingDays

QUIET_FROM, QUIET_TO = time(21, 0), time(6, 0)
REPEATS = {"daily": "mỗi ngày", "weekly": "mỗi tuần", "monthly": "mỗi tháng"}
MOST_TURNS = 400  # looked at for one that falls on a worked day


def is_quiet(at: datetime) -> bool:
    """Whether people sleep."""
    clock = at.astimezone(VIET_NAM).time()
    return clock >= QUIET_FROM or clock < QUIET_TO


def wakes_at(at: datetime) -> datetime:
    """That instant, or the next 06:00 where it lies in the quiet hours."""
    if not is_quiet(at):
        return at
    local = at.astimezone(VIET_NAM)
    day = local.date() + timedelta(days=local.time() >= QUIET_FROM)
    return datetime.combine(day, QUIET_TO, VIET_NAM)


def quiet_again(at: datetime) -> datetime:
    """The next 21:00 after a moment outside the quiet hours."""
    return datetime.combine(at.astimezone(VIET_NAM).date(), QUIET_FROM, VIET_NAM)


def next_turn(
    before: datetime, repeat: str, *, until: date | None, calendar: WorkingDays | None = None
) -> datetime | None:
    """When a repeated notice goes again, at the same time of day; None after its last turn.

    `calendar`: turns on days off (Tết, weekends) are left out. A monthly one of the 31st goes on a month's last day.
    """
    first = before.astimezone(VIET_NAM)
    for turn in range(1, MOST_TURNS):
        day = _moved(first.date(), repeat, turn)
        if day is None or (until is not None and day > until):
            return None
        if calendar is None or calendar.is_worked(day):
            return datetime.combine(day, first.time(), VIET_NAM)
    return None


def in_words(start: datetime, end: datetime | None) -> str:
    """ "từ 7 giờ 30 đến 11 giờ 00, thứ Ba 24/11/2026"."""
    first = start.astimezone(VIET_NAM)
    if end is None:
        return f"{_clock(first)}, {_day(first)}"
    last = end.astimezone(VIET_NAM)
    if first.date() == last.date():
        return f"từ {_clock(first)} đến {_clock(last)}, {_day(first)}"
    return f"từ {_clock(first)} {_day(first)} đến {_clock(last)} {_day(last)}"


def _moved(day: date, repeat: str, turn: int) -> date | None:
    match repeat:
        case "daily":
            return day + timedelta(days=turn)
        case "weekly":
            return day + timedelta(weeks=turn)
        case "monthly":
            years, month = divmod(day.month - 1 + turn, 12)
            year = day.year + years
            return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    return None


def _clock(at: datetime) -> str:
    return f"{at.hour} giờ" + (f" {at.minute:02d}" if at.minute else "")


def _day(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at:%d/%m/%Y}"
