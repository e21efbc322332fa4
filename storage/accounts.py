"""Citizens and their accounts on channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class Citizen(SQLModel, table=True):
    """A person, known by nothing but their accounts. Privacy: personal by its links."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)


class Account(SQLModel, table=True):
    """One chat of a person with one channel account.

    Privacy: `chat_key` is the channel's id of the chat; for the web chat it is a hash of the session's secret.
    `keeps_text` is the answer to the consent question of the first hello: None = not answered yet.
    """

    __table_args__ = (
        UniqueConstraint("channel_account_id", "chat_key"),
        Index("ix_account_commune_id_citizen_id", "commune_id", "citizen_id"),  # all channels of one person
    )

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    citizen_id: int = Field(foreign_key="citizen.id", index=True)
    channel_account_id: int = Field(foreign_key="channelaccount.id")
    chat_key: str
    greeted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    keeps_text: bool | None = None
    consent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def find(session: AsyncSession, *, commune_id: int, channel_account_id: int, chat_key: str) -> Account | None:
    """The account of this chat, if it ever wrote."""
    mine = (
        col(Account.commune_id) == commune_id,
        col(Account.channel_account_id) == channel_account_id,
        col(Account.chat_key) == chat_key,
    )
    return (await session.exec(select(Account).where(*mine))).first()


async def by_id(session: AsyncSession, *, commune_id: int, account_id: int) -> Account:
    """The account with this key."""
    mine = (col(Account.commune_id) == commune_id, col(Account.id) == account_id)
    return (await session.exec(select(Account).where(*mine))).one()


async def several(session: AsyncSession, *, commune_id: int, account_ids: Sequence[int]) -> dict[int, Account]:
    """These accounts by their key."""
    mine = (col(Account.commune_id) == commune_id, col(Account.id).in_(account_ids))
    return {account.id or 0: account for account in await session.exec(select(Account).where(*mine))}


async def of_person(session: AsyncSession, account: Account) -> list[int]:
    """The keys of all accounts of the person behind this one, itself among them."""
    mine = (col(Account.commune_id) == account.commune_id, col(Account.citizen_id) == account.citizen_id)
    return [one for one in await session.exec(select(Account.id).where(*mine)) if one is not None]


async def find_or_add(session: AsyncSession, *, commune_id: int, channel_account_id: int, chat_key: str) -> Account:
    """The account of this chat; a new person's is made on their first message."""
    known = await find(session, commune_id=commune_id, channel_account_id=channel_account_id, chat_key=chat_key)
    if known is not None:
        return known
    citizen = Citizen(commune_id=commune_id)
    session.add(citizen)
    await session.flush()
    assert citizen.id is not None
    account = Account(
        commune_id=commune_id, citizen_id=citizen.id, channel_account_id=channel_account_id, chat_key=chat_key
    )
    session.add(account)
    await session.flush()
    return account


async def forget_consent(session: AsyncSession, account: Account) -> None:
    """The person erased their data: they are asked again, as somebody new."""
    account.keeps_text = account.consent_at = account.greeted_at = None
    session.add(account)
    await session.flush()
