"""Reminders of a card's last day: only on request, 30 and 7 days before, once, and taken back with one's data."""

from __future__ import annotations

from datetime import date

from bot.scheduler import remind
from storage import outbox, reminders
from storage.communes import Commune
from storage.database import Database
from tests.conftest import Citizen, MovableClock


async def sent(database: Database, commune: Commune) -> list[str]:
    async with database.reading() as session:
        rows = await outbox.of_account(session, commune_id=commune.id or 0, account_id=1)
    return [row.text for row in rows if "đã nhờ nhắc" in row.text]


async def test_the_day_is_asked_and_kept(citizen: Citizen) -> None:
    assert "hết hạn ngày nào" in (await citizen.says("nhắc tôi khi thẻ bảo hiểm y tế hết hạn nhé")).text
    answer = await citizen.says("31/12/2026")
    assert "01/12/2026 và 24/12/2026" in answer.text


async def test_each_reminder_is_sent_once_on_its_day(
    citizen: Citizen, database: Database, commune: Commune, clock: MovableClock
) -> None:
    await citizen.says("nhắc tôi thẻ bhyt hết hạn ngày 31 tháng 12 năm 2026")
    await remind(database, clock)
    assert await sent(database, commune) == []
    clock.move(days=8)
    await remind(database, clock)
    await remind(database, clock)
    assert len(await sent(database, commune)) == 1
    clock.move(days=23)
    await remind(database, clock)
    assert len(await sent(database, commune)) == 2


async def test_nobody_is_woken_at_night(
    citizen: Citizen, database: Database, commune: Commune, clock: MovableClock
) -> None:
    await citizen.says("nhắc tôi thẻ bhyt hết hạn ngày 31/12/2026")
    clock.move(days=8, hours=13)
    await remind(database, clock)
    assert await sent(database, commune) == []


async def test_a_day_that_has_passed_is_refused(citizen: Citizen) -> None:
    assert "không dùng để nhắc được" in (await citizen.says("nhắc tôi thẻ bhyt hết hạn ngày 1/1/2026")).text


async def test_reminders_are_taken_back_and_go_with_the_data(
    citizen: Citizen, database: Database, commune: Commune
) -> None:
    await citizen.says("nhắc tôi thẻ bhyt hết hạn ngày 31/12/2026")
    assert "đã bỏ nhắc" in (await citizen.says("Thôi không nhắc nữa")).text
    await citizen.says("nhắc tôi thẻ bhyt hết hạn ngày 31/12/2026")
    for said in ("dữ liệu của tôi", "Xóa dữ liệu của tôi", "Xóa luôn"):
        await citizen.says(said)
    async with database.reading() as session:
        assert await reminders.due(session, commune_id=commune.id or 0, today=date(2026, 12, 25)) == []
