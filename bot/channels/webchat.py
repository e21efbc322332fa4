"""The web chat: our own page posts one JSON object per message and fetches what we say; nothing is pushed.

Limits (ours): a message has at most 4,000 characters; its JSON at most 10 kB; the same message from the plain form at
most 40 kB, since a form writes one Vietnamese letter as up to nine characters. The page's id of a message has 8 to 64
letters, digits or hyphens.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from bot.channels.base import Received, parsed

LONGEST_TEXT = 4_000
LARGEST_JSON = 10_240
LARGEST_FORM = 40_960

_CLIENT_ID = re.compile(r"[0-9A-Za-z-]{8,64}")


class PostRefused(Exception):
    """What was posted is not a message of ours."""


@dataclass(eq=False)
class MessageUnreadable(PostRefused):
    """The body is not what the page sends. `problem` is for whoever writes a client."""

    problem: str


@dataclass(eq=False)
class MessageTooLong(PostRefused):
    """More than anybody can answer at once. `text` is what was typed, where it could be read."""

    text: str = ""
    most: str = f"{LONGEST_TEXT:,}".replace(",", ".")


@dataclass(frozen=True, slots=True)
class Posted:
    """One message as the page sent it; `client_id` is the page's own id of it, `files` are ids of its uploads."""

    client_id: str
    text: str
    files: tuple[int, ...] = ()

    @property
    def raw(self) -> str:
        """The body as it is kept."""
        content: dict[str, Any] = {"client_id": self.client_id, "text": self.text}
        return json.dumps(content | ({"files": self.files} if self.files else {}))


class WebChat:
    """Reads what the page posted. There is no `send`: the page asks, and a wake tells it that there is something."""

    name = "webchat"
    greets = True
    foreign = False
    outside = False  # its page waits for each answer, and the proxy in front limits who floods it

    def read(self, raw: str) -> Received | None:
        """The text of a stored message."""
        brought = _files(raw)
        return Received(said(raw), "photo" if brought else "text", files=brought)


def posted(client_id: Any, text: Any) -> Posted:
    """Check what came by JSON or by form."""
    if not isinstance(client_id, str) or not _CLIENT_ID.fullmatch(client_id):
        raise MessageUnreadable("client_id: 8 to 64 letters, digits or hyphens")
    if not isinstance(text, str):
        raise MessageUnreadable("text: a string")
    if len(text) > LONGEST_TEXT:
        raise MessageTooLong(text)
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a letter can be stored nowhere
    return Posted(client_id, whole)


def posted_json(body: bytes) -> Posted:
    """The message in a JSON body."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise MessageUnreadable("the body is not JSON") from None
    if not isinstance(content, dict):
        raise MessageUnreadable("the body is not a JSON object")
    return posted(content.get("client_id"), content.get("text"))


def said(raw: str) -> str:
    """The words in a stored body; what stands for erased or sealed words is given as it is."""
    try:
        content = json.loads(raw)
    except ValueError:
        return raw
    return str(content["text"]) if isinstance(content, dict) and "text" in content else raw


def _files(raw: str) -> tuple[str, ...]:
    listed = (parsed(raw) or {}).get("files", ())
    return tuple(str(one) for one in listed if isinstance(one, int)) if isinstance(listed, list) else ()
