"""What we say: replies wait here in order, and a row keeps what became of each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime


class OutboxMessage(SQLModel, table=True):
    """One message to one chat.

    `state`: queued, sending (claimed by a process), sent, unknown (may or may not have arrived), failed, held (the
    channel lets us write again once the person does). `bulk`: a notice, which waits for every reply. `reference`: the
    code of the case that it tells of.
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
    bulk: bool = False
    reference: str | None = None
    parts_sent: int = Field(default=0, description="parts of a long message that have arrived")
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
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
    session: AsyncSession,
    *,
    commune_id: int,
    channel_account_id: int,
    now: datetime,
    in_flight: int,
    limit: int,
    chat_gap: float = 0.0,
) -> list[OutboxMessage]:
    """Messages due on a channel account, marked as being sent: replies before bulk, oldest first, one a chat.

    At most `in_flight` of the account are on the line at once; `chat_gap`: seconds between two messages of one chat.
    """
    ours = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.channel_account_id) == channel_account_id)
    flying = (await session.exec(select(func.count()).where(*ours, col(OutboxMessage.state) == "sending"))).one()
    if (most := min(limit, in_flight - flying)) <= 0:
        return []
    due = (
        *ours,
        col(OutboxMessage.state) == "queued",
        col(OutboxMessage.not_before) <= now,
        ~_chat_is_busy(now, chat_gap),
    )
    oldest = select(OutboxMessage).where(*due).order_by(col(OutboxMessage.bulk), col(OutboxMessage.id)).limit(most)
    claimed = list(await session.exec(oldest.with_for_update(skip_locked=True)))
    for message in claimed:
        message.state, message.claimed_at = "sending", now
        session.add(message)
    await session.flush()
    return claimed


def _chat_is_busy(now: datetime, chat_gap: float) -> ColumnElement[bool]:
    """Something of the same chat is on the line, went a moment ago, or stands before this message."""
    other = aliased(OutboxMessage)
    before = (col(other.bulk) < col(OutboxMessage.bulk)) | (
        (col(other.bulk) == col(OutboxMessage.bulk)) & (col(other.id) < col(OutboxMessage.id))
    )
    busy = (col(other.state) == "sending") | ((col(other.state) == "queued") & before)
    if chat_gap:
        busy = busy | (col(other.claimed_at) > now - timedelta(seconds=chat_gap))
    return select(other.id).where(col(other.account_id) == col(OutboxMessage.account_id), busy).exists()


async def waits(session: AsyncSession, *, commune_id: int, channel_account_id: int) -> bool:
    """Whether anything is queued on a channel account."""
    ours = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.channel_account_id) == channel_account_id,
        col(OutboxMessage.state) == "queued",
    )
    return (await session.exec(select(OutboxMessage.id).where(*ours).limit(1))).first() is not None


async def settle(
    session: AsyncSession,
    *,
    commune_id: int,
    message_id: int,
    state: str,
    now: datetime,
    error: str | None = None,
    not_before: datetime | None = None,
    counts: bool = True,
) -> OutboxMessage:
    """Write down what became of a message: sent, failed, unknown, held, or queued again for later.

    `counts`: this was an attempt of the message's own, not a fault of the whole channel.
    """
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.id) == message_id)
    message = (await session.exec(select(OutboxMessage).where(*mine))).one()
    message.state, message.error = state, error
    message.attempts += counts
    message.sent_at = now if state == "sent" else None
    message.not_before = not_before or message.not_before
    session.add(message)
    await session.flush()
    return message


async def part_sent(session: AsyncSession, *, commune_id: int, message_id: int) -> None:
    """One part of a long message has arrived; the next one is queued."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.id) == message_id)
    message = (await session.exec(select(OutboxMessage).where(*mine))).one()
    message.state, message.parts_sent, message.attempts, message.error = "queued", message.parts_sent + 1, 0, None
    session.add(message)
    await session.flush()


async def give_up(session: AsyncSession, *, commune_id: int, account_id: int, error: str) -> None:
    """Nothing more goes to a person who cannot be reached."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.state).in_(("queued", "held")),
    )
    await session.exec(update(OutboxMessage).where(*mine).values(state="failed", error=error))


async def readdress(session: AsyncSession, *, account: Account, old_id: int) -> None:
    """What waits for a chat follows it to its new key."""
    mine = (
        col(OutboxMessage.commune_id) == account.commune_id,
        col(OutboxMessage.account_id) == old_id,
        col(OutboxMessage.state).in_(("queued", "held")),
    )
    await session.exec(update(OutboxMessage).where(*mine).values(chat_key=account.chat_key, account_id=account.id))


async def release(session: AsyncSession, *, commune_id: int, account_id: int, now: datetime) -> None:
    """The person wrote: what was held because they had been silent too long may go."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.state) == "held",
    )
    await session.exec(update(OutboxMessage).where(*mine).values(state="queued", error=None, not_before=now))


async def label(session: AsyncSession, *, commune_id: int, account_id: int, message_id: int, place: int) -> str | None:
    """The label of a choice that we showed this person: the one at that place, from 0, of that message."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.id) == message_id,
    )
    message = (await session.exec(select(OutboxMessage).where(*mine))).first()
    if message is None or not 0 <= place < len(message.choices):
        return None
    found: str = message.choices[place]["label"]
    return found


async def counts(session: AsyncSession, *, channel_account_id: int, commune_id: int) -> dict[str, int]:
    """How many messages of a channel account stand in each state."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.channel_account_id) == channel_account_id)
    found = select(OutboxMessage.state, func.count()).where(*mine).group_by(col(OutboxMessage.state))
    return dict((await session.exec(found)).all())


async def unsent(session: AsyncSession, *, commune_id: int, channel_account_id: int) -> list[OutboxMessage]:
    """Chưa gửi được: held, failed or unknown, newest first, with the reason in `error`."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.channel_account_id) == channel_account_id,
        col(OutboxMessage.state).in_(("held", "failed", "unknown")),
    )
    return list(await session.exec(select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.id).desc()).limit(50)))


async def mark_fetched(session: AsyncSession, *, commune_id: int, message_ids: list[int], now: datetime) -> None:
    """The citizen's own page has fetched these: they are sent."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.id).in_(message_ids),
        col(OutboxMessage.state) == "queued",
    )
    await session.exec(update(OutboxMessage).where(*mine).values(state="sent", sent_at=now))


async def call_unknown(session: AsyncSession, *, channel_account_ids: list[int], claimed_before: datetime) -> int:
    """What a dead process was sending may or may not have arrived. Returns how many there were."""
    left = (
        col(OutboxMessage.channel_account_id).in_(channel_account_ids),
        col(OutboxMessage.state) == "sending",
        col(OutboxMessage.claimed_at).is_(None) | (col(OutboxMessage.claimed_at) <= claimed_before),
    )
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
