"""The working calendar at the console: a named officer approves a year, or adds a day that was decided late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.working_days import SATURDAY, Change, WorkingDays
from storage import calendars, officers
from storage.calendars import CalendarDay, CalendarYear

FIRST_YEAR, LAST_YEAR = 2024, 2100


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day that is otherwise than its weekday says; `confirmed` False: no document was seen."""

    day: date
    is_worked: bool
    why: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Year:
    """A year's special days, and who approved it (None: nobody, so every deadline in it is "dự kiến")."""

    year: int
    days: tuple[SpecialDay, ...]
    approved: CalendarYear | None


async def year(work: Workplace, number: int, shipped: tuple[Change, ...]) -> Year:
    """The year as deadlines see it: the shipped calendar with the commune's own days."""
    work.demand(Act.CALENDAR_EDIT)
    own = await calendars.changes(work.session, commune_id=work.commune_id)
    changes = (*shipped, *(Change(each.day, each.is_off, each.why) for each in own))
    approved = {each.year: each for each in await calendars.approved(work.session, commune_id=work.commune_id)}
    return Year(number, special_days(number, changes), approved.get(number))


def special_days(number: int, changes: tuple[Change, ...]) -> tuple[SpecialDay, ...]:
    """Weekdays off and days of the weekend that are worked, in order."""
    calendar, unsure = WorkingDays(changes), {change.day: change for change in changes if not change.confirmed}
    found: list[SpecialDay] = []
    day = date(number, 1, 1)
    while day.year == number:
        worked = calendar.is_worked(day)
        if worked is (day.weekday() >= SATURDAY):
            why = "làm bù" if worked else calendar.why_off(day)
            found.append(SpecialDay(day, worked, why, day not in unsure))
        day += timedelta(days=1)
    return tuple(found)


async def approve(work: Workplace, number: int) -> None:
    """Keep who approved the year, by name; it leaves its trace."""
    work.demand(Act.CALENDAR_EDIT)
    officer = await officers.get(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
    name = officer.name if officer else ""
    row = CalendarYear(commune_id=work.commune_id, year=number, approved_by=name, approved_at=work.now)
    await calendars.approve(work.session, row, commune_id=work.commune_id)
    await work.note(Act.CALENDAR_EDIT, "calendar", number, what="year_approved")


async def change(work: Workplace, day: date, *, is_off: bool, why: str) -> None:
    """Keep a late day; its year must be approved anew."""
    work.demand(Act.CALENDAR_EDIT)
    row = CalendarDay(commune_id=work.commune_id, day=day, is_off=is_off, why=why)
    await calendars.change(work.session, row, commune_id=work.commune_id)
    await work.note(Act.CALENDAR_EDIT, "calendar", day.year, what="day_changed")
