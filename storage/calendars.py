"""A commune's say on the working calendar: days that were changed late, and years that a named officer approved."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class CalendarDay(SQLModel, table=True):
    """One day that is otherwise than the shipped calendar says. Privacy: none."""

    __table_args__ = (UniqueConstraint("commune_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    day: date
    is_off: bool
    why: str


class CalendarYear(SQLModel, table=True):
    """A year's calendar that a named officer approved: deadlines in it are no longer "dự kiến"."""

    __table_args__ = (UniqueConstraint("commune_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    year: int
    approved_by: str
    approved_at: datetime = Field(sa_type=UtcDateTime)


async def change(session: AsyncSession, day: CalendarDay, *, commune_id: int) -> None:
    """Keep a change, in place of an earlier one for that day; the year must be approved anew."""
    await session.exec(
        delete(CalendarDay).where(col(CalendarDay.commune_id) == commune_id, col(CalendarDay.day) == day.day)
    )
    await session.exec(
        delete(CalendarYear).where(col(CalendarYear.commune_id) == commune_id, col(CalendarYear.year) == day.day.year)
    )
    session.add(day)
    await session.flush()


async def approve(session: AsyncSession, year: CalendarYear, *, commune_id: int) -> None:
    """Keep who approved a year, in place of whoever did before."""
    await session.exec(
        delete(CalendarYear).where(col(CalendarYear.commune_id) == commune_id, col(CalendarYear.year) == year.year)
    )
    session.add(year)
    await session.flush()


async def changes(session: AsyncSession, *, commune_id: int) -> list[CalendarDay]:
    """All changes of a commune, by day."""
    mine = col(CalendarDay.commune_id) == commune_id
    return list(await session.exec(select(CalendarDay).where(mine).order_by(col(CalendarDay.day))))


async def approved(session: AsyncSession, *, commune_id: int) -> list[CalendarYear]:
    """The approved years of a commune."""
    return list(await session.exec(select(CalendarYear).where(col(CalendarYear.commune_id) == commune_id)))
