"""Questions: the answer first, its facets on request, the day that was asked about, and "I don't know"."""

from __future__ import annotations

import pytest
from sqlmodel import select

from handlers.contract import FIRST_SCREEN
from storage.database import Database
from storage.questions import Question
from tests.conftest import Citizen


async def ask_about_births(citizen: Citizen) -> None:
    """Open the entry by a choice, so that these tests do not hang on the understanding."""
    await citizen.says("menu")
    await citizen.says("Thủ tục giấy tờ")
    heard = await citizen.says("Đăng ký khai sinh")
    assert heard.topic == "tthc.dang-ky-khai-sinh"


async def log_lines(database: Database) -> list[Question]:
    async with database.reading() as session:
        return list(await session.exec(select(Question)))


async def test_an_answer_carries_source_and_dates(citizen: Citizen) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says("căn cứ")
    assert "60/2014/QH13" in heard.text and "kiểm tra ngày" in heard.text


@pytest.mark.parametrize(
    ("said", "holds"),
    [("can giay to gi", "chứng sinh"), ("co mat tien ko", "ễn"), ("nop o dau", "xã"), ("may ngay thi xong", "ngày")],
)
async def test_a_follow_up_stays_in_its_topic(citizen: Citizen, said: str, holds: str) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says(said)
    assert heard.action == "answer" and heard.topic == "tthc.dang-ky-khai-sinh"
    assert holds in heard.text


async def test_more_comes_page_by_page_and_ends(citizen: Citizen) -> None:
    await ask_about_births(citizen)
    seen: list[str] = []
    for _ in range(12):
        heard = await citizen.says("xem thêm")
        assert heard.topic == "tthc.dang-ky-khai-sinh" and len(heard.bubbles[-1].text) <= FIRST_SCREEN
        if "chỉ có đến vậy" in heard.text:
            break
        seen.append(heard.text)
    assert "chỉ có đến vậy" in heard.text and len(seen) == len(set(seen)) >= 1


async def test_far_questions_are_not_answered_and_become_gaps(citizen: Citizen, database: Database) -> None:
    for text in ("giá vàng hôm nay bao nhiêu một chỉ", "viết giùm bài thơ về con mèo", "tỷ số trận bóng tối qua"):
        heard = await citizen.says(text)
        assert heard.action == "abstain" and "không dám nói bừa" in heard.text
    lines = await log_lines(database)
    assert [line.gap for line in lines] == ["unanswered"] * 3
    assert all(line.masked_text for line in lines)


async def test_a_disliked_answer_becomes_a_gap(citizen: Citizen, database: Database) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says("Chưa đúng")
    assert "em xin lỗi" in heard.text and "Gửi câu hỏi cho cán bộ" in heard.choices
    rated = next(line for line in await log_lines(database) if line.rating)
    assert (rated.rating, rated.gap, rated.topic) == ("wrong", "disliked", "tthc.dang-ky-khai-sinh")


async def test_a_liked_answer_is_kept_as_liked(citizen: Citizen, database: Database) -> None:
    await ask_about_births(citizen)
    await citizen.says("Đúng ý")
    assert [line.rating for line in await log_lines(database) if line.rating] == ["right"]


async def test_a_number_that_was_not_offered_is_asked_again(citizen: Citizen) -> None:
    heard = await citizen.says("hỏi về hộ khẩu")
    assert heard.action == "clarify" and len(heard.choices) >= 2
    heard = await citizen.says("99")
    assert heard.action == "clarify" and "từ 1 đến" in heard.text


async def test_a_question_that_was_not_answered_goes_to_an_officer(citizen: Citizen, database: Database) -> None:
    await citizen.says("giá vàng hôm nay bao nhiêu một chỉ")
    heard = await citizen.says("1")
    assert heard.action == "handoff" and "đã chuyển cán bộ, mã CB-" in heard.text


async def test_the_log_names_entry_score_and_papi(citizen: Citizen, database: Database) -> None:
    await citizen.says("đăng ký khai sinh cho con cần giấy tờ gì")
    line = (await log_lines(database))[-1]
    assert (line.action, line.topic, line.papi) == ("answer", "tthc.dang-ky-khai-sinh", 5)
    assert line.score is not None and 0 < line.score <= 1


@pytest.mark.parametrize("said", ["làm khai tử ở đâu", "lam khai tu o dau"])
async def test_another_subject_is_not_taken_for_the_one_at_hand(citizen: Citizen, said: str) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says(said)
    assert heard.topic != "tthc.dang-ky-khai-sinh"


async def test_the_name_of_the_topic_at_hand_stays_in_it(citizen: Citizen) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says("khai sinh thoi")
    assert heard.topic == "tthc.dang-ky-khai-sinh"


async def test_a_question_in_pieces_is_put_together(citizen: Citizen) -> None:
    await citizen.says("căn cước")
    heard = await citizen.says("bị mất")
    assert heard.action == "answer" and heard.topic == "tthc.cap-can-cuoc"


async def test_ones_own_data_is_shown_in_the_middle_of_a_report(citizen: Citizen) -> None:
    asked = await citizen.says("den duong o ngo 5 hong")
    assert asked.action == "report"
    heard = await citizen.says("dữ liệu của tôi")
    assert heard.action == "menu" and "đang giữ" in heard.text


@pytest.mark.parametrize("said", ["giá vàng hôm nay", "gia vang hom nay", "giá xăng hôm nay"])
async def test_a_foreign_price_is_no_fee_of_the_topic_at_hand(citizen: Citizen, said: str) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says(said)
    assert heard.action == "abstain" and heard.topic is None


@pytest.mark.parametrize("picked", ["3", "số 3", "cái thứ ba nha", "chon so 3 di"])
async def test_a_choice_is_picked_by_its_number(citizen: Citizen, picked: str) -> None:
    asked = await citizen.says("em muốn hỏi chuyện chứng thực")
    assert asked.action == "clarify"
    heard = await citizen.says(picked)
    assert heard.action == "answer" and heard.topic == "tthc.chung-thuc-hop-dong"


async def test_a_choice_is_picked_by_what_it_is_about(citizen: Citizen) -> None:
    await citizen.says("hỏi về hộ khẩu")
    heard = await citizen.says("tui thuê trọ ở xã khác, muốn khai tạm trú")
    assert heard.action == "answer" and heard.topic == "tthc.dang-ky-tam-tru"


async def test_a_story_with_a_number_in_it_picks_nothing(citizen: Citizen) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says(
        "mẹ tôi năm nay già yếu, muốn lập di chúc chia đất cho các con thì ra xã chứng thực được không"
    )
    assert heard.topic == "tthc.chung-thuc-di-chuc"


async def test_a_general_name_leaves_the_topic_at_hand(citizen: Citizen) -> None:
    await ask_about_births(citizen)
    heard = await citizen.says("cho hoi chuyen so do")
    assert heard.action == "clarify" and len(heard.choices) >= 4


async def test_a_resolution_is_found_by_its_number(citizen: Citizen) -> None:
    heard = await citizen.says("nq254 đổi gì về đất vậy")
    assert heard.action == "answer" and heard.topic == "giadat.nq254.doi-gi-tu-2026"
