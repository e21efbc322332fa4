"""Communes (xã, phường, đặc khu): the tenants of a deployment, and their channel accounts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime


class Commune(SQLModel, table=True):
    """One tenant: what its citizens are shown about it.

    Source: the sample file (`is_sample`) or `danhoi init`. Privacy: none, all of it is public. Times: created_at UTC.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, description="five-digit unit code of the statistics office, or a sample's name")
    name: str = Field(description="with its kind: Xã Mẫu Hòa Bình")
    province: str = ""
    address: str = ""
    hours: str = Field(default="", description="working hours in words")
    phone: str = Field(default="", description="one-stop desk")
    police_phone: str = ""
    hotline: str = Field(default="", description="for reports and complaints about the commune's own service")
    clinic_phone: str = ""
    reception: str = Field(default="", description="citizen reception schedule in words")
    answer_days: int = Field(default=5, description="working days in which officers promise to answer a question")
    calls_citizen: str = Field(default="anh/chị", description="form of address: anh/chị, bà con, ông/bà")
    calls_itself: str = Field(default="em", description="em or trợ lý")
    latitude: float | None = Field(default=None, description="of the commune's centre, degrees north")
    longitude: float | None = Field(default=None, description="degrees east")
    portal: str = Field(default="", description="origin of the commune's own site, which may frame its web chat")
    is_province: bool = Field(default=False, description="no commune: the holder of channel accounts that all share")
    checked_on: date = Field(description="the day on which the commune last confirmed the lines above")
    is_sample: bool = False
    created_at: datetime = Field(sa_type=UtcDateTime)


class ChannelAccount(SQLModel, table=True):
    """One web chat, bot or Official Account through which a commune is reached. `external_id` is the channel's own."""

    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    channel: str = Field(description="webchat, terminal, telegram, zalo_bot, zalo_oa")
    external_id: str = Field(description="the commune's code for channels of our own")


async def all_of_them(session: AsyncSession) -> list[Commune]:
    """Every commune of this deployment, by name."""
    return list(await session.exec(select(Commune).order_by(col(Commune.name))))


async def by_code(session: AsyncSession, *, code: str) -> Commune | None:
    """The commune with this code."""
    return (await session.exec(select(Commune).where(col(Commune.code) == code))).first()


async def get(session: AsyncSession, *, commune_id: int) -> Commune:
    """The commune itself; asked for again in one transaction, the database is not asked again."""
    return await session.get_one(Commune, commune_id)


async def channel_name(session: AsyncSession, *, account: Account) -> str:
    """The name of the channel on which a person's account is."""
    named = select(ChannelAccount.channel).where(col(ChannelAccount.id) == account.channel_account_id)
    return (await session.exec(named)).one()


async def account_by_id(session: AsyncSession, *, channel_account_id: int) -> ChannelAccount:
    """The channel account itself; a province's may carry the messages of many communes."""
    return (await session.exec(select(ChannelAccount).where(col(ChannelAccount.id) == channel_account_id))).one()


async def channel_account(session: AsyncSession, *, commune_id: int, channel: str) -> ChannelAccount | None:
    """This commune's account on that channel."""
    mine = (col(ChannelAccount.commune_id) == commune_id, col(ChannelAccount.channel) == channel)
    return (await session.exec(select(ChannelAccount).where(*mine))).first()


async def add(session: AsyncSession, commune: Commune, *, channels: tuple[str, ...]) -> Commune:
    """A new commune with its accounts on our own channels."""
    session.add(commune)
    await session.flush()
    assert commune.id is not None
    session.add_all(
        ChannelAccount(commune_id=commune.id, channel=channel, external_id=commune.code) for channel in channels
    )
    await session.flush()
    return commune
