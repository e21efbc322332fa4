"""From the outbox to the line: what may go now, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.outbox import OutboxMessage


async def claim(
    session: AsyncSession,
    *,
    channel_account_id: int,
    now: datetime,
    in_flight: int,
    limit: int,
    chat_gap: float = 0.0,
) -> list[OutboxMessage]:
    """Messages due on a channel account, marked as being sent: replies before bulk, oldest first, one a chat.

    Of whatever commune: an account that a province shares carries the messages of many.
    At most `in_flight` of the account are on the line at once; `chat_gap`: seconds between two messages of one chat.
    """
    ours = col(OutboxMessage.channel_account_id) == channel_account_id
    flying = (await session.exec(select(func.count()).where(ours, col(OutboxMessage.state) == "sending"))).one()
    if (most := min(limit, in_flight - flying)) <= 0:
        return []
    due = (
        ours,
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


async def waits(session: AsyncSession, *, channel_account_id: int) -> bool:
    """Whether anything is queued on a channel account."""
    ours = (col(OutboxMessage.channel_account_id) == channel_account_id, col(OutboxMessage.state) == "queued")
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


async def call_unknown(session: AsyncSession, *, channel_account_ids: list[int], claimed_before: datetime) -> int:
    """What a dead process was sending may or may not have arrived. Returns how many there were."""
    left = (
        col(OutboxMessage.channel_account_id).in_(channel_account_ids),
        col(OutboxMessage.state) == "sending",
        col(OutboxMessage.claimed_at).is_(None) | (col(OutboxMessage.claimed_at) <= claimed_before),
    )
    result = await session.exec(update(OutboxMessage).where(*left).values(state="unknown", error="ProcessEnded"))
    return int(result.rowcount)


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
