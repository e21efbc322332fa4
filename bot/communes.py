"""Which communes this deployment serves: the sample one, or real ones, never both in one database."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from bot.errors import NoSuchCommune, SampleAndRealMixed
from bot.samples import seed
from knowledge.base import CONTENT
from knowledge.sample import sample_commune
from storage import communes
from storage.communes import ChannelAccount, Commune
from storage.database import Database

OWN_CHANNELS = ("webchat", "terminal")


async def seed_sample(database: Database, *, now: datetime) -> Commune:
    """The sample commune, made if it is not there; refused where a real commune lives."""
    async with database.writing() as session:
        known = await communes.all_of_them(session)
        if any(not commune.is_sample for commune in known):
            raise SampleAndRealMixed(
                "Cơ sở dữ liệu này đã có xã thật nên không thêm xã mẫu. "
                "Bỏ DANHOI_SAMPLE=1, hoặc đặt DANHOI_DATA_DIR khác."
            )
        commune = known[0] if known else await communes.add(session, sample(now=now), channels=OWN_CHANNELS)
        await seed(session, commune, now=now)
        return commune


async def found(database: Database, *, now: datetime, **columns: Any) -> Commune:
    """A real commune, empty but for what the operator typed."""
    async with database.writing() as session:
        known = await communes.all_of_them(session)
        if any(commune.is_sample for commune in known):
            raise SampleAndRealMixed(
                "Cơ sở dữ liệu này đang chứa xã mẫu. Đặt DANHOI_DATA_DIR sang một thư mục trống rồi chạy lại lệnh này."
            )
        if any(commune.code == columns["code"] for commune in known):
            raise NoSuchCommune(f"Đã có xã mang mã {columns['code']} trong cơ sở dữ liệu này.")
        channels = () if columns.get("is_province") else OWN_CHANNELS
        return await communes.add(session, Commune(created_at=now, **columns), channels=channels)


async def only(database: Database, code: str | None = None) -> Commune | None:
    """The commune with this code, else the only one; None where there is none at all."""
    async with database.reading() as session:
        known = await communes.all_of_them(session)
    if code is None:
        known = [commune for commune in known if not commune.is_province] or known
    if code is not None:
        named = [commune for commune in known if commune.code == code]
        if not named:
            raise NoSuchCommune(f"Không có xã mang mã {code} trong cơ sở dữ liệu này.")
        return named[0]
    if len(known) > 1:
        codes = ", ".join(commune.code for commune in known)
        raise NoSuchCommune(f"Có nhiều xã ({codes}); thêm --commune MÃ để chọn một.")
    return known[0] if known else None


async def account_of(database: Database, commune: Commune, channel: str) -> ChannelAccount:
    """The commune's account on one of our own channels."""
    assert commune.id is not None
    async with database.reading() as session:
        account = await communes.channel_account(session, commune_id=commune.id, channel=channel)
    if account is None:
        raise NoSuchCommune(f"Xã {commune.name} chưa có kênh {channel}.")
    return account


def sample(*, now: datetime) -> Commune:
    """The sample commune as a row that is not stored yet."""
    return Commune(is_sample=True, created_at=now, **sample_commune(CONTENT))


def unnamed(name: str, province: str, *, now: datetime, today: date) -> Commune:
    """A commune that this deployment does not serve: its name is known, nothing else is."""
    return Commune(code="", name=name, province=province, checked_on=today, created_at=now)
