"""Units of a commune (đơn vị, phòng): what roles and cases point at."""

from __future__ import annotations

from datetime import date

from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Office(SQLModel, table=True):
    """One unit. Privacy: public. Days are Viet Nam days, both included."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    name: str
    phone: str = ""
    hours: str = ""
    valid_from: date
    valid_to: date | None = None


async def offices(session: AsyncSession, *, commune_id: int, on: date) -> list[Office]:
    """Units that exist on that day, by name."""
    valid = (col(Office.valid_from) <= on, or_(col(Office.valid_to).is_(None), col(Office.valid_to) >= on))
    mine = select(Office).where(col(Office.commune_id) == commune_id, *valid)
    return list(await session.exec(mine.order_by(col(Office.name))))


async def office(session: AsyncSession, *, commune_id: int, office_id: int) -> Office | None:
    """One unit of this commune, whenever it existed."""
    mine = (col(Office.commune_id) == commune_id, col(Office.id) == office_id)
    return (await session.exec(select(Office).where(*mine))).first()


async def keep(session: AsyncSession, row: Office) -> int:
    """Store a new or changed unit; gives the id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id
