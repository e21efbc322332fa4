"""Where files are opened: by a signed address alone, never as a page of ours."""

from __future__ import annotations

from aiohttp import web

from bot.assembly import Parts
from bot.caller import SHUT_IN
from bot.files.links import PREFIX
from storage import files
from storage.errors import BlobMissing

ENDINGS = {"image/jpeg": "jpg", "application/pdf": "pdf"}


class FileRoutes:
    """One address."""

    def __init__(self, parts: Parts) -> None:
        """Opens with the deployment's keys."""
        self._parts = parts

    def table(self) -> list[web.RouteDef]:
        """One address."""
        return [web.get(PREFIX + "{token}", self.open)]

    async def open(self, request: web.Request) -> web.StreamResponse:
        """The file; whatever is wrong with the address reads the same."""
        named = self._parts.links.named(request.match_info["token"], now=self._parts.clock.now())
        if named is None:
            raise web.HTTPNotFound
        async with self._parts.database.reading() as session:
            row = await files.get(session, commune_id=named.commune_id, file_id=named.file_id)
        try:
            if row is None:
                raise web.HTTPNotFound
            content = await self._parts.files.content(row)
        except BlobMissing:
            raise web.HTTPNotFound from None
        shown = "inline" if row.kind == "image" else "attachment"
        headers = {
            "Content-Disposition": f'{shown}; filename="tep-{row.id}.{ENDINGS[row.media_type]}"',
            "Cache-Control": "private, no-store",
        }
        request[SHUT_IN] = True
        return web.Response(body=content, content_type=row.media_type, headers=headers)
