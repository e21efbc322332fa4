"""The five steps of every message, in order, in one transaction; the one place where a surprise is caught."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import Channel
from bot.clock import Clock
from handlers import apologies, clarify, logbook, routing
from handlers.contract import Desk, Feature, Incoming, Reply
from knowledge.base import Knowledge
from knowledge.errors import KnowledgeError
from storage import accounts, communes, inbox, talks
from storage.bodies import Vault
from storage.inbox import InboxEvent


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering needs besides the transaction."""

    vault: Vault
    knowledge: Knowledge
    clock: Clock


async def work(session: AsyncSession, event: InboxEvent, channel: Channel, tools: Tools) -> None:
    """Answer one event. The caller's transaction holds all of it: answer, log, outbox and "event done"."""
    desk = await open_desk(session, event, tools, greets=channel.greets)
    before_id = desk.talk.last_body_id if desk.talk.asks == clarify.WHICH else None
    wanted = [event.body_id, *([before_id] if before_id else [])]
    bodies = await tools.vault.read(session, commune_id=event.commune_id, body_ids=wanted)
    received = channel.read(bodies[event.body_id])  # 1 message in, 2 normalise
    if received is not None:  # a sticker, an edit: nothing to answer
        before = channel.read(bodies[before_id]) if before_id in bodies else None
        message = logbook.resume(received.text, desk, before=before.text if before else "")  # what had we asked?
        feature = routing.choose(message, desk.talk)  # 3 route
        reply = await answer(feature, message, desk)  # 4 answer ...
        await logbook.record(message, reply, desk)  # ... and log; the reply joins the outbox
    await inbox.finish(session, event, now=desk.now)  # same transaction as the reply; 5 reply out follows the commit


async def answer(feature: Feature, message: Incoming, desk: Desk) -> Reply:
    """Run the feature inside a savepoint: one that fails takes its own writes back, the log entry still stands."""
    savepoint = await desk.session.begin_nested()
    try:
        reply = await feature.handle(message, desk)
    except KnowledgeError as error:
        await savepoint.rollback()
        return apologies.apologise(error)
    await savepoint.commit()
    return reply


async def give_up(session: AsyncSession, event: InboxEvent, tools: Tools) -> None:
    """The event is parked: the person is told so, in the same transaction."""
    desk = await open_desk(session, event, tools, greets=True)
    await logbook.say(apologies.UNEXPECTED, desk)


async def open_desk(session: AsyncSession, event: InboxEvent, tools: Tools, *, greets: bool) -> Desk:
    """Everything that one message is answered at; takes the conversation's lock."""
    assert event.id is not None
    account = await accounts.find_or_add(
        session,
        commune_id=event.commune_id,
        channel_account_id=event.channel_account_id,
        chat_key=event.chat_key,
    )
    assert account.id is not None
    now = tools.clock.now()
    talk = await talks.of_account(session, commune_id=event.commune_id, account_id=account.id)
    return Desk(
        session=session,
        commune=await communes.of_channel_account(session, channel_account_id=event.channel_account_id),
        account=account,
        talk=talk or talks.Talk(commune_id=event.commune_id, account_id=account.id, last_at=now),
        knowledge=tools.knowledge,
        vault=tools.vault,
        now=now,
        today=tools.clock.today(),
        body_id=event.body_id,
        event_id=event.id,
        greeted_by_page=greets,
    )
