"""BHYT for counted people, through the whole pipeline: read from one sentence, asked only for what is missing."""

from __future__ import annotations

from datetime import date

import pytest

from bot.ask import Asked, counter
from handlers.contract import FIRST_SCREEN
from knowledge.base import Knowledge
from tests.conftest import Citizen, MovableClock


async def test_one_sentence_is_enough(citizen: Citizen) -> None:
    answer = await citizen.says("nhà 4 người mua bhyt hết nhiêu tiền 1 năm")
    assert answer.action == "premium"
    for part in ("4,5% × 2.530.000 đồng = 113.850 đồng", "Người 2 (70%): 956.340 đồng", "Cộng: 3.825.360 đồng"):
        assert part in answer.text
    assert "188/2025" in answer.text and "161/2026" in answer.text


async def test_only_the_number_of_people_is_asked(citizen: Citizen) -> None:
    asked = await citizen.says("tính giúp tiền bảo hiểm y tế cho cả nhà")
    assert "mấy người" in asked.text and asked.action == "premium"
    answer = await citizen.says("5")
    assert "hộ 5 người" in answer.text and "4.371.840 đồng" in answer.text
    assert "1.092.960 đồng" in (await citizen.says("3 tháng")).text


async def test_one_less_one_more_and_another_day(citizen: Citizen) -> None:
    await citizen.says("nhà 4 người mua bảo hiểm y tế 12 tháng hết bao nhiêu")
    assert "3.142.260 đồng" in (await citizen.says("bớt một đứa có thẻ công ty rồi")).text
    assert "4.371.840 đồng" in (await citizen.says("thêm 2 người nữa")).text
    past = await citizen.says("tháng 3 năm 2025 thì sao")
    assert "4.043.520 đồng" in past.text and "15/03/2025" in past.text
    assert "4.371.840 đồng" in (await citizen.says("bây giờ thì sao")).text


async def test_a_rate_that_is_not_known_is_said(citizen: Citizen) -> None:
    answer = await citizen.says("năm 2012 nhà 3 người mua bảo hiểm y tế một năm đóng bao nhiêu")
    assert "không dám tính" in answer.text and "Cộng" not in answer.text


async def test_another_question_leaves_the_sum(citizen: Citizen) -> None:
    await citizen.says("nhà 4 người mua bảo hiểm y tế cả năm hết bao nhiêu tiền")
    assert (await citizen.says("đăng ký kết hôn cần giấy tờ gì")).topic == "tthc.dang-ky-ket-hon"


async def test_what_the_fund_pays_of_a_visit(citizen: Citizen) -> None:
    group = await citizen.says("đi khám bệnh viện hết 2 triệu thì bảo hiểm y tế chi trả bao nhiêu")
    assert "diện nào" in group.text and len(group.choices) >= 9
    assert "khám ở đâu" in (await citizen.says("mua theo hộ gia đình")).text
    paid = await citizen.says("2")
    assert "Quỹ trả: 2.000.000 đồng × 80% = 1.600.000 đồng" in paid.text and "400.000 đồng" in paid.text
    assert "Điều 22" in paid.text
    assert "cùng chi trả" in (await citizen.says("Đủ 5 năm liên tục")).text
    assert "Người bệnh trả: 180.000 đồng" in (await citizen.says("15 triệu")).text


@pytest.mark.parametrize(
    ("on", "has"),
    [
        (date(2024, 6, 30), "81.000"),
        (date(2024, 7, 1), "105.300"),
        (date(2025, 6, 30), "105.300"),
        (date(2025, 7, 1), "105.300"),
        (date(2025, 12, 31), "105.300"),
        (date(2026, 1, 1), "105.300"),
        (date(2026, 6, 30), "105.300"),
        (date(2026, 7, 1), "113.850"),
    ],
)
async def test_the_clock_changes_what_must_change(
    knowledge: Knowledge, clock: MovableClock, on: date, has: str
) -> None:
    async with counter(knowledge, clock) as desk:
        given = await desk.ask(Asked("một người mua bảo hiểm y tế hộ gia đình mỗi tháng đóng bao nhiêu", None, on))
    assert f"Cộng: {has} đồng" in given.reply.text and given.reply.action == "premium"


async def test_every_sum_fits_the_first_screen(knowledge: Knowledge, clock: MovableClock) -> None:
    async with counter(knowledge, clock) as desk:
        for who in ("nhà 9 người", "4 người hộ nông nghiệp mức sống trung bình", "3 người cận nghèo", "2 sinh viên"):
            for when in ("", " hồi tháng 3 năm 2024"):
                given = await desk.ask(Asked(f"{who} mua bảo hiểm y tế một năm hết bao nhiêu tiền{when}"))
                assert len(given.reply.printed) <= FIRST_SCREEN, given.reply.printed
