"""Insults are logged and answered politely, a flood of reports is slowed, and danger passes through both."""

from __future__ import annotations

import pytest
from sqlmodel import select

from handlers.contract import FIRST_SCREEN
from handlers.reports import MOST_A_DAY
from knowledge.rough import only_scolds
from storage.cases import Case
from storage.database import Database
from storage.inbox import InboxEvent
from storage.questions import Question
from tests.conftest import Citizen

INSULTS = (
    "đồ ngu",
    "may ngu nhu cho",
    "bot gì mà ngu vcl",
    "đm xã làm ăn như hạch",
    "bọn mày toàn lũ ăn hại",
    "cút đi",
    "im mẹ mày đi",
    "dcm tụi bây",
)
SCOLDING = ("ngu", "mày", "không được chửi", "xúc phạm", "vi phạm", "khóa tài khoản")


@pytest.mark.parametrize("words", INSULTS)
async def test_an_insult_is_logged_and_gets_a_polite_answer(citizen: Citizen, database: Database, words: str) -> None:
    await citizen.says("alo")
    heard = await citizen.says(words)
    assert heard.text.startswith("Dạ") and len(heard.bubbles[-1].text) <= FIRST_SCREEN
    said = " ".join(bubble.text for bubble in heard.bubbles).lower()
    assert not any(f" {each}" in said for each in SCOLDING)
    assert heard.action == "smalltalk" and "Gặp cán bộ" in heard.choices
    async with database.reading() as session:
        assert list(await session.exec(select(InboxEvent.state))) == ["done", "done"]
        assert len(list(await session.exec(select(Question)))) == 2
    assert "114" in (await citizen.says("cháy nhà rồi")).text


async def test_an_angry_report_is_a_report_all_the_same(citizen: Citizen, database: Database) -> None:
    await citizen.says("đm đèn đường ngõ 5 hỏng từ hôm qua, làm ăn ngu như bò")
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text
    async with database.reading() as session:
        [case] = list(await session.exec(select(Case)))
    assert (case.category, case.state) == ("lighting", "received")


async def test_anger_in_the_middle_of_a_report_ends_nothing(citizen: Citizen) -> None:
    await citizen.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert (await citizen.says("đồ ngu")).action == "smalltalk"
    summary = await citizen.says("ngõ 5 đường Mẫu")
    assert "Nơi: ngõ 5 đường Mẫu" in summary.text and "đồ ngu" not in summary.text


@pytest.mark.parametrize(
    "words", ["con ngủ", "máy lạnh", "chó cắn", "con chó nhà bên ngu quá cắn tôi", "học ngu văn", "đi làm căn cước", ""]
)
def test_what_only_sounds_so_is_none(words: str) -> None:
    assert not only_scolds(words)


async def test_the_eleventh_report_of_a_day_waits_and_danger_does_not(citizen: Citizen, database: Database) -> None:
    for number in range(MOST_A_DAY):
        await citizen.says(f"đèn đường ngõ {number + 3} hỏng từ hôm qua")
        sent = await citizen.says("gửi")
        if "Mã của anh/chị" not in sent.text:
            sent = await citizen.says("Việc khác, cứ gửi")
        assert "Mã của anh/chị" in sent.text, sent.text
    await citizen.says("cống trước chợ nghẹt từ hôm qua, nước tràn ra đường")
    held = await citizen.says("gửi")
    assert "Mã của anh/chị" not in held.text and held.text.startswith("Dạ")
    async with database.reading() as session:
        states = [case.state for case in await session.exec(select(Case))]
    assert states.count("received") == MOST_A_DAY and states.count("draft") == 1, "nothing of it is lost"
    assert (await citizen.says("cháy nhà rồi")).action == "emergency"
