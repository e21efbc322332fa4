"""Officers and their citizens in tests: what was sent unasked, the last case, an officer's bell."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import date

from sqlmodel import col, select

from handlers.workplace import Workplace
from storage import case_alerts
from storage.cases import Case
from storage.database import Database
from storage.officers import Officer
from storage.outbox import OutboxMessage
from tests.conftest import MovableClock

Works = Callable[[Officer], AbstractAsyncContextManager[Workplace]]
Staff = dict[str, Officer]


class Post:
    """What the citizen was sent without asking."""

    def __init__(self, database: Database) -> None:
        self._database, self._seen = database, 0

    async def new(self) -> list[str]:
        """The texts since the last look that answer no message."""
        async with self._database.reading() as session:
            mine = select(OutboxMessage).where(
                col(OutboxMessage.event_id).is_(None), col(OutboxMessage.id) > self._seen
            )
            rows = list(await session.exec(mine.order_by(col(OutboxMessage.id))))
        self._seen = rows[-1].id or 0 if rows else self._seen
        return [row.text for row in rows]


async def the_case(database: Database) -> Case:
    async with database.reading() as session:
        return (await session.exec(select(Case).order_by(col(Case.id).desc()).limit(1))).one()


async def bell(database: Database, officer: Officer) -> list[str]:
    async with database.reading() as session:
        rung = await case_alerts.unseen(session, commune_id=officer.commune_id, officer_id=officer.id or 0)
    return [each.kind for each in rung]


async def to_the_morning_after(clock: MovableClock, day: date) -> None:
    while clock.today() <= day or clock.today().weekday() > 4:
        clock.move(days=1)
