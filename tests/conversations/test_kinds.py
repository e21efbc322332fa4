"""Four legal kinds kept apart: two plain questions, what follows from each, the lawful way, a petition to sign."""

from __future__ import annotations

import pytest
from sqlmodel import select

from handlers.contract import FIRST_SCREEN
from storage.bodies import Body
from storage.cases import Case
from storage.database import Database
from storage.petitions import Petition
from tests.conftest import Citizen

UNFAIR = "xã phạt nhà tôi 5 triệu mà tôi không đồng ý, tôi muốn khiếu nại"


@pytest.mark.parametrize(
    ("first", "second", "kind", "follows"),
    [
        ("2", "1", "phản ánh", "không cần đơn"),
        ("2", "2", "kiến nghị", "không cần đơn"),
        ("1", "1", "khiếu nại", "chưa phải là đơn khiếu nại"),
        ("1", "2", "tố cáo", "xin đừng gửi họ tên"),
    ],
)
async def test_two_questions_tell_the_kind(citizen: Citizen, first: str, second: str, kind: str, follows: str) -> None:
    await citizen.says("khiếu nại khác phản ánh chỗ nào")
    asked = await citizen.says("Trả lời hai câu để biết loại nào")
    assert "Câu 1" in asked.text
    assert "câu 2" in (await citizen.says(first)).text
    told = await citizen.says(second)
    assert kind in told.text and follows in told.text and told.sources
    assert len(told.bubbles[-1].printed) <= FIRST_SCREEN


async def test_no_more_than_the_label_is_sealed_or_kept(citizen: Citizen, database: Database) -> None:
    await citizen.says("khiếu nại khác phản ánh chỗ nào")
    for said in ("Trả lời hai câu để biết loại nào", "1", "2"):
        await citizen.says(said)
    async with database.reading() as session:
        assert list(await session.exec(select(Case))) == []


async def test_a_complaint_hears_by_when_where_and_with_what(citizen: Citizen, database: Database) -> None:
    heard = await citizen.says(UNFAIR)
    assert heard.action == "complaint" and "90 ngày" in heard.text and "chưa phải là đơn khiếu nại" in heard.text
    assert any("Điều 9" in source["cite"] for source in heard.sources)
    assert "Chủ tịch UBND xã" in (await citizen.says("Gửi đơn cho ai")).text
    async with database.reading() as session:
        [case] = await session.exec(select(Case))
    assert case.kind == "complaint", "the contact is logged"


async def test_what_was_said_is_not_asked_again(citizen: Citizen) -> None:
    await citizen.says(UNFAIR)
    asked = await citizen.says("Soạn nháp đơn khiếu nại")
    assert "muốn giải quyết thế nào" in asked.text
    ready = await citizen.says("hủy quyết định phạt")
    assert "Đơn ghi rõ" in ready.text and "không gửi tệp được" in ready.text, "the terminal has no page of ours"


async def test_a_picked_petition_without_a_story_asks_for_it(citizen: Citizen, database: Database) -> None:
    await citizen.says("đơn khiếu nại cần gì")
    asked = await citizen.says("Soạn nháp đơn khiếu nại")
    assert "quyết định hay việc làm nào" in asked.text and "đừng nhắn ở đây" in asked.text
    assert "muốn giải quyết thế nào" in (await citizen.says("xã không cấp sổ cho tôi từ tháng 3")).text
    await citizen.says("bỏ qua")
    async with database.reading() as session:
        assert [case.kind for case in await session.exec(select(Case))] == ["complaint"]
        assert list(await session.exec(select(Petition))) == [], "nothing to fetch here"


async def test_danger_and_leaving_still_come_first(citizen: Citizen, database: Database) -> None:
    await citizen.says(UNFAIR)
    await citizen.says("Soạn nháp đơn khiếu nại")
    assert (await citizen.says("cháy nhà rồi cứu với")).action == "emergency"
    await citizen.says("hủy")
    async with database.reading() as session:
        assert {body.state for body in await session.exec(select(Body))} >= {"erased"}
        assert list(await session.exec(select(Case))) == []
