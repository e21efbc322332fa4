"""What the clock does to cases: each case in a transaction of its own, so that nobody waits for the write lock."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from handlers import case_clock, clock, officer_chat
from handlers.lifecycle import REOPENS_WITHIN
from storage import case_alerts, case_lists, cases, communes, officer_chats
from storage.cases import Case
from storage.database import Database

CHUNK = 500
Doing = Callable[[AsyncSession, Case], Awaitable[None]]

log = logging.getLogger(__name__)


async def watch_deadlines(database: Database, times: Clock) -> None:
    """Warnings and apologies, in working hours only; dates that a changed calendar moves."""
    for commune_id in await _tenants(database):
        async with database.reading() as session:
            calendar = await clock.calendar_of(session, commune_id=commune_id)
        open_now = clock.in_hours(times.now(), calendar)

        async def watch(session: AsyncSession, case: Case) -> None:
            await case_clock.redate(session, case, calendar, now=times.now())  # noqa: B023
            if open_now:  # noqa: B023
                await case_clock.warn(session, case, calendar, now=times.now())  # noqa: B023
                await case_clock.apologise(session, case, calendar, now=times.now())  # noqa: B023
                await case_clock.press(session, case, calendar, now=times.now())  # noqa: B023

        async for found in _running(database, commune_id):
            await _each(database, commune_id, found, watch)


async def close_silent(database: Database, times: Clock) -> None:
    """Answers to which nobody said anything for fifteen days."""

    async def lapse(session: AsyncSession, case: Case) -> None:
        await case_clock.lapse(session, case, now=times.now())

    for commune_id in await _tenants(database):
        async with database.reading() as session:
            found = await case_lists.answered(session, commune_id=commune_id, before=times.now() - REOPENS_WITHIN)
        await _each(database, commune_id, found, lapse)


async def tend_drafts(database: Database, times: Clock) -> None:
    """One reminder after a day; two days later the draft goes."""

    async def tend(session: AsyncSession, case: Case) -> None:
        await case_clock.remind(session, case, now=times.now())
        await case_clock.drop(session, case, now=times.now())

    for commune_id in await _tenants(database):
        before = times.now() - case_clock.REMINDED_AFTER
        async with database.reading() as session:
            found = await case_lists.drafts(session, commune_id=commune_id, opened_before=before)
        await _each(database, commune_id, found, tend)


async def push_alerts(database: Database, times: Clock, *, base: str = "") -> None:
    """News of their cases into the officers' own chats, in working hours. `base`: where the console is, if known."""
    for commune_id in await _tenants(database):
        async with database.reading() as session:
            calendar = await clock.calendar_of(session, commune_id=commune_id)
            linked = await officer_chats.linked(session, commune_id=commune_id)
            rung = await case_alerts.unpushed(session, commune_id=commune_id, officer_ids=list(linked))
        if not clock.in_hours(times.now(), calendar):
            continue
        for alert in rung:
            async with database.writing(commune_id=commune_id) as session:
                await officer_chat.push(session, alert, linked[alert.officer_id], now=times.now(), base=base)


async def _tenants(database: Database) -> list[int]:
    async with database.reading() as session:
        return [commune.id for commune in await communes.all_of_them(session) if commune.id is not None]


async def _running(database: Database, commune_id: int) -> AsyncIterator[Sequence[Case]]:
    last = 0
    while True:
        async with database.reading() as session:
            found = await case_lists.running(session, commune_id=commune_id, after_id=last, limit=CHUNK)
        if not found:
            return
        last = found[-1].id or 0
        yield found


async def _each(database: Database, commune_id: int, found: Sequence[Case], do: Doing) -> None:
    """One that fails is logged and tried again at the next turn; the others go on."""
    for row in found:
        try:
            async with database.writing(commune_id=commune_id) as session:
                case = await cases.get(session, commune_id=commune_id, case_id=row.id or 0)
                if case is not None:
                    await do(session, case)
        except Exception:
            log.exception("case %s: the clock's work failed", row.id)
