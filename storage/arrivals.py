"""Events that arrive together are stored together; those that belong together are read as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import tuple_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bodies import Vault, erase
from storage.inbox import InboxEvent


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event as it came, not stored yet."""

    commune_id: int
    channel_account_id: int
    event_key: str
    chat_key: str
    raw: str

    @property
    def name(self) -> tuple[int, str]:
        """What is unique about it."""
        return self.channel_account_id, self.event_key


async def store_all(
    session: AsyncSession, vault: Vault, *, arrivals: list[Arrival], at: datetime
) -> set[tuple[int, str]]:
    """Keep several events with four statements; gives the names of those that are new."""
    named = tuple_(col(InboxEvent.channel_account_id), col(InboxEvent.event_key))
    stored = select(InboxEvent.channel_account_id, InboxEvent.event_key).where(
        named.in_({arrival.name for arrival in arrivals})
    )
    known = set((await session.exec(stored)).all())
    fresh = {arrival.name: arrival for arrival in reversed(arrivals) if arrival.name not in known}
    ordered = [arrival for arrival in arrivals if fresh.get(arrival.name) is arrival]
    bodies = [vault.locked(commune_id=arrival.commune_id, text=arrival.raw, at=at) for arrival in ordered]
    session.add_all(bodies)
    await session.flush()
    session.add_all(
        InboxEvent(
            commune_id=arrival.commune_id,
            channel_account_id=arrival.channel_account_id,
            event_key=arrival.event_key,
            chat_key=arrival.chat_key,
            body_id=body.id or 0,
            not_before=at,
            received_at=at,
        )
        for arrival, body in zip(ordered, bodies, strict=True)
    )
    await session.flush()
    await _look_again(session, {(arrival.channel_account_id, arrival.chat_key) for arrival in ordered}, at=at)
    return set(fresh)


async def _look_again(session: AsyncSession, chats: set[tuple[int, str]], *, at: datetime) -> None:
    """Something new came in these chats: what waited for it is looked at now, for it may tell of danger."""
    named = tuple_(col(InboxEvent.channel_account_id), col(InboxEvent.chat_key))
    put_off = (
        col(InboxEvent.state) == "waiting",
        col(InboxEvent.attempts) == 0,
        col(InboxEvent.not_before) > at,
        named.in_(chats),
    )
    await session.exec(update(InboxEvent).where(*put_off).values(not_before=at))


async def following(session: AsyncSession, event: InboxEvent, *, limit: int) -> list[InboxEvent]:
    """What the same chat sent after this event and still waits, oldest first."""
    later = (
        col(InboxEvent.commune_id) == event.commune_id,
        col(InboxEvent.channel_account_id) == event.channel_account_id,
        col(InboxEvent.chat_key) == event.chat_key,
        col(InboxEvent.state) == "waiting",
        col(InboxEvent.id) > event.id,
    )
    return list(await session.exec(select(InboxEvent).where(*later).order_by(col(InboxEvent.id)).limit(limit)))


async def put_off(session: AsyncSession, event: InboxEvent, *, until: datetime) -> None:
    """The person may still be typing: look again then."""
    event.not_before = until
    session.add(event)
    await session.flush()


async def join(session: AsyncSession, vault: Vault, events: list[InboxEvent], *, raw: str, at: datetime) -> InboxEvent:
    """Several events are read as one: the last one keeps the words of all; the others are settled with it."""
    last = events[-1]
    body = await vault.put(session, commune_id=last.commune_id, text=raw, at=at)
    assert body.id is not None
    replaced = [event.body_id for event in events]
    for event in events:
        event.body_id = body.id
    for event in events[:-1]:
        event.state, event.done_at, event.joined_to_id = "joined", at, last.id
    session.add_all(events)
    await session.flush()
    await erase(session, commune_id=last.commune_id, body_ids=replaced)
    return last
