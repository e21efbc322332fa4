"""Which channels are on and whose they are; a sample commune reaches nobody; what a set clock leaves behind."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest

from bot import settings
from bot.assembly import assemble
from bot.connections import open_all
from bot.errors import BadSetting, SampleAndRealMixed
from bot.settings import Settings
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.inbox import InboxEvent
from tests.bot.running import Serves, eventually, eventually_so
from tests.conftest import NINE_O_CLOCK, THE_DAY
from tests.fakes.base import Fault
from tests.fakes.telegram import SECRET, TOKEN, FakeTelegram
from tests.fakes.zalo_oa import APP_ID, APP_SECRET, OA_ID, OA_SECRET

REAL = {"DANHOI_TELEGRAM_TOKEN": TOKEN}
ZALO_OA = {
    "DANHOI_ZALO_OA_APP_ID": APP_ID,
    "DANHOI_ZALO_OA_OA_ID": OA_ID,
    "DANHOI_ZALO_OA_APP_SECRET": APP_SECRET,
    "DANHOI_ZALO_OA_WEBHOOK_SECRET": OA_SECRET,
    "DANHOI_ZALO_OA_BASE_URL": "http://127.0.0.1:9",
}


def told(tmp_path: Path, **given: str) -> Settings:
    return settings.read({"DANHOI_DATA_DIR": str(tmp_path), **given})


async def add(database: Database, code: str) -> None:
    async with database.writing() as session:
        session.add(Commune(code=code, name=f"Xã {code}", checked_on=THE_DAY, created_at=NINE_O_CLOCK))


@pytest.mark.parametrize(
    ("given", "variable"), [(REAL, "DANHOI_TELEGRAM_BASE_URL"), (ZALO_OA, "DANHOI_ZALO_OA_OAUTH_URL")]
)
async def test_a_sample_commune_reaches_nobody_beyond_this_machine(
    tmp_path: Path, database: Database, commune: Commune, given: dict[str, str], variable: str
) -> None:
    async with assemble(told(tmp_path, **given)) as parts:
        with pytest.raises(SampleAndRealMixed, match=variable):
            await open_all(parts.database, parts.vault, parts.settings)


async def test_without_a_commune_there_is_nobody_to_connect(tmp_path: Path, database: Database) -> None:
    async with assemble(told(tmp_path, **REAL)) as parts:
        with pytest.raises(BadSetting, match="danhoi init"):
            await open_all(parts.database, parts.vault, parts.settings)


async def test_of_several_communes_one_is_named_and_keeps_its_channel(tmp_path: Path, database: Database) -> None:
    await add(database, "31234")
    await add(database, "31235")
    async with assemble(told(tmp_path, **REAL)) as parts:
        with pytest.raises(BadSetting, match="DANHOI_CHANNELS_COMMUNE"):
            await open_all(parts.database, parts.vault, parts.settings)
    async with assemble(told(tmp_path, **REAL, DANHOI_CHANNELS_COMMUNE="31235")) as parts:
        first = await open_all(parts.database, parts.vault, parts.settings)
        again = await open_all(parts.database, parts.vault, parts.settings)
        assert [each.account.id for each in first.all] == [each.account.id for each in again.all]
        assert first.all[0].account.external_id == "123456789"
    async with assemble(told(tmp_path, **REAL, DANHOI_CHANNELS_COMMUNE="31234")) as parts:
        with pytest.raises(BadSetting, match="xã khác"):
            await open_all(parts.database, parts.vault, parts.settings)


async def test_what_a_killed_server_left_is_answered_although_the_set_clock_begins_anew(serves: Serves) -> None:
    fake = FakeTelegram()
    await fake.start()
    given = {"DANHOI_TELEGRAM_TOKEN": TOKEN, "DANHOI_TELEGRAM_BASE_URL": fake.base}
    late = {"DANHOI_CLOCK": "2026-11-23T17:00:00+07:00", "DANHOI_TELEGRAM_WEBHOOK_SECRET": SECRET}
    async with serves(**given, **late) as served:
        fake.target = served.url("/webhooks/telegram")
        served.parts.worker.tools = None
        await fake.deliver(fake.text_update(7, "menu"))
        assert len(await served.rows(InboxEvent)) == 1
    async with serves(**given, DANHOI_TELEGRAM_WEBHOOK_SECRET=SECRET):  # at nine in the morning
        await eventually(lambda: len(fake.sent) == 2)
    await fake.stop()


async def test_the_fakes_are_driven_over_http_too(serves: Serves) -> None:
    fake = FakeTelegram()
    await fake.start()
    given = {"DANHOI_TELEGRAM_TOKEN": TOKEN, "DANHOI_TELEGRAM_BASE_URL": fake.base}
    async with serves(**given, DANHOI_TELEGRAM_WEBHOOK_SECRET=SECRET) as served, aiohttp.ClientSession() as session:
        await session.post(f"{fake.base}/__fake/target", json={"url": served.url("/webhooks/telegram")})
        await session.post(f"{fake.base}/__fake/faults", json={"kind": "500", "method": "sendMessage"})
        assert fake.faults[0] == Fault("500", "sendMessage")
        pushed = await session.post(f"{fake.base}/__fake/push", json={"chat": 7, "text": "menu"})
        assert await pushed.json() == {"status": 200}
        await eventually(lambda: len(fake.sent) == 2)
        calls = await (await session.get(f"{fake.base}/__fake/calls")).json()
        assert [call["done"] for call in calls if call["method"] == "sendMessage"] == [False, True, True]
    await fake.stop()


async def test_each_commune_keeps_its_own_accounts(serves: Serves) -> None:
    fake = FakeTelegram()
    await fake.start()
    given = {"DANHOI_TELEGRAM_TOKEN": TOKEN, "DANHOI_TELEGRAM_BASE_URL": fake.base}
    async with serves(**given) as served:

        async def opened() -> bool:
            accounts: list[ChannelAccount] = await served.rows(ChannelAccount)
            return {one.channel for one in accounts} == {"webchat", "terminal", "telegram"}

        await eventually_so(opened)
        assert len({one.commune_id for one in await served.rows(ChannelAccount)}) == 1
    await fake.stop()
