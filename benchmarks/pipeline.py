"""Durable in, answered, durable out, marked sent: `danhoi bench pipeline`.

One process on SQLite, two on PostgreSQL (its server on the same cores): messages come in beside each other, are stored,
answered by the real worker, sent on a channel that takes everything at once, and marked sent; then again at half of
that pace, for the time that one message takes. Beside it, in the same run on the same machine: the SQL of our own run
replayed without our logic, one insert and commit at a time, and an aiohttp handler that only says what it was told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from sqlalchemy import event, text
from sqlmodel import func, select

from bot import communes
from bot.admission import House
from bot.channels.terminal import Terminal
from bot.clock import Clock
from bot.delivery import Delivery
from bot.intake import Intake
from bot.ledger import Outlet
from bot.pipeline import Tools
from bot.worker import Worker
from knowledge.base import Knowledge
from storage.bodies import Vault
from storage.database import Database
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from tests.postgres import own

MESSAGES, QUICK_MESSAGES = 2_000, 200
AT_ONCE = 32  # messages that are under way
CHATS = 64  # of one process
RECORDED = 100  # messages whose SQL is replayed
KEY = bytes(range(32))
SAYINGS = ("lam giay khai sinh cho con can gi", "phí bao nhiêu", "menu", "1", "bhyt hộ nghèo được hưởng bao nhiêu")

Statement = tuple[str, Any]  # SQL and its parameters
Transaction = tuple[list[Statement], bool]  # and whether it only read


def measure(*, quick: bool = False) -> dict[str, float]:
    """Messages a second and milliseconds; each ratio is ours over the yardstick of the same run."""
    messages = QUICK_MESSAGES if quick else MESSAGES
    figures = asyncio.run(_measure(messages))
    for name, figure in figures.items():
        print(f"{name:>28} {figure:10.2f}")
    return figures


async def _measure(messages: int) -> dict[str, float]:
    figures: dict[str, float] = {"echo_per_s": await _echo(messages)}
    with tempfile.TemporaryDirectory(prefix="danhoi-bench-") as folder:
        figures |= await _engine("sqlite", f"sqlite:///{Path(folder) / 'danhoi.db'}", messages, processes=1)
        figures |= await _replayed(Path(folder))
        figures["sqlite_insert_per_s"] = await _inserts(f"sqlite:///{Path(folder) / 'danhoi.db'}", messages)
    figures["sqlite_ratio_to_sql"] = round(figures["sqlite_per_s"] / figures["sqlite_replayed_per_s"], 3)
    with own(careful=True) as (server, _folder):
        url = await server.make("danhoi")
        figures |= await _engine("postgresql", url, messages, processes=2)
        figures["postgresql_insert_per_s"] = await _inserts(url, messages)
    return figures


async def _engine(name: str, url: str, messages: int, *, processes: int) -> dict[str, float]:
    database = Database(url)
    await database.migrate()
    await communes.seed_sample(database, now=datetime.now(UTC))
    await _run(url, CHATS * processes, processes, pace=None)  # everybody has said hello
    after = await _last(database)
    await _run(url, messages, processes, pace=None)
    whole = await _read(database, after)
    after = await _last(database)
    await _run(url, max(messages // 2, 100), processes, pace=whole["per_s"] / 2)
    half = await _read(database, after)
    await database.close()
    return {
        f"{name}_per_s": whole["per_s"],
        f"{name}_p99_ms": whole["p99_ms"],
        f"{name}_half_pace_p50_ms": half["p50_ms"],
        f"{name}_half_pace_p99_ms": half["p99_ms"],
    }


async def _run(url: str, messages: int, processes: int, *, pace: float | None) -> None:
    each = messages // processes
    command = [sys.executable, "-m", "benchmarks.pipeline", "--url", url, "--messages", str(each)]
    command += ["--pace", str(pace / processes)] if pace else []
    started = [
        subprocess.Popen(  # noqa: ASYNC220
            [*command, "--name", f"{number}"],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(processes)
    ]
    for one in started:  # all have learnt what they answer with before the first message comes
        assert one.stdout is not None
        await asyncio.to_thread(one.stdout.readline)
    for one in started:
        assert one.stdin is not None
        one.stdin.write(b"\n")
        one.stdin.flush()
    codes = [await asyncio.to_thread(one.wait) for one in started]
    if any(codes):
        raise SystemExit("a process of the benchmark failed")


async def _last(database: Database) -> int:
    async with database.reading() as session:
        return (await session.exec(select(func.max(InboxEvent.id)))).one() or 0


async def _read(database: Database, after: int) -> dict[str, float]:
    """From the rows themselves: when each message was stored, and when its answer was marked sent."""
    wanted = (
        select(InboxEvent.received_at, OutboxMessage.sent_at)
        .join(OutboxMessage, OutboxMessage.event_id == InboxEvent.id)  # type: ignore[arg-type]
        .where(InboxEvent.id > after, OutboxMessage.action.is_not(None))  # type: ignore[operator, union-attr]
    )
    async with database.reading() as session:
        rows = (await session.exec(wanted)).all()
    assert rows and all(sent is not None for _came, sent in rows), "every message must be answered and sent"
    times = sorted((sent - came).total_seconds() * 1000 for came, sent in rows if sent is not None)
    whole = (max(sent for _came, sent in rows if sent is not None) - min(came for came, _sent in rows)).total_seconds()
    return {
        "per_s": round(len(rows) / whole, 1),
        "p50_ms": round(times[len(times) // 2], 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
    }


class Bench:
    """One process: brings messages in, answers whatever waits, sends."""

    def __init__(self, database: Database, knowledge: Knowledge, account: Any) -> None:
        """`account`: the terminal's, which is sent to without limits."""
        clock, vault, channel = Clock(), Vault(KEY), Terminal(lambda _text: None)
        self.database, self.account = database, account
        self.worker = Worker(database, vault, clock, {"terminal": channel})
        self.worker.tools = Tools(vault, knowledge, clock, House())
        self.delivery = Delivery(database, vault, clock, {account.id: Outlet(account, channel)}, in_flight=AT_ONCE)
        self.worker.on_queued(self.delivery.queued)
        self.intake = Intake(database, vault, clock, self.worker.wake)

    async def bring(self, name: str, messages: int, *, pace: float | None) -> None:
        """So many messages, `pace` a second, or as fast as they are answered."""
        began, brought, tasks = time.perf_counter(), 0, set[asyncio.Task[bool]]()
        while brought < messages:
            if pace is not None:
                await asyncio.sleep(max(0.0, began + brought / pace - time.perf_counter()))
                room = 1
            else:
                room = min(messages - brought, AT_ONCE - await self._under_way())
                if room <= 0:
                    await asyncio.sleep(0.02)
            for number in range(brought, brought + room):
                tasks.add(asyncio.create_task(self._bring_one(name, number)))
            brought += max(0, room)
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        while await self._under_way():  # noqa: ASYNC110  another process may work on it
            await asyncio.sleep(0.05)

    async def _bring_one(self, name: str, number: int) -> bool:
        return await self.intake.accept(
            self.account,
            event_key=f"{name}-{time.time_ns()}-{number}",
            chat_key=f"{name}-{number % CHATS}",
            raw=SAYINGS[(number // CHATS) % len(SAYINGS)],
        )

    async def _under_way(self) -> int:
        async with self.database.reading() as session:
            waits = "SELECT (SELECT count(*) FROM inboxevent WHERE state = 'waiting')"
            flies = "(SELECT count(*) FROM outboxmessage WHERE state IN ('queued', 'sending'))"
            return int((await (await session.connection()).execute(text(f"{waits} + {flies}"))).scalar_one())


@asynccontextmanager
async def benching(url: str) -> AsyncIterator[Bench]:
    """One process's part of the run, with its loops."""
    knowledge = await asyncio.to_thread(Knowledge.load, today=Clock().today())
    knowledge.places.mentions("xã Đại Tâm, Mỹ Xuyên")
    database = Database(url)
    commune = await communes.only(database)
    assert commune is not None
    bench = Bench(database, knowledge, await communes.account_of(database, commune, "terminal"))
    tasks = [asyncio.create_task(one) for one in (bench.worker.run(), bench.delivery.run())]
    try:
        yield bench
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await database.close()


async def _replayed(folder: Path) -> dict[str, float]:
    """The SQL of a few messages, recorded, then run again on the same rows as they were before, without our logic."""
    import sqlite3

    source, before = folder / "danhoi.db", folder / "before.db"
    with sqlite3.connect(source) as mine, sqlite3.connect(before) as copy:
        mine.backup(copy)
    async with benching(f"sqlite:///{source}") as bench:
        transactions = _recording(bench.database)
        await bench.bring("ghi", RECORDED, pace=None)
        recorded = [one for one in transactions if not _is_ours(one)]
    database = Database(f"sqlite:///{before}")
    began = time.perf_counter()
    for statements, reads in recorded:
        engine = database._readers if reads else database.engine
        async with engine.begin() as connection:
            for sql, parameters in statements:
                await connection.exec_driver_sql(sql, _given(parameters) or None)
    took = time.perf_counter() - began
    await database.close()
    return {
        "sqlite_replayed_per_s": round(RECORDED / took, 1),
        "statements_per_message": round(sum(len(one) for one, _reads in recorded) / RECORDED, 1),
    }


def _given(parameters: Any) -> Any:
    """As the driver took them: one set, or many; many rows of one INSERT come as one flat set."""
    if parameters and isinstance(parameters[0], tuple | list):
        return [tuple(each) for each in parameters]
    return tuple(parameters)


def _is_ours(transaction: Transaction) -> bool:
    """The benchmark's own look at what is under way is no part of the product."""
    return any("SELECT (SELECT count(*)" in sql for sql, _parameters in transaction[0])


def _recording(database: Database) -> list[Transaction]:
    """Whole transactions, in the order in which they ended."""
    done: list[Transaction] = []
    open_ones: dict[int, list[Statement]] = {}
    engine = database.engine.sync_engine

    def ran(connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            open_ones.setdefault(id(connection.connection.dbapi_connection), []).append((sql, parameters))

    def ended(connection: Any) -> None:
        reads = bool(connection.get_execution_options().get("danhoi_read_only"))
        if statements := open_ones.pop(id(connection.connection.dbapi_connection), []):
            done.append((statements, reads))

    event.listen(engine, "before_cursor_execute", ran)
    event.listen(engine, "commit", ended)
    event.listen(engine, "rollback", ended)
    return done


async def _inserts(url: str, messages: int) -> float:
    """One row and a commit, one after the other."""
    database = Database(url)
    async with database.writing() as session:
        await (await session.connection()).execute(text("CREATE TABLE bench_row (words VARCHAR)"))
    began = time.perf_counter()
    for _ in range(messages):
        async with database.writing(beside=True) as session:
            row = text("INSERT INTO bench_row (words) VALUES (:words)")
            await (await session.connection()).execute(row, {"words": SAYINGS[0]})
    took = time.perf_counter() - began
    await database.close()
    return round(messages / took, 1)


async def _echo(messages: int) -> float:
    """The same number of posts to a handler that says what it was told, as many at once."""

    async def say(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application()
    app.router.add_post("/", say)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]

    async def post(session: aiohttp.ClientSession, numbers: Sequence[int]) -> None:
        for number in numbers:
            async with session.post(f"http://127.0.0.1:{port}/", data=SAYINGS[number % len(SAYINGS)]) as answer:
                await answer.read()

    began = time.perf_counter()
    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(post(session, range(one, messages, AT_ONCE)) for one in range(AT_ONCE)))
    took = time.perf_counter() - began
    await runner.cleanup()
    return round(messages / took, 1)


async def _part(url: str, name: str, messages: int, pace: float | None) -> None:
    async with benching(url) as bench:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        await bench.bring(name, messages, pace=pace)


def main() -> None:
    """One process of the run: `measure` starts these."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--name", default="0")
    parser.add_argument("--messages", type=int, default=QUICK_MESSAGES)
    parser.add_argument("--pace", type=float, default=None)
    wanted = parser.parse_args()
    if wanted.url:
        asyncio.run(_part(wanted.url, wanted.name, wanted.messages, wanted.pace))
    else:
        print(json.dumps({"bench": "pipeline", "figures": measure(quick=True)}))


if __name__ == "__main__":
    main()
