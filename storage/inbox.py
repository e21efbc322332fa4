"""What arrived: every event stored under its unique key before it is acknowledged, worked once, in order per chat."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.bodies import Body, Vault
from storage.columns import UtcDateTime
from storage.communes import ChannelAccount

MOST_ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=1)


class InboxEvent(SQLModel, table=True):
    """One event as a channel gave it.

    Privacy: none here; the text stands in `body`. `event_key` is unique for a channel account (its message id).
    """

    __table_args__ = (UniqueConstraint("channel_account_id", "event_key"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    channel_account_id: int = Field(foreign_key="channelaccount.id")
    event_key: str
    chat_key: str = Field(index=True)
    body_id: int = Field(foreign_key="body.id")
    state: str = Field(
        default="waiting", index=True, description="waiting, done, parked, joined (read with a later one), ignored"
    )
    joined_to_id: int | None = Field(default=None, description="the event whose answer is also this one's")
    attempts: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = Field(default=None, description="type of the last failure, never its text")


async def store(
    session: AsyncSession,
    vault: Vault,
    *,
    commune_id: int,
    channel_account_id: int,
    event_key: str,
    chat_key: str,
    raw: str,
    at: datetime,
) -> tuple[InboxEvent, bool]:
    """Keep an event; the second value tells whether it is new. A key that is known gives the event it named."""
    known = await by_key(session, commune_id=commune_id, channel_account_id=channel_account_id, event_key=event_key)
    if known is not None:
        return known, False
    body = await vault.put(session, commune_id=commune_id, text=raw, at=at)
    assert body.id is not None
    fresh = InboxEvent(
        commune_id=commune_id,
        channel_account_id=channel_account_id,
        event_key=event_key,
        chat_key=chat_key,
        body_id=body.id,
        not_before=at,
        received_at=at,
    )
    session.add(fresh)
    await session.flush()
    return fresh, True


async def by_key(
    session: AsyncSession, *, commune_id: int, channel_account_id: int, event_key: str
) -> InboxEvent | None:
    """The event that a channel account named so."""
    mine = (
        col(InboxEvent.commune_id) == commune_id,
        col(InboxEvent.channel_account_id) == channel_account_id,
        col(InboxEvent.event_key) == event_key,
    )
    return (await session.exec(select(InboxEvent).where(*mine))).first()


async def claim(session: AsyncSession, *, now: datetime) -> InboxEvent | None:
    """The next event to work, of any commune: oldest first, and never before an earlier one of the same chat.

    The claim is the row's lock: it ends with the transaction, so that a process that dies gives its work back.
    """
    earlier = aliased(InboxEvent)
    chat_is_busy = (
        select(earlier.id)
        .where(
            earlier.channel_account_id == InboxEvent.channel_account_id,
            earlier.chat_key == InboxEvent.chat_key,
            earlier.state == "waiting",
            col(earlier.id) < col(InboxEvent.id),
        )
        .exists()
    )
    due = (col(InboxEvent.state) == "waiting", col(InboxEvent.not_before) <= now, ~chat_is_busy)
    oldest = select(InboxEvent).where(*due).order_by(col(InboxEvent.id)).limit(1)
    return (await session.exec(oldest.with_for_update(skip_locked=True))).first()


async def channel_of(session: AsyncSession, event: InboxEvent) -> str:
    """The name of the channel on which an event arrived."""
    named = select(ChannelAccount.channel).where(col(ChannelAccount.id) == event.channel_account_id)
    return (await session.exec(named)).one()


async def channels_of_bodies(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> dict[int, str]:
    """On which channel each of these bodies arrived: its channel alone can read it."""
    named = (
        select(InboxEvent.body_id, ChannelAccount.channel)
        .join(ChannelAccount)
        .where(col(InboxEvent.commune_id) == commune_id, col(InboxEvent.body_id).in_(body_ids))
    )
    return dict((await session.exec(named)).all())


async def count_since(
    session: AsyncSession, *, commune_id: int, channel_account_id: int, chat_key: str, since: datetime
) -> int:
    """How many events a chat has sent since that instant."""
    mine = (*_chat(commune_id, channel_account_id, chat_key), col(InboxEvent.received_at) > since)
    return (await session.exec(select(func.count()).where(*mine))).one()


async def is_settled(session: AsyncSession, *, event_id: int) -> bool:
    """Whether an event is answered or parked."""
    state = select(InboxEvent.state).where(col(InboxEvent.id) == event_id)
    return (await session.exec(state)).one() != "waiting"


async def finish(session: AsyncSession, event: InboxEvent, *, now: datetime, state: str = "done") -> None:
    """The event is answered (or there was nothing to answer); in the same transaction as the answer."""
    event.state, event.done_at, event.error = state, now, None
    session.add(event)
    await session.flush()


async def fail(session: AsyncSession, *, event_id: int, now: datetime, error: str) -> tuple[InboxEvent, bool]:
    """Count a failed attempt: try again later, or park it after the third; the second value tells whether it was.

    An event that another process answered in the meantime stays answered.
    """
    event = (await session.exec(select(InboxEvent).where(col(InboxEvent.id) == event_id).with_for_update())).one()
    if event.state != "waiting":
        return event, False
    event.attempts += 1
    event.error = error
    event.not_before = now + FIRST_WAIT * (4**event.attempts / 4)
    if event.attempts >= MOST_ATTEMPTS:
        event.state, event.done_at = "parked", now
    session.add(event)
    await session.flush()
    return event, event.state == "parked"


async def of_chat(
    session: AsyncSession, *, commune_id: int, channel_account_id: int, chat_key: str, limit: int
) -> list[InboxEvent]:
    """The newest events of a chat, oldest first."""
    newest = select(InboxEvent).where(*_chat(commune_id, channel_account_id, chat_key))
    return list(await session.exec(newest.order_by(col(InboxEvent.id).desc()).limit(limit)))[::-1]


async def bodies_of_chat(
    session: AsyncSession, *, commune_id: int, channel_account_id: int, chat_key: str
) -> list[int]:
    """Ids of all bodies of a chat that can still be read, oldest first."""
    held = (
        select(InboxEvent.body_id)
        .join(Body)
        .where(*_chat(commune_id, channel_account_id, chat_key), col(Body.state) == "open")
    )
    return list(await session.exec(held.order_by(col(InboxEvent.id))))


def _chat(commune_id: int, channel_account_id: int, chat_key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(InboxEvent.commune_id) == commune_id,
        col(InboxEvent.channel_account_id) == channel_account_id,
        col(InboxEvent.chat_key) == chat_key,
    )


async def parked(session: AsyncSession, *, commune_id: int) -> list[InboxEvent]:
    """Events that failed too often, for the operator."""
    mine = (col(InboxEvent.commune_id) == commune_id, col(InboxEvent.state) == "parked")
    return list(await session.exec(select(InboxEvent).where(*mine).order_by(col(InboxEvent.id))))


async def answered_before(
    session: AsyncSession, *, commune_id: int, agreed_before: datetime, others_before: datetime
) -> list[int]:
    """Bodies of events that were finished long enough ago: longer for people who agreed to have their words kept."""
    agreed = select(Account.chat_key).where(
        col(Account.channel_account_id) == col(InboxEvent.channel_account_id), col(Account.keeps_text).is_(True)
    )
    old = (
        select(InboxEvent.body_id)
        .join(Body)
        .where(col(InboxEvent.commune_id) == commune_id, col(Body.state) == "open")
        .where(
            (col(InboxEvent.done_at) < agreed_before)
            | ((col(InboxEvent.done_at) < others_before) & col(InboxEvent.chat_key).not_in(agreed))
        )
    )
    return list(await session.exec(old))
