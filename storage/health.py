"""Questions about the whole database that an operator asks: what in it cannot be right. Ids only, nobody's words."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bodies import Body, Vault
from storage.cases import Case, CaseEvent
from storage.errors import BodyUnreadable
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage

CHUNK = 500


async def locked(session: AsyncSession, vault: Vault) -> list[int]:
    """Open bodies that this deployment's key does not open."""
    found: list[int] = []
    last = 0
    while chunk := list(
        await session.exec(
            select(Body).where(col(Body.id) > last, col(Body.state) == "open").order_by(col(Body.id)).limit(CHUNK)
        )
    ):
        for body in chunk:
            try:
                vault.open(body)
            except BodyUnreadable as unreadable:
                found.append(unreadable.body_id)
        last = chunk[-1].id or 0
        session.expunge_all()
    return found


async def mute(session: AsyncSession) -> list[int]:
    """Events said to be answered, or parked, to which no message belongs."""
    answered = select(OutboxMessage.event_id).where(col(OutboxMessage.event_id).is_not(None))
    said = col(InboxEvent.state).in_(("done", "parked"))
    silent = select(InboxEvent.id).where(said, col(InboxEvent.id).not_in(answered))
    return [event_id for event_id in await session.exec(silent) if event_id is not None]


async def without_history(session: AsyncSession) -> list[int]:
    """Cases of which no event tells."""
    told = select(CaseEvent.case_id)
    bare = select(Case.id).where(col(Case.id).not_in(told))
    return [case_id for case_id in await session.exec(bare) if case_id is not None]
