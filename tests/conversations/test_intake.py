"""A report from the first sentence to its code, whatever is left out, said at once, changed or taken back."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlmodel import select

from bot.case_jobs import tend_drafts
from bot.checking import check_database
from storage import places
from storage.bodies import Body, Vault
from storage.cases import Case
from storage.communes import Commune
from storage.database import Database
from storage.outbox import OutboxMessage
from tests.conftest import THE_DAY, Citizen, Heard, MovableClock

TROUBLE = "đèn đường trước nhà tôi hỏng 3 tuần nay, tối om"
CODE = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{5}\b")


@pytest.fixture
async def hamlets(database: Database, commune: Commune) -> None:
    """Two hamlets instead of the sample commune's own."""
    names = (("Thôn Mẫu Đông", "thon mau dong"), ("Thôn Mẫu Tây", "thon mau tay"))
    rows = [{"name": name, "key": key, "now": name, "valid_from": date(2025, 7, 1)} for name, key in names]
    async with database.writing() as session:
        await places.replace_all(session, commune_id=commune.id or 0, rows=rows, today=THE_DAY)


async def all_cases(database: Database) -> list[Case]:
    async with database.reading() as session:
        return list(await session.exec(select(Case).order_by(Case.id)))  # type: ignore[arg-type]


def code_in(heard: Heard) -> str:
    found = CODE.search(heard.text)
    assert found is not None, heard.text
    return found[0]


async def sends(citizen: Citizen, trouble: str = TROUBLE, place: str = "ngõ 5 đường Mẫu") -> str:
    heard = await citizen.says(trouble)
    if "thôn, ấp nào" in heard.text:
        heard = await citizen.says(place)
    if "từ khi nào" in heard.text:
        heard = await citizen.says("bỏ qua")
    assert "tóm tắt" in heard.text, heard.text
    return code_in(await citizen.says("gửi"))


async def test_what_was_said_is_never_asked_again(citizen: Citizen, database: Database, hamlets: None) -> None:
    heard = await citizen.says("rác đổ đầy ở thôn mẫu tây từ hôm qua, hôi quá")
    assert "tóm tắt" in heard.text and "từ hôm qua" in heard.text and "Thôn Mẫu Tây" in heard.text
    assert "Rác thải" in heard.text and heard.choices[:2] == ("Gửi", "Sửa")
    heard = await citizen.says("1")
    (case,) = await all_cases(database)
    assert case.code == code_in(heard) and "ngày làm việc" in heard.text and "Hẹn" not in heard.text.splitlines()[0]
    assert (case.state, case.category, case.papi, case.since) == ("received", "waste", 7, date(2026, 11, 22))
    assert case.hamlet_id is not None and case.held_by == "desk" and case.origin == "terminal"


async def test_every_question_can_be_skipped(citizen: Citizen, database: Database) -> None:
    await citizen.says("tôi muốn phản ánh")
    heard = await citizen.says("chó thả rông cắn người")
    assert "thôn, ấp nào" in heard.text
    heard = await citizen.says("bỏ qua")
    assert "từ khi nào" in heard.text
    heard = await citizen.says("không biết")
    assert "tóm tắt" in heard.text and "chưa rõ" in heard.text
    assert code_in(await citizen.says("gửi đi")).startswith("PA-")


async def test_one_part_is_edited_and_the_rest_stays(citizen: Citizen, hamlets: None, database: Database) -> None:
    await citizen.says(TROUBLE)
    await citizen.says("Thôn Mẫu Đông")
    await citizen.says("sửa")
    heard = await citizen.says("Sửa nơi")
    assert "thôn, ấp nào" in heard.text and heard.choices[:2] == ("Thôn Mẫu Tây", "Thôn Mẫu Đông")
    heard = await citizen.says("1")
    assert "Thôn Mẫu Tây" in heard.text and "Thôn Mẫu Đông" not in heard.text and "3 tuần nay" in heard.text
    await citizen.says("2")
    await citizen.says("Sửa loại việc")
    heard = await citizen.says("Điện")
    assert "- Loại: Điện" in heard.text
    await citizen.says("gửi")
    (case,) = await all_cases(database)
    assert (case.category, case.papi) == ("power", 6)


