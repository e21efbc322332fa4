""" "Dữ liệu của tôi": shown, kept or not as the person says, and erased for good."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bot.scheduler import JOBS, Scheduler
from storage.bodies import Body, Vault
from storage.cases import Case
from storage.database import Database
from storage.outbox import OutboxMessage
from storage.questions import Question
from tests.conftest import Citizen, MovableClock

SAID = "bhyt cho con em mới đẻ"


async def open_words(database: Database, vault: Vault) -> list[str]:
    async with database.reading() as session:
        return [vault.open(body) for body in await session.exec(select(Body)) if body.state == "open"]


async def log_lines(database: Database) -> list[Question]:
    async with database.reading() as session:
        return list(await session.exec(select(Question)))


async def test_my_data_is_shown_with_the_ways_to_decide(citizen: Citizen) -> None:
    await citizen.says(SAID)
    heard = await citizen.says("dữ liệu của tôi")
    assert "2 lời nhắn" in heard.text and "chưa chọn" in heard.text
    assert {"Xóa dữ liệu của tôi", "Đồng ý lưu 7 ngày", "Không lưu"} <= set(heard.choices)


async def test_erasing_asks_once_and_leaves_nothing(citizen: Citizen, database: Database, vault: Vault) -> None:
    await citizen.says("rác sau chợ hôi quá")
    await citizen.says("ấp Bến Đò")
    await citizen.says("dữ liệu của tôi")
    heard = await citizen.says("xóa dữ liệu của tôi")
    assert "chắc chưa" in heard.text
    assert await open_words(database, vault)
    heard = await citizen.says("Xóa luôn")
    assert "đã xóa hết" in heard.text
    assert await open_words(database, vault) == []
    async with database.reading() as session:
        assert list(await session.exec(select(Case))) == []
        texts = [row.text for row in await session.exec(select(OutboxMessage))]
    assert not any("Bến Đò" in text for text in texts)
    lines = await log_lines(database)
    assert all(line.masked_text == "" and line.account_id is None for line in lines[:-1])


async def test_saying_no_keeps_everything(citizen: Citizen, database: Database, vault: Vault) -> None:
    await citizen.says(SAID)
    await citizen.says("dữ liệu của tôi")
    await citizen.says("Xóa dữ liệu của tôi")
    await citizen.says("Thôi, giữ lại")
    assert SAID in await open_words(database, vault)


async def test_the_first_answer_asks_for_consent_once(citizen: Citizen) -> None:
    heard = await citizen.says(SAID)
    assert "xóa khi nói chuyện xong" in heard.text
    assert {"Đồng ý lưu 7 ngày", "Không lưu"} <= set(heard.choices)
    assert "anh/chị đồng ý" in (await citizen.says("đồng ý lưu 7 ngày")).text
    assert "Không lưu" not in (await citizen.says(SAID)).choices


async def test_who_does_not_agree_leaves_no_words_in_the_log(citizen: Citizen, database: Database) -> None:
    await citizen.says("dữ liệu của tôi")
    assert "không đồng ý" in (await citizen.says("Không lưu")).text
    await citizen.says(SAID)
    assert (await log_lines(database))[-1].masked_text == ""


async def test_the_log_is_masked(citizen: Citizen, database: Database) -> None:
    await citizen.says("sđt em 0912345678, cccd 001099012345, cho hỏi phí làm căn cước")
    line = (await log_lines(database))[0]
    assert "0912345678" not in line.masked_text and "001099012345" not in line.masked_text
    assert "căn cước" in line.masked_text and "can cuoc" in line.folded_text


async def test_words_go_when_the_talk_has_ended_or_after_seven_days_of_consent(
    citizen: Citizen, neighbour: Citizen, database: Database, vault: Vault, clock: MovableClock
) -> None:
    scheduler = Scheduler(database, clock)
    await citizen.says(SAID)
    await neighbour.says("dữ liệu của tôi")
    await neighbour.says("Đồng ý lưu 7 ngày")
    await neighbour.says("hàng xóm hỏi một câu về hộ khẩu")
    clock.move(minutes=31)
    await scheduler.run_due()
    left = await open_words(database, vault)
    assert SAID not in left and "hàng xóm hỏi một câu về hộ khẩu" in left
    clock.move(days=7)
    await scheduler.run_due()
    assert await open_words(database, vault) == []


async def test_what_a_draft_holds_outlives_the_talk(
    citizen: Citizen, database: Database, vault: Vault, clock: MovableClock
) -> None:
    await citizen.says("rác sau chợ hôi quá")
    clock.move(days=8)
    await Scheduler(database, clock).run_due()
    assert await open_words(database, vault) == ["rác sau chợ hôi quá"]


async def test_a_job_runs_once_across_replicas(database: Database, clock: MovableClock) -> None:
    first, second = Scheduler(database, clock), Scheduler(database, clock)
    assert await first.run_due() == [job.name for job in JOBS]
    assert await second.run_due() == []
    clock.move(minutes=10)
    assert await second.run_due() == [job.name for job in JOBS if job.every <= timedelta(minutes=10)]
