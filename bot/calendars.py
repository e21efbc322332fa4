"""`danhoi calendar`: the days off of a year, a late change, and who approved it."""

from __future__ import annotations

from datetime import date, timedelta

import click
from sqlmodel.ext.asyncio.session import AsyncSession

from bot import command_audit
from bot.imports import receiving
from bot.opening import opened
from bot.settings import Settings
from handlers.permissions import Act
from knowledge.base import CONTENT
from knowledge.deadlines import in_words
from knowledge.working_days import SATURDAY, Change, WorkingDays, load_changes
from storage import calendars
from storage.calendars import CalendarDay, CalendarYear


async def show(settings: Settings, year: int, *, code: str | None) -> None:
    """Every day that is otherwise than its weekday says, and whether the year is approved."""
    async with opened(settings) as database:
        commune = await receiving(database, settings, code)
        assert commune.id is not None
        async with database.reading() as session:
            own = await calendars.changes(session, commune_id=commune.id)
            years = {each.year: each for each in await calendars.approved(session, commune_id=commune.id)}
    changes = (*load_changes(CONTENT), *(Change(each.day, each.is_off, each.why) for each in own))
    calendar = WorkingDays(changes, years)
    day = date(year, 1, 1)
    while day.year == year:
        weekend = day.weekday() >= SATURDAY
        if calendar.is_worked(day) and weekend:
            click.echo(f"{in_words(day)}: làm bù")
        elif not calendar.is_worked(day) and not weekend:
            click.echo(f"{in_words(day)}: {calendar.why_off(day)}")
        day += timedelta(days=1)
    approved = years.get(year)
    state = f"đã duyệt ({approved.approved_by})" if approved else "chưa ai duyệt: mọi hạn trong năm là “dự kiến”"
    click.echo(f"Lịch năm {year} của {commune.name}: {state}")


async def approve(settings: Settings, year: int, *, officer: str, code: str | None) -> None:
    """Keep the officer's name."""
    async with opened(settings) as database:
        commune = await receiving(database, settings, code)
        assert commune.id is not None
        row = CalendarYear(commune_id=commune.id, year=year, approved_by=officer, approved_at=settings.clock.now())
        async with database.writing() as session:
            await calendars.approve(session, row, commune_id=commune.id)
            await _note(session, settings, commune.id, "calendar_approved")
    click.echo(f"Đã duyệt lịch năm {year} của {commune.name} ({officer}).")


async def change(settings: Settings, day: date, *, is_off: bool, why: str, code: str | None) -> None:
    """Keep the change; the year is no longer approved."""
    async with opened(settings) as database:
        commune = await receiving(database, settings, code)
        assert commune.id is not None
        row = CalendarDay(commune_id=commune.id, day=day, is_off=is_off, why=why)
        async with database.writing() as session:
            await calendars.change(session, row, commune_id=commune.id)
            await _note(session, settings, commune.id, "calendar_changed")
    click.echo(f"{in_words(day)}: {'nghỉ' if is_off else 'làm việc'}. Duyệt lại lịch năm {day.year}.")


async def _note(session: AsyncSession, settings: Settings, commune_id: int, what: str) -> None:
    await command_audit.note(
        session,
        commune_id=commune_id,
        at=settings.clock.now(),
        act=f"{Act.COMMUNE_EDIT}:{what}",
        object_kind="commune",
        object_id=commune_id,
    )
