"""An account on a platform that a province shares: what is said after the commune was chosen is delivered too."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bot.communes import seed_sample
from storage import communes
from storage.communes import Commune
from storage.database import Database
from storage.outbox import OutboxMessage
from tests.bot.drivers import driving
from tests.bot.running import Serves
from tests.conftest import NINE_O_CLOCK, THE_DAY

HELD_BY = {"DANHOI_CHANNELS_COMMUNE": "31"}


async def found_a_province(folder: Path) -> None:
    """The sample commune, one more, and the province that holds the channels of both."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'danhoi.db'}")
    await seed_sample(database, now=NINE_O_CLOCK)
    async with database.writing() as session:
        for code, name, is_province in (("31001", "Xã Bình An", False), ("31", "Tỉnh Mẫu", True)):
            row = Commune(
                code=code,
                name=name,
                is_province=is_province,
                is_sample=True,
                checked_on=THE_DAY,
                created_at=NINE_O_CLOCK,
            )
            await communes.add(session, row, channels=())
    await database.close()


@pytest.mark.parametrize("name", ["telegram", "zalo_bot", "zalo_oa"])
async def test_the_answer_arrives_after_the_commune_was_chosen(name: str, serves: Serves, tmp_path: Path) -> None:
    await found_a_province(tmp_path)
    async with driving(name, partial(serves, **HELD_BY)) as someone:
        asked = await someone.says("lam giay khai sinh cho con can gi")
        assert "ở xã, phường nào" in asked[-1].text
        told = await someone.says("Xã Bình An")
        assert "khai sinh" in told[-1].text.lower()
        again = await someone.says("lệ phí bao nhiêu")
        assert "miễn" in again[-1].text.lower() or "đồng" in again[-1].text
        rows = await someone.served.rows(OutboxMessage)
    homes = {row.commune_id for row in rows}
    assert {row.state for row in rows} == {"sent"} and len(homes) == 1
