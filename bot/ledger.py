"""What became of each message that we sent, written down: for the message, the person and the channel account."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import PushChannel
from bot.channels.errors import ChannelDown, ChatMoved, OutsideWindow, PersonGone, SendFailed, TooFast
from bot.clock import Clock
from bot.together import Together
from storage import accounts, dispatch, lines, reach
from storage.communes import ChannelAccount
from storage.database import Database
from storage.outbox import OutboxMessage

MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=2)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outlet:
    """One channel account, and what sends on it."""

    account: ChannelAccount
    channel: PushChannel

    @property
    def key(self) -> dict[str, int]:
        """The keys that every repository function asks for."""
        assert self.account.id is not None
        return {"commune_id": self.account.commune_id, "channel_account_id": self.account.id}


class Ledger:
    """Each outcome is one write; those of several messages share a transaction."""

    def __init__(self, database: Database, clock: Clock, outlets: Mapping[int, Outlet]) -> None:
        """`outlets` by the id of their channel account."""
        self._clock, self._outlets = clock, outlets
        self._together = Together(database)
        self._sent: list[OutboxMessage] = []  # arrived whole, not written down yet
        self._named: dict[int, str] = {}  # by delivery: what the platform calls its message
        self._troubled: set[int] = set()  # accounts whose line carries a fault to be taken back

    async def arrived(self, message: OutboxMessage, *, more: bool, external_id: str | None = None) -> None:
        """It is there; `more`: it was one part, and others follow. The channel works (again)."""
        outlet, account_id = self._outlets[message.channel_account_id], message.channel_account_id
        together: list[OutboxMessage] = []
        if not more:
            self._sent.append(message)
        if external_id is not None and message.delivery_id is not None:
            self._named[message.delivery_id] = external_id

        async def write(session: AsyncSession) -> None:
            if more:
                await dispatch.part_sent(session, commune_id=message.commune_id, message_id=message.id or 0)
            together.extend(self._sent)  # the first of a transaction writes all that arrived; it may be run again
            self._sent.clear()
            if together:
                await dispatch.settle_sent(session, together, named=self._named, now=self._clock.running())
            if account_id in self._troubled:
                line = await lines.of(session, **outlet.key)
                line.free()
                await lines.keep(session, line)

        await self._together.write(write)
        self._troubled.discard(account_id)
        self._named.pop(message.delivery_id or 0, None)

    async def unclear(self, message: OutboxMessage, reason: str) -> None:
        """It may or may not have arrived: never sent again by itself."""
        log.warning("message %s: %s while sending; it may or may not have arrived", message.id, reason)
        await self._settle(message, "unknown", reason)

    async def refused(self, message: OutboxMessage, refused: SendFailed) -> None:
        """Each refusal says what it means for the message, the person and the whole account."""
        match refused:
            case ChannelDown() | TooFast():
                await self.park(message.channel_account_id, refused, message)
            case OutsideWindow() if message.bulk:  # a notice is of no use later: it goes another way, or not at all
                await self._settle(message, "failed", "window", counts=False)
            case OutsideWindow():
                await self._settle(message, "held", refused.reason, counts=False)
            case ChatMoved() if refused.new_key != message.chat_key:
                await self._move(message, refused.new_key)
            case PersonGone():
                await self._person_gone(message, refused.reason)
            case _:
                last = not refused.again or message.attempts + 1 >= MOST_ATTEMPTS
                await self._settle(message, "failed" if last else "queued", refused.reason)

    def doubt(self, account_id: int) -> None:
        """The account's line carries a fault, perhaps of another process: the next success takes it back."""
        self._troubled.add(account_id)

    async def free(self, account_id: int) -> None:
        """The account works again, as somebody found out who sends nothing."""
        outlet = self._outlets[account_id]

        async def write(session: AsyncSession) -> None:
            line = await lines.of(session, **outlet.key)
            line.free()
            await lines.keep(session, line)

        await self._together.write(write)

    async def park(self, account_id: int, refused: SendFailed, message: OutboxMessage | None = None) -> None:
        """The account rests, and the message that met the fault waits with the others."""
        outlet = self._outlets[account_id]
        self._troubled.add(account_id)

        async def write(session: AsyncSession) -> None:
            if message is not None:
                await self._put_down(session, message, "queued", refused.reason, counts=False)
            line = await lines.of(session, **outlet.key)
            line.park(
                now=self._clock.running(),
                because=refused.reason,
                needs_person=isinstance(refused, ChannelDown) and refused.needs_person,
                after=refused.after if isinstance(refused, TooFast) else None,
            )
            await lines.keep(session, line)

        await self._together.write(write)
        log.warning("channel %s is parked: %s", outlet.channel.name, refused.reason)

    async def _move(self, message: OutboxMessage, new_key: str) -> None:
        async def write(session: AsyncSession) -> None:
            await self._put_down(session, message, "queued", "chat_moved", counts=False)
            old = await accounts.by_id(session, commune_id=message.commune_id, account_id=message.account_id)
            account = await reach.move(session, old, new_key=new_key)
            await dispatch.readdress(session, account=account, old_id=message.account_id)

        await self._together.write(write)

    async def _person_gone(self, message: OutboxMessage, reason: str) -> None:
        mine = {"commune_id": message.commune_id, "account_id": message.account_id}

        async def write(session: AsyncSession) -> None:
            await self._put_down(session, message, "failed", reason)
            await reach.mark_gone(session, **mine, at=self._clock.now(), because=reason)
            await dispatch.give_up(session, **mine, error=reason, at=self._clock.now())

        await self._together.write(write)

    async def _settle(self, message: OutboxMessage, state: str, error: str | None, *, counts: bool = True) -> None:
        await self._together.write(lambda session: self._put_down(session, message, state, error, counts=counts))

    async def _put_down(
        self, session: AsyncSession, message: OutboxMessage, state: str, error: str | None, *, counts: bool = True
    ) -> None:
        """One that is tried again waits longer each time."""
        now = self._clock.running()
        await dispatch.settle(
            session,
            commune_id=message.commune_id,
            message_id=message.id or 0,
            state=state,
            now=now,
            error=error,
            not_before=now + FIRST_WAIT * 2**message.attempts if state == "queued" and counts else None,
            counts=counts,
        )
