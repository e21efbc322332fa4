"""REPLY OUT for channels that we bring messages to: empties the outbox, retries what may be, keeps the order."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta

from bot.channels.base import PushChannel, outgoing
from bot.clock import Clock
from storage import outbox
from storage.bodies import Vault
from storage.database import Database
from storage.outbox import OutboxMessage

MOST_IN_FLIGHT = 8  # messages of one channel account that a fault may leave unknown
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=2)

log = logging.getLogger(__name__)


class SendFailed(Exception):
    """The channel refused a message: it surely did not arrive. `again` tells whether a later attempt can help."""

    def __init__(self, reason: str, *, again: bool) -> None:
        """`reason` is a short code for the operator, never the text of a message."""
        super().__init__(reason)
        self.reason = reason
        self.again = again


class Delivery:
    """Sends what waits for the channel accounts that this process serves."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, channels: Mapping[int, PushChannel]) -> None:
        """`channels` by the id of their channel account."""
        self._database, self._vault, self._clock = database, vault, clock
        self._channels = channels

    async def recover(self) -> int:
        """At start: what a dead process was sending is unknown now. Returns how many messages that were."""
        async with self._database.writing() as session:
            return await outbox.call_unknown(session, channel_account_ids=list(self._channels))

    async def flush(self) -> int:
        """Send everything that is due now; returns how many messages were settled."""
        settled = 0
        while claimed := await self._claim():
            await asyncio.gather(*(self._send(message) for message in claimed))
            settled += len(claimed)
        return settled

    async def _claim(self) -> list[OutboxMessage]:
        async with self._database.writing() as session:
            return await outbox.claim(
                session,
                channel_account_ids=list(self._channels),
                now=self._clock.now(),
                limit=MOST_IN_FLIGHT,
            )

    async def _send(self, message: OutboxMessage) -> None:
        """One message, and what became of it. An answer that never came back leaves it unknown: not sent again."""
        channel = self._channels[message.channel_account_id]
        try:
            await channel.send(message.chat_key, outgoing(message, await self._quoted(message)))
        except SendFailed as refused:
            last = not refused.again or message.attempts + 1 >= MOST_ATTEMPTS
            await self._settle(message, "failed" if last else "queued", refused.reason)
        except Exception as fault:
            log.warning(
                "message %s: %s while sending; it may or may not have arrived", message.id, type(fault).__name__
            )
            await self._settle(message, "unknown", type(fault).__name__)
        else:
            await self._settle(message, "sent", None)

    async def _quoted(self, message: OutboxMessage) -> str | None:
        body_id = message.quotes_body_id
        if body_id is None:
            return None
        async with self._database.reading() as session:
            found = await self._vault.read(session, commune_id=message.commune_id, body_ids=[body_id])
        return found.get(body_id)

    async def _settle(self, message: OutboxMessage, state: str, error: str | None) -> None:
        now = self._clock.now()
        async with self._database.writing() as session:
            await outbox.settle(
                session,
                commune_id=message.commune_id,
                message_id=message.id or 0,
                state=state,
                now=now,
                error=error,
                not_before=now + FIRST_WAIT * 2**message.attempts if state == "queued" else None,
            )
