"""Satisfaction slips of the one-stop desk in the three fields that must be measured: counts, nobody's words."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class ServiceRating(SQLModel, table=True):
    """One field in one month. `month` is its first day; `asked`: results given back; `faces_1` to `faces_5`: slips."""

    __table_args__ = (UniqueConstraint("commune_id", "service", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    service: str = Field(description="certification, building or land")
    month: date
    asked: int
    faces_1: int = 0
    faces_2: int = 0
    faces_3: int = 0
    faces_4: int = 0
    faces_5: int = 0
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)

    @property
    def faces(self) -> tuple[int, ...]:
        """How many slips had one face, two, ... five."""
        return (self.faces_1, self.faces_2, self.faces_3, self.faces_4, self.faces_5)


async def keep(session: AsyncSession, row: ServiceRating, *, commune_id: int) -> None:
    """The month's counts, in place of earlier ones of the same field."""
    mine = (
        col(ServiceRating.commune_id) == commune_id,
        col(ServiceRating.service) == row.service,
        col(ServiceRating.month) == row.month,
    )
    known = (await session.exec(select(ServiceRating).where(*mine))).first()
    if known is not None:
        known.sqlmodel_update(row.model_dump(exclude={"id"}))
    session.add(known or row)
    await session.flush()


async def between(session: AsyncSession, *, commune_id: int, since: date, until: date) -> list[ServiceRating]:
    """The months that begin within these days, the newest first."""
    mine = (
        col(ServiceRating.commune_id) == commune_id,
        col(ServiceRating.month) >= since,
        col(ServiceRating.month) <= until,
    )
    order = (col(ServiceRating.month).desc(), col(ServiceRating.service))
    return list(await session.exec(select(ServiceRating).where(*mine).order_by(*order)))
