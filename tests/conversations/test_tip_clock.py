"""A sealed tip has a promised day: its writer reads it in the mailbox, its holders are warned, nobody reads a word."""

from __future__ import annotations

import pytest

from handlers import sealed_tips
from handlers.permissions import person_of
from handlers.workplace import Workplace
from storage import mailboxes
from storage.bodies import Vault
from storage.communes import Commune
from storage.database import Database
from storage.officers import Officer
from tests.casework import Staff
from tests.conftest import THE_DAY, Citizen, MovableClock
from tests.sealed import Holder, appoint

NAMES = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")


@pytest.fixture
async def holders(database: Database, commune: Commune, clock: MovableClock) -> list[Holder]:
    return await appoint(database, commune, names=NAMES, now=clock.now(), today=THE_DAY)


async def pressing(database: Database, officer: Officer, vault: Vault, clock: MovableClock) -> tuple[int, int]:
    async with database.reading() as session:
        person = await person_of(session, officer, on=clock.today())
        return await sealed_tips.pressing(Workplace(session, person, vault, clock.now(), clock.today()))


async def test_due_then_late_then_answered_then_due_again(
    citizen: Citizen, holders: list[Holder], staff: Staff, database: Database, vault: Vault, clock: MovableClock
) -> None:
    await citizen.says("tôi tố cáo kế toán xã lấy bảy mươi bao xi măng, có ông Phạm Hải Yến biết")
    given = (await citizen.says("2")).text
    phrase = given.split("chép ra giấy:\n")[1].split("\n")[0]
    await citizen.says("xong")
    holder, spared = holders[0].officer, holders[1].officer
    seen = []
    for _day in range(11):
        seen.append(await pressing(database, holder, vault, clock))
        assert await pressing(database, spared, vault, clock) == (0, 0), "one whom it may be about hears nothing"
        assert await pressing(database, staff["leader"], vault, clock) == (0, 0)
        clock.move(days=1)
    assert list(dict.fromkeys(seen)) == [(0, 0), (1, 0), (0, 1)]
    shown = (await citizen.says(f"hộp thư {phrase}")).text
    assert "Xã hẹn trả lời thứ Ba 01/12/2026 mà chưa trả lời, xã xin lỗi" in shown
    async with database.writing() as session:
        (box,) = await mailboxes.open_ones(session, commune_id=holder.commune_id)
        await mailboxes.answer(session, box, officer_id=holder.id or 0, text="Đang kiểm tra.", at=clock.now())
    assert await pressing(database, holder, vault, clock) == (0, 0)
    await citizen.says("còn bốn tấn sắt nữa ở sau chợ")
    async with database.reading() as session:
        (box,) = await mailboxes.open_ones(session, commune_id=holder.commune_id)
    assert box.runs_from == clock.today()
