"""Two replicas in one process, each with its own database engine, worker and pages: what one does the other hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.assembly import Parts
from bot.clock import Clock
from bot.leases import LEASE, Lease
from bot.replicas import Replicas
from bot.scheduler import Job, Scheduler
from bot.web import application
from bot.webchat.hub import Hub
from bot.worker import Worker
from handlers.price_book import names_priced_street
from storage import jobs, prices
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.wire import Wire
from tests.bot.conftest import Visitor
from tests.bot.running import eventually
from tests.bot.streams import QUESTION, Stream, events_of, is_about_births, queue
from tests.conftest import NINE_O_CLOCK, MovableClock


@pytest.fixture
async def other(parts: Parts, database_url: str) -> AsyncIterator[Parts]:
    """A second replica: its worker does nothing, so that whatever is answered was answered by the first."""
    database = Database(database_url)
    worker = Worker(database, parts.vault, parts.clock, parts.worker._channels)
    yield replace(parts, database=database, worker=worker, hub=Hub(), connections=parts.connections)
    await database.close()


@pytest.fixture
async def linked(parts: Parts, other: Parts) -> AsyncIterator[tuple[Replicas, Replicas]]:
    """Both hear each other, and the first answers."""
    both = Replicas(parts), Replicas(other)
    tasks = [asyncio.create_task(run) for run in (*(one.run() for one in both), parts.worker.run())]
    await eventually(lambda: all(one._wire.is_up for one in both))
    yield both
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def visitor(
    linked: tuple[Replicas, Replicas], other: Parts, commune: Commune, webchat_account: ChannelAccount
) -> AsyncIterator[Visitor]:
    """Somebody whom the load balancer brought to the second replica."""
    server = TestServer(application(other))
    await server.start_server()
    client: TestClient[object, object] = TestClient(server)
    visitor = Visitor(client, commune.code)
    await visitor.opens()
    yield visitor
    await client.session.close()
    await server.close()


@pytest.fixture(autouse=True)
def _nobody_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and those who wait for an answer look only when they are told; the worker still finds what waits."""
    monkeypatch.setattr("bot.webchat.routes.HEARTBEAT", 600.0)


async def test_what_one_replica_stored_another_answers_and_the_first_says_it(visitor: Visitor) -> None:
    said = await visitor.says(QUESTION)
    assert is_about_births(said["messages"][-1])


async def test_a_page_hears_what_another_replica_queued(
    visitor: Visitor, parts: Parts, other: Parts, webchat_account: ChannelAccount
) -> None:
    known = (await visitor.says(QUESTION))["messages"][-1]["id"]
    [event] = await events_of(other, webchat_account, visitor)
    async with visitor.client.get(f"{visitor.page}/events?after={known}") as response:
        await response.content.readline()
        await eventually(lambda: len(other.hub) == 1)
        first = await queue(parts, event, "Xã đã sửa đèn.")
        assert (await Stream(response).message())["id"] == first


async def test_a_chat_that_was_ended_elsewhere_is_cleared_here(visitor: Visitor, parts: Parts, other: Parts) -> None:
    await visitor.says(QUESTION)
    async with visitor.client.get(f"{visitor.page}/events?after=999") as response:
        await response.content.readline()
        await eventually(lambda: len(other.hub) == 1)
        [(_account, chat_key)] = other.hub._listeners
        parts.hub.end(chat_key)
        assert (await Stream(response).event())["event"] == "ended"


async def test_a_line_that_was_cut_is_laid_anew_and_nobody_misses_anything(
    linked: tuple[Replicas, Replicas], visitor: Visitor, parts: Parts, other: Parts, webchat_account: ChannelAccount
) -> None:
    known = (await visitor.says(QUESTION))["messages"][-1]["id"]
    [event] = await events_of(other, webchat_account, visitor)
    async with visitor.client.get(f"{visitor.page}/events?after={known}") as response:
        await response.content.readline()
        await eventually(lambda: len(other.hub) == 1)
        async with parts.database.writing(beside=True) as session:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'danhoi wire'"
            await (await session.connection()).execute(text(f"{cut} AND datname = current_database()"))
        await eventually(lambda: not any(one._wire.is_up for one in linked))
        first = await queue(parts, event, "Xã đã sửa đèn.")
        assert (await Stream(response).message())["id"] == first
    await eventually(lambda: all(one._wire.is_up for one in linked))


async def test_words_of_a_newer_release_are_passed_over(linked: tuple[Replicas, Replicas], parts: Parts) -> None:
    heard: list[str] = []
    wire = Wire(parts.database)
    listening = asyncio.create_task(wire.run(heard.append, lambda: None))
    await eventually(lambda: wire.is_up)
    linked[0]._wire.say("something new")
    await eventually(lambda: heard == ["something new"])
    assert linked[1]._wire.is_up
    listening.cancel()


async def test_price_tables_that_another_replica_took_in_are_known_here(
    parts: Parts, other: Parts, commune: Commune
) -> None:
    await other.open_books()
    street = "giá đất đường Đội Cấn"
    assert names_priced_street(street, commune.id or 0)
    async with parts.database.writing(commune_id=commune.id) as session:
        for table in await prices.tables(session, commune_id=commune.id or 0):
            table.state = "replaced"
            session.add(table)
    await other.open_books()
    assert not names_priced_street(street, commune.id or 0)


async def test_a_platform_is_polled_by_one_replica_and_the_next_takes_over(
    database: Database, clock: MovableClock
) -> None:
    first, second = (Lease(database, clock, holder, "poll 7") for holder in ("a", "b"))
    assert await first.held() and not await second.held() and await first.held()
    clock.move(seconds=int(LEASE.total_seconds()) - 1)
    assert not await second.held()
    clock.move(seconds=2)
    assert await second.held() and not await first.held(), "the first one was silent for too long"
    await second.give_back()
    assert await first.held()


async def test_a_job_that_another_took_over_is_not_called_done(database: Database, clock: MovableClock) -> None:
    ran: list[str] = []

    async def slow(_database: Database, _clock: Clock) -> None:
        clock.move(minutes=4)  # this replica stood still, and its lease ran out
        async with database.writing(beside=True) as session:
            assert await jobs.take(session, name="slow", holder="b", now=clock.now(), lease=timedelta(minutes=3))
        ran.append("a")

    first = Scheduler(database, clock, (Job("slow", timedelta(hours=1), slow),))
    assert await first.run_due() == ["slow"] and ran == ["a"]
    async with database.reading() as session:
        kept = await session.get_one(jobs.Job, "slow")
    assert kept.holder == "b" and kept.leased_until == NINE_O_CLOCK + timedelta(minutes=7) and kept.ran_at is None


async def test_each_job_runs_once_however_many_replicas_look(
    database: Database, database_url: str, clock: MovableClock
) -> None:
    ran: list[int] = []

    async def count(_database: Database, _clock: Clock) -> None:
        ran.append(1)
        await asyncio.sleep(0.05)

    databases = [Database(database_url) for _ in range(4)]
    schedulers = [Scheduler(one, clock, (Job("count", timedelta(hours=1), count),)) for one in databases]
    for _ in range(2):
        await asyncio.gather(*(one.run_due() for one in schedulers))
    assert ran == [1]
    clock.move(hours=2)
    await asyncio.gather(*(one.run_due() for one in schedulers))
    assert ran == [1, 1]
    for one in databases:
        await one.close()
