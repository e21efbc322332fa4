"""Land prices through the whole pipeline: 40-odd look-ups by row, choices, "không thấy", sums, days."""

from __future__ import annotations

import csv
from datetime import date

import pytest

from bot.ask import Asked, Counter, counter
from bot.samples import PRICES
from handlers.contract import FIRST_SCREEN
from knowledge.base import Knowledge
from knowledge.vietnamese import dong
from tests.conftest import Citizen, MovableClock

# (question, asked on, row of the sample file, its price as read there by hand)
LOOKUPS: tuple[tuple[str, str, int, int], ...] = (
    ("giá đất đường Đội Cấn Thái Nguyên", "2014-06-01", 2, 30_000_000),
    ("gia dat duong doi can trục phụ rẽ cạnh nhà thi đấu tỉnh thai nguyen", "2014-06-01", 3, 7_000_000),
    (
        "đường Hoàng Văn Thụ Thái Nguyên đoạn từ đảo tròn trung tâm đến ngã tư Nguyễn Huệ giá đất",
        "2014-03-01",
        4,
        30_000_000,
    ),
    (
        "hoang van thu thai nguyen tu nga tu nguyen hue chu van an den dao tron dong quang gia dat",
        "2014-03-01",
        5,
        27_000_000,
    ),
    ("năm 2014 giá đất hoàng văn thụ thái nguyên khúc đồng quang tới đường sắt hà thái", "2026-11-23", 6, 17_000_000),
    ("giá đất Hoàng Văn Thụ trục phụ ngõ số 60 thái nguyên", "2014-03-01", 8, 8_500_000),
    ("đất ruộng quốc lộ 1A Bến Lức phường thị trấn 50 mét đầu", "2019-08-15", 13, 250_000),
    ("đất nông nghiệp QL62 các xã còn lại Mộc Hóa 50m đầu giá mấy", "2019-08-15", 41, 130_000),
    ("giá đất vườn quốc lộ N2 thị xã Kiến Tường, 50 mét đầu", "2019-08-15", 0, 0),
    ("giá đất đường Điện Biên tp Hưng Yên", "2026-11-23", 59, 100_000_000),
    ("gia dat duong ho xuan huong hung yen", "2026-02-01", 60, 56_000_000),
    ("đường Đoàn Thị Điểm ở Hưng Yên đất bao nhiêu một mét", "2026-11-23", 61, 52_000_000),
    ("chu manh trinh hung yen gia dat o", "2026-11-23", 62, 55_000_000),
    ("giá đất đường Chùa Chuông thành phố Hưng Yên cũ", "2026-11-23", 63, 55_000_000),
    ("nguyen thien thuat hung yen tu de song hong den phan dinh phung gia dat", "2026-11-23", 64, 40_000_000),
    ("đường Bạch Thái Bưởi tỉnh Hưng Yên giá đất", "2026-11-23", 65, 33_000_000),
    ("bach thai buoiw hung yen gia dat bao nhieu", "2026-11-23", 65, 33_000_000),
    ("giá đất đường 379B Văn Giang", "2026-11-23", 66, 55_000_000),
    ("thổ cư đường tỉnh 379 Văn Giang đoạn giáp Phụng Công tới Nghĩa Trụ", "2026-11-23", 67, 50_000_000),
    ("mặt tiền đại lộ Hòa Bình quận Ninh Kiều giá đất", "2026-11-23", 68, 177_800_000),
    ("gia dat dai lo hoa binh ninh kieu doan nguyen trai toi 30/4", "2026-11-23", 68, 177_800_000),
    ("giá đất nguyễn trãi cần thơ", "2026-11-23", 69, 114_000_000),
    ("giá đất Nguyễn Trãi ở phường Ninh Kiều, Cần Thơ", "2026-11-23", 69, 114_000_000),
    ("đường Lý Tự Trọng Cần Thơ giá đất", "2026-11-23", 70, 109_400_000),
    ("giá đất trần hưng đạo cần thơ đoạn cầu nhị kiều", "2026-11-23", 71, 106_400_000),
    ("giá đất võ văn tần ninh kiều vị trí 1", "2026-11-23", 72, 100_300_000),
    ("duong chau van liem can tho gia dat", "2026-11-23", 73, 100_300_000),
    ("giá đất đường hai bà trưng ninh kiều", "2026-11-23", 74, 100_300_000),
    ("giá đất đường phố loại 1a Khe Sanh vị trí 4", "2023-05-05", 78, 2_000_000),
    ("duong pho loai 3b thi tran khe sanh vt1 gia dat", "2021-01-01", 111, 1_250_000),
    ("Lao Bảo đường phố loại 1c vị trí 2 giá đất", "2024-12-31", 148, 2_520_000),
    ("đường Lê Duẩn Khe Sanh đoạn cầu Khe Sanh tới Tân Liên vị trí 3 giá đất", "2025-05-20", 209, 1_404_000),
    ("Nguyễn Huệ Lao Bảo từ quốc lộ 9 tới Lê Quý Đôn vị trí 4 giá đất", "2025-05-20", 666, 2_100_000),
    ("giá đất Phan Đăng Lưu Lao Bảo từ Lê Thế Tiết đến Thạch Hãn vt1", "2025-05-20", 851, 850_000),
    ("giá đất Huyền Trân Công Chúa Lao Bảo từ quốc lộ 9 đến Lê Thế Tiết vị trí 2", "2025-05-20", 740, 595_000),
    ("âu cơ lao bảo vị trí 1 giá đất", "2025-05-20", 999, 850_000),
    ("giá đất đường Cao Bá Quát quận 1", "2025-03-10", 1073, 215_200_000),
    ("giá đất chuyên dùng 9 quận 7", "2025-03-10", 1110, 36_500_000),
    ("An Dương Vương Bình Tân giá đất", "2025-03-10", 1147, 76_600_000),
    ("giá đất đỗ văn dậy hóc môn lò sát sinh cũ đến cầu xáng", "2025-03-10", 1221, 22_800_000),
    ("bến cỏ củ chi giá đất", "2025-03-10", 1332, 5_400_000),
    ("phạm thị hối củ chi đất ở giá bao nhiêu", "2025-12-31", 1406, 14_600_000),
    (
        "năm 2006 giá đất sản xuất kinh doanh phố Bắc Sơn Ba Đình đoạn Ông Ích Khiêm Ngọc Hà vị trí 2",
        "2026-11-23",
        1517,
        7_917_000,
    ),
    ("đội cấn ba đình hà nội đoạn ngọc hà liễu giai vị trí 3 giá đất ở", "2006-05-01", 1554, 12_900_000),
)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    with PRICES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
async def desk(knowledge: Knowledge, clock: MovableClock):  # type: ignore[no-untyped-def]
    async with counter(knowledge, clock) as desk:
        yield desk


