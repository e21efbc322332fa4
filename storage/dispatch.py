"""From the outbox to the line: what may go now, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import deliveries
from storage.accounts import Account
from storage.deliveries import Delivery
from storage.notices import Notice
from storage.outbox import OutboxMessage
from storage.pauses import Pause


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
        col(OutboxMessage.not_after).is_(None) | (col(OutboxMessage.not_after) > now),
        ~is_paused(OutboxMessage),
        ~_chat_is_busy(now, chat_gap),
    )
    oldest = select(OutboxMessage).where(*due).order_by(col(OutboxMessage.bulk), col(OutboxMessage.id)).limit(most)
    claimed = list(await session.exec(oldest.with_for_update(skip_locked=True)))
    ids = [message.id for message in claimed]
    sending = update(OutboxMessage).where(col(OutboxMessage.id).in_(ids)).values(state="sending", claimed_at=now)
    await session.exec(sending, execution_options={"synchronize_session": False})
    for message in claimed:  # as the table has it now, without a statement for each
        set_committed_value(message, "state", "sending")
        set_committed_value(message, "claimed_at", now)
    return claimed


async def waits(session: AsyncSession, *, channel_account_id: int) -> bool:
    """Whether anything is queued on a channel account."""
    ours = (
        col(OutboxMessage.channel_account_id) == channel_account_id,
        col(OutboxMessage.state) == "queued",
        ~is_paused(OutboxMessage),
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
    if message.delivery_id is not None and state in deliveries.OF_OUTBOX:
        await deliveries.follow(
            session,
            commune_id=commune_id,
            ids=[message.delivery_id],
            state="skipped" if error == "window" else deliveries.OF_OUTBOX[state],
            reason=error or "",
            at=now,
        )
    return message


async def settle_sent(
    session: AsyncSession, messages: Sequence[OutboxMessage], *, named: dict[int, str], now: datetime
) -> None:
    """These arrived whole: all of them in one statement, and their deliveries by commune.

    `named`: what the platform calls them, by the id of the delivery.
    """
    mine = update(OutboxMessage).where(col(OutboxMessage.id).in_([message.id for message in messages]))
    arrived = mine.values(state="sent", sent_at=now, error=None, attempts=OutboxMessage.attempts + 1)
    await session.exec(arrived, execution_options={"synchronize_session": False})
    told: dict[int, list[int]] = {}
    for message in messages:
        if message.delivery_id is not None:
            told.setdefault(message.commune_id, []).append(message.delivery_id)
    for commune_id, ids in told.items():
        await deliveries.follow(session, commune_id=commune_id, ids=ids, state="sent", reason="", at=now)
        own = {each: named[each] for each in ids if each in named}
        await deliveries.name(session, commune_id=commune_id, external_ids=own)


async def part_sent(session: AsyncSession, *, commune_id: int, message_id: int) -> None:
    """One part of a long message has arrived; the next one is queued."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.id) == message_id)
    message = (await session.exec(select(OutboxMessage).where(*mine))).one()
    message.state, message.parts_sent, message.attempts, message.error = "queued", message.parts_sent + 1, 0, None
    session.add(message)
    await session.flush()


