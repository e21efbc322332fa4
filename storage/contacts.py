"""Who does what in a commune: hamlet heads, councillors, officers by field, and where and when they are met."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Contact(SQLModel, table=True):
    """One line of the commune's published directory. `kind` names the office, such as hamlet_head or reception.

    Source: the list that the commune imports and signs off (`updated_on`). Privacy: public by the commune's decision.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    kind: str = Field(index=True)
    name: str
    hamlet: str = ""
    hamlet_key: str = Field(default="", description="folded, the same on both engines")
    field: str = Field(default="", description="what they see to, in words: địa chính, tư pháp - hộ tịch")
    phone: str = ""
    place: str = ""
    hours: str = Field(default="", description="when they are met, in words")
    updated_on: date


async def replace_all(session: AsyncSession, *, commune_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The whole list, in place of the one before; in the caller's transaction."""
    await session.exec(delete(Contact).where(col(Contact.commune_id) == commune_id))
    if rows:
        await (await session.connection()).execute(insert(Contact), [{**row, "commune_id": commune_id} for row in rows])


async def of_kinds(session: AsyncSession, *, commune_id: int, kinds: Sequence[str]) -> list[Contact]:
    """The lines of these offices, in the order of the list."""
    mine = (col(Contact.commune_id) == commune_id, col(Contact.kind).in_(kinds))
    return list(await session.exec(select(Contact).where(*mine).order_by(col(Contact.id))))


async def count(session: AsyncSession, *, commune_id: int) -> int:
    """How long the list is."""
    return len(list(await session.exec(select(Contact.id).where(col(Contact.commune_id) == commune_id))))
