"""Which of our messages browsers have fetched: written down together once a second, not one transaction each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

from aiohttp import web

from bot.clock import Clock
from storage import outbox
from storage.database import Database

EVERY = 1.0  # seconds; what a crash loses is fetched, and noted, with the next look at the page

log = logging.getLogger(__name__)


class Receipts:
    """Notes what was fetched; `running` belongs to the application's life."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Nothing has been fetched yet."""
        self._database, self._clock = database, clock
        self._fetched: dict[int, set[int]] = {}

    def note(self, *, commune_id: int, message_ids: Iterable[int]) -> None:
        """These are on somebody's screen now."""
        self._fetched.setdefault(commune_id, set()).update(message_ids)

    async def write(self) -> None:
        """Write down all that was noted; what fails is kept for the next time."""
        for commune_id in [commune_id for commune_id, ids in self._fetched.items() if ids]:
            ids = self._fetched.pop(commune_id)
            try:
                async with self._database.writing(beside=True) as session:
                    await outbox.mark_fetched(
                        session, commune_id=commune_id, message_ids=sorted(ids), now=self._clock.now()
                    )
            except Exception:
                log.exception("receipts of commune %s cannot be written now", commune_id)
                self.note(commune_id=commune_id, message_ids=ids)

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Write once a second, and once more at the end."""
        task = asyncio.create_task(self._run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await self.write()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.shield(self.write())
