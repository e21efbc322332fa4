"""Lists of papers that people keep in their chat: which procedure, their case, what they have already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class Checklist(SQLModel, table=True):
    """One kept list. Privacy: our own labels and numbers only; it goes with the account's data."""

    __table_args__ = (UniqueConstraint("account_id", "entry_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    entry_id: str
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False), description="question -> chosen option")
    ticked: list[str] = Field(sa_column=Column(JSON, nullable=False), description="keys of the papers at hand")
    saved_at: datetime = Field(sa_type=UtcDateTime)


async def keep(session: AsyncSession, checklist: Checklist, *, commune_id: int) -> None:
    """Keep a list, in place of the one for the same procedure."""
    mine = (col(Checklist.account_id) == checklist.account_id, col(Checklist.entry_id) == checklist.entry_id)
    await session.exec(delete(Checklist).where(col(Checklist.commune_id) == commune_id, *mine))
    session.add(checklist)
    await session.flush()


async def of_account(session: AsyncSession, *, commune_id: int, account_id: int) -> list[Checklist]:
    """A person's lists, the latest first."""
    mine = (col(Checklist.commune_id) == commune_id, col(Checklist.account_id) == account_id)
    return list(await session.exec(select(Checklist).where(*mine).order_by(col(Checklist.saved_at).desc())))


async def drop(session: AsyncSession, *, commune_id: int, account_id: int) -> int:
    """Erase all lists of an account."""
    mine = (col(Checklist.commune_id) == commune_id, col(Checklist.account_id) == account_id)
    return int((await session.exec(delete(Checklist).where(*mine))).rowcount)
