"""The five steps of every message, in order, in one transaction; the one place where a surprise is caught."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import admission
from bot.admission import House
from bot.channels.base import Channel, Received, read
from bot.clock import Clock
from bot.files import enclosures
from handlers import apologies, attachments, clarify, confirming, home_commune, logbook, pausing, routing
from handlers.confirming import NotConfirmed, Pending
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.home_commune import Home
from handlers.wording import words_in
from knowledge.base import Knowledge
from knowledge.errors import KnowledgeError
from storage import accounts, communes, deliveries, dispatch, homes, inbox, outbox, reach, talks
from storage.bodies import Vault
from storage.inbox import InboxEvent

LATE = timedelta(minutes=15)  # an answer later than this begins with an apology
FORGOTTEN = timedelta(days=2)  # no platform keeps an event so long: a time that lies further back is none


@dataclass(frozen=True, slots=True)
class Tools:
    """What answering needs besides the transaction. `public_url`: where the web chat is, if it is known.

    `unproven`: names of channels whose signatures are only logged. `own`: of communes with approved texts of their own.
    `channels` by name: words of one may be read on another.
    """

    vault: Vault
    knowledge: Knowledge
    clock: Clock
    house: House = field(default_factory=House)
    public_url: str | None = None
    unproven: frozenset[str] = frozenset()
    own: Mapping[int, Knowledge] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)

    def known_to(self, commune_id: int) -> Knowledge:
        """What a commune answers with: its own layer over the shipped content, or that alone."""
        return self.own.get(commune_id, self.knowledge)


async def work(session: AsyncSession, event: InboxEvent, channel: Channel, tools: Tools) -> bool:
    """Answer one event. The caller's transaction holds all of it: answer, log, outbox and "event done".

    True where the person's words were dropped with the answer: after the commit no log of the database may keep them.
    """
    bodies = await tools.vault.read(session, commune_id=event.commune_id, body_ids=[event.body_id])
    received = read(channel, bodies[event.body_id])  # 1 message in, 2 normalise
    if received is None:  # a sticker, an edit: nothing to answer
        await inbox.finish(session, event, now=tools.clock.now(), state="ignored")
        return False
    if received.kind == "receipt":  # what we sent came to the device: nothing that the person said
        await deliveries.receipt(
            session,
            channel_account_id=event.channel_account_id,
            external_ids=received.receipt,
            seen=received.text == "seen",
            at=tools.clock.now(),
        )
        await inbox.finish(session, event, now=tools.clock.now(), state="ignored")
        return False
    desk = await open_desk(session, event, tools, channel)
    if channel.outside and not await _take_note(received, desk, tools.house):
        await inbox.finish(session, event, now=desk.now, state="ignored")
        return False
    message = await _resume(received, desk, channel)  # what had we asked this person?
    if channel.outside and message.meaning.emergency is None and (told := await _kept_out(desk, tools.house)):
        await inbox.finish(session, event, now=desk.now, state=told)
        return False
    if desk.commune.is_province and message.meaning.emergency is None:
        asked = await home_commune.choose(message, desk)
        if isinstance(asked, Reply):
            await logbook.record(message, asked, desk)
            await inbox.finish(session, event, now=desk.now)
            return False
        desk, message = await _move_home(asked, received, event, desk, tools, channel)
    if (waiting := confirming.pending(message, desk)) is not None:
        received, message = await _take_up(waiting, received, desk, tools, channel)
    message = await enclosures.attach(received, message, desk, channel)
    feature = routing.choose(message, desk.talk)  # 3 route
    reply = await pausing.stands_still(feature, message, desk)  # ... unless it is paused
    if reply is None:
        photos = attachments.held(desk)
        reply = await attachments.join(message, await answer(feature, message, desk), desk, photos)  # 4 answer ...
    if LATE < desk.now - min(received.sent_at or event.received_at, event.received_at) < FORGOTTEN:
        reply = replace(reply, text=f"{apologies.LATE}\n{reply.text}")
    await logbook.record(message, reply, desk)  # ... and log; the reply joins the outbox
    await inbox.finish(session, event, now=desk.now)  # same transaction as the reply; 5 reply out follows the commit
    return not reply.keeps_body


async def _move_home(
    home: Home, received: Received, event: InboxEvent, desk: Desk, tools: Tools, channel: Channel
) -> tuple[Desk, Incoming]:
    """The person is at home in that commune from now on; what they had asked before is answered there."""
    await homes.settle(desk.session, desk.account, event, commune_id=home.commune.id or 0)
    desk = await open_desk(desk.session, event, tools, channel)
    desk.talk.asks, desk.talk.held = None, {}
    if home.asked_before is not None:
        bodies = await tools.vault.read(desk.session, commune_id=desk.commune_id, body_ids=[home.asked_before])
        received = read(channel, bodies.get(home.asked_before, "")) or received
    return desk, await _resume(replace(received, pressed=None), desk, channel)


async def _take_up(
    waiting: Pending, received: Received, desk: Desk, tools: Tools, channel: Channel
) -> tuple[Received, Incoming]:
    """The message that waited for its number is answered now, as the person's own."""
    bodies = await tools.vault.read(desk.session, commune_id=desk.commune_id, body_ids=[waiting.body_id])
    received = read(channel, bodies.get(waiting.body_id, "")) or received
    desk.body_id, desk.unproven = waiting.body_id, False
    return received, await _resume(received, desk, channel)


