"""Notices at a size: `danhoi bench notices`.

Rows of a turn made for a million people, in chunks, while another task of the process stores events as webhooks do
(the bar: all rows in under 20 s, each event stored within 2 s). Then the sender with its pace lifted, to a platform of
this process that takes everything at once (the bar: 300 messages a second), while citizens' replies go first (the
bar: p95 under 1 s); and at 30 messages a second, how much of a core it uses (the bar: 20 %).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import communes as tenants
from bot.channels.base import Limits, Outgoing, Received
from bot.clock import Clock
from bot.delivery import Delivery as Line
from bot.ledger import Outlet
from bot.notice_sender import NoticeSender
from handlers import notice_turns, notice_words
from storage import inbox, notices, outbox
from storage.bodies import Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.notice_reach import Way
from storage.notices import Notice
from storage.outbox import OutboxMessage

PEOPLE, QUICK_PEOPLE = 1_000_000, 100_000
SENT, QUICK_SENT = 3_000, 1_000
SLOW_SECONDS, QUICK_SLOW_SECONDS = 20, 5
SLOW = 30.0  # messages a second
AT_WORK = "2026-11-23T09:00:00+07:00"
FACTS = {
    "title": "Ngừng điện để thay trạm biến áp", "place": "Ấp Đông", "starts": "2026-11-24T07:30:00+07:00", "ends": "",
    "contact": "Điện lực (số mẫu)", "details": "",
}  # fmt: skip


def measure(*, quick: bool = False) -> dict[str, float]:
    """The table for people is printed; times are in seconds."""
    data = Path(tempfile.mkdtemp(prefix="danhoi-notices-"))
    try:
        figures = asyncio.run(_measure(data, quick=quick))
    finally:
        shutil.rmtree(data, ignore_errors=True)
    for name, figure in figures.items():
        print(f"{name:>26} {figure:12.3f}")
    return figures


class _Platform:
    """Takes everything at once. `per_second` None: no pace."""

    name = "zalo_oa"
    greets = foreign = outside = False

    def __init__(self, per_second: float | None) -> None:
        self.limits, self.sent = Limits(text=1_800, per_second=per_second), 0

    def read(self, raw: str) -> Received:
        return Received(raw)

    async def send(self, _chat_key: str, _message: Outgoing) -> None:
        self.sent += 1


class _Ways:
    """One channel account, without limits."""

    def __init__(self, way: Way) -> None:
        self._way = way

    async def of(self, _commune: Commune) -> list[Way]:
        return [self._way]

    def bounds(self, _channel: str) -> Any:
        from bot.notice_ways import Bounds

        return Bounds()

    def text(self, notice: Notice, commune: Commune, _channel: str) -> str:
        return notice_words.message(notice, commune, most=None)


async def _measure(data: Path, *, quick: bool) -> dict[str, float]:
    clock, vault = Clock.reading(AT_WORK), Vault(bytes(range(32)))
    database = Database(f"sqlite+aiosqlite:///{data / 'danhoi.db'}")
    await database.migrate()
    commune = await tenants.seed_sample(database, now=clock.now())
    async with database.writing() as session:
        account = ChannelAccount(commune_id=commune.id or 0, channel="zalo_oa", external_id="oa-do")
        session.add(account)
    people, sent = (QUICK_PEOPLE, QUICK_SENT) if quick else (PEOPLE, SENT)
    _fill(data, commune.id or 0, account.id or 0, people)
    way = Way(account.id or 0, "zalo_oa", 0)
    figures = {"people": float(people)}
    figures |= await _rows(database, vault, clock, commune, account, way)
    figures |= await _lifted(database, vault, clock, commune, account, way, sent)
    figures |= await _slow(database, vault, clock, account, QUICK_SLOW_SECONDS if quick else SLOW_SECONDS)
    await database.close()
    return figures


def _fill(data: Path, commune: int, account: int, people: int) -> None:
    with sqlite3.connect(data / "danhoi.db") as connection:
        first = connection.execute("SELECT coalesce(max(id), 0) FROM citizen").fetchone()[0] + 1
        ids = range(first, first + people)
        connection.executemany("INSERT INTO citizen (id, commune_id) VALUES (?, ?)", ((n, commune) for n in ids))
        connection.executemany(
            "INSERT INTO account (commune_id, citizen_id, channel_account_id, chat_key) VALUES (?, ?, ?, ?)",
            ((commune, n, account, f"chat-{n}") for n in ids),
        )


async def _rows(
    database: Database, vault: Vault, clock: Clock, commune: Commune, account: ChannelAccount, way: Way
) -> dict[str, float]:
    notice = await _notice(database, clock, commune)
    waits: list[float] = []
    storing = asyncio.create_task(_webhooks(database, vault, account, waits))
    began = time.monotonic()
    more = True
    while more:
        async with database.writing() as session:
            here = await notices.locked(session, commune_id=commune.id or 0, notice_id=notice.id or 0)
            assert here is not None
            more = await notice_turns.make_rows(session, here, [way], now=clock.now())
    took = time.monotonic() - began
    storing.cancel()
    async with database.writing() as session:
        here = await notices.locked(session, commune_id=commune.id or 0, notice_id=notice.id or 0)
        assert here is not None
        here.state, here.ended_at = "done", clock.now()
        session.add(here)
    return {
        "rows_seconds": round(took, 2),
        "webhooks_meanwhile": float(len(waits)),
        "webhook_worst_seconds": round(max(waits, default=0.0), 3),
    }


async def _webhooks(database: Database, vault: Vault, account: ChannelAccount, waits: list[float]) -> None:
    """Events are stored before all who wait, as the webhook's door does."""
    number = 0
    while True:
        began, number = time.monotonic(), number + 1
        async with database.writing(first=True) as session:
            await inbox.store(
                session,
                vault,
                commune_id=account.commune_id,
                channel_account_id=account.id or 0,
                event_key=f"e-{number}",
                chat_key="ai-do",
                raw="alo",
                at=datetime.now(UTC),
            )
        waits.append(time.monotonic() - began)
        await asyncio.sleep(0.05)


