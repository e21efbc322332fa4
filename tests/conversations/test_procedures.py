"""Cards, lists of papers fitted to a case, dossiers by code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from handlers.contract import FIRST_SCREEN
from handlers.procedures import FITTED, FIXED, level_lines
from knowledge.base import Knowledge
from knowledge.checklists import Checklist, Item
from knowledge.vietnamese import fold
from storage import checklists, dossiers
from storage.communes import Commune
from storage.database import Database
from tests.conftest import THE_DAY, Citizen
from tests.rows import everything_in

CODE = "H12.34.56-260901-0007"


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


def cases(checklist: Checklist, answers: dict[str, str] | None = None) -> Iterator[dict[str, str]]:
    """Every way through the questions that ends in a list."""
    answers = answers or {}
    question = checklist.next_question(answers)
    if question is None:
        yield answers
        return
    for option in question.options:
        if option.leads is None:
            yield from cases(checklist, answers | {question.key: option.key})


def test_every_case_ends_in_a_list_that_fits_the_screen(knowledge: Knowledge) -> None:
    for checklist in knowledge.checklists.values():
        assert len(checklist.questions) <= 5
        for answers in cases(checklist):
            papers = checklist.papers_for(answers, on=THE_DAY)
            remarks = checklist.remarks_for(answers, on=THE_DAY)
            assert papers or remarks, f"{checklist.entry_id} {answers}: nothing is said"
            assert sum(len(item.text) + 6 for item in (*papers, *remarks)) < FIRST_SCREEN, checklist.entry_id


def test_questions_change_the_list_and_a_list_without_questions_has_no_conditions(knowledge: Knowledge) -> None:
    for checklist in knowledge.checklists.values():
        lists = {tuple(item.text for item in said_for(checklist, answers)) for answers in cases(checklist)}
        leads = any(option.leads for question in checklist.questions for option in question.options)
        assert len(lists) > 1 or leads or checklist.is_fixed, checklist.entry_id
        if checklist.is_fixed:
            assert len(lists) == 1 and checklist.papers_for({}, on=THE_DAY), checklist.entry_id


def said_for(checklist: Checklist, answers: dict[str, str]) -> tuple[Item, ...]:
    return (*checklist.papers_for(answers, on=THE_DAY), *checklist.remarks_for(answers, on=THE_DAY))


# Reviewed 28/11/2026: procedures for which our facts give no list of papers; the card says so and whom to ask.
WITHOUT_PAPERS = {
    "tthc.ban-sao-so-goc",
    "tthc.bhyt-tre-em",
    "tthc.chung.phi-dia-gioi",
    "tthc.chung.trung-tam-phuc-vu-hanh-chinh-cong",
    "tthc.dat-dai.thong-tin-quy-hoach",
    "tthc.ho-kinh-doanh.thay-doi-cham-dut",
    "tthc.lien-thong-khai-tu",
    "tthc.ly-hon",
    "tthc.nguoi-co-cong",
    "tthc.nong-nghiep.ke-khai-chan-nuoi",
    "tthc.thong-bao-luu-tru",
    "tthc.tre-em-mo-coi-cham-soc",
    "tthc.vay-von-chinh-sach",
    "tthc.xoa-dieu-chinh-cu-tru",
}
# … and those for which a part is known: a health certificate, the names of forms, "ask for the new form".
PARTLY_KNOWN = {"tthc.giay-phep-lai-xe", "tthc.ho-kinh-doanh.thue-2026", "tthc.tro-cap-xa-hoi-hang-thang"}


def test_every_procedure_has_a_list_or_is_known_to_have_none(knowledge: Knowledge) -> None:
    procedures = {entry.id: entry for entry in knowledge.entries.values() if entry.procedure}
    assert len(procedures) >= 60
    assert set(procedures) - set(knowledge.checklists) == WITHOUT_PAPERS | PARTLY_KNOWN
    for entry_id in WITHOUT_PAPERS:
        assert "documents" not in procedures[entry_id].details, entry_id


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(re.sub(r"\{\w+\}", "", text))))


def test_no_paper_is_invented(knowledge: Knowledge) -> None:
    """Every telling word of a paper stands in the entry's own statements on the days on which the paper holds."""
    for checklist in knowledge.checklists.values():
        entry = knowledge.entry(checklist.entry_id)
        known = words(" ".join(" ".join((one.text, *one.items)) for one in entry.in_force(entry.statements(), THE_DAY)))
        for paper in checklist.papers:
            new = words(paper.text) - known
            assert not new, f"{checklist.entry_id}: {paper.text}: {new}"


