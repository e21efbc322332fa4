"""Chats on an account that a province shares: which commune each person belongs to, once they have said so."""

from __future__ import annotations

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account, Citizen
from storage.bodies import Body
from storage.engines import write_beside
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.reach import Reach
from storage.talks import Talk
from storage.wishes import NoticeWish


async def follow(session: AsyncSession, event: InboxEvent) -> None:
    """An event of a chat whose person has a commune belongs to that commune, with all that waits behind it."""
    chat = (
        col(Account.channel_account_id) == event.channel_account_id,
        col(Account.chat_key) == event.chat_key,
    )
    home = (await session.exec(select(Account.commune_id).where(*chat))).first()
    if home is not None and home != event.commune_id:
        await _move_events(session, event, commune_id=home)
        await session.refresh(event)


async def settle(session: AsyncSession, account: Account, event: InboxEvent, *, commune_id: int) -> None:
    """The person lives there: their account, their talk and what they wrote so far move to that commune."""
    await write_beside(session, commune_id=commune_id)
    before = account.commune_id
    for table in (Talk, Reach, OutboxMessage, Question, NoticeWish):
        mine = (col(table.commune_id) == before, col(table.account_id) == account.id)
        await session.exec(update(table).where(*mine).values(commune_id=commune_id))
    citizen = (col(Citizen.commune_id) == before, col(Citizen.id) == account.citizen_id)
    await session.exec(update(Citizen).where(*citizen).values(commune_id=commune_id))
    account.commune_id = commune_id
    session.add(account)
    await session.flush()
    await _move_events(session, event, commune_id=commune_id)
    session.expire_all()
    await session.refresh(event)
    await session.refresh(account)


async def _move_events(session: AsyncSession, event: InboxEvent, *, commune_id: int) -> None:
    chat = (
        col(InboxEvent.commune_id) == event.commune_id,
        col(InboxEvent.channel_account_id) == event.channel_account_id,
        col(InboxEvent.chat_key) == event.chat_key,
    )
    bodies = select(InboxEvent.body_id).where(*chat).scalar_subquery()
    await session.exec(update(Body).where(col(Body.id).in_(bodies)).values(commune_id=commune_id))
    await session.exec(update(InboxEvent).where(*chat).values(commune_id=commune_id))