async def _lifted(
    database: Database, vault: Vault, clock: Clock, commune: Commune, account: ChannelAccount, way: Way, sent: int
) -> dict[str, float]:
    """As fast as it goes, and what a reply waits meanwhile."""
    notice = await _notice(database, clock, commune)
    platform = _Platform(None)
    line = Line(database, vault, clock, {account.id or 0: Outlet(account, platform)})
    sender = NoticeSender(database, clock, _Ways(way), line.queued)  # type: ignore[arg-type]
    for _ in range(2):
        await sender.work()
    work = [asyncio.create_task(line.run()), asyncio.create_task(sender.run())]
    began, waited = time.monotonic(), []
    try:
        while platform.sent < sent:
            waited.append(await _reply(database, clock, account, line))
            await asyncio.sleep(0.2)
        took = time.monotonic() - began
        async with database.writing() as session:
            here = await notices.locked(session, commune_id=commune.id or 0, notice_id=notice.id or 0)
            assert here is not None
            here.state, here.ended_at = "cancelled", clock.now()
            session.add(here)
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    return {
        "lifted_per_second": round(platform.sent / took, 1),
        "reply_p95_seconds": round(sorted(waited)[int(len(waited) * 0.95) - 1] if waited else 0.0, 3),
    }


async def _reply(database: Database, clock: Clock, account: ChannelAccount, line: Line) -> float:
    """From the commit of a citizen's answer until it is sent."""
    began = time.monotonic()
    async with database.writing() as session:
        message = OutboxMessage(
            commune_id=account.commune_id,
            account_id=1,
            channel_account_id=account.id or 0,
            chat_key="chat-1",
            text="Dạ.",
            not_before=clock.now(),
            created_at=clock.now(),
        )
        await outbox.put(session, message)
    line.queued(account.id or 0, "chat-1")
    while True:
        async with database.reading() as session:
            row = await session.get_one(OutboxMessage, message.id)
            if row.state == "sent":
                return time.monotonic() - began
        await asyncio.sleep(0.02)


async def _slow(
    database: Database, vault: Vault, clock: Clock, account: ChannelAccount, seconds: int
) -> dict[str, float]:
    """The share of one core that 30 messages a second take; what waits in the outbox is what the turn left there."""
    async with database.writing() as session:
        for number in range(int(SLOW * seconds)):
            session.add(
                OutboxMessage(
                    commune_id=account.commune_id,
                    account_id=number + 2,
                    channel_account_id=account.id or 0,
                    chat_key=f"chat-{number + 2}",
                    text="Thông báo",
                    bulk=True,
                    not_before=clock.now(),
                    created_at=clock.now(),
                )
            )
    platform = _Platform(SLOW)
    line = Line(database, vault, clock, {account.id or 0: Outlet(account, platform)})
    work = asyncio.create_task(line.run())
    used, began = os.times(), time.monotonic()
    await asyncio.sleep(seconds)
    spent = os.times()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    busy = (spent.user - used.user) + (spent.system - used.system)
    took = time.monotonic() - began
    return {"slow_per_second": round(platform.sent / took, 1), "slow_core_share": round(busy / took, 3)}


async def _notice(database: Database, clock: Clock, commune: Commune) -> Notice:
    async with database.writing() as session:
        row = Notice(
            commune_id=commune.id or 0,
            code=f"TB-{time.monotonic_ns() % 100_000:05d}",
            kind="power",
            papi=6,
            facts=FACTS,
            state="sending",
            send_at=clock.now(),
            expanded_to=0,
            first_sent_at=clock.now(),
            made_at=clock.now(),
        )
        await notices.keep(session, row)
    return row
