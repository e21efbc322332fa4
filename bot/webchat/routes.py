"""The web chat over HTTP: the page, sending, the stream of what comes later, and the end of a session."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

from bot.assembly import Parts
from bot.caller import FRAMED_BY
from bot.channels.webchat import (
    LARGEST_FORM,
    LARGEST_JSON,
    MessageTooLong,
    MessageUnreadable,
    Posted,
    posted,
    posted_json,
)
from bot.files.errors import WORDS, FileRefused
from bot.webchat import conversation, sessions, uploads
from bot.webchat.conversation import Answered, Chat, Told
from bot.webchat.errors import SENTENCES, SessionEnded
from bot.webchat.hub import ELSEWHERE, ENDED, Hub
from bot.webchat.pages import Pages
from bot.webchat.places import Place, place_at
from bot.webchat.receipts import Receipts
from bot.webchat.sessions import Session
from storage import accounts, communes, inbox, pauses
from storage.files import AttachedFile
from storage.inbox import InboxEvent

PATIENCE = 8.0  # seconds that a post waits for its answer
HEARTBEAT = 15.0  # seconds between looks of a stream that nobody wakes: another replica may have answered
LONGEST_STREAM = 1800.0  # seconds, then the page comes again


class WebChatRoutes:
    """All that citizens' browsers ask for."""

    def __init__(self, parts: Parts, pages: Pages, hub: Hub, receipts: Receipts) -> None:
        """The worker tells the hub when something was queued."""
        self._parts, self._pages, self._hub, self._receipts = parts, pages, hub, receipts
        parts.worker.on_queued(hub.queued)

    def table(self) -> list[web.RouteDef]:
        """Every address of ours."""
        return [
            web.get("/", self.home),
            web.get("/x/{code}", self.page),
            web.post("/x/{code}/messages", self.send),
            web.get("/x/{code}/events", self.stream, allow_head=False),
            web.post("/x/{code}/end", self.end),
        ]

    async def home(self, request: web.Request) -> web.StreamResponse:
        """The only commune's chat, else the list of communes."""
        async with self._parts.database.reading() as session:
            known = [one for one in await communes.all_of_them(session) if not one.is_province]
        if len(known) == 1:
            return await self._show(request, known[0].code)
        return self._pages.chooser(known, request.query.get("q", "")[:100])

    async def page(self, request: web.Request) -> web.StreamResponse:
        """One commune's chat."""
        return await self._show(request, request.match_info["code"])

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Take a message: stored under its unique key before anything is answered, so that it may be sent again."""
        place, session, ended = await self._enter(request)
        if ended:
            raise SessionEnded
        chat = place.chat(session)
        if request.content_type == "application/json":
            message = posted_json(await _body(request, LARGEST_JSON))
            event = await self._receive(place, chat, message, chat.event_key(message.client_id))
            return self._with_secret(request, session, await self._answer_json(chat, event))
        if request.content_type == "multipart/form-data":
            return await self._take_file(request, place, session)
        try:
            message = await _form(request)
        except MessageTooLong as refused:
            return await self._show(request, place.commune.code, refused=refused)
        await self._receive(place, chat, message, chat.event_key(_form_id(message)))
        return self._with_secret(request, session, _see(f"/x/{place.commune.code}#last"))

    async def _take_file(self, request: web.Request, place: Place, session: Session) -> web.StreamResponse:
        """A photo or a PDF, with or without words: examined and kept before the message is."""
        chat, code = place.chat(session), place.commune.code
        try:
            upload = await uploads.read(request)
            file = await self._parts.files.take(place.account, chat_key=chat.chat_key, content=upload.content)
        except FileRefused as refused:
            return await self._show(request, code, trouble=f"Dạ, em chưa nhận được: {WORDS[refused.why]}.", status=422)
        message = upload.with_file(*file)
        await self._receive(place, chat, message, chat.event_key(_form_id(upload.message)))
        return self._with_secret(request, session, _see(f"/x/{code}#last"))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: what we say from now on, and what the page has missed."""
        place, session, ended = await self._enter(request)
        if session.is_new or ended:
            return web.Response(status=204)  # tells the browser not to ask again
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        with suppress(ConnectionResetError):  # the page was closed
            await self._tell(response, place.chat(session), after=_last_seen(request))
        return response

    async def end(self, request: web.Request) -> web.StreamResponse:
        """ "Xong, xóa phiên này": the browser forgets its secret, and nobody can open this chat again."""
        place, session, _ended = await self._enter(request)
        if not session.is_new:
            await self._mark_ended(place.chat(session))
            self._hub.end(session.chat_key)
        return self._with_secret(request, sessions.fresh(), _see(f"/x/{place.commune.code}?xong"))

    async def _show(
        self,
        request: web.Request,
        code: str,
        *,
        refused: MessageTooLong | None = None,
        trouble: str = "",
        status: int = 200,
    ) -> web.StreamResponse:
        place, session, ended = await self._enter(request, code)
        if ended:
            session = sessions.fresh()
        chat = place.chat(session)
        async with self._parts.database.reading() as reading:
            messages = await conversation.whole(reading, self._parts.vault, chat, today=self._parts.clock.today())
            shown = await conversation.attached(
                reading, chat, messages, lambda row: self._parts.links.to(**_names(row), now=self._parts.clock.now())
            )
            paused = await pauses.running(reading, commune_id=chat.commune_id)
        notices = ["Đã xóa cuộc trò chuyện trước khỏi máy này."] if "xong" in request.query else []
        self._fetched(chat, [one for one in messages if isinstance(one, Told)])
        response = self._pages.chat(
            place.commune,
            messages,
            shown,
            status=413 if refused else status,
            notice=" ".join([*notices, *dict.fromkeys(each.notice for each in paused)]),
            trouble=SENTENCES[MessageTooLong].sentence.format_map(vars(refused)) if refused else trouble,
            kept=refused.text if refused else "",
        )
        sessions.remember(response, session, request)
        return response

    async def _enter(self, request: web.Request, code: str | None = None) -> tuple[Place, Session, bool]:
        """The commune that is named, the browser's session, and whether that was ended."""
        named = code or request.match_info["code"]
        mine = sessions.of(request)
        async with self._parts.database.reading() as session:
            place = await place_at(session, named)
            request[FRAMED_BY] = place.commune.portal
            account = None if mine.is_new else await conversation.account_of(session, place.chat(mine))
        return place, mine, account is not None and account.ended_at is not None

    async def _mark_ended(self, chat: Chat) -> None:
        """Nothing is written for a browser that never wrote to us."""
        async with self._parts.database.writing(commune_id=chat.commune_id) as session:
            if not await conversation.has_written(session, chat):
                return
            account = await accounts.find_or_add(
                session,
                commune_id=chat.commune_id,
                channel_account_id=chat.channel_account_id,
                chat_key=chat.chat_key,
            )
            account.ended_at = self._parts.clock.now()
            session.add(account)

    async def _receive(self, place: Place, chat: Chat, message: Posted, event_key: str) -> InboxEvent:
        event = await self._parts.worker.receive(
            place.account, event_key=event_key, chat_key=chat.chat_key, raw=message.raw
        )
        await self._parts.worker.settled(event.id or 0, timeout=PATIENCE)
        return event

    async def _answer_json(self, chat: Chat, event: InboxEvent) -> web.Response:
        answered = await self._answered(chat, event)
        self._fetched(chat, answered.told)
        content: dict[str, Any] = {
            "messages": [one.as_json() for one in answered.told],
            "quoted": answered.said.text,
            "at": answered.said.at.isoformat(),
            "clock": conversation.clock_time(answered.said.at),
            "gone": answered.said.gone,
            "first": answered.first_id,
        }
        status = 202 if answered.said.waiting else 200
        return web.json_response(content, status=status, headers={"Cache-Control": "no-store"}, dumps=_readable)

    async def _answered(self, chat: Chat, event: InboxEvent) -> Answered:
        """As it stands now: the event is read again, since the worker has worked on it meanwhile."""
        async with self._parts.database.reading() as session:
            now = await inbox.by_key(
                session,
                commune_id=chat.commune_id,
                channel_account_id=chat.channel_account_id,
                event_key=event.event_key,
            )
            return await conversation.answer_to(session, self._parts.vault, chat, now or event)

    async def _tell(self, response: web.StreamResponse, chat: Chat, *, after: int) -> None:
        await response.write(b"retry: 3000\n\n")
        loop = asyncio.get_running_loop()
        until = loop.time() + LONGEST_STREAM
        with self._hub.listening((chat.channel_account_id, chat.chat_key)) as listener:
            while listener.over is None and loop.time() < until:
                async with self._parts.database.reading() as session:
                    fresh = await conversation.later(session, self._parts.vault, chat, after=after)
                for message in fresh:
                    after = message.id
                    await response.write(_event(_readable(message.as_json()), id=after))
                if fresh:
                    self._fetched(chat, fresh)
                else:
                    await response.write(b":\n\n")  # keeps the line open, and notices when it is not
                await listener.news(within=HEARTBEAT)
            if listener.over in (ENDED, ELSEWHERE):
                await response.write(_event("{}", name=listener.over))

    def _fetched(self, chat: Chat, told: Iterable[Told]) -> None:
        """The browser has these now: they are sent."""
        queued = [one.id for one in told if one.is_queued]
        if queued:
            self._receipts.note(commune_id=chat.commune_id, message_ids=queued)

    def _with_secret(self, request: web.Request, session: Session, response: web.Response) -> web.Response:
        """The answer, with the secret of a session that the browser does not have yet."""
        if session.is_new:
            sessions.remember(response, session, request)
        return response


