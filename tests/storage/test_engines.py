"""PostgreSQL keeps what our code expects of one writer: alone in a commune, in order, whole views, one migration."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import NoDatabase
from bot.opening import bring_up
from bot.worker import Worker
from storage import engines, inbox, jobs
from storage.bodies import Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.inbox import InboxEvent
from tests.conftest import NINE_O_CLOCK, THE_DAY
from tests.postgres import Server

SOON = 0.2  # seconds in which whoever may go on does


@pytest.fixture
async def other(database_url: str) -> Database:
    """A second process's view of the same database."""
    return Database(database_url)


async def add_one(database: Database, commune: Commune) -> None:
    """Read, wait a moment, write: what loses updates where two do it at once."""
    async with database.writing(commune_id=commune.id) as session:
        row = await session.get_one(Commune, commune.id)
        await asyncio.sleep(0.001)
        row.answer_days += 1
        session.add(row)


async def test_two_processes_that_read_and_then_write_lose_no_update(
    database: Database, other: Database, commune: Commune
) -> None:
    await asyncio.gather(*(add_one(one, commune) for one in (database, other) for _ in range(10)))
    async with database.reading() as session:
        assert (await session.get_one(Commune, commune.id)).answer_days == commune.answer_days + 20
    await other.close()


async def test_a_reader_sees_one_state_all_along(database: Database, other: Database, commune: Commune) -> None:
    async with database.reading() as session:
        before = list(await session.exec(select(Commune.answer_days)))
        await add_one(other, commune)
        assert list(await session.exec(select(Commune.answer_days))) == before
    await other.close()


async def test_who_writes_alone_waits_for_turns_of_that_commune_only(
    on_server: Server | None, database: Database, other: Database, commune: Commune
) -> None:
    if on_server is None:
        return  # one writer at a time, whatever it writes: proven in test_database
    async with database.turn() as session:
        await engines.write_beside(session, commune_id=commune.id or 0)
        async with other.turn() as second:
            await engines.write_beside(second, commune_id=commune.id or 0)
        async with other.writing(commune_id=(commune.id or 0) + 1):
            pass
        async with other.writing(beside=True):
            pass
        for alone in (commune.id, None):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(SOON), other.writing(commune_id=alone):
                    raise AssertionError("it did not wait")
    async with other.writing(commune_id=commune.id):
        pass
    await other.close()


async def test_a_turn_that_met_another_writer_is_taken_back_whole(
    on_server: Server | None, database: Database, other: Database, commune: Commune
) -> None:
    if on_server is None:
        return  # they cannot meet
    with pytest.raises(DBAPIError) as met:
        async with database.turn() as session:
            row = await session.get_one(Commune, commune.id)
            async with other.writing(beside=True) as second:
                await second.exec(text("UPDATE commune SET answer_days = answer_days + 1"))  # type: ignore[call-overload]
            row.answer_days = 99
            session.add(row)
    assert engines.is_conflict(met.value)
    async with database.reading() as session:
        assert (await session.get_one(Commune, commune.id)).answer_days == commune.answer_days + 1
    await other.close()


async def test_two_processes_share_the_chats_and_keep_each_in_order(
    on_server: Server | None, database: Database, other: Database, vault: Vault, terminal_account: ChannelAccount
) -> None:
    if on_server is None:
        return
    async with database.writing() as session:
        for chat, key in (("a", "a1"), ("a", "a2"), ("b", "b1")):
            await inbox.store(
                session,
                vault,
                commune_id=terminal_account.commune_id,
                channel_account_id=terminal_account.id or 0,
                event_key=key,
                chat_key=chat,
                raw="alo",
                at=NINE_O_CLOCK,
            )
    async with database.turn() as mine, other.turn() as theirs:
        first = await inbox.claim(mine, now=NINE_O_CLOCK)
        second = await inbox.claim(theirs, now=NINE_O_CLOCK)
        assert first is not None and second is not None
        assert (first.event_key, second.event_key) == ("a1", "b1"), "a2 waits for a1, wherever that is worked"
        async with Database(database.url).turn() as third:
            assert await inbox.claim(third, now=NINE_O_CLOCK) is None
        await inbox.finish(mine, first, now=NINE_O_CLOCK)
    async with other.turn() as session:
        following = await inbox.claim(session, now=NINE_O_CLOCK)
    assert following is not None and following.event_key == "a2"
    await other.close()


