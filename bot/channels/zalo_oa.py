"""A Zalo Official Account (OpenAPI v3): our own client on aiohttp; errors come inside HTTP 200.

Limits: a message has at most 2,000 characters, we stop at 1,800 UTF-16 units; five buttons with titles of 35
characters; 4,000 calls a minute for an app, we keep to 20 a second, and one a second in a chat. We may write for 7 days
after the person did (48 hours free of charge); later only by an approved template, which carries a case's code alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.channel_settings import OaSettings
from bot.channels.base import Arrived, Limits, Outgoing, Received, Verdict, parsed
from bot.channels.errors import ChannelDown, OutsideWindow, SendFailed
from bot.channels.http import Http
from bot.channels.zalo_errors import BAD_TOKEN, failure
from bot.channels.zalo_signature import judge, sent_at
from bot.channels.zalo_tokens import Tokens
from bot.clock import Clock
from bot.files.fetching import Fetcher

MOST_BUTTONS, LONGEST_TITLE = 5, 35
MOST_FILES = 10  # of one event
WINDOW = timedelta(days=7)
PICTURES = ("user_send_image", "user_send_gif")
FILES = ("user_send_file", "user_send_video", "user_send_link")
FETCHED = ("user_send_image", "user_send_file")
FILE_HOSTS = ("zdn.vn", "zadn.vn")
CONTACTS = ("user_submit_info", "user_send_business_card")


class ZaloOaEvents:
    """Reads events as Zalo posts them. Nothing here needs a token."""

    name = "zalo_oa"
    greets = False
    foreign = False
    outside = True

    def read(self, raw: str) -> Received | None:
        """Words (a press comes as words too), a place, a picture, a follow, an officer who writes by hand."""
        event = parsed(raw)
        if event is None or not _person(event):
            return None
        name, at = str(event.get("event_name", "")), sent_at(event.get("timestamp"))
        message = _part(event, "message")
        if name == "user_send_text":
            return Received(str(message.get("text") or "").removeprefix("#"), sent_at=at)
        if name == "user_send_location":
            return Received(_place(message), "location", sent_at=at)
        if name == "follow":
            return Received("menu", sent_at=at)
        if name == "unfollow":
            return Received("", "left", sent_at=at)
        if name in ("user_received_message", "user_seen_message"):
            return Received("seen" if "seen" in name else "", "receipt", sent_at=at, receipt=_ids(message))
        if name.startswith("oa_send_"):
            return Received("", "officer", sent_at=at) if _part(event, "sender").get("admin_id") else None
        for kind, names in (
            ("photo", PICTURES),
            ("file", FILES),
            ("contact", CONTACTS),
            ("voice", ("user_send_audio",)),
        ):
            if name in names:
                text, files = str(message.get("text") or ""), _files(message) if name in FETCHED else ()
                return Received(text, kind, sent_at=at, files=files)  # type: ignore[arg-type]
        return None

    def arrived(self, raw: str) -> Arrived | None:
        """Key: event and message id; a follow has none and is named by person and time."""
        event = parsed(raw)
        if event is None or not isinstance(event.get("event_name"), str):
            return None
        message, person = _part(event, "message"), _person(event)
        own = message.get("msg_id") or (f"{person}:{event['timestamp']}" if event.get("timestamp") else "")
        key = str(own) if own else hashlib.sha256(raw.encode()).hexdigest()
        return Arrived(f"{event['event_name']}:{key}", person, sent_at(event.get("timestamp")))


class ZaloOa(ZaloOaEvents):
    """The same with tokens: proves webhooks and sends."""

    path = "zalo-oa"
    polls = False
    limits = Limits(text=1_800, per_second=20.0, chat_gap=1.0, buttons=MOST_BUTTONS, title=LONGEST_TITLE)

    def __init__(self, settings: OaSettings, http: Http, tokens: Tokens, clock: Clock) -> None:
        """`tokens` share the session with this client."""
        self.external_id = settings.oa_id
        self._settings, self._http, self._tokens, self._clock = settings, http, tokens, clock
        self._files = Fetcher(FILE_HOSTS, base_url=settings.base_url)

    async def send(self, chat_key: str, message: Outgoing) -> str | None:
        """A consultation message inside the window, else the template where it may stand for the message."""
        now = self._clock.running()
        if message.last_seen_at is not None and now - message.last_seen_at > WINDOW:
            return await self._send_template(chat_key, message)
        body = {"recipient": {"user_id": chat_key}, "message": body_of(message)}
        try:
            return _id_of(await self._call("/v3.0/oa/message/cs", body))
        except OutsideWindow:
            return await self._send_template(chat_key, message)

    def check(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """The signature over the bytes as they came, and the age of the event."""
        return judge(
            headers,
            body,
            first_terms=(self._settings.app_id, self._settings.oa_id),
            secret=self._settings.webhook_secret,
            enforce=self._settings.enforce,
            now=self._clock.running(),
        )

    async def acknowledge(self, raw: str) -> None:
        """A press comes as text; nothing is expected."""

    async def set_up(self) -> None:
        """The address of the webhook is typed into Zalo's console; here the token is made sure of."""
        await self._tokens.access()

    async def fetch(self) -> list[str]:
        """There is no polling."""
        return []

    async def download(self, reference: str) -> bytes:
        """The event carries the address."""
        return await self._files.get(reference)

    def confirm(self) -> None:
        """There is no polling."""

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.close()
        await self._files.close()

    async def _send_template(self, chat_key: str, message: Outgoing) -> str | None:
        """Only the code of a case or a notice goes into a template, never words; all else waits until they write."""
        template = self._settings.notice_template if message.is_notice else self._settings.template
        if template is None or message.reference is None:
            raise OutsideWindow("7 ngày")
        content = {
            "user_id": chat_key,
            "template_id": template,
            "template_data": {"ma_thong_bao" if message.is_notice else "ma_vu_viec": message.reference},
        }
        return _id_of(await self._call("/v3.0/oa/message/template", content))

    async def _call(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """One call; a token that was refused is replaced once."""
        access = await self._tokens.access()
        answer = await self._post(path, content, access)
        if _code(answer) in BAD_TOKEN:
            access = await self._tokens.access(instead_of=access)
            answer = await self._post(path, content, access)
        code = _code(answer)
        if code in BAD_TOKEN:
            raise ChannelDown(f"zalo {code}", needs_person=True)
        if code:
            raise failure(code)
        return answer

    async def _post(self, path: str, content: Mapping[str, Any], access: str) -> dict[str, Any]:
        return await self._http.post(
            f"{self._settings.base_url}{path}", content=content, headers={"access_token": access}
        )


def body_of(message: Outgoing) -> dict[str, Any]:
    """Text, and the first five choices as buttons; what no button shows whole stands in the text already."""
    body: dict[str, Any] = {"text": message.printed}
    if message.choices:
        buttons = [_button(number, label) for number, label in enumerate(message.choices[:MOST_BUTTONS], 1)]
        body["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return body


def _button(number: int, label: str) -> dict[str, str]:
    """A press sends the label, as if it were typed: anybody may type it, so it carries no authority."""
    title = f"{number}. {label}"
    short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"
    return {"title": short, "type": "oa.query.show", "payload": f"#{label}"}


def _code(answer: Mapping[str, Any]) -> int:
    given = answer.get("error", 0)
    try:
        return int(str(given))
    except ValueError:
        raise SendFailed("zalo error", again=False) from None


def _id_of(answer: Mapping[str, Any]) -> str | None:
    """What receipts will call the message."""
    found = _part(answer, "data").get("message_id")
    return str(found) if found else None


def _ids(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Receipts name one message, or many."""
    many = message.get("msg_ids")
    found = many if isinstance(many, list) else [message.get("msg_id")]
    return tuple(str(one) for one in found[:100] if one)


def _part(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def _person(event: Mapping[str, Any]) -> str:
    """Whose chat it is: the sender, in an echo of ours the recipient, in a follow the follower."""
    name = str(event.get("event_name", ""))
    place = "recipient" if name.startswith("oa_send_") else "follower" if name in ("follow", "unfollow") else "sender"
    if "_group_" in name:
        return ""
    return str(_part(event, place).get("id") or "")


def _files(message: Mapping[str, Any]) -> tuple[str, ...]:
    """The address of each attachment."""
    attachments = message.get("attachments")
    listed = attachments if isinstance(attachments, list) else []
    found = [_part(one, "payload").get("url") for one in listed if isinstance(one, dict)]
    return tuple(url for url in found if isinstance(url, str))[:MOST_FILES]


def _place(message: Mapping[str, Any]) -> str:
    """Two shapes are seen; a place that cannot be read says only that there was one."""
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else {}
    payload = _part(first, "payload") if isinstance(first, dict) else {}
    for found in (_part(payload, "coordinates"), _part(message, "location")):
        try:
            return f"Vị trí trên bản đồ: {float(found['latitude']):.5f}, {float(found['longitude']):.5f}"
        except (KeyError, TypeError, ValueError):
            continue
    return "Vị trí trên bản đồ"
