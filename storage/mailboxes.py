"""Mailboxes of tips without a name: opened by a secret phrase alone; no row here leads to a person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bodies import SEALED, Body
from storage.columns import UtcDateTime
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from storage.sealing import seal_to
from storage.seals import SealedBody, SealShare


class Mailbox(SQLModel, table=True):
    """One tip, registered as a phản ánh (Luật Tố cáo 25/2018/QH14 Điều 25).

    `state`: held (told, not yet handed in) or open. `code` is what officers call it. `locator` is a hash of the slow
    hash of the phrase; `public_key` belongs to a private key that only the phrase gives. Privacy: days, no hours.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    code: str = Field(unique=True)
    state: str = Field(default="held", index=True)
    locator: str | None = Field(default=None, unique=True)
    public_key: bytes | None = None
    spared: list[int] = Field(
        default_factory=list,
        sa_column=Column(JSON, nullable=False),
        description="officers whom the tip may be about: it never reaches them",
    )
    opened_on: date
    runs_from: date | None = Field(default=None, description="day from which an answer is owed; None once answered")
    term_days: int = Field(default=0, description="working days in which it was promised then")


class MailboxAnswer(SQLModel, table=True):
    """What the authority answered, sealed to the mailbox: only the phrase opens it. `officer_id`: who wrote it."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    mailbox_id: int = Field(foreign_key="mailbox.id", index=True)
    officer_id: int = Field(foreign_key="officer.id")
    box: bytes
    answered_at: datetime = Field(sa_type=UtcDateTime)


async def begin(session: AsyncSession, *, commune_id: int, code: str, on: date) -> Mailbox:
    """A mailbox that nobody has opened yet."""
    mailbox = Mailbox(commune_id=commune_id, code=code, opened_on=on)
    session.add(mailbox)
    await session.flush()
    return mailbox


def hand_in(mailbox: Mailbox, *, on: date) -> None:
    """From now on holders see it."""
    if mailbox.state != "open":
        mailbox.state, mailbox.opened_on = "open", on


async def get(session: AsyncSession, *, commune_id: int, mailbox_id: int) -> Mailbox | None:
    """One mailbox of this commune."""
    mine = (col(Mailbox.commune_id) == commune_id, col(Mailbox.id) == mailbox_id)
    return (await session.exec(select(Mailbox).where(*mine))).first()


async def by_locator(session: AsyncSession, *, commune_id: int, locator: str) -> Mailbox | None:
    """The mailbox that a phrase names."""
    mine = (col(Mailbox.commune_id) == commune_id, col(Mailbox.locator) == locator)
    return (await session.exec(select(Mailbox).where(*mine))).first()


async def open_ones(session: AsyncSession, *, commune_id: int) -> list[Mailbox]:
    """All tips that were handed in, the newest first."""
    mine = (col(Mailbox.commune_id) == commune_id, col(Mailbox.state) == "open")
    return list(await session.exec(select(Mailbox).where(*mine).order_by(col(Mailbox.id).desc())))


async def drop_held(session: AsyncSession, *, commune_id: int, mailbox_id: int) -> None:
    """The person did not hand it in: nothing of it stays. One that was handed in is left alone."""
    found = await get(session, commune_id=commune_id, mailbox_id=mailbox_id)
    if found is None or found.state != "held":
        return
    texts = select(SealedBody.id).where(col(SealedBody.mailbox_id) == mailbox_id)
    await session.exec(delete(SealShare).where(col(SealShare.sealed_body_id).in_(texts)))
    await session.exec(delete(SealedBody).where(col(SealedBody.mailbox_id) == mailbox_id))
    await session.exec(delete(Mailbox).where(col(Mailbox.id) == mailbox_id))


async def held_ones(session: AsyncSession, *, commune_id: int) -> list[int]:
    """Ids of mailboxes that nobody has handed in."""
    mine = (col(Mailbox.commune_id) == commune_id, col(Mailbox.state) == "held")
    return [one for one in await session.exec(select(Mailbox.id).where(*mine)) if one is not None]


async def answer(session: AsyncSession, mailbox: Mailbox, *, officer_id: int, text: str, at: datetime) -> int:
    """Put an answer into a mailbox; nobody but the phrase reads it afterwards. Gives its id."""
    assert mailbox.public_key is not None and mailbox.id is not None
    row = MailboxAnswer(
        commune_id=mailbox.commune_id,
        mailbox_id=mailbox.id,
        officer_id=officer_id,
        box=seal_to(text, mailbox.public_key),
        answered_at=at,
    )
    mailbox.runs_from = None
    session.add_all((row, mailbox))
    await session.flush()
    assert row.id is not None
    return row.id


async def answers(session: AsyncSession, *, commune_id: int, mailbox_id: int) -> list[MailboxAnswer]:
    """What was answered, in order."""
    mine = (col(MailboxAnswer.commune_id) == commune_id, col(MailboxAnswer.mailbox_id) == mailbox_id)
    return list(await session.exec(select(MailboxAnswer).where(*mine).order_by(col(MailboxAnswer.id))))


async def cut_ties(session: AsyncSession, *, commune_id: int, before: datetime) -> int:
    """Sealed messages answered before that instant: nothing tells any more in which chat they came.

    The event keeps its row without chat and key, our replies to it go. Gives how many events were cut off.
    """
    old = (
        select(InboxEvent)
        .join(Body)
        .where(col(InboxEvent.commune_id) == commune_id, col(Body.state) == "sealed")
        .where(col(InboxEvent.done_at) < before, col(InboxEvent.chat_key) != SEALED)
    )
    events = list(await session.exec(old))
    for event in events:
        event.chat_key, event.event_key = SEALED, f"{SEALED}:{event.id}"
        session.add(event)
    await session.flush()
    gone = (
        col(OutboxMessage.commune_id) == commune_id,
        col(OutboxMessage.event_id).in_([event.id for event in events]),
    )
    waiting = col(OutboxMessage.state).in_(("queued", "sending", "held", "unknown"))
    await session.exec(delete(OutboxMessage).where(*gone, ~waiting))
    await session.exec(update(OutboxMessage).where(*gone).values(action=None, topic=None, event_id=None))
    return len(events)
