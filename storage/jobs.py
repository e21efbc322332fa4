"""Periodic work: when each job is due, and who has it, so that one replica runs it once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.engines import add_if_missing


class Job(SQLModel, table=True):
    """One periodic job of the deployment, not of a commune. Times are UTC."""

    name: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    leased_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ran_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None


async def take(session: AsyncSession, *, name: str, now: datetime, lease: timedelta) -> bool:
    """Whether this process may run the job now; the lease frees it again if the process dies."""
    mine = select(Job).where(col(Job.name) == name).with_for_update()
    job = (await session.exec(mine)).first()
    if job is None:
        await add_if_missing(session, Job(name=name, due_at=now))
        job = (await session.exec(mine)).one()
    if job.due_at > now or (job.leased_until is not None and job.leased_until > now):
        return False
    job.leased_until = now + lease
    session.add(job)
    await session.flush()
    return True


async def done(session: AsyncSession, *, name: str, now: datetime, next_due: datetime, error: str | None) -> None:
    """Note that the job ran (or failed) and when it is due again."""
    job = (await session.exec(select(Job).where(col(Job.name) == name))).one()
    job.due_at, job.leased_until, job.ran_at, job.error = next_due, None, now, error
    session.add(job)
    await session.flush()
