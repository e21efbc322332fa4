"""Periodic work: when each job is due, and who has it, so that one replica runs it once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select, update
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
    holder: str = Field(default="", description="the process that has it while it is leased")


async def take(
    session: AsyncSession,
    *,
    name: str,
    holder: str,
    now: datetime,
    lease: timedelta,
    first: timedelta = timedelta(0),
) -> bool:
    """Whether this process may run the job now; the lease frees it again if the process dies.

    `first`: how long a job that was never seen before waits.
    """
    job = await _locked(session, name=name, due_at=now + first)
    if job.due_at > now or (job.leased_until is not None and job.leased_until > now):
        return False
    return await _lease(session, job, holder=holder, until=now + lease)


async def hold(session: AsyncSession, *, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Whether this process has what one alone may have, such as a platform's events; held on, or taken over."""
    job = await _locked(session, name=name, due_at=now)
    if job.holder != holder and job.leased_until is not None and job.leased_until > now:
        return False
    return await _lease(session, job, holder=holder, until=now + lease)


async def still_running(session: AsyncSession, *, name: str, holder: str, until: datetime) -> None:
    """The job takes longer than its lease: whoever has it keeps it."""
    mine = (col(Job.name) == name, col(Job.holder) == holder, col(Job.leased_until).is_not(None))
    await session.exec(update(Job).where(*mine).values(leased_until=until))


async def let_go(session: AsyncSession, *, name: str, holder: str) -> None:
    """Somebody else may have it now."""
    mine = (col(Job.name) == name, col(Job.holder) == holder)
    await session.exec(update(Job).where(*mine).values(leased_until=None))


async def done(
    session: AsyncSession, *, name: str, holder: str, now: datetime, next_due: datetime, error: str | None
) -> None:
    """Note that the job ran (or failed) and when it is due again; not where another has taken it over."""
    mine = (col(Job.name) == name, col(Job.holder) == holder)
    ran = {"due_at": next_due, "leased_until": None, "ran_at": now, "error": error}
    await session.exec(update(Job).where(*mine).values(**ran))


async def _locked(session: AsyncSession, *, name: str, due_at: datetime) -> Job:
    mine = select(Job).where(col(Job.name) == name).with_for_update()
    job = (await session.exec(mine)).first()
    if job is None:
        await add_if_missing(session, Job(name=name, due_at=due_at))
        job = (await session.exec(mine)).one()
    return job


async def _lease(session: AsyncSession, job: Job, *, holder: str, until: datetime) -> bool:
    job.leased_until, job.holder = until, holder
    session.add(job)
    await session.flush()
    return True
