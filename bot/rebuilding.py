"""Content changed while we serve: it is learnt in a process of its own, then taken; nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

from bot.assembly import Parts
from knowledge.base import CONTENT, Knowledge
from knowledge.entries import FOLDER
from knowledge.errors import KnowledgeError

LOOK_EVERY = 10.0  # seconds between looks at the files
POLL = 1.0  # seconds between looks at the communes' own texts

Print = tuple[tuple[str, int, int], ...]

log = logging.getLogger(__name__)


class Rebuilder:
    """Looks at the content's files and rebuilds when they changed; faulty ones are named and change nothing."""

    def __init__(self, parts: Parts, *, content: Path = CONTENT) -> None:
        """`content` is the folder that is watched and read."""
        self._parts, self._content = parts, content
        self._seen = fingerprint(content)

    async def run(self) -> None:
        """For ever."""
        looks = 0
        while True:
            await asyncio.sleep(POLL)
            looks += 1
            try:
                if looks % int(LOOK_EVERY / POLL) == 0:
                    await self.look()
                await self._parts.layers.look()
            except Exception:
                log.exception("the knowledge could not be rebuilt; what was known answers on")

    async def look(self) -> bool:
        """Rebuild if a file changed since the last look; tells whether new knowledge was taken."""
        now = await asyncio.to_thread(fingerprint, self._content)
        if now == self._seen:
            return False
        self._seen = now
        return await self.rebuild()

    async def rebuild(self) -> bool:
        """Train beside this process, then load what was trained; faulty content is refused and named."""
        parts, loop = self._parts, asyncio.get_running_loop()
        cache, today = parts.settings.cache_dir, parts.clock.today()
        try:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as beside:
                await loop.run_in_executor(beside, train_into, cache, self._content, today)
            knowledge = await asyncio.to_thread(Knowledge.load, today=today, cache=cache, content=self._content)
        except KnowledgeError as fault:
            log.warning("the changed content is not taken: %s", fault)
            return False
        await asyncio.to_thread(knowledge.places.mentions, "")
        parts.take(knowledge, await parts.layers.over(knowledge))
        log.info("the changed content answers from now on")
        return True


def train_into(cache: Path, content: Path, today: date) -> None:
    """Runs in the process beside: leaves the trained parts in the cache."""
    Knowledge.load(today=today, cache=cache, content=content)


def fingerprint(content: Path) -> Print:
    """Name, time of change and size of every entry and table; the word lists are part of the program."""
    files = sorted([*(content / FOLDER).rglob("*.yaml"), *content.glob("*.csv")])
    stats = [(file, file.stat()) for file in files]
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)
