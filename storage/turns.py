"""Whose turn it is to write: one at a time, in order, but for those who may go first."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turn:
    """A lock with two queues. Who goes first never waits for more than the one who is writing now."""

    def __init__(self) -> None:
        """Nobody is writing."""
        self._is_taken = False
        self._first: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def taken(self, *, first: bool = False) -> AsyncIterator[None]:
        """Wait for the turn and hold it while the block runs."""
        await self._take(self._first if first else self._others)
        try:
            yield
        finally:
            self._pass_on()

    async def _take(self, queue: deque[asyncio.Future[None]]) -> None:
        if not self._is_taken:
            self._is_taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # it was our turn at the very moment at which we gave up
            elif mine in queue:  # it may have been passed over just now
                queue.remove(mine)
            raise

    def _pass_on(self) -> None:
        """The turn goes straight to the next one, so that nobody slips in between."""
        while queue := (self._first or self._others):
            following = queue.popleft()
            if not following.done():
                following.set_result(None)
                return
        self._is_taken = False