async def give_up(session: AsyncSession, *, commune_id: int, account_id: int, error: str, at: datetime) -> None:
    """Nothing more goes to a person who cannot be reached."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.state).in_(("queued", "held")),
    )
    ids = await _deliveries_of(session, *mine)
    await session.exec(update(OutboxMessage).where(*mine).values(state="failed", error=error))
    if ids:
        await deliveries.follow(session, commune_id=commune_id, ids=ids, state="failed", reason=error, at=at)


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


async def call_unknown(
    session: AsyncSession, *, channel_account_ids: list[int], claimed_before: datetime, at: datetime
) -> int:
    """What a dead process was sending may or may not have arrived. Returns how many there were."""
    left = (
        col(OutboxMessage.channel_account_id).in_(channel_account_ids),
        col(OutboxMessage.state) == "sending",
        col(OutboxMessage.claimed_at).is_(None) | (col(OutboxMessage.claimed_at) <= claimed_before),
    )
    told = select(OutboxMessage.commune_id, OutboxMessage.delivery_id).where(*left)
    for commune_id, delivery_id in (await session.exec(told.where(col(OutboxMessage.delivery_id).is_not(None)))).all():
        await deliveries.follow(
            session,
            commune_id=commune_id,
            ids=[delivery_id] if delivery_id is not None else [],
            state="unknown",
            reason="ProcessEnded",
            at=at,
        )
    result = await session.exec(update(OutboxMessage).where(*left).values(state="unknown", error="ProcessEnded"))
    return int(result.rowcount)


async def take_back(
    session: AsyncSession,
    *,
    commune_id: int,
    state: str,
    reason: str,
    at: datetime,
    notice_run: tuple[int, int] | None = None,
    account_ids: Sequence[int] | None = None,
    kind: str | None = None,
    overdue: bool = False,
) -> int:
    """Messages of notices that nobody has begun to send leave the outbox, and their deliveries come to this state.

    Of a turn of a notice, of some accounts, of a kind of notices, or those whose time is over (`overdue`). Gives how
    many there were.
    """
    mine = [
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.delivery_id).is_not(None),
        col(OutboxMessage.state) == "queued",
        col(OutboxMessage.parts_sent) == 0,
    ]
    if notice_run is not None:
        of_turn = select(Delivery.id).where(
            col(Delivery.notice_id) == notice_run[0], col(Delivery.run) == notice_run[1], Delivery.state == "handed"
        )
        mine.append(col(OutboxMessage.delivery_id).in_(of_turn))
    if account_ids is not None:
        mine.append(col(OutboxMessage.account_id).in_(account_ids))
    if kind is not None:
        of_kind = select(Delivery.id).join(Notice, col(Notice.id) == col(Delivery.notice_id))
        mine.append(col(OutboxMessage.delivery_id).in_(of_kind.where(col(Notice.kind) == kind)))
    if overdue:
        mine.append(col(OutboxMessage.not_after) <= at)
    ids = await _deliveries_of(session, *mine)
    if not ids:
        return 0
    await session.exec(delete(OutboxMessage).where(*mine))
    await deliveries.follow(session, commune_id=commune_id, ids=ids, state=state, reason=reason, at=at)
    return len(ids)


async def bulk_waiting(session: AsyncSession, *, channel_account_id: int) -> int:
    """How many messages of notices wait in the outbox of a channel account."""
    ours = (
        col(OutboxMessage.channel_account_id) == channel_account_id,
        col(OutboxMessage.state) == "queued",
        col(OutboxMessage.bulk).is_(True),
    )
    return (await session.exec(select(func.count()).where(*ours))).one()


async def sent_since(session: AsyncSession, *, channel_account_id: int, since: datetime) -> int:
    """How many messages of a channel account went, or may have gone, since that instant: what its plan counts."""
    ours = (
        col(OutboxMessage.channel_account_id) == channel_account_id,
        col(OutboxMessage.state).in_(("sent", "unknown", "sending")),
        col(OutboxMessage.created_at) >= since,
    )
    return int(
        (await session.exec(select(func.coalesce(func.sum(col(OutboxMessage.parts_sent) + 1), 0)).where(*ours))).one()
    )


async def _deliveries_of(session: AsyncSession, *which: ColumnElement[bool]) -> list[int]:
    found = await session.exec(select(OutboxMessage.delivery_id).where(*which))
    return [one for one in found if one is not None]


def is_paused(message: type[OutboxMessage]) -> ColumnElement[bool]:
    """We began it ourselves (it answers no event), and its commune has paused sending."""
    running = (
        col(Pause.commune_id) == col(message.commune_id),
        col(Pause.what) == "sending",
        col(Pause.ended_at).is_(None),
    )
    return col(message.event_id).is_(None) & select(Pause.id).where(*running).exists()


def _chat_is_busy(now: datetime, chat_gap: float) -> ColumnElement[bool]:
    """Something of the same chat is on the line, went a moment ago, or stands before this message."""
    other = aliased(OutboxMessage)
    before = (col(other.bulk) < col(OutboxMessage.bulk)) | (
        (col(other.bulk) == col(OutboxMessage.bulk)) & (col(other.id) < col(OutboxMessage.id))
    )
    busy = (col(other.state) == "sending") | ((col(other.state) == "queued") & before & ~is_paused(other))
    if chat_gap:
        busy = busy | (col(other.claimed_at) > now - timedelta(seconds=chat_gap))
    return select(other.id).where(col(other.account_id) == col(OutboxMessage.account_id), busy).exists()
