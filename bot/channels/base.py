"""What every channel is to the rest: it reads what came in, and it sends what goes out."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from handlers.contract import SAID, Kind, grounds_line
from handlers.wording import words_in
from storage.bodies import OURS
from storage.outbox import OutboxMessage

ERASED_QUOTE = "…"
BURST = "danhoi_burst"  # key of our own wrapping around several events that are read as one


@dataclass(frozen=True, slots=True)
class Limits:
    """What a channel lets us do. `text` counts UTF-16 units of one message; rates are per second; None = no limit."""

    text: int | None = None
    per_second: float | None = None
    chat_gap: float = 0.0  # seconds between two messages of one chat
    buttons: int | None = None  # how many choices can be pressed; the others are numbered lines
    per_month: int | None = None  # messages of the account's plan
    title: int | None = None  # longest title of a button; where one is longer, all choices are numbered lines as well


@dataclass(frozen=True, slots=True)
class Arrived:
    """What the edge must know of an event before it is stored. `chat_key` is empty where it belongs to no chat."""

    event_key: str
    chat_key: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """What a person sent, taken out of the channel's own wrapping.

    `pressed` is the message of ours and the place of the choice in it, from 0. `order` sorts the events of a burst.
    `moved_to`: the chat has this key from now on. `files`: what the channel calls each photo or document in it.
    """

    text: str
    kind: Kind = "text"
    pressed: tuple[int, int] | None = None
    sent_at: datetime | None = None
    order: int = 0
    moved_to: str | None = None
    files: tuple[str, ...] = ()
    receipt: tuple[str, ...] = ()  # ids of messages of ours that came to the device, or were read (`text`: "seen")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to be shown: the person's own words are filled in, the rest is as the outbox holds it."""

    id: int
    text: str
    choices: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    action: str | None
    topic: str | None
    reference: str | None = None
    is_notice: bool = False
    last_seen_at: datetime | None = None  # when the person last wrote; for channels with a window

    @property
    def grounds(self) -> str:
        """The line of sources for channels that cannot fold them; empty without sources."""
        return grounds_line([(source["cite"], source["dates"]) for source in self.sources])

    @property
    def printed(self) -> str:
        """Text and sources, where nothing is folded."""
        return "\n".join(part for part in (self.text, self.grounds) if part)


class Channel(Protocol):
    """One way to reach people.

    `greets`: its page shows the first hello itself. `foreign`: its operator is outside Viet Nam, so nothing personal
    is asked there. `outside`: strangers reach it, so a person who floods it is slowed, and short messages that come
    together are read as one.
    """

    name: str
    greets: bool
    foreign: bool
    outside: bool

    def read(self, raw: str) -> Received | None:
        """The message in an event as stored, or None where there is nothing to answer."""


class PushChannel(Channel, Protocol):
    """A channel to which we bring our messages, instead of waiting to be asked."""

    limits: Limits

    async def send(self, chat_key: str, message: Outgoing) -> str | None:
        """Bring one message; raises bot.channels.errors when it surely did not arrive.

        Gives the platform's own id of it where receipts will name it so.
        """


class Downloads(Channel, Protocol):
    """A channel whose service holds what people attach."""

    async def download(self, reference: str) -> bytes:
        """The bytes of one of `Received.files`. Raises bot.files.errors."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a webhook is genuine. `note` is what to count it as."""

    accepted: bool
    note: str | None = None


class Platform(PushChannel, Downloads, Protocol):
    """Somebody else's service: it sends us events by webhook or hands them out, and takes our messages.

    `path` ends the address of its webhook; `external_id` is the platform's own id of our account; `polls`: we fetch.
    """

    path: str
    external_id: str
    polls: bool

    def arrived(self, raw: str) -> Arrived | None:
        """Key and chat of an event; None where the body is none."""

    def check(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Whether this came from the platform, in constant time; looks at the bytes as they came."""

    async def acknowledge(self, raw: str) -> None:
        """Whatever the platform likes to hear when a button was pressed."""

    async def set_up(self) -> None:
        """Tell the platform where its events go, and how we look there."""

    async def fetch(self) -> list[str]:
        """Wait for events and hand them over."""

    def confirm(self) -> None:
        """All that was fetched is stored."""

    async def close(self) -> None:
        """Give the connections back."""


def secret_matches(given: str | None, expected: str | None) -> bool:
    """Compare in constant time; without a secret of ours nothing is genuine."""
    return expected is not None and hmac.compare_digest((given or "").encode("utf-8", "replace"), expected.encode())


def outgoing(row: OutboxMessage, quoted: str | None) -> Outgoing:
    """A row of the outbox as a channel shows it. `quoted` is what the person wrote in the body that the row quotes."""
    return Outgoing(
        id=row.id or 0,
        text=row.text.replace(SAID, quoted.removeprefix(OURS) if quoted is not None else ERASED_QUOTE),
        choices=tuple(choice["label"] for choice in row.choices),
        sources=tuple(row.sources),
        action=row.action,
        topic=row.topic,
        reference=row.reference,
        is_notice=row.bulk,
    )


def wrap_burst(raws: Sequence[str]) -> str:
    """Several events of one chat as one body."""
    return json.dumps({BURST: list(raws)}, ensure_ascii=False)


def read(channel: Channel, raw: str) -> Received | None:
    """What a stored body says, be it one event, a burst that was joined, or words that we put together."""
    if (ours := words_in(raw)) is not None:
        return Received(ours)
    together = _burst(raw) if channel.outside else None
    if together is None:
        return channel.read(raw)
    found = [one for one in (channel.read(each) for each in together) if one is not None]
    if not found:
        return None
    found.sort(key=lambda one: (one.sent_at.timestamp() if one.sent_at else 0.0, one.order))
    attached = [one for one in found if one.files]
    kind = attached[-1].kind if attached else found[-1].kind
    brought = tuple(file for one in attached for file in one.files)
    return replace(found[-1], text="\n".join(one.text for one in found if one.text), kind=kind, files=brought)


def parsed(raw: str) -> dict[str, Any] | None:
    """The JSON object in a body; None where it is none (erased words, an empty probe)."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _burst(raw: str) -> list[str] | None:
    if f'"{BURST}"' not in raw[:40]:
        return None
    content = parsed(raw)
    return content[BURST] if content is not None and isinstance(content.get(BURST), list) else None
