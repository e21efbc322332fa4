"""The public page of outcomes: what people told, what became of it, and how they rated it; no names."""

from __future__ import annotations

import time

from aiohttp import web
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.assembly import Parts
from bot.site import Site
from handlers import outcomes
from storage import communes

KEPT = 600.0  # seconds
Counted = tuple[list[outcomes.Group], list[outcomes.Rated]]


class OutcomePages:
    """One page per commune."""

    def __init__(self, parts: Parts, site: Site) -> None:
        """Reads from the database of these parts."""
        self._parts, self._site = parts, site
        self._kept: dict[int, tuple[float, Counted]] = {}

    def table(self) -> list[web.RouteDef]:
        """Its address."""
        return [web.get("/x/{code}/outcomes", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Groups of at least five."""
        async with self._parts.database.reading() as session:
            commune = await communes.by_code(session, code=request.match_info["code"])
            if commune is None or commune.id is None:
                raise web.HTTPNotFound
            groups, rated = await self._counted(session, commune.id)
        facts = {
            "commune": commune,
            "groups": groups,
            "rated": rated,
            "sample": commune.is_sample,
            "fewest": outcomes.FEWEST,
        }
        return self._site.page("outcomes.html", facts)

    async def _counted(self, session: AsyncSession, commune_id: int) -> Counted:
        """Counted anew every ten minutes, however often the page is asked for."""
        known = self._kept.get(commune_id)
        now = time.monotonic()
        if known is None or now - known[0] > KEPT:
            counted = (
                await outcomes.groups(session, commune_id=commune_id),
                await outcomes.faces(session, commune_id=commune_id),
            )
            known = self._kept[commune_id] = (now, counted)
        return known[1]
