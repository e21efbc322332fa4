"""Cards, lists of papers fitted to a case, dossiers by code."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.contract import FIRST_SCREEN
from knowledge.base import Knowledge
from storage import checklists, dossiers
from storage.communes import Commune
from storage.database import Database
from tests.conftest import THE_DAY, Citizen

CODE = "H12.34.56-260901-0007"
FITTED = "Giấy tờ theo trường hợp của tôi"


async def opens(citizen: Citizen, question: str) -> None:
    answer = await citizen.says(question)
    if answer.topic is None:
        answer = await citizen.says("1")
    assert FITTED in answer.choices and "Thẻ tóm tắt" in answer.choices


async def test_the_card_names_its_fields_and_who_decides(citizen: Citizen) -> None:
    await opens(citizen, "đăng ký tạm trú cần giấy tờ gì")
    card = await citizen.says("Thẻ tóm tắt")
    for label in ("Nơi giải quyết: công an cấp xã", "Giấy tờ:", "Lệ phí:", "Thời hạn:", "Nơi nộp:", "Qua mạng:"):
        assert label in card.text
    assert "15.000 đồng" in card.text and "không còn cấp huyện" in card.text and card.sources
    assert "Bị đòi thêm giấy: báo xã" in card.choices


async def test_a_fee_set_by_the_province_is_no_number(citizen: Citizen) -> None:
    await citizen.says("đăng ký khai tử")
    await citizen.says("1")
    card = await citizen.says("Thẻ tóm tắt")
    assert "Hội đồng nhân dân tỉnh" in card.text


async def test_being_asked_for_too_much_starts_a_report(citizen: Citizen) -> None:
    await opens(citizen, "đăng ký tạm trú cần giấy tờ gì")
    await citizen.says("Thẻ tóm tắt")
    assert (await citizen.says("Bị đòi thêm giấy: báo xã")).action == "report"


async def test_the_list_fits_the_case_and_is_ticked_kept_and_seen_again(citizen: Citizen) -> None:
    await opens(citizen, "đăng ký tạm trú cần giấy tờ gì")
    assert "ở nhà ai" in (await citizen.says(FITTED)).text
    assert "18 tuổi" in (await citizen.says("thuê, mượn, ở nhờ")).text
    papers = await citizen.says("2")
    assert "Tờ khai CT01" in papers.text and "cho thuê" in papers.text and "Ý kiến đồng ý" in papers.text
    assert "không phải công chứng" in papers.text and "Còn thiếu 3 giấy" in papers.text
    assert "☑ 1. Tờ khai CT01" in (await citizen.says("1")).text
    assert "Còn thiếu 3 giấy" in (await citizen.says("1")).text
    await citizen.says("2")
    await citizen.says("Lưu danh sách")
    again = await citizen.says("cho xem danh sách giấy tờ của tôi")
    assert "☑ 2." in again.text and "Còn thiếu 2 giấy" in again.text


async def test_another_case_needs_other_papers(citizen: Citizen) -> None:
    await opens(citizen, "đăng ký tạm trú cần giấy tờ gì")
    await citizen.says(FITTED)
    await citizen.says("Nhà vợ chồng, cha mẹ, con (chủ nhà đồng ý)")
    papers = await citizen.says("đã đủ")
    assert "Còn thiếu 1 giấy" in papers.text and "không phải nộp giấy tờ chỗ ở" in papers.text


async def test_a_case_that_is_another_procedure_leads_there(citizen: Citizen) -> None:
    await citizen.says("đăng ký kết hôn cần giấy tờ gì")
    await citizen.says(FITTED)
    assert (await citizen.says("Có người nước ngoài")).topic == "tthc.ket-hon-nuoc-ngoai"


async def test_erasing_ones_data_erases_the_lists(citizen: Citizen, database: Database, commune: Commune) -> None:
    await opens(citizen, "đăng ký tạm trú cần giấy tờ gì")
    for said in (FITTED, "1", "1", "Lưu danh sách", "dữ liệu của tôi", "Xóa dữ liệu của tôi", "Xóa luôn"):
        await citizen.says(said)
    async with database.reading() as session:
        assert await checklists.of_account(session, commune_id=commune.id or 0, account_id=1) == []


def test_every_checklist_is_short_and_fits_the_screen(knowledge: Knowledge) -> None:
    assert len(knowledge.checklists) >= 6
    for checklist in knowledge.checklists.values():
        assert 1 <= len(checklist.questions) <= 5
        longest = sum(len(item.text) + 6 for item in checklist.papers) + sum(
            len(item.text) for item in checklist.remarks
        )
        assert longest < 2 * FIRST_SCREEN
        assert checklist.papers_for({}, on=THE_DAY), "some paper is needed in every case"


@pytest.mark.parametrize(("on", "shown"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_an_item_holds_from_its_first_day(knowledge: Knowledge, on: date, shown: bool) -> None:
    remarks = knowledge.checklists["tthc.dang-ky-tam-tru"].remarks_for({"home": "kin", "age": "adult"}, on=on)
    assert bool(remarks) is shown


async def put(database: Database, commune: Commune, **columns: object) -> None:
    row = {"code_hash": dossiers.hashed(CODE, commune_id=commune.id or 0), "imported_on": THE_DAY, "is_done": False}
    async with database.writing() as session:
        await dossiers.replace_all(session, commune_id=commune.id or 0, rows=[row | columns])


async def test_an_unknown_dossier_goes_to_the_official_page(citizen: Citizen) -> None:
    answer = await citizen.says(f"hồ sơ mã {CODE} làm tới bước nào rồi")
    assert answer.action == "track" and "dichvucong.gov.vn" in answer.text and CODE not in answer.text


async def test_a_known_dossier_tells_state_and_day(citizen: Citizen, database: Database, commune: Commune) -> None:
    await put(database, commune, state="Đang giải quyết", due_on=date(2026, 12, 1))
    answer = await citizen.says(CODE)
    assert "Đang giải quyết" in answer.text and "01/12/2026" in answer.text and "trễ" not in answer.text


async def test_a_late_dossier_tells_what_may_be_asked_for(
    citizen: Citizen, database: Database, commune: Commune
) -> None:
    await put(database, commune, state="Đang giải quyết", due_on=date(2026, 11, 20))
    answer = await citizen.says(f"hồ sơ {CODE.lower()} xong chưa")
    assert "trễ hẹn" in answer.text and "xin lỗi" in answer.text
    assert "Phản ánh việc trễ hẹn" in answer.choices


async def test_the_code_is_stored_nowhere_in_the_open(citizen: Citizen, database: Database) -> None:
    await citizen.says(f"hồ sơ mã {CODE} làm tới bước nào rồi")
    async with database.engine.connect() as connection:
        dump = await connection.run_sync(lambda sync: "\n".join(sync.connection.driver_connection._conn.iterdump()))
    assert CODE not in dump and "260901" not in dump
