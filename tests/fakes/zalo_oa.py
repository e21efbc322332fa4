"""A fake Zalo Official Account: OAuth v4 with single-use refresh tokens, windows, error codes, signed webhooks."""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from tests.fakes.base import Call, Fake, Fault

APP_ID, OA_ID = "1000000000000000001", "3000000000000000003"
APP_SECRET, OA_SECRET = "khoa-ung-dung-fake", "khoa-oa-fake"
FIRST_REFRESH = "refresh-token-dau-tien-fake"
LIFE = timedelta(hours=25)
LADDER = (30, 300, 900, 1800, 3600)  # seconds after which a webhook is repeated


@dataclass
class FakeZaloOa(Fake):
    """`seen` is when each person last interacted; `first_term` what the signature begins with."""

    refresh_tokens: set[str] = field(default_factory=lambda: {FIRST_REFRESH})
    used_refresh: list[str] = field(default_factory=list)
    access_token: str = ""
    access_until: datetime | None = None
    first_term: str = APP_ID
    oa_secret: str = OA_SECRET
    seen: dict[str, datetime] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=lambda: {"mau-1"})
    sent: list[dict[str, Any]] = field(default_factory=list)
    template_sent: list[dict[str, Any]] = field(default_factory=list)
    last_message: int = 0
    disabled: bool = False

    @property
    def settings(self) -> dict[str, str]:
        """What `danhoi serve` must be told."""
        return {
            "DANHOI_ZALO_OA_APP_ID": APP_ID,
            "DANHOI_ZALO_OA_OA_ID": OA_ID,
            "DANHOI_ZALO_OA_APP_SECRET": APP_SECRET,
            "DANHOI_ZALO_OA_WEBHOOK_SECRET": OA_SECRET,
            "DANHOI_ZALO_OA_REFRESH_TOKEN": FIRST_REFRESH,
            "DANHOI_ZALO_OA_BASE_URL": self.base,
            "DANHOI_ZALO_OA_OAUTH_URL": self.base,
        }

    def routes(self) -> list[web.RouteDef]:
        """The paths of CHANNELS 2 that we call, and those that nobody may call any more."""
        return [
            web.post("/v4/oa/access_token", self._oauth),
            web.post("/v3.0/oa/message/cs", self._api),
            web.post("/v3.0/oa/message/template", self._api),
            web.post("/v3.0/oa/message/transaction", self._api),
            web.post("/v3.0/oa/message/promotion", self._api),
            web.post("/v2.0/oa/message", self._api),
            web.get("/v2.0/oa/getoa", self._api),
        ]

    def refuse(self, fault: Fault) -> web.Response | None:
        """Any error code, inside HTTP 200; "429" and "500" as a gateway would."""
        if fault.kind in ("429", "500"):
            return web.Response(status=int(fault.kind), text="busy")
        headers = {"X-RateLimit-Limit": "4000", "X-RateLimit-Remain": "0"} if fault.kind == "-32" else {}
        return web.json_response({"error": int(fault.kind), "message": "fault"}, headers=headers)

    # -- what a person does -------------------------------------------------------------------------------------

    def event(self, person: str, name: str = "user_send_text", **content: Any) -> dict[str, Any]:
        """One event as Zalo writes it; `message` is filled in where there is one."""
        self.last_message += 1
        event = {
            "app_id": APP_ID,
            "event_name": name,
            "timestamp": str(int(self.now().timestamp() * 1000)),
            "user_id_by_app": f"4{person}",
        }
        if name in ("follow", "unfollow"):
            event |= {"oa_id": OA_ID, "follower": {"id": person}, "source": "qr"}
        elif name.startswith("oa_send_"):
            event |= {"sender": {"id": OA_ID}, "recipient": {"id": person}}
        else:
            event |= {"sender": {"id": person}, "recipient": {"id": OA_ID}}
        if message := content.pop("message", None):
            event["message"] = {"msg_id": f"m-{self.last_message:06d}", **message}
        if not name.startswith(("oa_send_", "user_received", "user_seen", "unfollow")):
            self.seen[person] = self.now()
        return event | content

    def text_event(self, person: str, text: str) -> dict[str, Any]:
        """Somebody writes, or presses a button: both look the same."""
        return self.event(person, message={"text": text})

    def signed(self, event: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        """Body with unusual spacing, so that whoever writes it anew breaks the signature, and its header."""
        body = json.dumps(event, ensure_ascii=False, separators=(", ", ":  ")).encode()
        whole = self.first_term.encode() + body + str(event["timestamp"]).encode() + self.oa_secret.encode()
        return body, {"X-ZEvent-Signature": f"mac={hashlib.sha256(whole).hexdigest()}"}

    async def deliver(self, event: dict[str, Any], *, secret: str | None = None) -> int:
        """Signed, to the webhook."""
        body, headers = self.signed(event)
        if secret is not None:
            whole = self.first_term.encode() + body + str(event["timestamp"]).encode() + secret.encode()
            headers = {"X-ZEvent-Signature": f"mac={hashlib.sha256(whole).hexdigest()}"}
        return await self.post(body, headers)

    async def deliver_surely(self, event: dict[str, Any]) -> list[int]:
        """With the ladder of repetitions, in virtual time; then the webhook is switched off."""
        statuses = [await self.deliver(event)]
        for seconds in LADDER:
            if statuses[-1] == 200:
                return statuses
            self.moved += timedelta(seconds=seconds)
            statuses.append(await self.deliver(event))
        self.disabled = statuses[-1] != 200
        return statuses

    async def push(self, **event: Any) -> int:
        """{"chat": "2...", "text": "..."} or a whole {"event": {...}}."""
        return await self.deliver(event.get("event") or self.text_event(str(event["chat"]), event["text"]))

    # -- what the OA does ---------------------------------------------------------------------------------------

    async def _oauth(self, request: web.Request) -> web.Response:
        fields = dict(await request.post())
        call = Call("access_token", fields, dict(request.headers))

        async def act() -> web.Response:
            if request.headers.get("secret_key") != APP_SECRET or fields.get("app_id") != APP_ID:
                return _failed(-14005, "app secret is wrong")
            refresh = str(fields.get("refresh_token"))
            if fields.get("grant_type") != "refresh_token" or refresh not in self.refresh_tokens:
                return _failed(-14014, "Invalid refresh token")
            self.refresh_tokens = {secrets.token_urlsafe(24)}
            self.used_refresh.append(refresh)
            self.access_token, self.access_until = secrets.token_urlsafe(24), self.now() + LIFE
            [fresh] = self.refresh_tokens
            return web.json_response({"access_token": self.access_token, "refresh_token": fresh, "expires_in": "90000"})

        return await self.through(call, request, act)

    async def _api(self, request: web.Request) -> web.Response:
        content = await request.json() if request.can_read_body else {}
        call = Call(request.path, content, dict(request.headers))

        async def act() -> web.Response:
            given = request.headers.get("access_token", "")
            if given != self.access_token or not self.access_token:
                return _failed(-216, "Access token is invalid")
            if self.access_until is None or self.now() > self.access_until:
                return _failed(-220, "Access token expired")
            match request.path:
                case "/v3.0/oa/message/cs":
                    return self._consult(content)
                case "/v3.0/oa/message/template":
                    return self._template(content)
                case "/v2.0/oa/getoa":
                    return _done({"oaid": OA_ID, "name": "UBND", "oa_type": 4})
            return _failed(-240, "API is no longer supported")

        return await self.through(call, request, act)

    def _consult(self, content: dict[str, Any]) -> web.Response:
        person, message = str(content["recipient"]["user_id"]), content["message"]
        text = message.get("text")
        if not isinstance(text, str) or not text:
            return _failed(-201, "message is invalid")
        if len(text.encode("utf-16-le")) // 2 > 2_000:
            return _failed(-210, "text is too long")
        attachment = message.get("attachment")
        if attachment is not None and not _is_buttons(attachment):
            return _failed(-201, "attachment is invalid")
        if person in self.blocked:
            return _failed(-213, "user does not follow")
        if person not in self.seen or self.now() - self.seen[person] > timedelta(days=7):
            return _failed(-230, "user has not interacted in the last 7 days")
        self.last_message += 1
        self.sent.append({"chat_id": person, "text": text, "message": message, "at": asyncio.get_running_loop().time()})
        return _done({"message_id": f"o-{self.last_message}", "sent_time": str(int(self.now().timestamp() * 1000))})

    def _template(self, content: dict[str, Any]) -> web.Response:
        if content.get("template_id") not in self.templates:
            return _failed(-109, "template is invalid")
        self.template_sent.append(content)
        return _done({"message_id": "t-1"})


def _is_buttons(attachment: dict[str, Any]) -> bool:
    """At most five, each with a title of at most 100 and a payload that fits its type."""
    buttons = attachment.get("payload", {}).get("buttons")
    return (
        attachment.get("type") == "template"
        and isinstance(buttons, list)
        and 1 <= len(buttons) <= 5
        and all(
            1 <= len(button["title"]) <= 100
            and button["type"] in ("oa.query.show", "oa.query.hide")
            and isinstance(button["payload"], str)
            for button in buttons
        )
    )


def _done(data: dict[str, Any]) -> web.Response:
    return web.json_response({"error": 0, "message": "Success", "data": data})


def _failed(code: int, message: str) -> web.Response:
    answer = web.json_response({"error": code, "message": message})
    answer.fake_ok = False  # type: ignore[attr-defined]
    return answer
