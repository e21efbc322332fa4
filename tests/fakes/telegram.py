"""A fake Telegram Bot API: form and multipart bodies, offsets, limits, blocked chats, floods, migration."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.base import Call, Fake, Fault

TOKEN = "123456789:AAfake_fake_fake_fake_fake_fake_fake"
SECRET = "bi-mat-telegram"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Dân Hỏi", "username": "danhoi_bot"}


class Refusal(Exception):
    """What the API answers when it does not do as asked."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


@dataclass
class FakeTelegram(Fake):
    """`chats` are those that pressed Start; `webhook` what setWebhook was told."""

    token: str = TOKEN
    secret: str = SECRET
    chats: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    migrated: dict[int, int] = field(default_factory=dict)
    webhook: dict[str, str] = field(default_factory=dict)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    last_update: int = 1000
    last_message: int = 0
    polls: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """What `danhoi serve` must be told."""
        return {
            "DANHOI_TELEGRAM_TOKEN": TOKEN,
            "DANHOI_TELEGRAM_BASE_URL": self.base,
            "DANHOI_TELEGRAM_WEBHOOK_SECRET": SECRET,
        }

    def routes(self) -> list[web.RouteDef]:
        """Methods, and files."""
        return [
            web.post("/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/photos/{name}", self._hand_over),
        ]

    def refuse(self, fault: Fault) -> web.Response | None:
        """429 with retry_after; 500 as JSON."""
        match fault.kind:
            case "429":
                return _error(429, "Too Many Requests: retry after 1", retry_after=int(fault.seconds) or 1)
            case "500":
                return _error(500, "Internal Server Error")
        return None

    # -- what a person does -------------------------------------------------------------------------------------

    def text_update(self, chat: int, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes."""
        entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}] if text[:1] == "/" else []
        return self.message_update(chat, text=text, **({"entities": entities} if entities else {}), **more)

    def message_update(self, chat: int, **content: Any) -> dict[str, Any]:
        """Somebody sends something."""
        self.chats.add(chat)
        self.last_message += 1
        kind = "private" if chat > 0 else "group"
        message = {
            "message_id": self.last_message,
            "date": int(content.pop("date", self.now().timestamp())),
            "chat": {"id": chat, "type": kind, "first_name": "Bà Năm"},
            "from": {"id": abs(chat), "is_bot": False, "first_name": "Bà Năm"},
            **content,
        }
        return self.update(message=message)

    def press_update(self, chat: int, data: str) -> dict[str, Any]:
        """Somebody presses a button of our last message."""
        person = {"id": abs(chat), "is_bot": False, "first_name": "Bà Năm"}
        message = {"message_id": self.last_message, "date": 0, "chat": {"id": chat, "type": "private"}}
        return self.update(
            callback_query={
                "id": str(self.last_update),
                "from": person,
                "chat_instance": "1",
                "data": data,
                "message": message,
            }
        )

    def member_update(self, chat: int, status: str) -> dict[str, Any]:
        """Somebody blocks the bot (kicked) or unblocks it (member)."""
        person = {"id": abs(chat), "is_bot": False, "first_name": "Bà Năm"}
        member = {"user": BOT, "status": status} | ({"until_date": 0} if status == "kicked" else {})
        return self.update(
            my_chat_member={
                "chat": {"id": chat, "type": "private"},
                "from": person,
                "date": int(self.now().timestamp()),
                "old_chat_member": {"user": BOT, "status": "member"},
                "new_chat_member": member,
            }
        )

    def update(self, **content: Any) -> dict[str, Any]:
        """Anything, under the next update id."""
        self.last_update += 1
        return {"update_id": self.last_update, **content}

    async def deliver(self, update: dict[str, Any], *, secret: str | None = None) -> int:
        """By webhook where one is set or a target is known, else it waits for getUpdates."""
        if not (self.target or self.webhook.get("url")):
            self.waiting.append(update)
            return 200
        self.target = self.target or self.webhook["url"]
        given = secret if secret is not None else self.webhook.get("secret_token", self.secret)
        return await self.post(json.dumps(update).encode(), {"X-Telegram-Bot-Api-Secret-Token": given})

    async def push(self, **event: Any) -> int:
        """{"chat": 7, "text": "..."}, {"chat": 7, "press": "..."} or a whole {"update": {...}}."""
        if "update" in event:
            return await self.deliver(event["update"])
        if "press" in event:
            return await self.deliver(self.press_update(int(event["chat"]), event["press"]))
        return await self.deliver(self.text_update(int(event["chat"]), event["text"]))

    # -- what the bot does --------------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.Response:
        fields = {name: _value(value) for name, value in (await request.post()).items()}
        method = request.match_info["method"]
        call = Call(method, fields, dict(request.headers))

        async def act() -> web.Response:
            try:
                if request.match_info["token"] != self.token:
                    raise Refusal(401, "Unauthorized")
                done = getattr(self, f"_{method}", None)
                if done is None or not method[:1].islower():
                    raise Refusal(404, "Not Found")
                return web.json_response({"ok": True, "result": await done(fields)})
            except Refusal as refused:
                answer = _error(refused.code, refused.description, **refused.parameters)
                answer.fake_ok = False  # type: ignore[attr-defined]
                return answer

        return await self.through(call, request, act)

    async def _getMe(self, _fields: dict[str, Any]) -> Any:
        return BOT

    async def _setWebhook(self, fields: dict[str, Any]) -> Any:
        self.webhook = {"url": str(fields["url"]), "secret_token": str(fields.get("secret_token", ""))}
        return True

    async def _deleteWebhook(self, _fields: dict[str, Any]) -> Any:
        self.webhook = {}
        return True

    async def _getWebhookInfo(self, _fields: dict[str, Any]) -> Any:
        return {"url": self.webhook.get("url", ""), "has_custom_certificate": False, "pending_update_count": 0}

    async def _getUpdates(self, fields: dict[str, Any]) -> Any:
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        if self.polls:
            raise Refusal(409, "Conflict: terminated by other getUpdates request")
        self.polls += 1
        try:
            offset = int(fields.get("offset", 0))
            self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
            for _ in range(int(min(float(fields.get("timeout", 0)), 2.0) / 0.02)):
                if self.waiting:
                    break
                await asyncio.sleep(0.02)
            return self.waiting[:100]
        finally:
            self.polls -= 1

    async def _sendMessage(self, fields: dict[str, Any]) -> Any:
        chat = int(fields["chat_id"])
        if chat in self.migrated:
            raise Refusal(
                400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated[chat]
            )
        if chat in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        text = str(fields["text"])
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        for row in (fields.get("reply_markup") or {}).get("inline_keyboard", []):
            for button in row:
                if not 1 <= len(button["callback_data"].encode()) <= 64:
                    raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        self.last_message += 1
        self.sent.append({**fields, "chat_id": chat, "text": text, "at": asyncio.get_running_loop().time()})
        return {
            "message_id": self.last_message,
            "date": int(self.now().timestamp()),
            "chat": {"id": chat, "type": "private"},
            "text": text,
        }

    async def _sendChatAction(self, _fields: dict[str, Any]) -> Any:
        return True

    async def _answerCallbackQuery(self, _fields: dict[str, Any]) -> Any:
        return True

    async def _setMyCommands(self, fields: dict[str, Any]) -> Any:
        for command in fields["commands"]:
            if not (1 <= len(command["command"]) <= 32 and 1 <= len(command["description"]) <= 256):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    async def _setMyDescription(self, fields: dict[str, Any]) -> Any:
        if len(str(fields.get("description", ""))) > 512:
            raise Refusal(400, "Bad Request: description is too long")
        return True

    async def _setMyShortDescription(self, fields: dict[str, Any]) -> Any:
        if len(str(fields.get("short_description", ""))) > 120:
            raise Refusal(400, "Bad Request: short description is too long")
        return True

    async def _getFile(self, fields: dict[str, Any]) -> Any:
        name = str(fields["file_id"])
        if name not in self.held:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.held[name])
        if size > 20 * 1024 * 1024:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": name, "file_unique_id": "u", "file_path": f"photos/{name}", "file_size": size}

    async def _getChat(self, fields: dict[str, Any]) -> Any:
        return {"id": int(fields["chat_id"]), "type": "private"}


def _value(value: Any) -> Any:
    """Complex values are JSON text inside a form field."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


def _error(code: int, description: str, **parameters: Any) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=code)
