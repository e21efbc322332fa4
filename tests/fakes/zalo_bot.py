"""A fake Zalo Bot Platform: errors inside HTTP 200, one event per getUpdates, quotas, both webhook forms."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.base import Call, Fake, Fault

TOKEN = "4242424242:zalo_fake_fake_fake_fake_fake"
SECRET = "bi-mat-zalo-bot"
METHODS = (
    "getMe", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo", "testWebhook",
    "sendMessage", "sendPhoto", "sendSticker", "sendVoice", "sendChatAction",
)  # fmt: skip


class Refusal(Exception):
    """An error envelope."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass
class FakeZaloBot(Fake):
    """`wrapped`: the documented webhook form; else the flat one. `real_status`: errors with their HTTP status."""

    token: str = TOKEN
    secret: str = SECRET
    wrapped: bool = True
    real_status: bool = False
    string_codes: bool = False
    allow_local: bool = True
    most_chats: int = 50
    most_messages: int = 3_000
    webhook: dict[str, str] = field(default_factory=dict)
    chats: set[str] = field(default_factory=set)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    months: dict[str, int] = field(default_factory=dict)
    last_message: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """What `danhoi serve` must be told."""
        return {
            "DANHOI_ZALO_BOT_TOKEN": TOKEN,
            "DANHOI_ZALO_BOT_BASE_URL": self.base,
            "DANHOI_ZALO_BOT_WEBHOOK_SECRET": SECRET,
        }

    def routes(self) -> list[web.RouteDef]:
        """GET and POST alike."""
        return [
            web.post("/bot{token}/{method}", self._call),
            web.get("/bot{token}/{method}", self._call),
        ]

    def refuse(self, fault: Fault) -> web.Response | None:
        """429; 403, which means a server error there; 500."""
        known = {"429": "Quota exceeded", "403": "Internal server error", "500": "Internal server error"}
        return self._envelope(int(fault.kind), known[fault.kind]) if fault.kind in known else None

    # -- what a person does -------------------------------------------------------------------------------------

    def event(self, chat: str, name: str = "message.text.received", **content: Any) -> dict[str, Any]:
        """Somebody sends something; the flat form."""
        self.chats.add(chat)
        self.last_message += 1
        message = {
            "from": {"id": chat, "display_name": "Ba Nam", "is_bot": False},
            "chat": {"id": chat, "chat_type": "PRIVATE"},
            "message_id": f"m{self.last_message:08x}",
            "date": int(self.now().timestamp() * 1000),
            **content,
        }
        return {"event_name": name, "message": message}

    def text_event(self, chat: str, text: str, **content: Any) -> dict[str, Any]:
        """Somebody writes."""
        return self.event(chat, text=text, **content)

    async def deliver(self, event: dict[str, Any], *, secret: str | None = None) -> int:
        """By webhook where a target is known, else it waits for getUpdates."""
        if not (self.target or self.webhook.get("url")):
            self.waiting.append(event)
            return 200
        self.target = self.target or self.webhook["url"]
        body = {"ok": True, "result": event} if self.wrapped else event
        given = secret if secret is not None else self.webhook.get("secret_token", self.secret)
        return await self.post(json.dumps(body, ensure_ascii=False).encode(), {"X-Bot-Api-Secret-Token": given})

    async def push(self, **event: Any) -> int:
        """{"chat": "a1", "text": "..."} or a whole {"event": {...}}."""
        return await self.deliver(event.get("event") or self.text_event(str(event["chat"]), event["text"]))

    # -- what the bot does --------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.Response:
        fields = await _fields(request)
        method = request.match_info["method"]
        call = Call(method, fields, dict(request.headers))

        async def act() -> web.Response:
            try:
                if request.match_info["token"] != self.token:
                    raise Refusal(401, "Unauthorized")
                if method not in METHODS:
                    raise Refusal(404, "Not found")
                return web.json_response(await getattr(self, f"_{method}")(fields))
            except Refusal as refused:
                answer = self._envelope(refused.code, refused.description)
                answer.fake_ok = False  # type: ignore[attr-defined]
                return answer

        return await self.through(call, request, act)

    def _envelope(self, code: int, description: str) -> web.Response:
        shown: Any = str(code) if self.string_codes else code
        return web.json_response(
            {"ok": False, "error_code": shown, "description": description}, status=code if self.real_status else 200
        )

    async def _getMe(self, _fields: dict[str, Any]) -> Any:
        return _ok({"id": "b0b0", "account_name": "bot.fake", "account_type": "BASIC", "can_join_groups": False})

    async def _getUpdates(self, fields: dict[str, Any]) -> Any:
        if self.webhook.get("url"):
            raise Refusal(400, "webhook is set")
        for _ in range(int(min(float(fields.get("timeout", 30)), 2.0) / 0.02)):
            if self.waiting:
                return _ok(self.waiting.pop(0))
            await asyncio.sleep(0.02)
        raise Refusal(408, "Request timeout")

    async def _setWebhook(self, fields: dict[str, Any]) -> Any:
        url, secret = str(fields.get("url", "")), str(fields.get("secret_token", ""))
        local = "localhost" in url or "127.0.0.1" in url
        if not (url.startswith("https://") or self.allow_local) or (local and not self.allow_local):
            raise Refusal(400, "url is invalid")
        if not 8 <= len(secret) <= 256:
            raise Refusal(400, "secret_token is invalid")
        self.webhook = {"url": url, "secret_token": secret}
        return _ok({"url": url, "updated_at": int(self.now().timestamp() * 1000)})

    async def _deleteWebhook(self, _fields: dict[str, Any]) -> Any:
        self.webhook = {}
        return _ok({"url": "", "updated_at": int(self.now().timestamp() * 1000)})

    async def _getWebhookInfo(self, _fields: dict[str, Any]) -> Any:
        return _ok({"url": self.webhook.get("url", ""), "updated_at": 0})

    async def _testWebhook(self, _fields: dict[str, Any]) -> Any:
        raise Refusal(426, "called too often")

    async def _sendMessage(self, fields: dict[str, Any]) -> Any:
        text = str(fields.get("text", ""))
        if not 1 <= len(text.encode("utf-16-le")) // 2 <= 2_000:
            raise Refusal(400, "text is invalid")
        return self._sent(fields, text=text)

    async def _sendPhoto(self, fields: dict[str, Any]) -> Any:
        if not str(fields.get("photo", "")).startswith(("http://", "https://")):
            raise Refusal(400, "photo URL is invalid")
        return self._sent(fields, text=str(fields.get("caption", "")))

    async def _sendSticker(self, fields: dict[str, Any]) -> Any:
        return self._sent(fields, text="")

    async def _sendVoice(self, fields: dict[str, Any]) -> Any:
        if not str(fields.get("voice_url", "")).endswith(".aac"):
            raise Refusal(400, "voice_url is invalid")
        return self._sent(fields, text="")

    async def _sendChatAction(self, _fields: dict[str, Any]) -> Any:
        return {"ok": True}

    def _sent(self, fields: dict[str, Any], *, text: str) -> Any:
        chat = str(fields.get("chat_id", ""))
        if chat not in self.chats:
            raise Refusal(404, "chat not found")
        month = f"{self.now():%Y-%m}"
        reached = {message["chat_id"] for message in self.sent} | {chat}
        if len(reached) > self.most_chats or self.months.get(month, 0) >= self.most_messages:
            raise Refusal(429, "Quota exceeded")
        self.months[month] = self.months.get(month, 0) + 1
        self.last_message += 1
        self.sent.append({"chat_id": chat, "text": text, "at": asyncio.get_running_loop().time()})
        return _ok({"message_id": f"o{self.last_message:08x}", "date": int(self.now().timestamp() * 1000)})


def _ok(result: Any) -> dict[str, Any]:
    return {"ok": True, "result": result}


async def _fields(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        content = await request.json()
        return content if isinstance(content, dict) else {}
    return {**request.query, **dict((await request.post()).items())}
