"""What takes the chat beyond its page: the commune's own site shows it in a bubble, a phone puts it on its screen."""

from __future__ import annotations

import json

from aiohttp import web

from bot.assembly import Parts
from bot.caller import FOR_ALL
from bot.site import Site
from bot.webchat.places import place_at

EMBED, MANIFEST = "/embed.js", "/x/{code}/manifest.webmanifest"
AN_HOUR = "public, max-age=3600"
COLOUR, PAPER = "#0f5b57", "#f6f3ec"
SHORTEST_NAME = 12  # characters that fit below an icon


class Outside:
    """The script of the bubble, and what a phone must know to install the chat."""

    def __init__(self, parts: Parts, site: Site) -> None:
        """Which communes there are is read for each manifest."""
        self._parts, self._site = parts, site

    def table(self) -> list[web.RouteDef]:
        """Two addresses; neither knows of anybody."""
        return [web.get(EMBED, self.embed), web.get(MANIFEST, self.manifest)]

    async def embed(self, request: web.Request) -> web.StreamResponse:
        """The same script for every site: which sites may frame a chat is said by the chat's own page."""
        request[FOR_ALL] = True
        return self._site.reply("embed.js", request, cache=AN_HOUR)

    async def manifest(self, request: web.Request) -> web.StreamResponse:
        """Name, colours and icons. There is no service worker: words of a chat stay in no cache."""
        async with self._parts.database.reading() as session:
            commune = (await place_at(session, request.match_info["code"])).commune
        content = {
            "id": f"/x/{commune.code}",
            "name": f"Hỏi {commune.name}",
            "short_name": commune.name if len(commune.name) <= SHORTEST_NAME else "Dân Hỏi",
            "description": f"Trợ lý tự động của UBND {commune.name}",
            "lang": "vi",
            "start_url": f"/x/{commune.code}",
            "scope": f"/x/{commune.code}",
            "display": "standalone",
            "theme_color": COLOUR,
            "background_color": PAPER,
            "icons": [
                self._icon("icon-192.png", "192x192"),
                self._icon("icon-512.png", "512x512"),
                self._icon("icon-512.png", "512x512", purpose="maskable"),
                self._icon("icon.svg", "any", type="image/svg+xml"),
            ],
        }
        text = json.dumps(content, ensure_ascii=False)
        return web.Response(text=text, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})

    def _icon(self, name: str, sizes: str, *, type: str = "image/png", purpose: str = "any") -> dict[str, str]:
        return {"src": self._site.address(name), "sizes": sizes, "type": type, "purpose": purpose}
