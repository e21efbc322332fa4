"""The Zalo Bot Platform: our own client on aiohttp; errors come inside HTTP 200, and there are no buttons.

Limits: a message has at most 2,000 characters of an unstated unit, we stop at 1,800 UTF-16 units; the free plan reaches
50 people per bot and 3,000 messages a month; no rate is published, we keep to 20 a second and one a second in a chat.
Every part of a long message counts. `getUpdates` hands each event over once, so it is stored before the next call.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.channel_settings import BotSettings
from bot.channels.base import Arrived, Limits, Outgoing, Received, Verdict, parsed, secret_matches
from bot.channels.errors import ChannelDown, PersonGone, SendFailed, TooFast
from bot.channels.http import Http
from bot.files.fetching import Fetcher

SECRET_HEADER = "X-Bot-Api-Secret-Token"  # noqa: S105
POLL_SECONDS = 25
NOTHING_ARRIVED = 408
FILE_HOSTS = ("zdn.vn", "zadn.vn")
PLAN = 3_000  # messages a month of the free plan


class ZaloBotEvents:
    """Reads events in both forms that are seen: wrapped in `result`, and flat. Nothing here needs a token."""

    name = "zalo_bot"
    greets = False
    foreign = False
    outside = True

    def read(self, raw: str) -> Received | None:
        """Words, a picture, a voice message, or that the platform keeps the content from us."""
        event = _event(raw)
        message = _message(event)
        if event is None or _chat(message) == "" or (message.get("from") or {}).get("is_bot") is True:
            return None
        at = _sent_at(message)
        match event.get("event_name"):
            case "message.text.received":
                return Received(str(message.get("text") or ""), sent_at=at)
            case "message.image.received":
                picture = message.get("photo_url") or message.get("photo")
                found = (picture,) if isinstance(picture, str) else ()
                return Received(str(message.get("caption") or ""), "photo", sent_at=at, files=found)
            case "message.voice.received":
                return Received("", "voice", sent_at=at)
            case "message.unsupported.received":
                return Received("", "unsupported", sent_at=at)
        return None

    def arrived(self, raw: str) -> Arrived | None:
        """Key: event name and message id; an event without an id is named by its content. A probe is none."""
        event = _event(raw)
        if event is None or not isinstance(event.get("event_name"), str):
            return None
        message = _message(event)
        name, message_id = event["event_name"], message.get("message_id")
        key = str(message_id) if message_id else hashlib.sha256(raw.encode()).hexdigest()
        return Arrived(f"{name}:{key}", _chat(message), _sent_at(message))


class ZaloBot(ZaloBotEvents):
    """The same with a token: sends, polls, sets its webhook."""

    path = "zalo-bot"
    limits = Limits(text=1_800, per_second=20.0, chat_gap=1.0, buttons=0, per_month=PLAN)

    def __init__(self, settings: BotSettings, public_url: str | None) -> None:
        """`public_url`: where the platform can reach us; without it the webhook is set by hand."""
        self.external_id = settings.bot_id
        self.polls = settings.mode == "polling"
        self._settings, self._public_url = settings, public_url
        self._http = Http()
        self._files = Fetcher(FILE_HOSTS, base_url=settings.base_url)

    async def send(self, chat_key: str, message: Outgoing) -> None:
        """One message; its choices are numbered lines already."""
        await self._call("sendMessage", {"chat_id": chat_key, "text": message.printed})

    def check(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """The platform sends our secret back with each event."""
        genuine = secret_matches(headers.get(SECRET_HEADER), self._settings.secret)
        return Verdict(genuine, None if genuine else "wrong_secret")

    async def acknowledge(self, raw: str) -> None:
        """There are no buttons to press."""

    async def set_up(self) -> None:
        """Polling and webhook exclude each other."""
        if self.polls:
            await self._call("deleteWebhook", {})
        elif self._public_url is not None:
            url = f"{self._public_url}/webhooks/{self.path}"
            await self._call("setWebhook", {"url": url, "secret_token": self._settings.secret})

    async def fetch(self) -> list[str]:
        """One event at most; "nothing arrived" is an error in form only."""
        seconds = POLL_SECONDS + 7.0
        answer = await self._post("getUpdates", {"timeout": POLL_SECONDS}, seconds=seconds)
        if answer.get("ok") is not True and _code(answer) == NOTHING_ARRIVED:
            return []
        result = _result(answer)
        events = result if isinstance(result, list) else [result]
        return [json.dumps(event, ensure_ascii=False) for event in events if isinstance(event, dict) and event]

    async def download(self, reference: str) -> bytes:
        """The event carries the picture's address."""
        return await self._files.get(reference)

    def confirm(self) -> None:
        """The platform forgets what it handed over."""

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()
        await self._files.close()

    async def _call(self, method: str, fields: Mapping[str, Any]) -> Any:
        return _result(await self._post(method, fields))

    async def _post(self, method: str, fields: Mapping[str, Any], *, seconds: float = 20.0) -> dict[str, Any]:
        url = f"{self._settings.base_url}/bot{self._settings.token}/{method}"
        return await self._http.post(url, content=fields, seconds=seconds)


def _result(answer: Mapping[str, Any]) -> Any:
    """What the platform gave, or the error that it put into its envelope."""
    if answer.get("ok") is True:
        return answer.get("result")
    code = _code(answer)
    match code:
        case 401:
            raise ChannelDown("401 token", needs_person=True)
        case 404:
            raise PersonGone("404 chat")
        case 429:
            raise TooFast("429 quota")
        case 403 | 408 | 500 | 502 | 503:  # 403 is labelled "internal server error" there
            raise SendFailed(str(code), again=True)
    raise SendFailed(str(code), again=False)


def _code(answer: Mapping[str, Any]) -> int:
    """A number today; nothing promises its type, and one method spells it otherwise."""
    given = answer.get("error_code", answer.get("errorCode"))
    try:
        return int(str(given))
    except ValueError:
        return 0


def _event(raw: str) -> dict[str, Any] | None:
    content = parsed(raw)
    if content is None:
        return None
    inner = content.get("result")
    return inner if isinstance(inner, dict) and "event_name" not in content else content


def _message(event: Mapping[str, Any] | None) -> dict[str, Any]:
    message = (event or {}).get("message")
    return message if isinstance(message, dict) else {}


def _chat(message: Mapping[str, Any]) -> str:
    chat = message.get("chat")
    return str(chat.get("id") or "") if isinstance(chat, dict) else ""


def _sent_at(message: Mapping[str, Any]) -> datetime | None:
    """`date` is in milliseconds."""
    given = message.get("date")
    if not isinstance(given, int | float) or not 0 < given < 4e12:
        return None
    return datetime.fromtimestamp(given / 1000, UTC)
