"""The chat account in which an officer hears of their cases; linked by a code that is shown once in the console."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class OfficerChat(SQLModel, table=True):
    """At most one per officer. `account_id` is None until the code was typed there; only a keyed hash is kept.

    Privacy: it ties a chat account to an officer by name; nothing of it is shown to citizens.
    """

    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    code_hash: str | None = Field(default=None, index=True)
    code_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    linked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def of(session: AsyncSession, *, commune_id: int, officer_id: int) -> OfficerChat | None:
    """The chat of an officer."""
    mine = (col(OfficerChat.commune_id) == commune_id, col(OfficerChat.officer_id) == officer_id)
    return (await session.exec(select(OfficerChat).where(*mine))).first()


async def by_code(session: AsyncSession, *, commune_id: int, code_hash: str, now: datetime) -> OfficerChat | None:
    """The officer who was shown this code, while it holds."""
    mine = (
        col(OfficerChat.commune_id) == commune_id,
        col(OfficerChat.code_hash) == code_hash,
        col(OfficerChat.code_until) > now,
    )
    return (await session.exec(select(OfficerChat).where(*mine))).first()


async def keep(session: AsyncSession, row: OfficerChat, *, commune_id: int) -> None:
    """Store a new or changed link of this commune."""
    assert row.commune_id == commune_id
    session.add(row)
    await session.flush()


async def forget(session: AsyncSession, *, commune_id: int, officer_id: int) -> None:
    """The officer wants no news in a chat any more."""
    await session.exec(
        delete(OfficerChat).where(col(OfficerChat.commune_id) == commune_id, col(OfficerChat.officer_id) == officer_id)
    )


async def forget_account(session: AsyncSession, *, commune_id: int, account_id: int) -> bool:
    """This chat account hears nothing any more; whether it was an officer's."""
    mine = (col(OfficerChat.commune_id) == commune_id, col(OfficerChat.account_id) == account_id)
    return bool((await session.exec(delete(OfficerChat).where(*mine))).rowcount)


async def linked(session: AsyncSession, *, commune_id: int) -> dict[int, int]:
    """The chat account of each linked officer."""
    mine = select(OfficerChat).where(
        col(OfficerChat.commune_id) == commune_id, col(OfficerChat.account_id).is_not(None)
    )
    return {row.officer_id: row.account_id for row in await session.exec(mine) if row.account_id is not None}
