"""Which day a term ends, counted in the open."""

from __future__ import annotations

import pytest

from storage import calendars
from storage.calendars import CalendarDay, CalendarYear
from storage.communes import Commune
from storage.database import Database
from tests.conftest import NINE_O_CLOCK, Citizen


async def test_a_term_from_today_is_provisional_until_the_year_is_approved(
    citizen: Citizen, database: Database, commune: Commune
) -> None:
    asked = "3 ngày làm việc kể từ ngày 1/12 là ngày nào"
    assert "thứ Sáu 04/12/2026 (dự kiến)" in (await citizen.says(asked)).text
    year = CalendarYear(commune_id=commune.id or 0, year=2026, approved_by="Bà Duyệt", approved_at=NINE_O_CLOCK)
    async with database.writing() as session:
        await calendars.approve(session, year, commune_id=commune.id or 0)
    answer = await citizen.says(asked)
    assert "thứ Sáu 04/12/2026." in answer.text and "dự kiến" not in answer.text.lower()


async def test_day_by_day_explains_the_count(citizen: Citizen) -> None:
    await citizen.says("5 ngày làm việc kể từ hôm nay là ngày nào")
    days = await citizen.says("Đếm từng ngày")
    assert "thứ Hai 23/11/2026: ngày nhận, không tính" in days.text
    assert "thứ Ba 24/11/2026: không tính (Ngày Văn hóa Việt Nam" in days.text
    assert "thứ Bảy 28/11/2026: không tính" in days.text and "Hạn: thứ Ba 01/12/2026" in days.text


async def test_a_late_day_off_moves_the_day(citizen: Citizen, database: Database, commune: Commune) -> None:
    day = CalendarDay(
        commune_id=commune.id or 0, day=NINE_O_CLOCK.date().replace(month=12, day=2), is_off=True, why="bão"
    )
    async with database.writing() as session:
        await calendars.change(session, day, commune_id=commune.id or 0)
    assert "thứ Hai 07/12/2026" in (await citizen.says("3 ngày làm việc từ 1/12 thì đến ngày nào")).text


async def test_the_laws_term_comes_with_its_law(citizen: Citizen) -> None:
    answer = await citizen.says("khiếu nại được thụ lý ngày 1/10/2026 thì hạn giải quyết là ngày nào")
    assert "30 ngày" in answer.text and "02/11/2026" in answer.text and "Khiếu nại" in answer.text


@pytest.mark.parametrize(
    ("said", "label", "due", "law"),
    [
        # 1/7/2026 changed ten days into seven working days: the unit changes with the day.
        (
            "nộp đơn khiếu nại từ 22/6/2026 thì hạn thụ lý là ngày nào",
            "thụ lý khiếu nại",
            "02/07/2026",
            "Luật Khiếu nại",
        ),
        ("nộp đơn khiếu nại từ 1/7/2026 thì hạn thụ lý là ngày nào", "thụ lý khiếu nại", "10/07/2026", "155/2026"),
        ("tố cáo thụ lý từ 1/12/2026 thì hạn giải quyết là ngày nào", "giải quyết tố cáo", "31/12/2026", "Điều 30"),
        ("nhận quyết định từ 1/10/2026 thì hạn khiếu nại đến ngày nào", "gửi đơn khiếu nại", "30/12/2026", "Điều 9"),
        (
            "kiến nghị của ban thanh tra nhân dân gửi từ 1/12/2026, hạn trả lời ngày nào",
            "Thanh tra",
            "16/12/2026",
            "10/2022",
        ),
    ],
)
async def test_a_term_of_the_law_is_counted_with_its_unit_and_article(
    citizen: Citizen, said: str, label: str, due: str, law: str
) -> None:
    answer = await citizen.says(said)
    assert label in answer.text and due in answer.text, answer.text
    assert any(law in source["cite"] for source in answer.sources), answer.sources


async def test_a_term_whose_law_is_not_confirmed_for_that_day_is_no_number(citizen: Citizen) -> None:
    answer = await citizen.says("yêu cầu cung cấp thông tin nộp từ 4/9/2026 thì hạn là ngày nào")
    assert "chưa có văn bản xác nhận cho ngày 04/09/2026" in answer.text and "hạn là thứ" not in answer.text
