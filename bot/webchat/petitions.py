"""Draft petitions over HTTP: drawn when they are fetched, for the browser that asked for them, for a short while."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.assembly import Parts
from bot.channels.webchat import said
from bot.documents import FORMS, MIME
from bot.webchat import conversation, sessions
from bot.webchat.conversation import Chat
from bot.webchat.errors import UnknownCommune
from handlers.petition import Draft, drafted, hash_of
from knowledge.vietnamese import tidy
from storage import communes, petitions
from storage.bodies import ERASED, SEALED
from storage.petitions import Petition

NAMES = {"complaint": "nhap-don-khieu-nai", "denunciation": "mau-don-to-cao"}


class PetitionRoutes:
    """One address."""

    def __init__(self, parts: Parts) -> None:
        """Reads what the chat has kept."""
        self._parts = parts

    def table(self) -> list[web.RouteDef]:
        """Every address of ours."""
        return [web.get("/x/{code}/don/{token:[0-9A-Za-z_-]{32}}.{form:docx|pdf}", self.fetch)]

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """The file. Raises HTTPNotFound: another browser, another commune, too late."""
        form = request.match_info["form"]
        draft, kind = await self._draft(request)
        content = await asyncio.to_thread(FORMS[form], draft)
        return web.Response(
            body=content,
            content_type=MIME[form],
            headers={
                "Content-Disposition": f'attachment; filename="{NAMES[kind]}.{form}"',
                "Cache-Control": "no-store",
            },
        )

    async def _draft(self, request: web.Request) -> tuple[Draft, str]:
        clock, mine = self._parts.clock, sessions.of(request)
        await self._parts.ready()
        async with self._parts.database.reading() as session:
            commune = await communes.by_code(session, code=request.match_info["code"])
            if commune is None or commune.id is None:
                raise UnknownCommune(request.match_info["code"])
            channel = await communes.channel_account(session, commune_id=commune.id, channel="webchat")
            chat = Chat(commune.id, channel.id or 0 if channel else 0, mine.chat_key)
            account = None if mine.is_new else await conversation.account_of(session, chat)
            if account is None or account.id is None or account.ended_at is not None:
                raise web.HTTPNotFound
            petition = await petitions.find(
                session,
                commune_id=commune.id,
                account_id=account.id,
                token_hash=hash_of(request.match_info["token"]),
                now=clock.now(),
            )
            if petition is None:
                raise web.HTTPNotFound
            bodies = await self._parts.vault.read(
                session, commune_id=commune.id, body_ids=list(petition.parts.values())
            )
        known = self._parts.knowledge_of(commune.id)
        known = self._parts.knowledge_of(commune.id)
        return drafted(petition, _words(petition, bodies), commune, known, on=clock.today()), petition.kind


def _words(petition: Petition, bodies: dict[int, str]) -> dict[str, str]:
    """What the person wrote, by part; erased words are left to the pen."""
    raws = {part: bodies.get(body_id, ERASED) for part, body_id in petition.parts.items()}
    return {part: _tidy(said(raw)) for part, raw in raws.items() if raw not in (ERASED, SEALED)}


def _tidy(text: str) -> str:
    return "\n".join(tidy(line) for line in text.splitlines()).strip()
