"""A clock that was set begins anew at each start: what waits for a time that lies ahead of it need not wait again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from storage.tokens import ChannelToken


async def end_waits(session: AsyncSession, *, now: datetime) -> None:
    """Only for tests, where DANHOI_CLOCK is set: with the real clock nothing lies ahead but what was meant to."""
    await session.exec(update(InboxEvent).where(col(InboxEvent.not_before) > now).values(not_before=now))
    await session.exec(update(OutboxMessage).where(col(OutboxMessage.not_before) > now).values(not_before=now))
    await session.exec(update(OutboxMessage).where(col(OutboxMessage.claimed_at) > now).values(claimed_at=None))
    await session.exec(update(Line).values(free_at=None, parked_until=None))
    await session.exec(update(ChannelToken).values(rotating_until=None))