async def test_a_picked_hamlet_is_not_quoted_as_the_trouble(citizen: Citizen, hamlets: None) -> None:
    await citizen.says("chó thả rông cắn người")
    heard = await citizen.says("1")
    assert "từ khi nào" in heard.text and "“1”" not in heard.text


async def test_a_detail_told_at_the_summary_joins_it(citizen: Citizen) -> None:
    await citizen.says(TROUBLE)
    await citizen.says("đầu ngõ xóm Đình")
    heard = await citizen.says("ba cái đèn liền nhau không sáng, đi tối hay ngã")
    assert "ba cái đèn liền nhau" in heard.text and "đèn đường trước nhà tôi" in heard.text
    assert "đầu ngõ xóm Đình" in heard.text


async def test_silence_and_a_restart_lose_nothing(citizen: Citizen, clock: MovableClock, database: Database) -> None:
    await citizen.says(TROUBLE)
    clock.move(hours=5)
    heard = await citizen.says("xóm Đình")
    assert "tóm tắt" in heard.text and "đèn đường" in heard.text
    assert code_in(await citizen.says("gửi luôn"))


async def test_a_draft_is_reminded_of_once_and_then_goes_with_its_words(
    citizen: Citizen, clock: MovableClock, database: Database, vault: Vault
) -> None:
    await citizen.says(TROUBLE)
    clock.move(hours=25)
    await tend_drafts(database, clock)
    await tend_drafts(database, clock)
    async with database.reading() as session:
        told = [row.text for row in await session.exec(select(OutboxMessage))]
    assert sum("kể dở một việc" in text for text in told) == 1
    heard = await citizen.says("1")
    assert "thôn, ấp nào" in heard.text  # picked by its number: the report goes on
    clock.move(hours=49)
    await tend_drafts(database, clock)
    assert await all_cases(database) == []
    async with database.reading() as session:
        assert TROUBLE not in [vault.open(body) for body in await session.exec(select(Body))]


async def test_the_same_trouble_is_proposed_and_joined(
    citizen: Citizen, neighbour: Citizen, hamlets: None, database: Database
) -> None:
    code = await sends(citizen, "cống nghẹt ở thôn mẫu đông mấy bữa nay")
    await neighbour.says("cống ở thôn mẫu đông tắc từ hôm qua, nước tràn ra đường")
    heard = await neighbour.says("gửi")
    assert code in heard.text and heard.choices[0] == f"Tôi cũng gặp ({code})"
    heard = await neighbour.says("1")
    assert "cũng gặp" in heard.text and len(await all_cases(database)) == 1
    assert code in (await neighbour.says("đơn của tôi tới đâu rồi")).text


async def test_another_matter_of_the_same_kind_is_sent_by_itself(
    citizen: Citizen, neighbour: Citizen, hamlets: None, database: Database
) -> None:
    await sends(citizen, "cống nghẹt ở thôn mẫu đông mấy bữa nay")
    await neighbour.says("cống ở thôn mẫu đông tắc từ hôm qua, nước tràn ra đường")
    await neighbour.says("gửi")
    assert code_in(await neighbour.says("Việc khác, cứ gửi"))
    assert len(await all_cases(database)) == 2


async def test_the_code_with_its_words_opens_the_case_anywhere_and_guessing_is_limited(
    citizen: Citizen, neighbour: Citizen
) -> None:
    heard = await citizen.says(TROUBLE)
    await citizen.says("xóm Đình")
    heard = await citizen.says("gửi")
    code = code_in(heard)
    words = re.search(r"ba chữ “([^”]+)”", heard.text)
    assert words is not None
    assert "không thấy" in (await neighbour.says(f"đơn {code} tới đâu rồi")).text
    heard = await neighbour.says(f"{code} {words[1]}")
    assert "đã tiếp nhận" in heard.text and "đèn đường" not in heard.text
    for _ in range(5):
        await neighbour.says(f"{code} sai hết rồi")
    assert "thử nhiều lần" in (await neighbour.says(f"{code} {words[1]}")).text


