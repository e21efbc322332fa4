"""Each commune's approved texts over what is shipped: read from the database, learnt beside, then taken.

Every process watches the communes' revision numbers, so that an approval on one replica is answered with on all.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.content_desk import is_stale
from knowledge.base import Knowledge
from knowledge.entries import load
from knowledge.layers import Edit, overlay
from knowledge.parameters import load_parameters
from knowledge.training import is_kept, key_of
from knowledge.understanding import Understanding
from storage import audit, entry_versions
from storage.database import Database

if TYPE_CHECKING:
    from bot.assembly import Parts

log = logging.getLogger(__name__)


class Layers:
    """Keeps `parts.own` in step with the database."""

    def __init__(self, parts: Parts) -> None:
        """Nothing is read yet."""
        self._parts = parts
        self._seen: dict[int, int] = {}
        self._over: Knowledge | None = None
        self._one_at_a_time = asyncio.Lock()

    async def over(self, shipped: Knowledge) -> dict[int, Knowledge]:
        """Every commune's layer over this content, before anybody is answered with it.

        Nothing is learnt here, so that a start waits for no commune: what finds the shipped entries finds the edited
        ones, and `look` learns the rest, one commune after the other.
        """
        async with self._one_at_a_time:
            now = await self._revisions()
            found = {commune_id: await self._layer(commune_id, shipped, learns=False) for commune_id in now}
            exact = {commune_id for commune_id, (_own, is_exact) in found.items() if is_exact}
            self._seen = {commune_id: number for commune_id, number in now.items() if commune_id in exact}
            self._over = shipped
            return {commune_id: own for commune_id, (own, _is_exact) in found.items() if own is not None}

    async def look(self) -> bool:
        """Read anew what changed since the last look, here or in another process; tells whether anything did."""
        shipped = self._parts.knowledge
        if shipped is None:
            return False
        async with self._one_at_a_time:
            now = await self._revisions()
            if shipped is not self._over:
                self._seen, self._over = {}, shipped
            changed = [commune_id for commune_id, number in now.items() if self._seen.get(commune_id) != number]
            for commune_id in changed:
                own, _is_exact = await self._layer(commune_id, shipped)
                if self._parts.knowledge is not shipped:  # the content was rebuilt meanwhile, with all layers
                    return False
                self._parts.take_own(commune_id, own)
                self._seen[commune_id] = now[commune_id]
            return bool(changed)

    async def _revisions(self) -> dict[int, int]:
        async with self._parts.database.reading() as session:
            return await entry_versions.revisions(session)

    async def _layer(
        self, commune_id: int, shipped: Knowledge, *, learns: bool = True
    ) -> tuple[Knowledge | None, bool]:
        """What a commune answers with (None: what is shipped), and whether all of it is learnt.

        Where only numbers changed nothing is learnt. Until new words are, what found the entries before finds them
        with their new text.
        """
        async with self._parts.database.reading() as session:
            edits = await edits_of(session, commune_id=commune_id)
        await note_stale(self._parts.database, shipped, commune_id=commune_id, now=self._parts.clock.now())
        layered = overlay(shipped.entries, edits, shipped.parameters)
        if not layered.edited:
            return None, True
        key = await asyncio.to_thread(key_of, layered.entries)
        others = [own.understanding for own in self._parts.own.values()]
        known = next((each for each in (shipped.understanding, *others) if each.key == key), None)
        cache = self._parts.settings.cache_dir
        if known is None and is_kept(key, cache):
            known = await asyncio.to_thread(Understanding, layered.entries, cache)
        if known is None and not learns:
            return shipped.with_entries(layered.entries, shipped.understanding), False
        if known is None:
            before = self._parts.own.get(commune_id, shipped).understanding
            if before.topics <= set(layered.entries):
                self._parts.take_own(commune_id, shipped.with_entries(layered.entries, before))
            known = await self._learnt(shipped, edits)
        log.info("commune %s answers with %s texts of its own", commune_id, len(layered.edited))
        return shipped.with_entries(layered.entries, known), True

    async def _learnt(self, shipped: Knowledge, edits: Sequence[Edit]) -> Understanding:
        cache, today = self._parts.settings.cache_dir, self._parts.clock.today()
        loop = asyncio.get_running_loop()
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as beside:
            await loop.run_in_executor(beside, learn_into, cache, shipped.content, today, list(edits))
        entries = overlay(shipped.entries, edits, shipped.parameters).entries
        return await asyncio.to_thread(Understanding, entries, cache)


def learn_into(cache: Path, content: Path, today: date, edits: Sequence[Edit]) -> None:
    """Runs in the process beside: leaves the trained parts in the cache."""
    Understanding(overlay(load(content), edits, load_parameters(content)).entries, cache)


async def edits_of(session: AsyncSession, *, commune_id: int) -> list[Edit]:
    """The approved texts of a commune; one that was withdrawn has none."""
    rows = await entry_versions.published(session, commune_id=commune_id)
    return [Edit(row.entry_id, row.text, row.based_on) for row in rows if row.text]


async def over_shipped(session: AsyncSession, shipped: Knowledge, *, commune_id: int, cache: Path) -> Knowledge:
    """What a commune answers with, for a command that runs once: learnt here and now where it must be."""
    layered = overlay(shipped.entries, await edits_of(session, commune_id=commune_id), shipped.parameters)
    if not layered.edited:
        return shipped
    return shipped.with_entries(layered.entries, await asyncio.to_thread(Understanding, layered.entries, cache))


async def note_stale(database: Database, shipped: Knowledge, *, commune_id: int, now: datetime) -> None:
    """Write down, once, that a text is suspended because the shipped one changed; the curators' list shows it."""
    async with database.reading() as session:
        rows = await entry_versions.published(session, commune_id=commune_id)
    wrong = [row for row in rows if is_stale(row, shipped) is not (row.suspended_at is not None)]
    if not wrong:
        return
    async with database.writing() as session:
        for row in wrong:
            fresh = await entry_versions.get(session, commune_id=commune_id, version_id=row.id or 0)
            if fresh is None or fresh.state != "published":
                continue
            fresh.suspended_at = now if is_stale(fresh, shipped) else None
            await entry_versions.keep(session, fresh)
            if fresh.suspended_at is not None:
                await audit.write(
                    session,
                    commune_id=commune_id,
                    at=now,
                    actor="system",
                    act="knowledge.write:suspended",
                    object_kind="entry",
                    object_id=fresh.id,
                )