async def test_a_failure_counted_late_does_not_park_what_was_answered(
    database: Database, vault: Vault, terminal_account: ChannelAccount
) -> None:
    async with database.writing() as session:
        event, _fresh = await inbox.store(
            session,
            vault,
            commune_id=terminal_account.commune_id,
            channel_account_id=terminal_account.id or 0,
            event_key="1",
            chat_key="a",
            raw="alo",
            at=NINE_O_CLOCK,
        )
        event.attempts = inbox.MOST_ATTEMPTS - 1
        await inbox.finish(session, event, now=NINE_O_CLOCK)
    async with database.writing() as session:
        _event, is_parked = await inbox.fail(session, event_id=event.id or 0, now=NINE_O_CLOCK, error="Fault")
    async with database.reading() as session:
        kept = await session.get_one(InboxEvent, event.id)
    assert not is_parked and (kept.state, kept.error) == ("done", None)


async def test_a_job_is_taken_by_one_of_many_even_the_first_time(database: Database, other: Database) -> None:
    async def take(one: Database) -> bool:
        async with one.writing(beside=True) as session:
            return await jobs.take(session, name="tidy", holder="a", now=NINE_O_CLOCK, lease=timedelta(minutes=10))

    assert sorted(await asyncio.gather(*(take(one) for one in (database, other, database, other)))) == [False] * 3 + [
        True
    ]
    await other.close()


async def test_replicas_that_start_together_migrate_once(on_server: Server | None) -> None:
    if on_server is None:
        return  # one process
    url = await on_server.make("danhoi_moi")
    replicas = [Database(url) for _ in range(3)]
    await asyncio.gather(*(one.migrate() for one in replicas))
    async with replicas[0].writing() as session:
        session.add(Commune(code="moi", name="Xã Mới", checked_on=THE_DAY, created_at=NINE_O_CLOCK))
    for one in replicas:
        await one.close()
    await on_server.drop("danhoi_moi")


async def test_a_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    missing = Database(f"postgresql://dan:mat-khau@/hoi?host={tmp_path}")
    with pytest.raises(NoDatabase) as refused:
        await bring_up(missing)
    assert "DANHOI_DATABASE_URL" in str(refused.value) and "mat-khau" not in str(refused.value)


async def test_a_database_that_is_not_there_is_named(on_server: Server | None) -> None:
    if on_server is None:
        return  # a file is made
    with pytest.raises(NoDatabase, match="khong_co"):
        await bring_up(Database(on_server.at("khong_co")))


@pytest.mark.parametrize("url", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+psycopg://a@b/c"])
def test_whatever_driver_is_named_ours_is_used(url: str) -> None:
    assert engines.url_of(url).drivername == "postgresql+asyncpg"


async def test_a_turn_whose_line_was_cut_is_no_failure_of_the_event(
    on_server: Server | None, database: Database, worker: Worker, vault: Vault, terminal_account: ChannelAccount
) -> None:
    if on_server is None:
        return  # there is no line
    event = await worker.receive(terminal_account, event_key="1", chat_key="a", raw="alo")

    async def cut(session: AsyncSession, *_rest: object, **_more: object) -> None:
        ends = "SELECT pg_terminate_backend(pg_backend_pid())"
        await (await session.connection()).execute(text(ends))

    with pytest.MonkeyPatch.context() as patch, pytest.raises(DBAPIError):
        patch.setattr("bot.pipeline.work", cut)
        await worker.work_one()
    async with database.reading() as session:
        kept = await session.get_one(InboxEvent, event.id)
    assert (kept.state, kept.attempts) == ("waiting", 0)
    assert await worker.work_one() and not await worker.work_one()
