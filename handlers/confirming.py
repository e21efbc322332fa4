"""Where a channel's signatures are only logged, nothing opens a case before the chat itself has read a number back.

Somebody who makes up events cannot read what we answer in the person's own chat.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from storage.talks import Talk

ASKS = "confirming.number"
HELD = "to_confirm"
DIGITS, MOST_TRIES = 4, 3
LEAVE = Choice("Thôi, không gửi", "leaving.now", aside=True)


class NotConfirmed(Exception):
    """What is about to be opened came in an event that nothing proves."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The message that waits, and where the talk stood when it came."""

    number: str
    body_id: int
    asks: str | None
    choices: list[dict[str, Any]]
    tries: int = 0


def demand(desk: Desk) -> None:
    """Go on only where the event is proved or the person has confirmed it. Raises NotConfirmed."""
    if desk.unproven:
        raise NotConfirmed


def ask(desk: Desk) -> Reply:
    """The message waits; the number stands in this chat alone."""
    number = f"{secrets.randbelow(9 * 10 ** (DIGITS - 1)) + 10 ** (DIGITS - 1)}"
    waiting = {"number": number, "body_id": desk.body_id, "asks": desk.talk.asks, "choices": desk.talk.choices}
    desk.talk.held = {**desk.talk.held, HELD: {**waiting, "tries": 0}}
    return _asking(number)


def pending(message: Incoming, desk: Desk) -> Pending | None:
    """What may go on now, because its number was read back; the talk stands again where it stood."""
    kept = desk.talk.held.get(HELD)
    if desk.talk.asks != ASKS or kept is None or message.text.strip(" .") != kept["number"]:
        return None
    _forget(desk)
    desk.talk.asks, desk.talk.choices = kept["asks"], kept["choices"]
    return Pending(**kept)


async def handle(_message: Incoming, desk: Desk) -> Reply:
    """A wrong number: asked again, three times at most."""
    kept = desk.talk.held.get(HELD)
    if kept is None or kept["tries"] + 1 >= MOST_TRIES:
        _forget(desk)
        return Reply("Dạ, số chưa đúng nên em không gửi việc đó. Anh/chị nhắn lại từ đầu giúp em ạ.", "menu")
    desk.talk.held = {**desk.talk.held, HELD: {**kept, "tries": kept["tries"] + 1}}
    return _asking(kept["number"])


def _asking(number: str) -> Reply:
    text = (
        f"Dạ, để chắc việc này là do anh/chị gửi, anh/chị nhắn lại số {number} giúp em, rồi em ghi nhận ngay. "
        "Không gửi nữa thì nhắn “thôi”."
    )
    return Reply(text, "clarify", choices=(LEAVE,), asks=ASKS)


def _forget(desk: Desk) -> None:
    desk.talk.held = {name: value for name, value in desk.talk.held.items() if name != HELD}


def continues(message: Incoming, _talk: Talk) -> bool:
    """Something like a number; all else is a new wish."""
    return message.text.strip(" .").isdigit()


FEATURE = Feature("confirming", handle, continues=continues)