async def answer(feature: Feature, message: Incoming, desk: Desk) -> Reply:
    """Run the feature inside a savepoint: one that fails takes its own writes back, the log entry still stands."""
    savepoint = await desk.session.begin_nested()
    try:
        reply = await feature.handle(message, desk)
    except KnowledgeError as error:
        await savepoint.rollback()
        return apologies.apologise(error)
    except NotConfirmed:
        await savepoint.rollback()
        return confirming.ask(desk)
    await savepoint.commit()
    return reply


async def give_up(session: AsyncSession, event: InboxEvent, tools: Tools) -> None:
    """The event is parked: the person is told so, in the same transaction."""
    desk = await open_desk(session, event, tools)
    await logbook.say(apologies.UNEXPECTED, desk)


async def open_desk(session: AsyncSession, event: InboxEvent, tools: Tools, channel: Channel | None = None) -> Desk:
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
    commune = await communes.get(session, commune_id=event.commune_id)
    return Desk(
        session=session,
        commune=commune,
        account=account,
        talk=talk or talks.Talk(commune_id=event.commune_id, account_id=account.id, last_at=now),
        knowledge=tools.known_to(event.commune_id),
        vault=tools.vault,
        now=now,
        today=tools.clock.today(),
        body_id=event.body_id,
        event_id=event.id,
        greeted_by_page=channel is None or channel.greets,
        channel=channel.name if channel is not None else "",
        reads=partial(_words, channel) if channel is not None else str,
        reads_from=partial(_words_from, tools.channels),
        files_at=f"/x/{commune.code}/don" if channel is not None and channel.greets else "",
        is_foreign=channel is not None and channel.foreign,
        takes_files=channel is not None and channel.outside,
        unproven=channel is not None and channel.name in tools.unproven,
        web_chat=f"{tools.public_url}/x/{commune.code}" if tools.public_url else "",
    )


def _words(channel: Channel, raw: str) -> str:
    received = read(channel, raw)
    return received.text if received is not None else raw


def _words_from(channels: Mapping[str, Channel], name: str, raw: str) -> str:
    return _words(channels[name], raw) if name in channels else words_in(raw) or raw


async def _resume(received: Received, desk: Desk, channel: Channel) -> Incoming:
    """The message as the features see it: a press by its label, and what we had asked back about before it."""
    text = received.text
    if received.pressed is not None:
        message_id, place = received.pressed
        mine = {"commune_id": desk.commune_id, "account_id": desk.account_id}
        text = await outbox.label(desk.session, **mine, message_id=message_id, place=place) or ""
    before_id = desk.talk.last_body_id if desk.talk.asks == clarify.WHICH else None
    before = None
    if before_id is not None:
        bodies = await desk.vault.read(desk.session, commune_id=desk.commune_id, body_ids=[before_id])
        before = read(channel, bodies[before_id]) if before_id in bodies else None
    # In a thread: understanding is tens of milliseconds of work, and webhooks want to be acknowledged meanwhile.
    message = await asyncio.to_thread(logbook.resume, text, desk, before=before.text if before else "")
    return replace(message, kind=received.kind)


async def _take_note(received: Received, desk: Desk, house: House) -> bool:
    """What an event says of the chat itself, written down; True where there is also something to answer."""
    mine = {"commune_id": desk.commune_id, "account_id": desk.account_id}
    row = await reach.of(desk.session, **mine)
    match received.kind:
        case "left":
            await reach.mark_gone(desk.session, **mine, at=desk.now, because="left")
            await dispatch.give_up(desk.session, **mine, error="left", at=desk.now)
            return False
        case "moved" if received.moved_to:
            account = await reach.move(desk.session, desk.account, new_key=received.moved_to)
            await dispatch.readdress(desk.session, account=account, old_id=desk.account_id)
            return False
        case "officer":
            row.silent_until = desk.now + house.officer_silence
            await reach.keep(desk.session, row)
            return False
    first_time_withheld = received.kind != "unsupported" or row.withheld_at is None
    row.last_seen_at, row.gone_at, row.gone_because = desk.now, None, ""
    row.withheld_at = desk.now if received.kind == "unsupported" else row.withheld_at
    await reach.keep(desk.session, row)
    await dispatch.release(desk.session, **mine, now=desk.now)
    return first_time_withheld


async def _kept_out(desk: Desk, house: House) -> str | None:
    """The event's state where this message gets no answer of its own; None where it does."""
    row = await reach.of(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    if admission.officer_writes(row, desk):
        return "ignored"
    if not await admission.floods(desk, house):
        return None
    if admission.is_told(row, desk):
        return "ignored"
    row.slowed_at = desk.now
    await reach.keep(desk.session, row)
    await logbook.say(apologies.SLOWER, desk)
    return "done"
