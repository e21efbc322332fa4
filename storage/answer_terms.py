"""In how many working days a commune promises an answer, field by field; where it says nothing, its general promise."""

from __future__ import annotations

from datetime import date, timedelta

from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession


class AnswerTerm(SQLModel, table=True):
    """One field's promise, valid from a day to a day (both included). `days` are working days. Privacy: none."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    field: str
    days: int
    valid_from: date
    valid_to: date | None = None


async def in_force(session: AsyncSession, *, commune_id: int, on: date) -> dict[str, int]:
    """The promises of that day, by field."""
    return {row.field: row.days for row in await _rows(session, commune_id=commune_id, on=on)}


async def promise(session: AsyncSession, *, commune_id: int, field: str, days: int | None, on: date) -> bool:
    """From that day on so many days (None: no promise of its own); the one before ends the day before.

    False where that is what was promised already.
    """
    rows = [row for row in await _rows(session, commune_id=commune_id, on=on) if row.field == field]
    if [row.days for row in rows] == ([] if days is None else [days]):
        return False
    for row in rows:
        if row.valid_from == on:  # said and taken back on one day: it never was in force for anybody
            await session.delete(row)
        else:
            row.valid_to = on - timedelta(days=1)
            session.add(row)
    if days is not None:
        session.add(AnswerTerm(commune_id=commune_id, field=field, days=days, valid_from=on))
    await session.flush()
    return True


async def _rows(session: AsyncSession, *, commune_id: int, on: date) -> list[AnswerTerm]:
    open_end = or_(col(AnswerTerm.valid_to).is_(None), col(AnswerTerm.valid_to) >= on)
    mine = (col(AnswerTerm.commune_id) == commune_id, col(AnswerTerm.valid_from) <= on, open_end)
    return list(await session.exec(select(AnswerTerm).where(*mine).order_by(col(AnswerTerm.id))))