def _names(row: AttachedFile) -> dict[str, int]:
    return {"commune_id": row.commune_id, "file_id": row.id or 0}


def _see(address: str) -> web.Response:
    """After a form: the browser fetches the page, so that reloading sends nothing twice."""
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


async def _body(request: web.Request, most: int) -> bytes:
    if (request.content_length or 0) > most:
        raise MessageTooLong
    body = await request.read()
    if len(body) > most:
        raise MessageTooLong
    return body


async def _form(request: web.Request) -> Posted:
    """The message of the plain form; a choice is a button of the same name as the text."""
    body = await _body(request, LARGEST_FORM)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise MessageUnreadable("too many fields") from None
    return posted(fields.get("client_id", [""])[-1], fields.get("text", [""])[-1])


def _form_id(message: Posted) -> str:
    """A page that comes back from the browser's memory keeps its id: with other words it is another message."""
    return f"{message.client_id}.{hashlib.sha256(message.text.encode()).hexdigest()[:16]}"


def _last_seen(request: web.Request) -> int:
    """The newest message that the page has: it says so when it opens the stream, the browser when it comes again."""
    given = (request.headers.get("Last-Event-ID", ""), request.query.get("after", ""))
    return max((int(one) for one in given if one.isascii() and one.isdigit() and len(one) < 19), default=0)


def _readable(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)


def _event(data: str, *, id: int | None = None, name: str | None = None) -> bytes:
    lines = [f"id: {id}"] if id is not None else []
    lines += [f"event: {name}"] if name else []
    return "\n".join([*lines, f"data: {data}", "", ""]).encode()
