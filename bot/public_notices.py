"""Sổ thông báo: what the commune has sent, for everybody to read; where a shortened message leads."""

from __future__ import annotations

from aiohttp import web
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.assembly import Parts
from bot.clock import VIET_NAM
from bot.site import Site
from handlers import notice_words
from handlers.notice_kinds import KINDS
from storage import communes, notices
from storage.communes import Commune
from storage.notices import Notice

SHOWN = 50


class PublicNotices:
    """The register and one notice of it."""

    def __init__(self, parts: Parts, site: Site) -> None:
        """Reads from the database of these parts."""
        self._parts, self._site = parts, site

    def table(self) -> list[web.RouteDef]:
        """Every address of ours."""
        return [web.get("/x/{code}/thong-bao", self.listed), web.get("/x/{code}/thong-bao/{notice}", self.one)]

    async def listed(self, request: web.Request) -> web.Response:
        """The newest first."""
        async with self._parts.database.reading() as session:
            commune = await _commune(session, request)
            found = await notices.sent(session, commune_id=commune.id or 0, limit=SHOWN)
        return self._page(commune, found, whole=False)

    async def one(self, request: web.Request) -> web.Response:
        """A notice with all its words."""
        async with self._parts.database.reading() as session:
            commune = await _commune(session, request)
            found = await notices.by_code(
                session, commune_id=commune.id or 0, code=request.match_info["notice"].upper()[:20]
            )
        if found is None:
            raise web.HTTPNotFound
        return self._page(commune, [found], whole=True)

    def _page(self, commune: Commune, found: list[Notice], *, whole: bool) -> web.Response:
        shown = [
            {
                "code": one.code,
                "title": one.facts[notice_words.TITLE],
                "kind": KINDS[one.kind].label,
                "lines": notice_words.lines(one),
                "details": one.facts.get(notice_words.DETAILS) or "",
                "at": f"{one.first_sent_at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}" if one.first_sent_at else "",
                "cancelled": one.state == "cancelled",
            }
            for one in found
        ]
        facts = {"commune": commune, "sample": commune.is_sample, "notices": shown, "whole": whole}
        return self._site.page("public_notices.html", facts)


async def _commune(session: AsyncSession, request: web.Request) -> Commune:
    commune = await communes.by_code(session, code=request.match_info["code"])
    if commune is None or commune.is_province:
        raise web.HTTPNotFound
    return commune
