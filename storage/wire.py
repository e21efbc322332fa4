"""Short words from one replica to the others, by LISTEN and NOTIFY; what is missed is found by the polls.

The embedded database has one process: there is nobody to tell. Words are sent after the commit that they tell of, on a
connection of their own, so that no commit waits for them; they hold ids and chat keys and are written to no disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg

from storage.database import Database
from storage.engines import url_of

CHANNEL = "danhoi"
GATHERED = 0.01  # seconds in which words make room for each other
SIGN_OF_LIFE = 10.0  # seconds between looks whether the line still holds
AGAIN = 1.0  # seconds until it is laid anew
MOST_WAITING = 10_000  # words; more only while there is no line, and then the polls find it all

log = logging.getLogger(__name__)

SEND = f"SELECT pg_notify('{CHANNEL}', word) FROM unnest($1::text[]) AS word"  # noqa: S608  a constant  # nosec B608


class Wire:
    """One per process."""

    def __init__(self, database: Database) -> None:
        """Nothing is connected before `run`."""
        self._database = database
        self._waiting: list[str] = []
        self._to_say = asyncio.Event()
        self.is_up = False

    def say(self, word: str) -> None:
        """Tell every other replica; at once where nobody else is."""
        if not self._database.is_sqlite and len(self._waiting) < MOST_WAITING:
            self._waiting.append(word)
            self._to_say.set()

    async def run(self, hear: Callable[[str], None], missed: Callable[[], None]) -> None:
        """For ever: `hear(word)` for each word of another replica, `missed()` when some may have been lost."""
        if self._database.is_sqlite:
            return
        while True:
            try:
                await self._hold(hear, missed)
            except Exception as fault:  # whatever it is, there is no line now
                log.warning("the line to the other replicas is down (%s); it is laid anew", type(fault).__name__)
            self.is_up = False
            await asyncio.sleep(AGAIN)

    async def _hold(self, hear: Callable[[str], None], missed: Callable[[], None]) -> None:
        address = url_of(self._database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        line = await asyncpg.connect(address, timeout=10, server_settings={"application_name": "danhoi wire"})
        try:
            own = line.get_server_pid()
            await line.add_listener(CHANNEL, lambda _line, pid, _name, word: hear(str(word)) if pid != own else None)
            line.add_termination_listener(lambda _line: self._to_say.set())  # a cut is noticed at once
            self.is_up = True
            missed()
            while True:
                await self._send(line)
        finally:
            self.is_up = False
            with suppress(Exception):
                await line.close(timeout=1)

    async def _send(self, line: Any) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SIGN_OF_LIFE):
                await self._to_say.wait()
        await asyncio.sleep(GATHERED)
        self._to_say.clear()
        words, self._waiting = self._waiting, []
        await line.execute(SEND, words, timeout=SIGN_OF_LIFE)
