"""The spine: one transaction per message; a surprise is counted, the third parks the event and apologises, once."""

from __future__ import annotations

import asyncio

import pytest
from sqlmodel import SQLModel, select

from bot.worker import Worker
from handlers import drafts, routing
from handlers.contract import Desk, Feature, Incoming, Reply
from knowledge.errors import NothingInForce
from storage.cases import Case
from storage.communes import ChannelAccount
from storage.database import Database
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from storage.questions import Question
from tests.conftest import THE_DAY, Citizen, MovableClock


async def rows(database: Database, table: type[SQLModel]) -> list[SQLModel]:
    async with database.reading() as session:
        return list(await session.exec(select(table)))


def everything_goes_to(monkeypatch: pytest.MonkeyPatch, feature: Feature) -> None:
    monkeypatch.setattr(routing, "choose", lambda _message, _talk: feature)


async def break_after_writing(_message: Incoming, desk: Desk) -> Reply:
    await drafts.keep(desk, kind="report", told="told")
    raise RuntimeError("a bug of ours")


async def refuse_after_writing(_message: Incoming, desk: Desk) -> Reply:
    await drafts.keep(desk, kind="report", told="told")
    desk.talk.draft_id = None
    raise NothingInForce("tthc.dang-ky-khai-sinh", THE_DAY)


async def test_a_domain_error_takes_the_features_writes_back_and_the_log_stands(
    monkeypatch: pytest.MonkeyPatch, citizen: Citizen, database: Database
) -> None:
    everything_goes_to(monkeypatch, Feature("broken", refuse_after_writing))
    heard = await citizen.says("hỏi gì đó")
    assert "không có quy định nào" in heard.text
    assert await rows(database, Case) == []
    (line,) = await rows(database, Question)
    assert isinstance(line, Question) and line.gap == "unanswered"


async def test_a_surprise_is_tried_three_times_then_parked_with_one_apology(
    monkeypatch: pytest.MonkeyPatch, citizen: Citizen, worker: Worker, database: Database, clock: MovableClock
) -> None:
    everything_goes_to(monkeypatch, Feature("broken", break_after_writing))
    await citizen.says("hỏi gì đó")
    for _ in range(5):
        clock.move(minutes=5)
        while await worker.work_one():
            pass
    (event,) = await rows(database, InboxEvent)
    assert isinstance(event, InboxEvent)
    assert (event.state, event.attempts, event.error) == ("parked", 3, "RuntimeError")
    assert await rows(database, Case) == [] and await rows(database, Question) == []
    (apology,) = await rows(database, OutboxMessage)
    assert isinstance(apology, OutboxMessage) and "em xin lỗi" in apology.text


async def test_after_a_parked_event_the_chat_goes_on(
    monkeypatch: pytest.MonkeyPatch, citizen: Citizen, worker: Worker, clock: MovableClock
) -> None:
    with monkeypatch.context() as broken:
        everything_goes_to(broken, Feature("broken", break_after_writing))
        await citizen.says("hỏi gì đó")
        for _ in range(3):
            clock.move(minutes=5)
            await worker.work_one()
    assert (await citizen.says("menu")).action == "menu"


async def test_the_same_event_twice_is_answered_once(
    worker: Worker, database: Database, terminal_account: ChannelAccount
) -> None:
    for _ in range(2):
        await worker.receive(terminal_account, event_key="1", chat_key="a", raw="menu")
        while await worker.work_one():
            pass
    answers = [row for row in await rows(database, OutboxMessage) if getattr(row, "action", None)]
    assert len(answers) == 1


async def test_who_waits_for_an_answer_is_woken(
    worker: Worker, terminal_account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.worker.POLL", 3_600.0)  # by the turn itself, not by the next look
    running = asyncio.create_task(worker.run())
    told: list[tuple[int, str]] = []
    worker.on_queued(lambda account, chat: told.append((account, chat)))
    event = await worker.receive(terminal_account, event_key="1", chat_key="a", raw="menu")
    assert await worker.settled(event.id or 0, timeout=10)
    assert (terminal_account.id, "a") in told
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_who_waits_for_nothing_gives_up(worker: Worker, terminal_account: ChannelAccount) -> None:
    event = await worker.receive(terminal_account, event_key="1", chat_key="a", raw="menu")
    assert not await worker.settled(event.id or 0, timeout=0.05)
