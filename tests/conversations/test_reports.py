"""Phản ánh, kiến nghị: kept from the first sentence, taken back without a trace; and the way to a person."""

from __future__ import annotations

from sqlmodel import select

from storage.bodies import ERASED, Body, Vault
from storage.cases import Case, CaseEvent
from storage.communes import Commune
from storage.database import Database
from tests.conftest import Citizen

TROUBLE = "đèn đường trước nhà tôi hỏng 3 tuần nay, tối om"


async def drafts(database: Database, commune: Commune) -> list[Case]:
    async with database.reading() as session:
        mine = (Case.commune_id == commune.id, Case.state == "draft")
        return list(await session.exec(select(Case).where(*mine)))


async def test_a_report_is_kept_from_the_first_sentence(
    citizen: Citizen, database: Database, commune: Commune, vault: Vault
) -> None:
    heard = await citizen.says(TROUBLE)
    assert heard.action == "report" and TROUBLE in heard.text and "ấp nào" in heard.text
    heard = await citizen.says("ấp Bến Đò")
    assert "ấp Bến Đò" in heard.text and "tóm tắt" in heard.text and heard.action == "report"
    (draft,) = await drafts(database, commune)
    async with database.reading() as session:
        history = await session.exec(select(CaseEvent).where(CaseEvent.case_id == draft.id))
        held = [event.body_id or 0 for event in history if event.kind != "summary"]
        words = await vault.read(session, commune_id=draft.commune_id, body_ids=held)
    assert [words[body_id] for body_id in held] == [TROUBLE, "ấp Bến Đò"]


async def test_leaving_takes_the_draft_back_and_erases_its_words(
    citizen: Citizen, database: Database, commune: Commune, vault: Vault
) -> None:
    await citizen.says(TROUBLE)
    heard = await citizen.says("thôi không gửi nữa")
    assert "xóa" in heard.text and await drafts(database, commune) == []
    async with database.reading() as session:
        states = [vault.open(body) for body in await session.exec(select(Body))]
    assert TROUBLE not in states and ERASED in states


async def test_a_danger_in_the_middle_comes_first_and_the_report_goes_on(citizen: Citizen) -> None:
    await citizen.says("xe ben chạy đêm làm nứt nhà tôi")
    heard = await citizen.says("trời ơi cháy nhà bên cạnh rồi")
    assert heard.action == "emergency" and "114" in heard.text.splitlines()[0]
    heard = await citizen.says("dập được rồi, cho gửi tiếp chuyện xe ben")
    assert heard.action == "report"


async def test_a_person_can_be_asked_for_inside_a_report(citizen: Citizen) -> None:
    await citizen.says("nước máy yếu mấy bữa nay không có xài")
    heard = await citizen.says("gõ chữ mệt quá, cho tôi nói với người thật")
    assert heard.action == "handoff" and "0000 000 001" in heard.text


async def test_what_was_sent_is_shown_to_its_sender_only(citizen: Citizen, neighbour: Citizen) -> None:
    await citizen.says(TROUBLE)
    assert "phản ánh" in (await citizen.says("đơn của tôi tới đâu rồi")).text
    assert "chưa thấy vụ việc" in (await neighbour.says("đơn của tôi tới đâu rồi")).text


async def test_an_unknown_code_is_said_to_be_unknown(citizen: Citizen) -> None:
    heard = await citizen.says("mã ZZ-9999-999999")
    assert heard.action == "track" and "không thấy" in heard.text and "ZZ-9999-999999" in heard.text


async def test_a_denunciation_is_stopped_and_its_words_are_erased(
    citizen: Citizen, database: Database, commune: Commune, vault: Vault
) -> None:
    told = "tôi muốn tố cáo một cán bộ xã nhận tiền"
    heard = await citizen.says(told)
    assert heard.action == "denunciation" and "xin đừng gửi họ tên" in heard.text and heard.sources
    async with database.reading() as session:
        texts = [vault.open(body) for body in await session.exec(select(Body))]
    assert told not in texts and ERASED in texts
    assert await drafts(database, commune) == []


async def test_a_complaint_hears_the_lawful_way(citizen: Citizen) -> None:
    heard = await citizen.says("tôi không đồng ý quyết định phạt 5 triệu của xã, tôi muốn khiếu nại")
    assert heard.action == "complaint" and "chưa phải là đơn khiếu nại" in heard.text and heard.sources
