"""An account that a province shares: the commune is asked once, remembered, and the first question is not lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from sqlmodel import col, select

from bot.worker import Worker
from storage import communes
from storage.accounts import Account
from storage.bodies import Body, Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.talks import Talk
from tests.conftest import NINE_O_CLOCK, THE_DAY, Citizen

Meets = Callable[[str], Awaitable[Citizen]]


@pytest.fixture
async def province(database: Database, commune: Commune) -> dict[str, Commune]:
    """A province with a shared account, and three communes beside the sample one."""
    made = {}
    async with database.writing() as session:
        for code, name in (("31001", "Xã Bình An"), ("31002", "Phường Tân Phú"), ("31003", "Xã Tân Phú")):
            row = Commune(code=code, name=name, is_sample=True, checked_on=THE_DAY, created_at=NINE_O_CLOCK)
            made[code] = await communes.add(session, row, channels=("webchat",))
        row = Commune(
            code="31", name="Tỉnh Mẫu", is_province=True, is_sample=True, checked_on=THE_DAY, created_at=NINE_O_CLOCK
        )
        made["31"] = await communes.add(session, row, channels=("terminal",))
    return made


@pytest.fixture
async def meets(worker: Worker, database: Database, vault: Vault, province: dict[str, Commune]) -> Meets:
    """`await meets("ba-nam")`: somebody who writes to the shared account."""
    async with database.reading() as session:
        shared = await communes.channel_account(session, commune_id=province["31"].id or 0, channel="terminal")
    assert shared is not None

    async def meet(name: str) -> Citizen:
        return Citizen(worker, database, vault, shared, name)

    return meet


async def everything_of(database: Database, account: ChannelAccount | None, name: str) -> set[int]:
    """The communes under which anything of a chat stands."""
    async with database.reading() as session:
        mine = (await session.exec(select(Account).where(col(Account.chat_key) == name))).one()
        found = {mine.commune_id}
        for table in (Talk, OutboxMessage, Question):
            found |= set(await session.exec(select(table.commune_id).where(col(table.account_id) == mine.id)))
        events = list(await session.exec(select(InboxEvent).where(col(InboxEvent.chat_key) == name)))
        found |= {event.commune_id for event in events}
        bodies = select(Body.commune_id).where(col(Body.id).in_([event.body_id for event in events]))
        return found | set(await session.exec(bodies))


async def test_asked_once_then_the_first_question_is_answered(
    meets: Meets, province: dict[str, Commune], database: Database
) -> None:
    person = await meets("ba-nam")
    question = await person.says("lam giay khai sinh cho con can gi")
    assert "ở xã, phường nào" in question.text and "Xã Bình An" in question.choices
    answer = await person.says("bình an")
    assert answer.topic == "tthc.dang-ky-khai-sinh"
    assert await everything_of(database, None, "ba-nam") == {province["31001"].id}
    again = await person.says("lệ phí bao nhiêu")
    assert again.topic == "tthc.dang-ky-khai-sinh" and "ở xã, phường nào" not in again.text


async def test_a_number_picks_and_two_of_one_name_are_told_apart(meets: Meets, province: dict[str, Commune]) -> None:
    person = await meets("ong-tu")
    await person.says("xin chào")
    which = await person.says("tan phu")
    assert which.choices[:2] == ("Phường Tân Phú", "Xã Tân Phú") and "Xã Bình An" not in which.choices
    greeted = await person.says("2")
    assert greeted.action not in ("clarify", None)


async def test_the_commune_in_the_question_is_enough(
    meets: Meets, province: dict[str, Commune], database: Database
) -> None:
    person = await meets("chi-ba")
    answer = await person.says("tôi ở xã Bình An, làm giấy khai sinh cho con cần gì")
    assert answer.topic == "tthc.dang-ky-khai-sinh"
    assert await everything_of(database, None, "chi-ba") == {province["31001"].id}


async def test_a_typo_is_understood_and_a_foreign_name_asked_again(meets: Meets, province: dict[str, Commune]) -> None:
    person = await meets("anh-sau")
    await person.says("mua bao hiem y te ho gia dinh o dau")
    again = await person.says("xa khong co that")
    assert "chưa thấy xã" in again.text
    assert (await person.says("binh ann")).topic is not None


async def test_danger_is_answered_before_anybody_is_asked(meets: Meets, province: dict[str, Commune]) -> None:
    person = await meets("em-bay")
    answer = await person.says("cháy nhà rồi cứu với")
    assert answer.action == "emergency" and "114" in answer.text


async def test_people_of_two_communes_stay_apart(
    meets: Meets, province: dict[str, Commune], database: Database
) -> None:
    here, there = await meets("ba-nam"), await meets("ong-tu")
    for person, name in ((here, "xã bình an"), (there, "phường tân phú")):
        await person.says("alo")
        await person.says(name)
        await person.says("đèn đường trước nhà tôi hỏng 3 tuần nay")
    assert await everything_of(database, None, "ba-nam") == {province["31001"].id}
    assert await everything_of(database, None, "ong-tu") == {province["31002"].id}
