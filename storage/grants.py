"""Which role an officer holds, where, in which field and from when to when; and who stands in for whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.officers import Officer


class Grant(SQLModel, table=True):
    """One role of one officer. No office, hamlet, field: everywhere in the commune. Days both included."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    role: str
    office_id: int | None = Field(default=None, foreign_key="office.id")
    hamlet_id: int | None = Field(default=None, foreign_key="hamlet.id")
    field: str | None = None
    valid_from: date
    valid_to: date | None = None


class StandIn(SQLModel, table=True):
    """One officer does another's work while they are on leave. Days both included."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    absent_id: int = Field(foreign_key="officer.id", index=True)
    stand_in_id: int = Field(foreign_key="officer.id", index=True)
    valid_from: date
    valid_to: date
    made_by: int = Field(foreign_key="officer.id")
    made_at: datetime = Field(sa_type=UtcDateTime)


async def add(session: AsyncSession, row: Grant | StandIn) -> int:
    """A new role or stand-in; gives the id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def in_force(session: AsyncSession, *, commune_id: int, on: date) -> list[Grant]:
    """All roles held in this commune on that day by officers who have not left."""
    valid = (col(Grant.valid_from) <= on, or_(col(Grant.valid_to).is_(None), col(Grant.valid_to) >= on))
    here = (col(Grant.commune_id) == commune_id, col(Officer.state) != "left")
    held = select(Grant).join(Officer, col(Officer.id) == col(Grant.officer_id)).where(*valid, *here)
    return list(await session.exec(held.order_by(col(Grant.id))))


async def get(session: AsyncSession, *, commune_id: int, grant_id: int) -> Grant | None:
    """One role of this commune."""
    mine = (col(Grant.commune_id) == commune_id, col(Grant.id) == grant_id)
    return (await session.exec(select(Grant).where(*mine))).first()


async def stand_ins(session: AsyncSession, *, commune_id: int, on: date) -> list[StandIn]:
    """Who stands in for whom on that day."""
    valid = (col(StandIn.valid_from) <= on, col(StandIn.valid_to) >= on)
    return list(await session.exec(select(StandIn).where(col(StandIn.commune_id) == commune_id, *valid)))


async def coming_stand_ins(session: AsyncSession, *, commune_id: int, on: date) -> list[StandIn]:
    """Stand-ins that run on that day or begin later, the earliest first."""
    mine = (col(StandIn.commune_id) == commune_id, col(StandIn.valid_to) >= on)
    return list(await session.exec(select(StandIn).where(*mine).order_by(col(StandIn.valid_from), col(StandIn.id))))


async def end_stand_in(session: AsyncSession, *, commune_id: int, stand_in_id: int, last_day: date) -> bool:
    """The absent officer is back: the stand-in ends with that day. False where there is no such stand-in."""
    mine = (col(StandIn.commune_id) == commune_id, col(StandIn.id) == stand_in_id)
    row = (await session.exec(select(StandIn).where(*mine))).first()
    if row is None:
        return False
    row.valid_to = last_day
    session.add(row)
    await session.flush()
    return True
