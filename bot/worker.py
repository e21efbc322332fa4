"""Works the inbox: one event (or burst) after the other, in one transaction; wakes those who wait for its answer."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import pipeline
from bot.bursts import Bursts
from bot.channels.base import Channel, read
from bot.clock import Clock
from bot.pipeline import Tools
from storage import homes, inbox
from storage.arrivals import Arrival
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.engines import is_conflict, is_cut, is_twin, write_beside
from storage.inbox import InboxEvent

AGAIN = 0.05  # seconds, at most, after which a turn that met another writer is tried again
POLL = 1.0  # seconds between looks when nobody wakes us: another replica may have stored something

OnQueued = Callable[[int, str], None]
OnTurned = Callable[[int, int, str], None]

log = logging.getLogger(__name__)


class Worker:
    """The one loop that answers; `receive` stores, `work_one` answers, `settled` waits."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, channels: Mapping[str, Channel]) -> None:
        """`channels` by name. `tools` is set once the knowledge is loaded; until then events wait in the inbox."""
        self._database, self._vault, self._clock = database, vault, clock
        self._channels = channels
        self._bursts = Bursts(vault, clock)
        self._nap = POLL
        self._channel_names: dict[int, str] = {}
        self._work_to_do = asyncio.Event()
        self._waited_for: dict[int, asyncio.Event] = {}
        self._listeners: list[OnQueued] = []
        self._turn_listeners: list[OnTurned] = []
        self.tools: Tools | None = None

    def on_queued(self, tell: OnQueued) -> None:
        """Call `tell(channel_account_id, chat_key)` after each commit that may have queued something for a chat."""
        self._listeners.append(tell)

    def queued(self, channel_account_id: int, chat_key: str) -> None:
        """Something was queued for a chat by somebody else: whoever listens is told."""
        for tell in self._listeners:
            tell(channel_account_id, chat_key)

    def on_turned(self, tell: OnTurned) -> None:
        """Call `tell(event_id, channel_account_id, chat_key)` after each turn of this process."""
        self._turn_listeners.append(tell)

    def turn_was_had(self, event_id: int) -> None:
        """Somebody, perhaps another replica, had a turn with this event: whoever waits for it looks again."""
        if event_id in self._waited_for:
            self._waited_for[event_id].set()

    def words(self, channel: str, raw: str) -> str | None:
        """What a person wrote, out of what their channel gave; None where there are no words in it."""
        received = read(self._channels[channel], raw) if channel in self._channels else None
        return received.text if received is not None else None

    def wake(self) -> None:
        """There may be work."""
        self._work_to_do.set()

    async def receive(self, channel_account: ChannelAccount, *, event_key: str, chat_key: str, raw: str) -> InboxEvent:
        """Store an event for good under its unique key; a key that is known gives the event stored under it."""
        arrival = Arrival(channel_account.commune_id, channel_account.id or 0, event_key, chat_key, raw)
        try:
            event = await self._store(arrival)
        except Exception as fault:
            if not is_twin(fault):
                raise
            event = await self._store(arrival)  # another replica stored it at the same moment
        self.wake()
        return event

    async def _store(self, arrival: Arrival) -> InboxEvent:
        async with self._database.writing(beside=True) as session:
            event, _fresh = await inbox.store(session, self._vault, **asdict(arrival), at=self._clock.now())
        return event

    async def settled(self, event_id: int, *, timeout: float) -> bool:  # noqa: ASYNC109
        """Wait until the event is answered or parked; False when `timeout` seconds passed first.

        Only the waiting is cut short, never a look into the database. A turn of this process wakes who waits for it;
        what another replica answers is seen at the next look.
        """
        ends = time.monotonic() + timeout
        turned = self._waited_for.setdefault(event_id, asyncio.Event())
        try:
            while True:
                turned.clear()
                if await self._is_settled(event_id):
                    return True
                left = ends - time.monotonic()
                if left <= 0:
                    return False
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(left, POLL)):
                        await turned.wait()
        finally:
            self._waited_for.pop(event_id, None)

    async def run(self) -> None:
        """Work for ever; an idle worker looks once a second."""
        while True:
            self._work_to_do.clear()
            try:
                if self.tools is not None and await self.work_one():
                    continue
            except Exception:
                log.exception("the inbox cannot be worked now; it is tried again")
            nap, self._nap = self._nap, POLL
            try:
                async with asyncio.timeout(nap):
                    await self._work_to_do.wait()
            except TimeoutError:
                continue

    async def work_one(self) -> bool:
        """Answer the next event; False when there is none. A failure is counted in a transaction of its own."""
        assert self.tools is not None
        event_id: int | None = None
        dropped = False
        try:
            async with self._database.turn() as session:
                event = await inbox.claim(session, now=self._clock.running())
                if event is None:
                    return False
                event_id, where = event.id, (event.channel_account_id, event.chat_key)
                await homes.follow(session, event)
                await write_beside(session, commune_id=event.commune_id)
                channel = self._channels[await self._channel_of(session, event)]
                turn = await self._bursts.gather(session, event, channel, self.tools)
                if isinstance(turn, timedelta):
                    self._nap = min(self._nap, turn.total_seconds())
                    return True
                dropped = await pipeline.work(session, turn, channel, replace(self.tools, channels=self._channels))
        except Exception as fault:
            if is_conflict(fault):  # another replica was quicker, or an officer wrote at the same moment
                await asyncio.sleep(AGAIN * secrets.randbelow(1_000) / 1_000)
                return True
            if event_id is None or is_cut(fault):
                raise
            log.exception("event %s failed", event_id)
            where = await self._count_failure(event_id, type(fault).__name__)
        if dropped:
            await self._database.forget_log()
        self._tell(event_id or 0, *where)
        return True

    async def _channel_of(self, session: AsyncSession, event: InboxEvent) -> str:
        """An account stays on its channel for ever: the database is asked once."""
        if event.channel_account_id not in self._channel_names:
            self._channel_names[event.channel_account_id] = await inbox.channel_of(session, event)
        return self._channel_names[event.channel_account_id]

    async def _count_failure(self, event_id: int, error: str) -> tuple[int, str]:
        assert self.tools is not None
        async with self._database.writing(beside=True) as session:
            event, is_parked = await inbox.fail(session, event_id=event_id, now=self._clock.running(), error=error)
            if is_parked:
                await pipeline.give_up(session, event, self.tools)
            return event.channel_account_id, event.chat_key

    def _tell(self, event_id: int, channel_account_id: int, chat_key: str) -> None:
        self.queued(channel_account_id, chat_key)
        for told in self._turn_listeners:
            told(event_id, channel_account_id, chat_key)
        self.turn_was_had(event_id)

    async def _is_settled(self, event_id: int) -> bool:
        async with self._database.reading() as session:
            return await inbox.is_settled(session, event_id=event_id)
