"""The terminal: no token, no limits; choices are numbered lines, sources a last line."""

from __future__ import annotations

import json
from collections.abc import Callable

from bot.channels.base import Limits, Outgoing, Received


class Terminal:
    """Prints replies as they are delivered; what is typed arrives as plain text."""

    name = "terminal"
    greets = False
    foreign = False
    outside = False
    limits = Limits()

    def __init__(self, write: Callable[[str], None], *, as_json: bool = False) -> None:
        """`write` gets one block of text, or one JSON line, per reply."""
        self._write = write
        self._as_json = as_json
        self.answering = 0  # number of the message that is being answered, from 1

    def read(self, raw: str) -> Received | None:
        """What was typed, as it is."""
        return Received(raw)

    async def send(self, chat_key: str, message: Outgoing) -> None:
        """Show one reply."""
        self._write(self._json(message) if self._as_json else self._plain(message))

    def _json(self, message: Outgoing) -> str:
        line = {
            "to": self.answering,
            "text": "\n".join(part for part in (message.text, message.grounds) if part),
            "action": message.action,
            "topic": message.topic,
            "choices": list(message.choices),
            "sources": [source["cite"] for source in message.sources],
        }
        return json.dumps(line, ensure_ascii=False)

    def _plain(self, message: Outgoing) -> str:
        numbered = " · ".join(f"{number} {label}" for number, label in enumerate(message.choices, 1))
        return "\n".join(part for part in (message.text, message.grounds, numbered) if part) + "\n"
