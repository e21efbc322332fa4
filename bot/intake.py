"""Events that arrive together are stored together: one transaction, one write to the disk, then all acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from storage import arrivals
from storage.arrivals import Arrival
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.engines import is_twin

MOST_TOGETHER = 64


@dataclass(slots=True)
class _Waiting:
    arrival: Arrival
    stored: asyncio.Future[bool]

    def tell(self, is_fresh: bool) -> None:
        """Whoever brought it may have gone."""
        if not self.stored.done():
            self.stored.set_result(is_fresh)


class Intake:
    """Stores what comes by webhook and polling; whoever brought it waits until it is safe."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, wake: Callable[[], None]) -> None:
        """`wake` tells the worker that there is something."""
        self._database, self._vault, self._clock, self._wake = database, vault, clock, wake
        self._waiting: list[_Waiting] = []
        self._storing: asyncio.Task[None] | None = None

    async def accept(self, account: ChannelAccount, *, event_key: str, chat_key: str, raw: str) -> bool:
        """Store an event for good under its unique key; False where that key was stored before."""
        arrival = Arrival(account.commune_id, account.id or 0, event_key, chat_key, raw)
        one = _Waiting(arrival, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        return await one.stored

    async def _store(self) -> None:
        while self._waiting:
            together: list[_Waiting] = []
            try:
                async with self._database.writing(beside=True, first=True) as session:  # more may come while it waits
                    together, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                    fresh = await self._put(session, together)
            except Exception as fault:
                await self._one_by_one(together or self._take_all(), fault)
                continue
            for one in together:
                one.tell(one.arrival.name in fresh)
                fresh.discard(one.arrival.name)  # its twin in the same batch is a repeat
            self._wake()

    def _take_all(self) -> list[_Waiting]:
        taken, self._waiting = self._waiting, []
        return taken

    async def _one_by_one(self, together: list[_Waiting], fault: Exception) -> None:
        """One bad event (or a twin stored by another replica at the same moment) does not refuse the others."""
        for one in together:
            try:
                if len(together) == 1 and not is_twin(fault):
                    raise fault
                async with self._database.writing(beside=True) as session:
                    fresh = await self._put(session, [one])
            except Exception as own:
                if not one.stored.done():
                    one.stored.set_exception(own)
            else:
                one.tell(bool(fresh))
        self._wake()

    async def _put(self, session: AsyncSession, together: list[_Waiting]) -> set[tuple[int, str]]:
        came = [one.arrival for one in together]
        return await arrivals.store_all(session, self._vault, arrivals=came, at=self._clock.now())
