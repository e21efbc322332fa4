"""Whom we do not answer now: a person who floods us, and a chat where an officer is writing. Danger always passes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.contract import Desk
from storage import inbox
from storage.reach import Reach

WINDOW = timedelta(minutes=1)
A_WHILE = timedelta(minutes=1)  # between two requests to write more slowly


@dataclass(frozen=True, slots=True)
class House:
    """The operator's rules. `per_minute`: messages of one person that are answered; 0 = no limit.

    `burst`: how long a short message waits for the next one. `officer_silence`: how long the bot keeps out of a chat
    after an officer wrote there.
    """

    per_minute: int = 0
    burst: timedelta = timedelta(0)
    officer_silence: timedelta = timedelta(minutes=30)


async def floods(desk: Desk, house: House) -> bool:
    """Whether this person has sent more than may be answered in a minute; never the commune as a whole."""
    if not house.per_minute:
        return False
    sent = await inbox.count_since(
        desk.session,
        commune_id=desk.commune_id,
        channel_account_id=desk.account.channel_account_id,
        chat_key=desk.account.chat_key,
        since=desk.now - WINDOW,
    )
    return sent > house.per_minute


def is_told(reach: Reach, desk: Desk) -> bool:
    """Whether the person was asked to write more slowly a moment ago."""
    return reach.slowed_at is not None and desk.now - reach.slowed_at < A_WHILE


def officer_writes(reach: Reach, desk: Desk) -> bool:
    """Whether an officer has taken this chat over."""
    return reach.silent_until is not None and reach.silent_until > desk.now