def test_the_table_of_lookups_is_long_enough() -> None:
    assert sum(1 for lookup in LOOKUPS if lookup[2]) >= 40


async def test_every_lookup_gives_the_price_of_its_row(desk: Counter, rows: list[dict[str, str]]) -> None:
    wrong = []
    for question, on, number, vnd in LOOKUPS:
        given = await desk.ask(Asked(question, None, date.fromisoformat(on)))
        text = given.reply.printed
        if number == 0:
            assert "không thấy" in text and "đồng/m²" not in text, question
            continue
        row = rows[number - 2]
        assert int(row["price_vnd_per_m2"]) == vnd, (question, number)
        cites = [source.cite for source in given.reply.sources]
        if f"{dong(vnd)}/m²" not in text or row["decision"] not in cites or given.reply.action != "price":
            wrong.append((question, given.reply.action, text, [choice.label for choice in given.reply.choices]))
        assert len(text) <= FIRST_SCREEN, (question, len(text))
    assert wrong == []


@pytest.mark.parametrize(
    ("question", "on"),
    [
        ("giá đất đường Bờ Rạch Ông Tám Cần Thơ", "2026-11-23"),
        ("giá đất đường Bạch Thái Bưởi Hà Nội", "2026-11-23"),
        ("giá đất đường Lý Tự Trọng quận 1", "2026-11-23"),
        ("giá đất võ văn tần ninh kiều vị trí 3", "2026-11-23"),
        ("giá đất đường Điện Biên Hưng Yên đoạn từ cầu Yên Lệnh tới Phố Nối", "2026-11-23"),
        ("giá đất trồng lúa đường Điện Biên Hưng Yên", "2026-11-23"),
        ("giá đất đường Điện Biên Hưng Yên năm 2025", "2026-11-23"),
        ("giá đất nguyễn huệ lao bảo", "2026-11-23"),
    ],
)
async def test_never_the_nearest_row(desk: Counter, question: str, on: str) -> None:
    given = await desk.ask(Asked(question, None, date.fromisoformat(on)))
    assert "không thấy" in given.reply.text and "đồng/m²" not in given.reply.text
    assert given.reply.action == "price" and given.reply.sources == ()
    assert (
        any(choice.does.startswith("topics.open:giadat") for choice in given.reply.choices) or "hỏi" in given.reply.text
    )


