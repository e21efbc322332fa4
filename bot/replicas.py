"""Replicas of one deployment: what one of them does, the others hear."""

from __future__ import annotations

import asyncio
import logging

from bot.assembly import Parts
from storage.wire import Wire

LOOK_EVERY = 30.0  # seconds between looks at what another replica may have brought in

log = logging.getLogger(__name__)


class Replicas:
    """The other processes of this deployment. On the embedded database there are none, and this does nothing."""

    def __init__(self, parts: Parts) -> None:
        """What a turn of ours queued is told to the others; what they tell wakes our pages and whoever waits."""
        self._parts = parts
        self._wire = Wire(parts.database)
        parts.worker.on_turned(self._turned)
        parts.hub.on_ended(self._ended)

    async def run(self) -> None:
        """For ever."""
        if self._parts.database.is_sqlite:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._wire.run(self._hear, self._missed))
            group.create_task(self._look())

    def _turned(self, event_id: int, channel_account_id: int, chat_key: str) -> None:
        self._wire.say(f"turned {event_id} {channel_account_id} {chat_key}")

    def _ended(self, chat_key: str) -> None:
        self._wire.say(f"ended {chat_key}")

    def _hear(self, word: str) -> None:
        """A word that a newer release says and this one does not know is passed over."""
        kind, _space, rest = word.partition(" ")
        if kind == "turned":
            event_id, channel_account_id, chat_key = rest.split(" ", 2)
            self._parts.worker.turn_was_had(int(event_id))
            self._parts.hub.queued(int(channel_account_id), chat_key)
        elif kind == "ended":
            self._parts.hub.clear(rest)

    def _missed(self) -> None:
        """The line was down: everybody looks again."""
        self._parts.worker.wake()
        self._parts.hub.wake_all()

    async def _look(self) -> None:
        """Price tables that another replica took in are opened here too."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._parts.open_books()
            except Exception:
                log.exception("the price tables cannot be opened now; they are looked at again")
