"""REPLY OUT for channels that we bring messages to: empties the outbox, keeps the order and each channel's pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from bot.channels.base import Outgoing, outgoing
from bot.channels.errors import SendFailed
from bot.channels.printing import printed_parts, said
from bot.clock import Clock
from bot.ledger import Ledger, Outlet
from storage import dispatch, lines, reach
from storage.bodies import ERASED, Vault
from storage.database import Database
from storage.outbox import OutboxMessage

MOST_IN_FLIGHT = 8  # messages of one channel account that a fault may leave unknown; DANHOI_IN_FLIGHT
LONGEST_SEND = timedelta(seconds=30)  # a message on the line for longer belonged to a process that died or stood still
POLL = 1.0  # seconds between looks when nobody wakes us
SOON = 0.1  # seconds, where something waits for its turn
GAP, TWO = 0.05, 2.0  # seconds between two claims of a channel with a pace: so long that about two may go, at most GAP
GATHERED = 0.01  # seconds in which sends that end together make room for one claim
LAST_SENDS = 5.0  # seconds that a stopping server waits for what is on the line

log = logging.getLogger(__name__)


class Delivery:
    """Sends what waits for the channel accounts that this process serves."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        outlets: Mapping[int, Outlet],
        *,
        in_flight: int = MOST_IN_FLIGHT,
        pace: float = 1.0,
    ) -> None:
        """`outlets` by the id of their channel account; `ledger` is also how others tell that a channel is down.

        `pace` multiplies what each channel keeps to.
        """
        self._database, self._vault, self._clock = database, vault, clock
        self._outlets, self._in_flight, self._pace = outlets, in_flight, pace
        self._news = {account_id: asyncio.Event() for account_id in outlets}
        self._seen: dict[int, datetime | None] = {}  # by message on the line: when its person last wrote
        self.ledger = Ledger(database, clock, outlets)

    def queued(self, channel_account_id: int, _chat_key: str) -> None:
        """The worker's callback: something may wait there."""
        if channel_account_id in self._news:
            self._news[channel_account_id].set()

    async def recover(self) -> int:
        """What a dead process was sending is unknown now. Returns how many messages that were.

        The embedded database has one process, so at its start all of them; else those that are overdue.
        """
        now = self._clock.running()
        return await self._call_unknown(before=now + LONGEST_SEND if self._database.is_sqlite else now - LONGEST_SEND)

    async def flush(self) -> int:
        """Send everything that is due now; returns how many messages were settled."""
        settled = 0
        for outlet in self._outlets.values():
            while claimed := await self._claim(outlet):
                await asyncio.gather(*(self._send(outlet, message) for message in claimed))
                settled += len(claimed)
        return settled

    async def run(self) -> None:
        """For ever, each account by itself: one that is slow or gone holds nobody else up."""
        async with asyncio.TaskGroup() as group:
            for account_id, outlet in self._outlets.items():
                group.create_task(self._serve(outlet, self._news[account_id]))
            group.create_task(self._sweep())

    async def _serve(self, outlet: Outlet, news: asyncio.Event) -> None:
        flying: set[asyncio.Task[None]] = set()
        try:
            await self._keep_sending(outlet, news, flying)
        finally:  # an orderly stop lets what is on the line arrive, so that nothing becomes unknown by it
            if flying:
                await asyncio.wait(flying, timeout=LAST_SENDS)

    async def _keep_sending(self, outlet: Outlet, news: asyncio.Event, flying: set[asyncio.Task[None]]) -> None:
        claimed: list[OutboxMessage] = []
        while True:
            news.clear()
            if flying:
                await asyncio.sleep(self._gap(outlet))
            has_room = len(flying) < self._in_flight
            try:
                claimed = await self._claim(outlet) if has_room and (claimed or await self._waits(outlet)) else []
            except Exception:
                log.exception("the outbox of %s cannot be read now; it is tried again", outlet.channel.name)
                await asyncio.sleep(POLL)
                continue
            for message in claimed:
                task = asyncio.create_task(self._send_surely(outlet, message))
                flying.add(task)
                task.add_done_callback(flying.discard)
                task.add_done_callback(lambda _task: news.set())
            if not claimed:
                await self._nap(outlet, news)

    def _gap(self, outlet: Outlet) -> float:
        """What is claimed and written together costs little; a pace leaves time for it."""
        per_second = outlet.channel.limits.per_second
        return GATHERED if per_second is None else max(GATHERED, min(GAP, TWO / (per_second * self._pace)))

    async def _nap(self, outlet: Outlet, news: asyncio.Event) -> None:
        pause = POLL
        with suppress(Exception):  # where the database is not there now, the next look says so
            pause = SOON if await self._waits(outlet) else POLL
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await news.wait()
        if pause == SOON:
            await asyncio.sleep(SOON / 5)  # what is woken again and again still leaves room for others

    async def _sweep(self) -> None:
        """Messages of a replica that died are called unknown once they are overdue."""
        while True:
            await asyncio.sleep(LONGEST_SEND.total_seconds() / 3)
            with suppress(Exception):
                await self._call_unknown(before=self._clock.running() - LONGEST_SEND)

    async def _call_unknown(self, *, before: datetime) -> int:
        async with self._database.writing(beside=True) as session:
            return await dispatch.call_unknown(
                session, channel_account_ids=list(self._outlets), claimed_before=before, at=self._clock.now()
            )

    async def _waits(self, outlet: Outlet) -> bool:
        async with self._database.reading() as session:
            return await dispatch.waits(session, channel_account_id=outlet.account.id or 0)

    async def _claim(self, outlet: Outlet) -> list[OutboxMessage]:
        now, limits = self._clock.running(), outlet.channel.limits
        async with self._database.writing(beside=True) as session:
            line = await lines.of(session, **outlet.key)
            if line.failures:
                self.ledger.doubt(outlet.account.id or 0)
            per_second = limits.per_second and limits.per_second * self._pace
            room = line.room(now=now, per_second=per_second, most=self._in_flight)
            if not room:
                return []
            claimed = await dispatch.claim(
                session,
                channel_account_id=line.channel_account_id,
                now=now,
                in_flight=self._in_flight,
                limit=room,
                chat_gap=limits.chat_gap,
            )
            line.take(len(claimed), now=now, per_second=per_second)
            await lines.keep(session, line)
            seen = await reach.last_seen(session, account_ids=[message.account_id for message in claimed])
        self._seen.update((message.id or 0, seen.get(message.account_id)) for message in claimed)
        return claimed

    async def _send_surely(self, outlet: Outlet, message: OutboxMessage) -> None:
        """A fault of ours while settling leaves the message on the line; the sweep calls it unknown."""
        try:
            await self._send(outlet, message)
        except Exception:
            log.exception("message %s cannot be settled now", message.id)

    async def _send(self, outlet: Outlet, message: OutboxMessage) -> None:
        """One message, and what became of it. An answer that never came back leaves it unknown: not sent again."""
        parts = printed_parts(outlet.channel.limits, await self._filled_in(outlet, message))
        at = min(message.parts_sent, len(parts) - 1)
        if message.claimed_at is not None and self._clock.running() - message.claimed_at > LONGEST_SEND:
            return  # this process stood still: the others have called it unknown by now, and shown it again perhaps
        try:
            external_id = await outlet.channel.send(message.chat_key, parts[at])
        except SendFailed as refused:
            await self.ledger.refused(message, refused)
        except Exception as fault:
            await self.ledger.unclear(message, type(fault).__name__)
        else:
            await self.ledger.arrived(message, more=at + 1 < len(parts), external_id=external_id)

    async def _filled_in(self, outlet: Outlet, message: OutboxMessage) -> Outgoing:
        """The message with the words that it quotes, and when the person last wrote."""
        quoted, body_id = None, message.quotes_body_id
        if body_id is not None:
            async with self._database.reading() as session:
                found = await self._vault.read(session, commune_id=message.commune_id, body_ids=[body_id])
            quoted = said(outlet.channel, found.get(body_id, ERASED))
        return replace(outgoing(message, quoted), last_seen_at=self._seen.pop(message.id or 0, None))
