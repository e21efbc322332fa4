"""Whether and when a chat can be written to: who wrote when, who blocked us, where an officer has taken over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime


class Reach(SQLModel, table=True):
    """One row per chat of a channel that we bring messages to. Privacy: ids and instants only."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when the person last wrote")
    gone_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="blocked us, left, deactivated")
    gone_because: str = ""
    silent_until: datetime | None = Field(default=None, sa_type=UtcDateTime, description="an officer writes there")
    withheld_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="told once that the channel withholds what they write"
    )
    slowed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="last told to write more slowly")


async def of(session: AsyncSession, *, commune_id: int, account_id: int) -> Reach:
    """The row of an account; a new one is kept with the caller's transaction once it is changed."""
    mine = (col(Reach.commune_id) == commune_id, col(Reach.account_id) == account_id)
    known = (await session.exec(select(Reach).where(*mine))).first()
    return known or Reach(account_id=account_id, commune_id=commune_id)


async def last_seen(session: AsyncSession, *, account_ids: Sequence[int]) -> dict[int, datetime | None]:
    """When each of these persons last wrote; of whatever commune, for a channel account that many share."""
    found = select(Reach.account_id, Reach.last_seen_at).where(col(Reach.account_id).in_(account_ids))
    return dict((await session.exec(found)).all())


async def keep(session: AsyncSession, reach: Reach) -> None:
    """Write the row down."""
    session.add(reach)
    await session.flush()


async def mark_gone(session: AsyncSession, *, commune_id: int, account_id: int, at: datetime, because: str) -> None:
    """This person cannot be reached there until they write again."""
    reach = await of(session, commune_id=commune_id, account_id=account_id)
    reach.gone_at, reach.gone_because = at, because
    await keep(session, reach)


async def move(session: AsyncSession, account: Account, *, new_key: str) -> Account:
    """The chat has another key: its account is the same, unless the new key has one already."""
    taken = select(Account).where(
        col(Account.channel_account_id) == account.channel_account_id, col(Account.chat_key) == new_key
    )
    if (known := (await session.exec(taken)).first()) is not None:
        return known
    account.chat_key = new_key
    session.add(account)
    await session.flush()
    return account
