"""The stop switch: what a commune has paused, why, what citizens are told, and who began and ended it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class Pause(SQLModel, table=True):
    """One stretch of time in which something stood still. Privacy: officers' ids, no citizen's words.

    `what`: answering, sending or intake; at most one of each runs. `notice` is what citizens read.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    what: str
    reason: str
    notice: str
    begun_at: datetime = Field(sa_type=UtcDateTime)
    begun_by: int = Field(foreign_key="officer.id")
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    ended_by: int | None = Field(default=None, foreign_key="officer.id")


async def running(session: AsyncSession, *, commune_id: int) -> list[Pause]:
    """What is paused now, the oldest first."""
    mine = (col(Pause.commune_id) == commune_id, col(Pause.ended_at).is_(None))
    return list(await session.exec(select(Pause).where(*mine).order_by(col(Pause.id))))


async def running_anywhere(session: AsyncSession) -> list[Pause]:
    """The same for the whole deployment: its health page."""
    return list(await session.exec(select(Pause).where(col(Pause.ended_at).is_(None)).order_by(col(Pause.id))))


async def of_commune(session: AsyncSession, *, commune_id: int, limit: int = 50) -> list[Pause]:
    """All pauses, the newest first."""
    mine = col(Pause.commune_id) == commune_id
    return list(await session.exec(select(Pause).where(mine).order_by(col(Pause.id).desc()).limit(limit)))


async def keep(session: AsyncSession, pause: Pause) -> Pause:
    """Write a pause as it is now."""
    session.add(pause)
    await session.flush()
    return pause
