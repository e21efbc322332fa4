"""What we say: replies wait here in order, and a row keeps what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Index, UniqueConstraint, insert
from sqlmodel import Field, SQLModel, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import deliveries
from storage.bodies import SEALED
from storage.columns import UtcDateTime


class OutboxMessage(SQLModel, table=True):
    """One message to one chat.

    `state`: queued, sending (claimed by a process), sent, unknown (may or may not have arrived), failed, held (the
    channel lets us write again once the person does). `bulk`: a notice, which waits for every reply. `reference`: the
    code of the case or the notice that it tells of. `delivery_id`: the row of a notice's ledger that it carries out.
    Privacy: our own words; a citizen's words are not copied, `quotes_body_id` points to them. `part` counts the
    messages that answer one event, from 0, so that an event can never be answered twice. `choices` are
    {"label", "aside"}, `sources` {"cite", "dates"}.
    """

    __table_args__ = (
        UniqueConstraint("event_id", "part"),
        Index("ix_outboxmessage_channel_account_id_state", "channel_account_id", "state"),
        Index("ix_outboxmessage_account_id_state", "account_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id")
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
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", unique=True)
    not_after: datetime | None = Field(default=None, sa_type=UtcDateTime, description="of a notice: taken back then")
    reference: str | None = None
    parts_sent: int = Field(default=0, description="parts of a long message that have arrived")
    state: str = Field(default="queued", index=True)
    attempts: int = 0
    claimed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    not_before: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str | None = None


_NOTHING_LEFT: dict[str, Any] = {
    "text": SEALED,
    "choices": [],
    "sources": [],
    "quotes_body_id": None,
    "reference": None,
    "action": None,
    "topic": None,
}


async def put(session: AsyncSession, message: OutboxMessage) -> OutboxMessage:
    """Queue a message in the caller's transaction."""
    session.add(message)
    await session.flush()
    return message


async def put_all(session: AsyncSession, messages: list[OutboxMessage]) -> None:
    """Queue many messages at once in the caller's transaction. They are of one commune."""
    rows = [message.model_dump(exclude={"id"}) for message in messages]
    await session.exec(insert(OutboxMessage), params=rows)


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


async def counts(session: AsyncSession, *, channel_account_id: int, commune_id: int | None = None) -> dict[str, int]:
    """How many messages of a channel account stand in each state: all communes' that share it, or one's."""
    mine = _through(channel_account_id, commune_id)
    found = select(OutboxMessage.state, func.count()).where(*mine).group_by(col(OutboxMessage.state))
    return dict((await session.exec(found)).all())


async def unsent(
    session: AsyncSession, *, channel_account_id: int, commune_id: int | None = None
) -> list[OutboxMessage]:
    """Chưa gửi được: held, failed or unknown, newest first, with the reason in `error`."""
    mine = (*_through(channel_account_id, commune_id), col(OutboxMessage.state).in_(("held", "failed", "unknown")))
    return list(await session.exec(select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.id).desc()).limit(50)))


def _through(channel_account_id: int, commune_id: int | None) -> tuple[ColumnElement[bool], ...]:
    account = col(OutboxMessage.channel_account_id) == channel_account_id
    return (account,) if commune_id is None else (account, col(OutboxMessage.commune_id) == commune_id)


async def mark_fetched(session: AsyncSession, *, commune_id: int, message_ids: list[int], now: datetime) -> None:
    """The citizen's own page has fetched these: they are sent."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.id).in_(message_ids),
        col(OutboxMessage.state) == "queued",
    )
    told = await session.exec(
        select(OutboxMessage.delivery_id).where(*mine, col(OutboxMessage.delivery_id).is_not(None))
    )
    ids = [one for one in told if one is not None]
    await session.exec(update(OutboxMessage).where(*mine).values(state="sent", sent_at=now))
    if ids:
        await deliveries.follow(session, commune_id=commune_id, ids=ids, state="delivered", reason="", at=now)


async def unknown_of(session: AsyncSession, *, commune_id: int, account_id: int) -> list[OutboxMessage]:
    """Replies of which nobody knows whether they arrived, and which were not shown again yet."""
    repeated = select(OutboxMessage.repeats_id).where(
        col(OutboxMessage.account_id) == account_id, col(OutboxMessage.repeats_id).is_not(None)
    )
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id) == account_id,
        col(OutboxMessage.state) == "unknown",
        col(OutboxMessage.bulk).is_(False),  # a notice is never sent again
        col(OutboxMessage.id).not_in(repeated),
    )
    return list(await session.exec(select(OutboxMessage).where(*mine).order_by(col(OutboxMessage.id))))


async def forget_case(session: AsyncSession, *, commune_id: int, account_ids: list[int], code: str) -> None:
    """What was said of a case to these accounts: news of it goes, and replies that name it are blanked."""
    mine = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.account_id).in_(account_ids),
        (col(OutboxMessage.reference) == code) | col(OutboxMessage.text).contains(code),
    )
    on_its_way = col(OutboxMessage.state).in_(("sending", "unknown"))
    await session.exec(delete(OutboxMessage).where(*mine, col(OutboxMessage.event_id).is_(None), ~on_its_way))
    await session.exec(update(OutboxMessage).where(*mine).values(**_NOTHING_LEFT))


async def blank_sealed(
    session: AsyncSession, *, commune_id: int, account_id: int | None = None, before: datetime | None = None
) -> None:
    """That somebody's report turned out to be a denunciation is said to them once, and then stands nowhere."""
    mine = [
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.event_id).is_(None),
        col(OutboxMessage.action) == "denunciation",
    ]
    if account_id is not None:
        mine.append(col(OutboxMessage.account_id) == account_id)
    if before is not None:
        mine.append(col(OutboxMessage.created_at) < before)
    await session.exec(update(OutboxMessage).where(*mine).values(**_NOTHING_LEFT))


async def blank(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """Forget what was said to a person who deleted their data; the rows stay as the record that we answered."""
    mine = (col(OutboxMessage.commune_id) == commune_id, col(OutboxMessage.account_id) == account_id)
    await session.exec(
        update(OutboxMessage).where(*mine).values(text="[đã xóa]", choices=[], sources=[], quotes_body_id=None)
    )
