"""Several short messages that come one after the other are read as one question, and answered once."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import Channel, read, wrap_burst
from bot.clock import Clock
from bot.pipeline import Tools
from knowledge.base import Knowledge
from knowledge.cues import find_command, find_number
from knowledge.vietnamese import syllables, tidy
from storage import arrivals
from storage.bodies import Vault
from storage.inbox import InboxEvent

SHORT = 60  # characters; a longer message says all that it wants to
MOST_JOINED = 8


class Bursts:
    """Decides whether an event's turn has come, and which later events of the chat are read with it."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        """The pause is one of the house's rules; there is none where time stands still."""
        self._vault, self._clock = vault, clock

    async def gather(
        self, session: AsyncSession, event: InboxEvent, channel: Channel, tools: Tools
    ) -> InboxEvent | timedelta:
        """The event to answer now, with those before it joined to it, or how long to wait for the person to go on."""
        pause = tools.house.burst
        if not channel.outside or not pause or self._clock.frozen:
            return event
        later = await arrivals.following(session, event, limit=MOST_JOINED - 1)
        raws = await self._raws(session, [event, *later])
        burst = self._together([event, *later], channel, raws, pause)
        last = burst[-1]
        left = last.received_at + pause - self._clock.now()
        complete = len(burst) == MOST_JOINED or not self._is_short(channel, raws[last.body_id])
        if left > timedelta(0) and not complete and not self._is_urgent(burst, channel, raws, tools.knowledge):
            await arrivals.put_off(session, event, until=self._clock.now() + left)
            return left
        if len(burst) == 1:
            return event
        raw = wrap_burst([raws[each.body_id] for each in burst])
        return await arrivals.join(session, self._vault, burst, raw=raw, at=self._clock.now())

    def _together(
        self, events: list[InboxEvent], channel: Channel, raws: dict[int, str], pause: timedelta
    ) -> list[InboxEvent]:
        """The event and those after it, as long as each is plain words and came within the pause after a short one."""
        burst = events[:1]
        for event in events[1:]:
            soon = event.received_at - burst[-1].received_at <= pause
            words = self._words(channel, raws[event.body_id]) is not None
            if not (soon and words and self._is_short(channel, raws[burst[-1].body_id])):
                break
            burst.append(event)
        return burst

    def _is_short(self, channel: Channel, raw: str) -> bool:
        """Something that may go on."""
        words = self._words(channel, raw)
        return words is not None and len(words) <= SHORT

    def _words(self, channel: Channel, raw: str) -> str | None:
        """Plain words that may be a piece of a question; a number, a command or a press is complete in itself."""
        received = read(channel, raw)
        if received is None or received.kind != "text" or not received.text:
            return None
        words = tidy(received.text)
        said = syllables(words)
        return None if find_number(said) is not None or find_command(said) is not None else words

    def _is_urgent(self, burst: list[InboxEvent], channel: Channel, raws: dict[int, str], knowledge: Knowledge) -> bool:
        """Danger does not wait for the rest of the sentence."""
        words = " ".join(self._words(channel, raws[event.body_id]) or "" for event in burst)
        return knowledge.understand(words, on=self._clock.today()).emergency is not None

    async def _raws(self, session: AsyncSession, events: list[InboxEvent]) -> dict[int, str]:
        ids = [event.body_id for event in events]
        return await self._vault.read(session, commune_id=events[0].commune_id, body_ids=ids)
