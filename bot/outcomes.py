"""The public page of outcomes: what people told, what became of it, and how they rated it; no names."""

from __future__ import annotations

import time
from datetime import timedelta

from aiohttp import web
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.assembly import Parts
from bot.console import words
from bot.site import Site
from handlers import figures, outcomes, service_ratings
from handlers.figures import Row, Span
from handlers.service_ratings import Score
from storage import communes

KEPT = 600.0  # seconds
Counted = tuple[list[outcomes.Group], list[outcomes.Rated], list[tuple[str, Row]], list[Score]]
A_YEAR = timedelta(days=364)


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
            groups, rated, fields, scores = await self._counted(session, commune.id)
        facts = {
            "commune": commune,
            "groups": groups,
            "rated": rated,
            "fields": fields,
            "scores": [(words.SERVICES[one.service], one) for one in scores],
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
                await self._fields(session, commune_id),
                await service_ratings.scores(session, commune_id=commune_id, span=self._year(), public=True),
            )
            known = self._kept[commune_id] = (now, counted)
        return known[1]

    async def _fields(self, session: AsyncSession, commune_id: int) -> list[tuple[str, Row]]:
        """The year up to today by field of work, the one with most cases first."""
        span = self._year()
        found = await figures.public_fields(session, commune_id=commune_id, span=span, today=span.until)
        named = [(words.FIELDS.get(field, "Khác"), row) for field, row in found.items()]
        return sorted(named, key=lambda one: (-one[1].received, one[0]))

    def _year(self) -> Span:
        today = self._parts.clock.today()
        return Span(today - A_YEAR, today)
