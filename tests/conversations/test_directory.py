"""Who, where, when: from the commune's dated list, by hamlet and field; what is not on it is said not to be."""

from __future__ import annotations

from datetime import date

from bot.samples import sample_lists
from storage import contacts
from storage.communes import Commune
from storage.database import Database
from tests.conftest import THE_DAY, Citizen, MovableClock


async def test_a_hamlet_head_by_hamlet(citizen: Citizen) -> None:
    answer = await citizen.says("trưởng thôn mẫu 2 là ai")
    assert "Trần Thị Mẫu (tên mẫu)" in answer.text and "Nguyễn Văn Mẫu" not in answer.text
    assert "kiểm tra ngày 22/11/2026" in answer.text and answer.action == "directory"


async def test_the_hamlet_is_asked_and_may_be_a_number_or_words(citizen: Citizen) -> None:
    asked = await citizen.says("cho xin số trưởng thôn")
    assert "thôn, ấp nào" in asked.text and asked.choices[:3] == ("Thôn Mẫu 1", "Thôn Mẫu 2", "Ấp Mẫu 3")
    assert "Lê Văn Mẫu" in (await citizen.says("3")).text
    await citizen.says("cho xin số trưởng thôn")
    assert "Nguyễn Văn Mẫu" in (await citizen.says("thon mau 1")).text


async def test_a_former_hamlet_name_finds_the_present_one(citizen: Citizen) -> None:
    assert "Trần Thị Mẫu" in (await citizen.says("trưởng xóm cũ mẫu là ai")).text


async def test_a_hamlet_that_is_not_on_the_list_is_said_not_to_be(citizen: Citizen) -> None:
    answer = await citizen.says("trưởng xóm 5 là ai")
    assert "không thấy thôn, ấp đó" in answer.text and "tên mẫu" not in answer.text


async def test_the_officer_of_a_field(citizen: Citizen) -> None:
    answer = await citizen.says("ai lo địa chính bên xã, số mấy")
    assert "Ngô Văn Mẫu" in answer.text and "Dương Thị Mẫu" not in answer.text


async def test_the_reception_not_the_chairman(citizen: Citizen) -> None:
    answer = await citizen.says("chủ tịch xã mình tiếp dân thứ mấy ở phòng nào")
    assert "thứ Năm hằng tuần" in answer.text and "Phòng tiếp công dân" in answer.text


async def test_what_the_commune_has_not_published_is_said(citizen: Citizen) -> None:
    answer = await citizen.says("điện lực khu vực gọi số nào")
    assert "chưa cập nhật" in answer.text and "0000 000 001" in answer.text


async def test_another_commune_gets_its_seat_and_not_our_numbers(citizen: Citizen) -> None:
    answer = await citizen.says("Xã Đại Tâm cũ giờ trụ sở dời đi đâu rồi")
    assert "Mỹ Xuyên" in answer.text and "Trụ sở" in answer.text and "0000 000 001" not in answer.text


async def test_an_old_list_is_said_to_be_old(citizen: Citizen, clock: MovableClock) -> None:
    clock.move(days=100)
    assert "cập nhật đã lâu" in (await citizen.says("số điện thoại trạm y tế xã")).text


async def test_one_commune_never_sees_anothers_list(database: Database, commune: Commune) -> None:
    async with database.reading() as session:
        assert await contacts.of_kinds(session, commune_id=commune.id or 0, kinds=["clinic"])
        assert await contacts.of_kinds(session, commune_id=(commune.id or 0) + 1, kinds=["clinic"]) == []


def test_every_line_of_the_sample_says_that_it_is_one() -> None:
    listed, hamlets = sample_lists()
    assert listed.sound and hamlets.sound
    for row in listed.rows:
        assert "mẫu)" in row["name"] and row["updated_on"] == date(2026, 11, 22) <= THE_DAY
        assert not row["phone"] or row["phone"].startswith("0000 000")
    assert all("Mẫu" in row["name"] for row in hamlets.rows)
