"""Row 12 and row 94 on an outside channel: bursts are one question, floods are slowed, danger always passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.admission import House
from bot.channels.base import Received
from bot.intake import Intake
from bot.worker import Worker
from storage.communes import ChannelAccount
from storage.database import Database
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from tests.conftest import MovableClock

PAUSE = timedelta(seconds=2)


class Outside:
    """A channel whose events are the words themselves."""

    name = "terminal"
    greets = True
    foreign = False
    outside = True

    def read(self, raw: str) -> Received | None:
        return Received(raw) if raw != "sticker" else None


class Somebody:
    """Writes without waiting for answers."""

    def __init__(self, worker: Worker, database: Database, account: ChannelAccount, clock: MovableClock) -> None:
        self._worker, self._database, self._account, self._clock = worker, database, account, clock
        self._written = 0

    async def writes(self, *messages: str, apart: timedelta = timedelta(0)) -> None:
        for text in messages:
            self._written += 1
            await self._worker.receive(self._account, event_key=str(self._written), chat_key="a", raw=text)
            self._clock.move(milliseconds=int(apart.total_seconds() * 1000))
            await self.work()

    async def work(self) -> None:
        while await self._worker.work_one():
            pass

    async def waits(self, pause: timedelta = PAUSE) -> None:
        self._clock.move(milliseconds=int(pause.total_seconds() * 1000))
        await self.work()

    async def answers(self) -> list[OutboxMessage]:
        async with self._database.reading() as session:
            return list(await session.exec(select(OutboxMessage).order_by(OutboxMessage.id)))  # type: ignore[arg-type]

    async def states(self) -> list[str]:
        async with self._database.reading() as session:
            return list(await session.exec(select(InboxEvent.state).order_by(InboxEvent.id)))  # type: ignore[arg-type]


@pytest.fixture
def somebody(worker: Worker, database: Database, terminal_account: ChannelAccount, clock: MovableClock) -> Somebody:
    assert worker.tools is not None
    worker.tools = replace(worker.tools, house=House(per_minute=10, burst=PAUSE))
    worker._channels = {"terminal": Outside()}
    return Somebody(worker, database, terminal_account, clock)


async def test_pieces_are_one_question_answered_once(somebody: Somebody) -> None:
    await somebody.writes(
        "cho em hỏi", "đăng ký khai sinh cho con", "cần giấy tờ gì", apart=timedelta(milliseconds=500)
    )
    assert await somebody.answers() == []
    await somebody.waits()
    [answer] = await somebody.answers()
    assert answer.topic == "tthc.dang-ky-khai-sinh"
    assert await somebody.states() == ["joined", "joined", "done"]


async def test_the_words_of_all_pieces_are_kept(somebody: Somebody, database: Database, worker: Worker) -> None:
    await somebody.writes("đèn đường trước nhà em", "hỏng 3 tuần nay rồi", apart=timedelta(milliseconds=500))
    await somebody.waits()
    [answer] = await somebody.answers()
    assert answer.action == "report" and answer.quotes_body_id is not None
    async with database.reading() as session:
        bodies = await worker._vault.read(session, commune_id=answer.commune_id, body_ids=[answer.quotes_body_id])
    assert "đèn đường trước nhà em" in bodies[answer.quotes_body_id]
    assert "hỏng 3 tuần nay rồi" in bodies[answer.quotes_body_id]


async def test_what_comes_after_the_pause_is_another_question(somebody: Somebody) -> None:
    await somebody.writes("menu gì đó")
    await somebody.waits()
    await somebody.writes("lam giay khai sinh can gi")
    await somebody.waits()
    assert await somebody.states() == ["done", "done"]


async def test_a_number_a_command_and_a_long_message_do_not_wait(somebody: Somebody) -> None:
    await somebody.writes("thôi")
    await somebody.writes("1")
    await somebody.writes("cho em hỏi thủ tục đăng ký khai sinh cho con mới sinh thì cần những giấy tờ gì ạ")
    assert await somebody.states() == ["done", "done", "done"]


async def test_a_number_after_words_is_not_swallowed(somebody: Somebody) -> None:
    await somebody.writes("lam giay khai sinh", "1")
    await somebody.waits()
    assert await somebody.states() == ["done", "done"]


async def test_danger_does_not_wait(somebody: Somebody) -> None:
    await somebody.writes("chay nha roi", "cuu voi")
    first = (await somebody.answers())[0]
    assert first.action == "emergency"


async def test_danger_told_second_does_not_wait_either(
    somebody: Somebody, worker: Worker, database: Database, terminal_account: ChannelAccount, clock: MovableClock
) -> None:
    await somebody.writes("alo em oi")
    assert await somebody.answers() == []
    intake = Intake(database, worker._vault, clock, worker.wake)
    clock.move(milliseconds=500)
    assert await intake.accept(terminal_account, event_key="99", chat_key="a", raw="cháy nhà rồi cứu với")
    await somebody.work()
    assert (await somebody.answers())[0].action == "emergency"


async def test_a_flood_is_answered_once_and_danger_always(somebody: Somebody) -> None:
    await somebody.writes(*("thôi" for _ in range(14)))
    answers = await somebody.answers()
    assert len(answers) == 11 and "nhắn nhanh quá" in answers[-1].text
    assert (await somebody.states())[11:] == ["ignored"] * 3
    await somebody.writes("cháy nhà rồi cứu với")
    assert (await somebody.answers())[-1].action == "emergency"
    await somebody.waits(timedelta(minutes=2))
    await somebody.writes("thôi")
    assert (await somebody.answers())[-1].action not in (None, "emergency")


async def test_an_answer_that_comes_very_late_begins_with_an_apology(somebody: Somebody, worker: Worker) -> None:
    tools, worker.tools = worker.tools, None
    event = await worker.receive(somebody._account, event_key="x", chat_key="b", raw="thôi")
    assert event.state == "waiting"
    somebody._clock.move(minutes=16)
    worker.tools = tools
    await somebody.work()
    assert (await somebody.answers())[-1].text.startswith("Dạ, em xin lỗi vì trả lời chậm")
