"""What we say: replies wait here in order, and a row keeps what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class OutboxMessage(SQLModel, table=True):
    """One message to one chat.

    `state`: queued, sending (claimed by a process), sent, unknown (may or may not have arrived), failed.
    Privacy: our own words; a citizen's words are not copied, `quotes_body_id` points to them. `part` counts the
    messages that answer one event, from 0, so that an event can never be answered twice. `choices` are
    {"label", "aside"}, `sources` {"cite", "dates"}.
    """

    __table_args__ = (UniqueConstraint("event_id", "part"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    channel_account_id: int = Field(foreign_key="channelaccount.id")
    chat_key: str
    event_id: int | None = Field(default=None, foreign_key="inboxevent.id")
    part: int = 0
    text: str
    choices: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sources: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    action: str | None = None
    topic: str | None = None
    quotes_body_id: int | None = Field(default=None, foreign_key="body.id")
    repeats_id: int | None = Field(default=None, description="the unknown reply that this one shows again")
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None


async def put(session: AsyncSession, message: OutboxMessage) -> OutboxMessage:
    """Queue a message in the caller's transaction."""
    session.add(message)
    await session.flush()
    return message


async def answering(session: AsyncSession, *, commune_id: int, event_id: int) -> list[OutboxMessage]:
    """The messages that answer one event, in order."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.event_id) == event_id)
    return list(await session.exec(select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.part))))


async def of_account(
    session: AsyncSession, *, commune_id: int, account_id: int, after: int = 0, limit: int = 100
) -> list[OutboxMessage]:
    """The newest messages to one account with an id above `after`, oldest first."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.id) > after,
    )
    newest = select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.id).desc()).limit(limit)
    return list(await session.exec(newest))[::-1]


async def claim(
    session: AsyncSession, *, channel_account_ids: list[int], now: datetime, limit: int
) -> list[OutboxMessage]:
    """Messages due on these channel accounts, marked as being sent: oldest first, one a chat so that order holds."""
    first = (
        select(OutboxMessage.account_id, OutboxMessage.id)
        .where(
            col(OutboxMessage.channel_account_id).in_(channel_account_ids),
            col(OutboxMessage.state).in_(("queued", "sending")),
        )
        .order_by(col(OutboxMessage.id))
    )
    heads: dict[int, int] = {}
    for account_id, message_id in await session.exec(first):
        heads.setdefault(account_id, message_id or 0)
    due = (
        col(OutboxMessage.id).in_(list(heads.values())[:limit]),
        col(OutboxMessage.state) == "queued",
        col(OutboxMessage.not_before) <= now,
    )
    chosen = select(OutboxMessage).where(*due).order_by(col(OutboxMessage.id)).with_for_update(skip_locked=True)
    claimed = list(await session.exec(chosen))
    for message in claimed:
        message.state = "sending"
        session.add(message)
    await session.flush()
    return claimed


async def settle(
    session: AsyncSession,
    *,
    commune_id: int,
    message_id: int,
    state: str,
    now: datetime,
    error: str | None = None,
    not_before: datetime | None = None,
) -> None:
    """Write down what became of a message: sent, failed, unknown, or queued again for later."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.id) == message_id)
    message = (await session.exec(select(OutboxMessage).where(*mine))).one()
    message.state, message.error = state, error
    message.attempts += 1
    message.sent_at = now if state == "sent" else None
    message.not_before = not_before or message.not_before
    session.add(message)
    await session.flush()


async def mark_fetched(session: AsyncSession, *, commune_id: int, message_ids: list[int], now: datetime) -> None:
    """The citizen's own page has fetched these: they are sent."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.id).in_(message_ids),
        col(OutboxMessage.state) == "queued",
    )
    await session.exec(update(OutboxMessage).where(*mine).values(state="sent", sent_at=now))


async def call_unknown(session: AsyncSession, *, channel_account_ids: list[int]) -> int:
    """At start: what a dead process was sending may or may not have arrived. Returns how many there were."""
    left = (col(OutboxMessage.channel_account_id).in_(channel_account_ids), col(OutboxMessage.state) == "sending")
    result = await session.exec(update(OutboxMessage).where(*left).values(state="unknown", error="ProcessEnded"))
    return int(result.rowcount)


async def unknown_of(session: AsyncSession, *, commune_id: int, account_id: int) -> list[OutboxMessage]:
    """Replies of which nobody knows whether they arrived, and which were not shown again yet."""
    repeated = select(OutboxMessage.repeats_id).where(
        col(OutboxMessage.account_id) == account_id, col(OutboxMessage.repeats_id).is_not(None)
    )
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.state) == "unknown",
        col(OutboxMessage.id).not_in(repeated),
    )
    return list(await session.exec(select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.id))))


async def blank(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """Forget what was said to a person who deleted their data; the rows stay as the record that we answered."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.account_id) == account_id)
    await session.exec(
        update(OutboxMessage).where(*mine).values(text="[đã xóa]", choices=[], sources=[], quotes_body_id=None)
    )
