"""The whole server in this process, put together as `danhoi serve` does it, beside a fake platform."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlmodel import select

from bot import communes, settings
from bot.assembly import Parts, assemble
from bot.serving import at_work
from knowledge.base import Knowledge

NINE = "2026-11-23T09:00:00+07:00"
Serves = Callable[..., Any]


@dataclass
class Served:
    """One running server."""

    server: TestServer
    parts: Parts

    def url(self, path: str) -> str:
        """An address on it."""
        return str(self.server.make_url(path))

    async def rows(self, table: Any) -> list[Any]:
        """Every row of a table, oldest first."""
        async with self.parts.database.reading() as session:
            return list(await session.exec(select(table)))


@asynccontextmanager
async def serving(folder: Path, knowledge: Knowledge, **environment: str) -> AsyncIterator[Served]:
    """Serve the sample commune with these settings until the block ends."""
    given = {"DANHOI_DATA_DIR": str(folder), "DANHOI_SAMPLE": "1", "DANHOI_CLOCK": NINE, "DANHOI_BURST_SECONDS": "0"}
    read = settings.read({**given, **environment})
    async with assemble(read) as parts:
        await communes.seed_sample(parts.database, now=parts.clock.now())
        async with at_work(parts) as app:
            server = TestServer(app)
            await server.start_server()
            parts.take(knowledge)
            try:
                yield Served(server, parts)
            finally:
                await server.close()


@pytest.fixture
def serves(tmp_path: Path, migrated: Path, knowledge: Knowledge) -> Serves:
    """`async with serves(DANHOI_...=...) as served:`; twice in one test is a restart."""
    if not (tmp_path / "danhoi.db").exists():
        shutil.copy(migrated, tmp_path / "danhoi.db")
    return lambda **environment: serving(tmp_path, knowledge, **environment)


async def eventually(seen: Callable[[], object], *, within: float = 15.0) -> None:
    """Wait until something is so."""
    for _ in range(int(within / 0.02)):
        if seen():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came")


async def eventually_so(seen: Callable[[], Awaitable[object]], *, within: float = 15.0) -> None:
    """The same for something that must be awaited."""
    for _ in range(int(within / 0.05)):
        if await seen():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")
