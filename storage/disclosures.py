"""Sổ công khai: each thing that the commune made or must make public, when, where, and with what proof."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


def _nowhere() -> list[str]:
    return []


class Disclosure(SQLModel, table=True):
    """One dated item of a duty. Days are Viet Nam days, both included.

    `due_on`: when it must be public; `hangs_until`: before which it may not be taken down, None: for good.
    `forms`: board, hamlet, web, loud, heads, other. `proof` says who saw it hang, with the number of the record.
    Privacy: public but for `proof`; no list of names stands here, only where it hangs.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    duty: str = Field(index=True)
    title: str
    summary: str = ""
    link: str = ""
    hamlet_id: int | None = Field(default=None, foreign_key="hamlet.id")
    decided_on: date
    due_on: date | None = None
    posted_on: date | None = None
    hangs_until: date | None = None
    taken_down_on: date | None = None
    alarmed_on: date | None = Field(default=None, description="the day on which its keepers were last told of it")
    forms: list[str] = Field(default_factory=_nowhere, sa_column=Column(JSON, nullable=False, server_default="[]"))
    place: str = ""
    proof: str = ""
    made_by: int | None = Field(default=None, foreign_key="officer.id")
    changed_at: datetime = Field(sa_type=UtcDateTime)


async def keep(session: AsyncSession, row: Disclosure, *, commune_id: int) -> int:
    """Store a new or changed item of this commune; gives its id."""
    assert row.commune_id == commune_id
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def get(session: AsyncSession, *, commune_id: int, disclosure_id: int) -> Disclosure | None:
    """One item of this commune."""
    mine = (col(Disclosure.commune_id) == commune_id, col(Disclosure.id) == disclosure_id)
    return (await session.exec(select(Disclosure).where(*mine))).first()


async def listed(session: AsyncSession, *, commune_id: int, duty: str | None = None) -> list[Disclosure]:
    """All items, or those of one duty, the newest decision first."""
    mine: list[Any] = [col(Disclosure.commune_id) == commune_id]
    if duty is not None:
        mine.append(col(Disclosure.duty) == duty)
    order = (col(Disclosure.decided_on).desc(), col(Disclosure.id).desc())
    return list(await session.exec(select(Disclosure).where(*mine).order_by(*order)))
