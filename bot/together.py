"""Small writes that come at the same time share one transaction, and so one write to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlmodel.ext.asyncio.session import AsyncSession

from storage.database import Database

MOST_TOGETHER = 64

Write = Callable[[AsyncSession], Awaitable[None]]


class Together:
    """`write` returns once its own part is committed; one part that fails takes no other with it."""

    def __init__(self, database: Database) -> None:
        """Nothing waits."""
        self._database = database
        self._waiting: list[tuple[Write, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, part: Write) -> None:
        """Run `part` in a transaction, with whatever else waits; it may be run again if another part failed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((part, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            parts: list[tuple[Write, asyncio.Future[None]]] = []
            try:
                async with self._database.writing(beside=True) as session:  # more may come while it waits its turn
                    parts, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                    for part, _done in parts:
                        await part(session)
            except Exception as fault:
                if not parts:
                    parts, self._waiting = self._waiting, []
                await self._one_by_one(parts, fault)
                continue
            for _part, done in parts:
                _tell(done, None)

    async def _one_by_one(self, parts: list[tuple[Write, asyncio.Future[None]]], fault: Exception) -> None:
        for part, done in parts:
            if len(parts) == 1:
                _tell(done, fault)
                return
            try:
                async with self._database.writing(beside=True) as session:
                    await part(session)
            except Exception as own:
                _tell(done, own)
            else:
                _tell(done, None)


def _tell(done: asyncio.Future[None], fault: Exception | None) -> None:
    """Whoever waited may have gone."""
    if done.done():
        return
    if fault is None:
        done.set_result(None)
    else:
        done.set_exception(fault)
