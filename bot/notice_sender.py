"""Sends notices: makes the rows of each turn in chunks, keeps a little of it in the outbox, and closes what is over.

Every step is one short transaction that leaves the ledger as it must be, so that a process that dies goes on exactly
where it was. The outbox keeps the pace of each channel and lets replies go first.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.clock import VIET_NAM, Clock
from bot.notice_ways import Ways
from handlers import notice_turns
from storage import communes, deliveries, dispatch
from storage import notices as shelf
from storage.database import Database
from storage.notice_reach import Way
from storage.notices import Notice

EVERY = 1.0  # seconds between looks while nothing is to be sent
BUSY = 0.1  # seconds between steps while something is: whoever waits for the database goes first
AHEAD = 200  # messages of notices that wait in the outbox of one channel account
FOR_PAGES = 500  # messages of the web chat that are laid down at once: its pages fetch them

log = logging.getLogger(__name__)


class NoticeSender:
    """One loop; `work` is one round of it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        ways: Ways,
        told: Callable[[int, str], None] = lambda _account, _chat: None,
    ) -> None:
        """`told(channel_account_id, chat_key)` is called after something was queued for a chat."""
        self._database, self._clock, self._ways, self._told = database, clock, ways, told

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                busy = await self.work()
            except Exception:
                log.exception("notices cannot be worked now; it is tried again")
                busy = False
            await asyncio.sleep(BUSY if busy else EVERY)

    async def work(self) -> bool:
        """One step of every notice that is at work; whether there is more to do at once."""
        async with self._database.reading() as session:
            found = await shelf.at_work(session)
        busy = False
        for notice in found:
            busy = await self._step(notice) or busy
        return busy

    async def _step(self, seen: Notice) -> bool:
        if seen.state == "cancelled":
            return await self._close(seen, "cancelled", "", last=True)
        if seen.state == "sending" and seen.expanded_at is not None:
            return await self._feed(seen)
        if seen.state == "scheduled" and (seen.send_at is None or seen.send_at > self._clock.now()):
            return False
        async with self._database.reading() as session:
            commune = await communes.get(session, commune_id=seen.commune_id)
        ways = await self._ways.of(commune)
        return await (self._begin(seen, ways) if seen.state == "scheduled" else self._make_rows(seen, ways))

    async def _begin(self, seen: Notice, ways: list[Way]) -> bool:
        async with self._database.writing() as session:
            notice = await shelf.locked(session, commune_id=seen.commune_id, notice_id=seen.id or 0)
            if notice is None or notice.state != "scheduled":
                return True
            await notice_turns.begin(session, notice, ways, now=self._clock.now())
            return notice.state == "sending"

    async def _make_rows(self, seen: Notice, ways: list[Way]) -> bool:
        async with self._database.writing() as session:
            notice = await shelf.locked(session, commune_id=seen.commune_id, notice_id=seen.id or 0)
            if notice is None or notice.state != "sending" or notice.expanded_at is not None:
                return True
            await notice_turns.make_rows(session, notice, ways, now=self._clock.now())
        return True

    async def _feed(self, seen: Notice) -> bool:
        if why_not := notice_turns.stop_for_now(seen, now=self._clock.now()):
            await self._fetch_back(seen)
        if why_not in ("late", "never"):
            await self._close(seen, "skipped", "quiet" if why_not == "never" else "late")
        if why_not == "quiet":
            return False
        async with self._database.reading() as session:
            waiting = await deliveries.channels_waiting(
                session, commune_id=seen.commune_id, notice_id=seen.id or 0, run=seen.run
            )
            room = {each: AHEAD - await dispatch.bulk_waiting(session, channel_account_id=each) for each in waiting}
        for channel_account_id in waiting:
            await self._hand_over(seen, channel_account_id, room[channel_account_id])
        if waiting or await self._fetch_back(seen):  # overdue ones lie there only where the server was down all night
            return True
        await self._finish(seen)
        return False

    async def _fetch_back(self, seen: Notice) -> bool:
        async with self._database.writing() as session:
            return bool(await notice_turns.fetch_back(session, seen, now=self._clock.now()))

    async def _hand_over(self, seen: Notice, channel_account_id: int, room: int) -> None:
        """As many as the outbox has room for, once that is worth a transaction."""
        now = self._clock.now()
        async with self._database.reading() as session:
            account = await communes.account_by_id(session, channel_account_id=channel_account_id)
        is_page = account.channel == "webchat"
        if not is_page and room < AHEAD // 2:
            return
        async with self._database.writing() as session:
            notice = await shelf.locked(session, commune_id=seen.commune_id, notice_id=seen.id or 0)
            if notice is None or notice.state != "sending":
                return
            commune = await communes.get(session, commune_id=seen.commune_id)
            found = await deliveries.waiting(
                session,
                commune_id=notice.commune_id,
                notice_id=notice.id or 0,
                run=notice.run,
                channel_account_id=channel_account_id,
                limit=FOR_PAGES if is_page else room,
            )
            if (most := self._ways.bounds(account.channel).per_month) is not None:
                found = await notice_turns.over_plan(session, found, most=most, since=_month(now), now=now)
            text = self._ways.text(notice, commune, account.channel)
            chats = await notice_turns.hand_over(session, notice, found, text, now=now)
        for chat in chats:
            self._told(chat.channel_account_id, chat.chat_key)

    async def _close(self, seen: Notice, state: str, reason: str, *, last: bool = False) -> bool:
        """Chunk after chunk, each in a transaction of its own; `last`: the notice is over with it."""
        now = self._clock.now()
        while True:
            async with self._database.writing() as session:
                if await notice_turns.close_rows(session, seen, state=state, reason=reason, now=now):
                    continue
                notice = await shelf.locked(session, commune_id=seen.commune_id, notice_id=seen.id or 0)
                if last and notice is not None:
                    notice.ended_at = now
                    await shelf.keep(session, notice)
                return False

    async def _finish(self, seen: Notice) -> None:
        async with self._database.reading() as session:
            over = await deliveries.is_over(session, commune_id=seen.commune_id, notice_id=seen.id or 0, run=seen.run)
        if not over:
            return
        async with self._database.writing() as session:
            notice = await shelf.locked(session, commune_id=seen.commune_id, notice_id=seen.id or 0)
            if notice is not None and notice.state == "sending" and notice.run == seen.run:
                await notice_turns.finish(session, notice, now=self._clock.now())


def _month(now: datetime) -> datetime:
    """The first instant of the month in Viet Nam."""
    return now.astimezone(VIET_NAM).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
