"""When a case is due: working days over the commune's own calendar, from the day as which it counts as received."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache

from sqlmodel.ext.asyncio.session import AsyncSession

from knowledge.base import CONTENT
from knowledge.deadlines import VIET_NAM, Deadline, Unit, count, received_on
from knowledge.working_days import Change, WorkingDays, load_changes
from storage import calendars

OPENS_AT, CLOSES_AT = time(7, 30), time(17, 0)


async def calendar_of(session: AsyncSession, *, commune_id: int) -> WorkingDays:
    """The shipped calendar with the commune's own changes and approvals."""
    own = await calendars.changes(session, commune_id=commune_id)
    years = await calendars.approved(session, commune_id=commune_id)
    changes = (*_shipped(), *(Change(each.day, each.is_off, each.why) for each in own))
    return WorkingDays(changes, (each.year for each in years))


def due(received_at: datetime, *, days: int, calendar: WorkingDays, unit: Unit = "working_day") -> Deadline:
    """The day on which a term of so many days ends."""
    return count(received_on(received_at, calendar), days, unit, calendar)


def share_used(received: date, due_on: date, today: date, calendar: WorkingDays) -> float:
    """How much of the time is over this morning, 0 to 1 and more; counted in working days."""
    whole = _working_days(received, due_on, calendar)
    return _working_days(received, today, calendar) / whole if whole else 1.0


def in_hours(now: datetime, calendar: WorkingDays) -> bool:
    """Whether offices are open now."""
    local = now.astimezone(VIET_NAM)
    return calendar.is_worked(local.date()) and OPENS_AT <= local.time() < CLOSES_AT


def is_over(due_on: date, now: datetime) -> bool:
    """Whether the last day has ended: at closing time, not at midnight."""
    local = now.astimezone(VIET_NAM)
    return local.date() > due_on or (local.date() == due_on and local.time() >= CLOSES_AT)


def _working_days(first: date, last: date, calendar: WorkingDays) -> int:
    """Worked days after the first, up to and with the last."""
    days = range(first.toordinal() + 1, last.toordinal() + 1)
    return sum(calendar.is_worked(date.fromordinal(day)) for day in days)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Change, ...]:
    return load_changes(CONTENT)