async def test_a_question_that_does_not_concern_the_case_is_not_asked(citizen: Citizen) -> None:
    await opens(citizen, "đăng ký lại khai sinh khai tử bị mất sổ cần giấy tờ gì")
    assert "(1/3)" in (await citizen.says(FITTED)).text
    listed = await citizen.says("khai tử")
    assert "em chưa có đủ" in listed.text and "không thấy giấy nào" in listed.text
    await opens(citizen, "đăng ký lại khai sinh khai tử bị mất sổ cần giấy tờ gì")
    await citizen.says(FITTED)
    assert "(2/2)" in (await citizen.says("kết hôn")).text
    assert "giấy chứng nhận kết hôn cũ" in (await citizen.says("còn bản sao")).text


async def test_a_list_that_is_the_same_for_everybody_says_so(citizen: Citizen) -> None:
    answer = await citizen.says("chứng thực chữ ký cần mang gì")
    assert FIXED in answer.choices and FITTED not in answer.choices
    listed = await citizen.says(FIXED)
    assert "ai cũng như nhau" in listed.text and "Còn thiếu 2 giấy" in listed.text and listed.sources
    await citizen.says("chứng thực chữ ký cần mang gì")
    assert "Giấy tờ (ai cũng nộp như nhau):" in (await citizen.says("Thẻ tóm tắt")).text


async def test_the_card_of_a_day_before_the_districts_ended(citizen: Citizen) -> None:
    answer = await citizen.says("ngày 30/6/2025 kết hôn với người nước ngoài làm ở đâu")
    assert answer.topic == "tthc.ket-hon-nuoc-ngoai" and "UBND huyện" in answer.text
    card = await citizen.says("Thẻ tóm tắt")
    assert "Nơi giải quyết: UBND cấp huyện" in card.text
    await citizen.says("ngày 1/7/2025 kết hôn với người nước ngoài làm ở đâu")
    card = await citizen.says("Thẻ tóm tắt")
    assert "Nơi giải quyết: UBND cấp xã" in card.text and "Đến hết 30/06/2025: UBND cấp huyện" in card.text


async def test_a_past_day_without_grounds_tells_at_least_who_decided(citizen: Citizen) -> None:
    answer = await citizen.says("năm 2024 xin giấy phép xây dựng nhà ở huyện hay xã")
    assert "nơi giải quyết là UBND cấp huyện" in answer.text and "quy định hiện nay" in answer.text
    card = await citizen.says("Thẻ tóm tắt")
    assert "Nơi giải quyết: UBND cấp huyện" in card.text and "cho ngày 01/07/2024 em chưa có căn cứ" in card.text


# Who decided on the last day of the districts and on the first day without them, as the facts say.
LEVELS = {
    "tthc.ket-hon-nuoc-ngoai": ("UBND cấp huyện", "UBND cấp xã"),
    "tthc.khai-sinh-yeu-to-nuoc-ngoai": ("UBND cấp huyện", "UBND cấp xã"),
    "tthc.cai-chinh-ho-tich": ("UBND cấp huyện, với người từ đủ 14 tuổi trở lên", "UBND cấp xã"),
    "tthc.nhan-cha-me-con": ("UBND cấp huyện, khi có người nước ngoài", "UBND cấp xã"),
    "tthc.xay-dung.giay-phep-nha-o": ("UBND cấp huyện", "UBND xã"),
    "tthc.ho-kinh-doanh.thanh-lap": ("cơ quan đăng ký kinh doanh cấp huyện", "cơ quan đăng ký kinh doanh cấp xã"),
    "tthc.dat-dai.cap-so-do-lan-dau": ("UBND huyện", "Chủ tịch UBND xã"),
    "tthc.dat-dai.chuyen-muc-dich": ("UBND huyện", "UBND xã"),
    "tthc.dat-dai.hoa-giai-tranh-chap": (
        "UBND xã hòa giải; UBND cấp huyện giải quyết",
        "UBND xã hòa giải; Chủ tịch UBND xã giải quyết",
    ),
}


@pytest.mark.parametrize("entry_id", LEVELS)
def test_who_decides_changes_on_the_day_the_districts_ended(knowledge: Knowledge, entry_id: str) -> None:
    before, since = LEVELS[entry_id]
    entry = knowledge.entry(entry_id)
    assert next(level_lines(entry, date(2025, 6, 30))) == f"Nơi giải quyết: {before}"
    assert next(level_lines(entry, date(2025, 7, 1))) == f"Nơi giải quyết: {since}"


def test_no_other_procedure_claims_a_district(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        if entry.id not in LEVELS and entry.procedure:
            assert not any("huyện" in level.text for level in entry.procedure.level), entry.id


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
    dump = await everything_in(database)
    assert CODE not in dump and "260901" not in dump