async def test_what_was_searched_is_quoted_not_kept(desk: Counter) -> None:
    given = await desk.ask(Asked("giá đất đường Bờ Rạch Ông Tám quận Ninh Kiều", None, date(2026, 11, 23)))
    assert "đường Bờ Rạch Ông Tám" in given.reply.text and "quận Ninh Kiều" in given.reply.text
    assert "công chức địa chính" in given.reply.text


async def test_a_slip_that_may_be_another_street_is_asked(citizen: Citizen) -> None:
    asked = await citizen.says("giá đất đường Nguyễn Trác Cần Thơ")
    assert "Có phải" in asked.text and "đồng/m²" not in asked.text
    assert "114.000.000 đồng/m²" in (await citizen.says("1")).text


async def test_several_matches_are_numbered_choices(citizen: Citizen) -> None:
    which = await citizen.says("năm 2014 giá đất đường Hoàng Văn Thụ Thái Nguyên")
    assert len(which.choices) >= 3 and "đồng/m²" not in which.text
    answer = await citizen.says("2")
    assert "27.000.000 đồng/m²" in answer.text and "hết hiệu lực" in answer.text


async def test_choices_are_also_picked_by_their_words(citizen: Citizen) -> None:
    await citizen.says("năm 2014 giá đất đường Hoàng Văn Thụ Thái Nguyên")
    assert "17.000.000 đồng/m²" in (await citizen.says("đảo tròn đồng quang - đường sắt hà thái")).text


async def test_streets_of_one_name_in_several_places_ask_where(citizen: Citizen) -> None:
    which = await citizen.says("năm 2025 giá đất đường Đinh Tiên Hoàng")
    assert any("Khe Sanh" in choice for choice in which.choices) or "Khe Sanh" in which.text


async def test_step_by_step_then_an_area(citizen: Citizen) -> None:
    assert "đường nào" in (await citizen.says("cho hỏi giá đất nhà tôi bao nhiêu")).text
    assert "33.000.000 đồng/m²" in (await citizen.says("Bạch Thái Bưởi, Hưng Yên")).text
    estimate = await citizen.says("120,5 m2 thì bao nhiêu tiền")
    assert "120,5 m² × 33.000.000 đồng/m² = 3.976.500.000 đồng" in estimate.text
    assert "Lệ phí trước bạ 0,5% × 3.976.500.000 đồng = 19.882.500 đồng" in estimate.text
    assert "quyết định" in estimate.text and "hệ số" in estimate.text


async def test_the_answer_tells_the_three_prices_and_what_is_not_confirmed(citizen: Citizen) -> None:
    text = (await citizen.says("giá đất đại lộ Hòa Bình Ninh Kiều")).text
    assert "giá bồi thường và giá mua bán là số khác" in text
    assert "chưa xác nhận" in text and "VT1" in text and "Đường Nguyễn Trãi - Đường 30 Tháng 4" in text


