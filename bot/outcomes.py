"""The public page of outcomes: what people told, what became of it, and how they rated it; no names."""

from __future__ import annotations

from aiohttp import web

from bot.assembly import Parts
from bot.site import Site
from handlers import outcomes
from storage import communes


class OutcomePages:
    """One page per commune."""

    def __init__(self, parts: Parts, site: Site) -> None:
        """Reads from the database of these parts."""
        self._parts, self._site = parts, site

    def table(self) -> list[web.RouteDef]:
        """Its address."""
        return [web.get("/x/{code}/outcomes", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Groups of at least five."""
        async with self._parts.database.reading() as session:
            commune = await communes.by_code(session, code=request.match_info["code"])
            if commune is None or commune.id is None:
                raise web.HTTPNotFound
            groups = await outcomes.groups(session, commune_id=commune.id)
            rated = await outcomes.faces(session, commune_id=commune.id)
        facts = {
            "commune": commune,
            "groups": groups,
            "rated": rated,
            "sample": commune.is_sample,
            "fewest": outcomes.FEWEST,
        }
        return self._site.page("outcomes.html", facts)
