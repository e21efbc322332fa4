"""What people want to be told by notices: what they follow, what they turned off, and in which hamlet they live."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime

ALL = "*"  # the topic that stands for every kind of notice


class NoticeWish(SQLModel, table=True):
    """One topic that an account follows (`wants`) or has turned off; what one account of a person says counts for all.

    Privacy: personal by its link. A topic that was turned off stays so when the person erases their data.
    """

    __table_args__ = (UniqueConstraint("account_id", "topic"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id")
    topic: str = Field(description="a kind of notice, or * for all")
    wants: bool
    at: datetime = Field(sa_type=UtcDateTime)


class HomeHamlet(SQLModel, table=True):
    """In which hamlet the person behind an account says that they live. Privacy: personal by its link."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    hamlet_id: int = Field(foreign_key="hamlet.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)


async def of_person(session: AsyncSession, account: Account) -> list[NoticeWish]:
    """All that the person behind an account has said, on whichever of their accounts."""
    mine = (col(NoticeWish.commune_id) == account.commune_id, col(NoticeWish.account_id).in_(_accounts(account)))
    return list(await session.exec(select(NoticeWish).where(*mine).order_by(col(NoticeWish.id))))


async def say(session: AsyncSession, account: Account, *, topic: str, wants: bool, at: datetime) -> None:
    """The person wants this topic, or does not: whatever any account of theirs said of it before is void."""
    await unsay(session, account, topic=topic)
    session.add(NoticeWish(commune_id=account.commune_id, account_id=account.id or 0, topic=topic, wants=wants, at=at))
    await session.flush()


async def unsay(session: AsyncSession, account: Account, *, topic: str | None = None) -> None:
    """Forget what the person said of one topic, or of all."""
    mine = [col(NoticeWish.commune_id) == account.commune_id, col(NoticeWish.account_id).in_(_accounts(account))]
    if topic is not None:
        mine.append(col(NoticeWish.topic) == topic)
    await session.exec(delete(NoticeWish).where(*mine))


async def unmute(session: AsyncSession, account: Account, *, topic: str | None = None) -> None:
    """What the person had turned off is on again: one topic, or all."""
    mine = [
        col(NoticeWish.commune_id) == account.commune_id,
        col(NoticeWish.account_id).in_(_accounts(account)),
        col(NoticeWish.wants).is_(False),
    ]
    if topic is not None:
        mine.append(col(NoticeWish.topic) == topic)
    await session.exec(delete(NoticeWish).where(*mine))


async def hamlet_of(session: AsyncSession, account: Account) -> int | None:
    """The hamlet that the person named last, on whichever of their accounts."""
    mine = (col(HomeHamlet.commune_id) == account.commune_id, col(HomeHamlet.account_id).in_(_accounts(account)))
    newest = select(HomeHamlet.hamlet_id).where(*mine).order_by(col(HomeHamlet.at).desc()).limit(1)
    return (await session.exec(newest)).first()


async def live_in(session: AsyncSession, account: Account, *, hamlet_id: int, at: datetime) -> None:
    """The person says where they live."""
    row = await session.get(HomeHamlet, account.id) or HomeHamlet(
        account_id=account.id or 0, commune_id=account.commune_id, hamlet_id=hamlet_id, at=at
    )
    row.hamlet_id, row.at = hamlet_id, at
    session.add(row)
    await session.flush()


async def forget(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """The person erases their data: where they live and what they follow go; what they turned off stays off."""
    home = (col(HomeHamlet.commune_id) == commune_id, col(HomeHamlet.account_id) == account_id)
    await session.exec(delete(HomeHamlet).where(*home))
    follows = (col(NoticeWish.commune_id) == commune_id, col(NoticeWish.account_id) == account_id)
    await session.exec(delete(NoticeWish).where(*follows, col(NoticeWish.wants).is_(True)))


def _accounts(account: Account) -> Any:
    return select(Account.id).where(
        col(Account.commune_id) == account.commune_id, col(Account.citizen_id) == account.citizen_id
    )