async def test_a_table_out_of_force_is_shown_only_for_its_time(citizen: Citizen) -> None:
    now = await citizen.says("giá đất đường Đội Cấn Thái Nguyên")
    assert "30.000.000" not in now.text and "không thấy" in now.text
    then = await citizen.says("1")
    assert "30.000.000 đồng/m²" in then.text and "31/12/2014" in then.text and "hết hiệu lực" in then.text


async def test_the_day_after_a_table_ends_it_is_not_shown(desk: Counter) -> None:
    last = await desk.ask(Asked("giá đất bến cỏ củ chi", None, date(2025, 12, 31)))
    after = await desk.ask(Asked("giá đất bến cỏ củ chi", None, date(2026, 1, 1)))
    before = await desk.ask(Asked("giá đất bến cỏ củ chi", None, date(2024, 10, 30)))
    assert "5.400.000" in last.reply.text
    assert "5.400.000" not in after.reply.text and "5.400.000" not in before.reply.text


async def test_a_year_asked_about_finds_the_table_of_its_end(desk: Counter) -> None:
    given = await desk.ask(Asked("năm 2024 giá đất bến cỏ củ chi", None, date(2026, 11, 23)))
    assert "5.400.000 đồng/m²" in given.reply.text and "31/12/2024" in given.reply.text


async def test_another_street_in_the_same_place(citizen: Citizen) -> None:
    await citizen.says("giá đất đại lộ Hòa Bình quận Ninh Kiều")
    assert "100.300.000" in (await citizen.says("còn đường Châu Văn Liêm")).text
    assert "không thấy" in (await citizen.says("thế đường Chu Mạnh Trinh ở đó")).text


async def test_two_streets_side_by_side(citizen: Citizen) -> None:
    text = (await citizen.says("đường Hồ Xuân Hương với Đoàn Thị Điểm ở Hưng Yên giá đất ở bao nhiêu")).text
    assert "56.000.000 đồng/m²" in text and "52.000.000 đồng/m²" in text


async def test_old_and_new_province_names_find_the_same_rows(desk: Counter) -> None:
    for place in ("Long An", "tỉnh Tây Ninh", "huyện Mộc Hóa"):
        given = await desk.ask(Asked(f"đất ruộng quốc lộ 62 {place} 50 mét đầu giá đất", None, date(2019, 8, 15)))
        assert "Mộc Hóa" in given.reply.text + " ".join(choice.label for choice in given.reply.choices), place


async def test_another_subject_leaves_the_price(citizen: Citizen) -> None:
    await citizen.says("giá đất đường Điện Biên Hưng Yên")
    assert (await citizen.says("đăng ký kết hôn cần giấy tờ gì")).topic == "tthc.dang-ky-ket-hon"


@pytest.mark.parametrize(
    ("question", "price", "last", "first"),
    [
        ("phạm thị hối củ chi đất ở giá bao nhiêu", "14.600.000", date(2025, 12, 31), date(2026, 1, 1)),  # ends
        ("giá đất nguyễn trãi cần thơ", "114.000.000", date(2026, 1, 1), date(2025, 12, 31)),  # begins
        ("giá đất đường Điện Biên tp Hưng Yên", "100.000.000", date(2026, 1, 1), date(2025, 12, 31)),  # begins
    ],
)
async def test_midnight_before_2026_ends_and_begins_tables(
    knowledge: Knowledge, clock: MovableClock, question: str, price: str, last: date, first: date
) -> None:
    """The price is told on the day in force as today's; on the other day it is not, or only with its own days."""
    async with counter(knowledge, clock) as desk:
        told = (await desk.ask(Asked(question, on=last))).reply
        other = (await desk.ask(Asked(question, on=first))).reply
    assert price in told.text and price not in other.text.partition("\n")[0]
    assert told.text != other.text
