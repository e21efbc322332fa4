"""REPLY OUT for channels that we bring messages to: empties the outbox, retries what may be, keeps order and pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import Outgoing, PushChannel, outgoing, read
from bot.channels.errors import ChannelDown, ChatMoved, OutsideWindow, PersonGone, SendFailed, TooFast
from bot.channels.parts import numbered, split
from bot.clock import Clock
from storage import accounts, lines, outbox, reach
from storage.bodies import ERASED, SEALED, Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.outbox import OutboxMessage

MOST_IN_FLIGHT = 8  # messages of one channel account that a fault may leave unknown; DANHOI_IN_FLIGHT
MOST_ATTEMPTS = 6
FIRST_WAIT = timedelta(seconds=2)
LONGEST_SEND = timedelta(minutes=2)  # a message that is on the line for longer belonged to a process that died
POLL = 1.0  # seconds between looks when nobody wakes us
LAST_SENDS = 5.0  # seconds that a stopping server waits for them
SOON = 0.1  # seconds, where something waits for its turn
PRESSES_A_NUMBER = "(Trả lời bằng số hoặc gõ chữ đều được ạ.)"

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


class Delivery:
    """Sends what waits for the channel accounts that this process serves."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        clock: Clock,
        outlets: Mapping[int, Outlet],
        *,
        in_flight: int = MOST_IN_FLIGHT,
    ) -> None:
        """`outlets` by the id of their channel account."""
        self._database, self._vault, self._clock = database, vault, clock
        self._outlets, self._in_flight = outlets, in_flight
        self._news = {account_id: asyncio.Event() for account_id in outlets}
        self._troubled: set[int] = set()  # accounts whose line carries a fault to be taken back

    def queued(self, channel_account_id: int, _chat_key: str) -> None:
        """The worker's callback: something may wait there."""
        if channel_account_id in self._news:
            self._news[channel_account_id].set()

    async def recover(self) -> int:
        """What a dead process was sending is unknown now. Returns how many messages that were.

        The embedded database has one process, so at its start all of them; else those that are overdue.
        """
        now = self._clock.running()
        before = now + LONGEST_SEND if self._database.is_sqlite else now - LONGEST_SEND
        return await self._call_unknown(before=before)

    async def flush(self) -> int:
        """Send everything that is due now; returns how many messages were settled."""
        settled = 0
        for outlet in self._outlets.values():
            while claimed := await self._claim(outlet):
                await asyncio.gather(*(self._send(outlet, message) for message in claimed))
                settled += len(claimed)
        return settled

    async def run(self) -> None:
        """For ever, each account by itself: one that is slow or gone holds nobody else up."""
        async with asyncio.TaskGroup() as group:
            for account_id, outlet in self._outlets.items():
                group.create_task(self._serve(outlet, self._news[account_id]))
            group.create_task(self._sweep())

    async def _serve(self, outlet: Outlet, news: asyncio.Event) -> None:
        flying: set[asyncio.Task[None]] = set()
        try:
            await self._keep_sending(outlet, news, flying)
        finally:  # an orderly stop lets what is on the line arrive, so that nothing becomes unknown by it
            if flying:
                await asyncio.wait(flying, timeout=LAST_SENDS)

    async def _keep_sending(self, outlet: Outlet, news: asyncio.Event, flying: set[asyncio.Task[None]]) -> None:
        while True:
            news.clear()
            try:
                claimed = await self._claim(outlet) if await self._waits(outlet) else []
            except Exception:
                log.exception("the outbox of %s cannot be read now; it is tried again", outlet.channel.name)
                await asyncio.sleep(POLL)
                continue
            for message in claimed:
                task = asyncio.create_task(self._send_surely(outlet, message))
                flying.add(task)
                task.add_done_callback(flying.discard)
                task.add_done_callback(lambda _task: news.set())
            if not claimed:
                await self._nap(outlet, news)

    async def _nap(self, outlet: Outlet, news: asyncio.Event) -> None:
        pause = SOON if await self._waits(outlet) else POLL
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await news.wait()
        if pause == SOON:
            await asyncio.sleep(SOON / 5)  # what is woken again and again still leaves room for others

    async def _sweep(self) -> None:
        """Messages of a replica that died are called unknown once they are overdue."""
        while True:
            await asyncio.sleep(LONGEST_SEND.total_seconds() / 2)
            with suppress(Exception):
                await self._call_unknown(before=self._clock.running() - LONGEST_SEND)

    async def _call_unknown(self, *, before: datetime) -> int:
        async with self._database.writing() as session:
            return await outbox.call_unknown(
                session,
                channel_account_ids=list(self._outlets),
                claimed_before=before,
            )

    async def _waits(self, outlet: Outlet) -> bool:
        async with self._database.reading() as session:
            return await outbox.waits(session, **outlet.key)

    async def _claim(self, outlet: Outlet) -> list[OutboxMessage]:
        now, limits = self._clock.running(), outlet.channel.limits
        async with self._database.writing() as session:
            line = await lines.of(session, **outlet.key)
            room = line.room(now=now, per_second=limits.per_second, most=self._in_flight)
            if not room:
                return []
            claimed = await outbox.claim(
                session, **outlet.key, now=now, in_flight=self._in_flight, limit=room, chat_gap=limits.chat_gap
            )
            line.take(len(claimed), now=now, per_second=limits.per_second)
            await lines.keep(session, line)
        return claimed

    async def _send_surely(self, outlet: Outlet, message: OutboxMessage) -> None:
        """A fault of ours while settling leaves the message on the line; the sweep calls it unknown."""
        try:
            await self._send(outlet, message)
        except Exception:
            log.exception("message %s cannot be settled now", message.id)

    async def _send(self, outlet: Outlet, message: OutboxMessage) -> None:
        """One message, and what became of it. An answer that never came back leaves it unknown: not sent again."""
        parts = printed_parts(outlet.channel, await self._filled_in(outlet, message))
        part = parts[min(message.parts_sent, len(parts) - 1)]
        try:
            await outlet.channel.send(message.chat_key, part)
        except SendFailed as refused:
            await self._refused(outlet, message, refused)
        except Exception as fault:
            log.warning(
                "message %s: %s while sending; it may or may not have arrived", message.id, type(fault).__name__
            )
            await self._settle(message, "unknown", type(fault).__name__)
        else:
            await self._arrived(outlet, message, more=message.parts_sent + 1 < len(parts))

    async def _arrived(self, outlet: Outlet, message: OutboxMessage, *, more: bool) -> None:
        account_id = message.channel_account_id
        async with self._database.writing() as session:
            if more:
                await outbox.part_sent(session, commune_id=message.commune_id, message_id=message.id or 0)
            else:
                await self._put_down(session, message, "sent", None)
            if account_id in self._troubled:
                line = await lines.of(session, **outlet.key)
                line.free()
                await lines.keep(session, line)
        self._troubled.discard(account_id)

    async def _refused(self, outlet: Outlet, message: OutboxMessage, refused: SendFailed) -> None:
        """Each refusal says what it means for the message, the person and the whole account."""
        match refused:
            case ChannelDown() | TooFast():
                await self._park(outlet, refused, message)
            case OutsideWindow():
                await self._settle(message, "held", refused.reason, counts=False)
            case ChatMoved() if refused.new_key != message.chat_key:
                await self._move(message, refused.new_key)
            case PersonGone():
                await self._person_gone(message, refused.reason)
            case _:
                last = not refused.again or message.attempts + 1 >= MOST_ATTEMPTS
                await self._settle(message, "failed" if last else "queued", refused.reason)

    async def park(self, channel_account_id: int, refused: SendFailed) -> None:
        """Also the way in which polling and set-up tell that a channel is down."""
        await self._park(self._outlets[channel_account_id], refused)

    async def _park(self, outlet: Outlet, refused: SendFailed, message: OutboxMessage | None = None) -> None:
        """The account rests, and the message that met the fault waits with the others."""
        self._troubled.add(outlet.account.id or 0)
        async with self._database.writing() as session:
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
        log.warning("channel %s is parked: %s", outlet.channel.name, refused.reason)

    async def _move(self, message: OutboxMessage, new_key: str) -> None:
        async with self._database.writing() as session:
            await self._put_down(session, message, "queued", "chat_moved", counts=False)
            old = await accounts.by_id(session, commune_id=message.commune_id, account_id=message.account_id)
            account = await reach.move(session, old, new_key=new_key)
            await outbox.readdress(session, account=account, old_id=message.account_id)

    async def _person_gone(self, message: OutboxMessage, reason: str) -> None:
        mine = {"commune_id": message.commune_id, "account_id": message.account_id}
        async with self._database.writing() as session:
            await self._put_down(session, message, "failed", reason)
            await reach.mark_gone(session, **mine, at=self._clock.now(), because=reason)
            await outbox.give_up(session, **mine, error=reason)

    async def _filled_in(self, outlet: Outlet, message: OutboxMessage) -> Outgoing:
        """The message with the words that it quotes, and when the person last wrote."""
        quoted, body_id = None, message.quotes_body_id
        async with self._database.reading() as session:
            if body_id is not None:
                found = await self._vault.read(session, commune_id=message.commune_id, body_ids=[body_id])
                quoted = said(outlet.channel, found.get(body_id, ERASED))
            known = await reach.of(session, commune_id=message.commune_id, account_id=message.account_id)
        return replace(outgoing(message, quoted), last_seen_at=known.last_seen_at)

    async def _settle(
        self, message: OutboxMessage, state: str, error: str | None = None, *, counts: bool = True
    ) -> None:
        async with self._database.writing() as session:
            await self._put_down(session, message, state, error, counts=counts)

    async def _put_down(
        self, session: AsyncSession, message: OutboxMessage, state: str, error: str | None, *, counts: bool = True
    ) -> None:
        """What became of a message, in the caller's transaction; one that is tried again waits longer each time."""
        now = self._clock.running()
        await outbox.settle(
            session,
            commune_id=message.commune_id,
            message_id=message.id or 0,
            state=state,
            now=now,
            error=error,
            not_before=now + FIRST_WAIT * 2**message.attempts if state == "queued" and counts else None,
            counts=counts,
        )


def said(channel: PushChannel, body: str) -> str | None:
    """What the person wrote, as it may be quoted; words that were erased or sealed leave only what stands for them."""
    if body in (ERASED, SEALED):
        return body
    received = read(channel, body)
    return received.text if received is not None else None


def printed_parts(channel: PushChannel, message: Outgoing) -> list[Outgoing]:
    """The message as that channel can show it: in parts, sources in the text, choices with the last part."""
    if channel.limits.text is None:
        return [message]
    unpressed = _lines(channel, message.choices)
    texts = split("\n".join(part for part in (message.printed, unpressed) if part), channel.limits.text)
    bare = [replace(message, text=part, sources=(), choices=()) for part in texts]
    return [*bare[:-1], replace(bare[-1], choices=message.choices)]


def _lines(channel: PushChannel, choices: tuple[str, ...]) -> str:
    """The choices that no button shows whole, as numbered lines."""
    most, title = channel.limits.buttons, channel.limits.title
    if most is None or not choices:
        return ""
    if most == 0:
        return f"{numbered(choices)}\n{PRESSES_A_NUMBER}"
    is_cut = title is not None and any(len(f"{most}. {label}") > title for label in choices[:most])
    return numbered(choices) if is_cut else numbered(choices[most:], most + 1)