async def test_a_flood_of_one_person_is_slowed_and_the_draft_waits(citizen: Citizen, database: Database) -> None:
    for number in range(10):
        await sends(citizen, f"cầu số {number} ở đường {number} gãy lan can từ hôm qua")
    await citizen.says("cầu số 11 ở đường 11 gãy lan can từ hôm qua")
    heard = await citizen.says("gửi")
    assert "bản nháp" in heard.text and len(await all_cases(database)) == 11
    assert (await citizen.says("cháy nhà rồi cứu với")).action == "emergency"


async def test_a_place_that_is_added_to_the_summary_belongs_to_the_report(citizen: Citizen, database: Database) -> None:
    assert "tóm tắt" in (await citizen.says("đèn đường ngõ 5 hỏng từ hôm qua")).text
    heard = await citizen.says("ngõ 5 đường Mẫu")
    assert heard.action == "report" and "Nơi: ngõ 5 đường Mẫu" in heard.text
    assert (await citizen.says("giá đất đường 5 bao nhiêu")).action == "price", "a question is a question"
    await citizen.says("đơn của tôi tới đâu rồi")
    await citizen.says("Gửi tiếp bản nháp")
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text


async def test_a_person_gets_a_case_with_the_last_messages(
    citizen: Citizen, database: Database, commune: Commune
) -> None:
    await citizen.says("đăng ký khai sinh cho con cần giấy tờ gì")
    heard = await citizen.says("gặp cán bộ")
    assert heard.action == "handoff" and code_in(heard).startswith("CB-") and "Xã hẹn trả lời ở đây" in heard.text
    again = await citizen.says("cho tôi gặp cán bộ")
    assert code_in(again) == code_in(heard)
    (case,) = await all_cases(database)
    assert (case.kind, case.state) == ("question", "received")


async def test_the_rows_follow_from_the_events(
    citizen: Citizen, neighbour: Citizen, database: Database, vault: Vault
) -> None:
    await sends(citizen)
    await neighbour.says("nước máy yếu mấy bữa nay")
    said: list[str] = []
    assert await check_database(database, vault, said.append)
    async with database.writing() as session:
        case = (await session.exec(select(Case).where(Case.state == "received"))).one()
        case.state = "closed"
        session.add(case)
    assert not await check_database(database, vault, said.append)
    assert any("khác với nhật ký ở state" in line for line in said)


async def test_after_a_danger_the_offer_to_log_keeps_the_first_cry(citizen: Citizen, database: Database) -> None:
    heard = await citizen.says("dây điện đứt rơi xuống đường ngõ 5, đang xẹt lửa")
    assert heard.action == "emergency" and "Công an xã" in heard.text
    heard = await citizen.says("Đã an toàn, ghi nhận việc này")
    assert heard.action == "report"
    while "tóm tắt" not in heard.text:
        heard = await citizen.says("bỏ qua")
    assert "dây điện đứt" in heard.text


@pytest.mark.parametrize(
    "said", ["", "   ", "a" * 10_000, "🙂" * 50, "địt mẹ cái đèn đường hỏng mãi không sửa", "<b>x</b>" * 9]
)
async def test_bad_input_in_the_middle_breaks_nothing(citizen: Citizen, said: str, database: Database) -> None:
    await citizen.says(TROUBLE)
    heard = await citizen.says(said)
    assert heard.bubbles and all(len(bubble.text) <= 620 for bubble in heard.bubbles)
    for _ in range(3):
        if "tóm tắt" in heard.text:
            break
        heard = await citizen.says("bỏ qua")
    assert code_in(await citizen.says("gửi"))
