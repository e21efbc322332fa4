"""What every channel is to the rest: it reads what came in, and it sends what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from handlers.contract import SAID, grounds_line
from storage.outbox import OutboxMessage

ERASED_QUOTE = "…"


@dataclass(frozen=True, slots=True)
class Received:
    """What a person wrote, taken out of the channel's own wrapping."""

    text: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message ready to be shown: the person's own words are filled in, the rest is as the outbox holds it."""

    id: int
    text: str
    choices: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    action: str | None
    topic: str | None

    @property
    def grounds(self) -> str:
        """The line of sources for channels that cannot fold them; empty without sources."""
        return grounds_line([(source["cite"], source["dates"]) for source in self.sources])


class Channel(Protocol):
    """One way to reach people. `greets`: its page shows the first hello itself."""

    name: str
    greets: bool

    def read(self, raw: str) -> Received | None:
        """The message in an event as stored, or None where there is nothing to answer."""


class PushChannel(Channel, Protocol):
    """A channel to which we bring our messages, instead of waiting to be asked."""

    async def send(self, chat_key: str, message: Outgoing) -> None:
        """Bring one message; raises bot.delivery's errors when it could not."""


def outgoing(row: OutboxMessage, quoted: str | None) -> Outgoing:
    """A row of the outbox as a channel shows it. `quoted` is the text of the body that the row quotes."""
    return Outgoing(
        id=row.id or 0,
        text=row.text.replace(SAID, quoted if quoted is not None else ERASED_QUOTE),
        choices=tuple(choice["label"] for choice in row.choices),
        sources=tuple(row.sources),
        action=row.action,
        topic=row.topic,
    )
