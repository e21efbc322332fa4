"""A commune's own hamlets (thôn, ấp, khóm, tổ dân phố) with their former names, dated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Hamlet(SQLModel, table=True):
    """One hamlet under its present name, or a former name that people still use (`now` names what it is today).

    Days are Viet Nam days, both included; `valid_from` None: the beginning is not known. Privacy: none.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    name: str = Field(description="with its kind: Thôn Mẫu 1")
    key: str = Field(index=True, description="folded, the same on both engines")
    now: str = Field(description="the present name; the same as `name` for one that is in use")
    valid_from: date | None = None
    valid_to: date | None = None


async def replace_all(
    session: AsyncSession, *, commune_id: int, rows: Sequence[Mapping[str, Any]], today: date
) -> None:
    """The whole list, in place of the one before; in the caller's transaction.

    A hamlet that stays keeps its id, since roles and cases point at it; one that is not in the list ended yesterday.
    """
    mine = await session.exec(select(Hamlet).where(col(Hamlet.commune_id) == commune_id))
    before = {(row.key, row.now): row for row in mine}
    for columns in rows:
        row = before.pop((columns["key"], columns["now"]), None) or Hamlet(commune_id=commune_id, **columns)
        row.sqlmodel_update(dict(columns))
        session.add(row)
    for gone in before.values():
        gone.valid_to = min(gone.valid_to or today, today - timedelta(days=1))
        session.add(gone)
    await session.flush()


async def hamlets(session: AsyncSession, *, commune_id: int) -> list[Hamlet]:
    """All names, present and former, in the order of the list."""
    mine = col(Hamlet.commune_id) == commune_id
    return list(await session.exec(select(Hamlet).where(mine).order_by(col(Hamlet.id))))


async def present(session: AsyncSession, *, commune_id: int, on: date) -> list[Hamlet]:
    """The hamlets that exist on that day under their present names, by name."""
    valid = (
        or_(col(Hamlet.valid_from).is_(None), col(Hamlet.valid_from) <= on),
        or_(col(Hamlet.valid_to).is_(None), col(Hamlet.valid_to) >= on),
    )
    mine = (col(Hamlet.commune_id) == commune_id, col(Hamlet.now) == col(Hamlet.name))
    return list(await session.exec(select(Hamlet).where(*mine, *valid).order_by(col(Hamlet.name))))


async def hamlet(session: AsyncSession, *, commune_id: int, hamlet_id: int) -> Hamlet | None:
    """One hamlet of this commune, whenever it existed."""
    mine = (col(Hamlet.commune_id) == commune_id, col(Hamlet.id) == hamlet_id)
    return (await session.exec(select(Hamlet).where(*mine))).first()


async def keep(session: AsyncSession, row: Hamlet) -> int:
    """Store a new or changed hamlet; gives the id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id
