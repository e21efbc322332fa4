"""What must hold whatever happened: read from the database of either engine, and from what the platform took.

Each count names what is wrong; all of them must be 0.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import select

from storage import audit
from storage.cases import Case, CaseEvent
from storage.communes import Commune
from storage.database import Database
from storage.inbox import InboxEvent
from storage.jobs import Job
from storage.outbox import OutboxMessage

SETTLED = ("done", "joined", "ignored")
HEAD = 60  # letters of a message by which it is known: what it quotes stands behind
SAID = "{{"  # begins what is filled in while sending


async def waiting(database: Database) -> int:
    """How much is still to do: events to answer, messages to send."""
    async with database.reading() as session:
        events = select(InboxEvent.id).where(InboxEvent.state == "waiting")
        messages = select(OutboxMessage.id).where(OutboxMessage.state.in_(("queued", "sending")))  # type: ignore[attr-defined]
        own = messages.where(OutboxMessage.channel_account_id.not_in(await _fetched_accounts(session)))  # type: ignore[attr-defined]
        return len((await session.exec(events)).all()) + len((await session.exec(own)).all())


async def _fetched_accounts(session: object) -> list[int]:
    """Web chats and terminals fetch their messages themselves: nobody sends them."""
    from storage.communes import ChannelAccount

    own = select(ChannelAccount.id).where(ChannelAccount.channel.in_(("webchat", "terminal")))  # type: ignore[attr-defined]
    return [one or 0 for one in (await session.exec(own)).all()]  # type: ignore[attr-defined]


async def violations(
    database: Database,
    *,
    accepted: Iterable[str],
    taken: Mapping[str, Sequence[str]],
    pushed: frozenset[str],
    unknown_bound: int,
) -> dict[str, int]:
    """What is wrong.

    `accepted`: the ends of the event keys that the platform was told are stored. `taken`: by chat, the texts that the
    platform took, in order; `pushed`: the channels to which we bring messages. `unknown_bound`: how many messages the
    faults so far may have left unknown.
    """
    async with database.reading() as session:
        events = (await session.exec(select(InboxEvent).order_by(InboxEvent.id))).all()  # type: ignore[arg-type]
        messages = (await session.exec(select(OutboxMessage).order_by(OutboxMessage.id))).all()  # type: ignore[arg-type]
        cases = (await session.exec(select(Case.id))).all()
        begun = set((await session.exec(select(CaseEvent.case_id))).all())
        jobs = (await session.exec(select(Job))).all()
        broken = [await audit.verify(session, commune_id=one.id or 0) for one in await session.exec(select(Commune))]
        ours = set(await _fetched_accounts(session))
    replies = Counter(one.event_id for one in messages if one.action is not None and one.event_id is not None)
    stored = {event.event_key.rpartition(":")[2] for event in events}
    found = {
        "lost": len(set(accepted) - stored),
        "unanswered": sum(event.state not in (*SETTLED, "parked") for event in events),
        "parked": sum(event.state == "parked" for event in events),
        "answered_twice": sum(count > 1 for count in replies.values()),
        "done_without_reply": sum(event.state == "done" and not replies[event.id] for event in events),
        "out_of_order": _out_of_order(events, messages),
        "cases_without_event": len(set(cases) - begun),
        "audit_broken": sum(one is not None for one in broken),
        "jobs_failed": sum(job.error is not None for job in jobs),
    }
    brought = [one for one in messages if one.channel_account_id not in ours] if pushed else []
    by_chat: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for message in brought:
        by_chat[message.chat_key].append((message.text, message.state))
    undelivered = doubled = 0
    for chat, held in by_chat.items():
        missing, extra = compare(held, taken.get(chat, ()))
        undelivered, doubled = undelivered + missing, doubled + extra
    unknown = sum(one.state == "unknown" for one in brought)
    return found | {
        "undelivered": undelivered + sum(one.state in ("queued", "sending", "failed") for one in brought),
        "delivered_twice": doubled,
        "unknown_above_bound": max(0, unknown - unknown_bound),
    }


def _out_of_order(events: Sequence[InboxEvent], messages: Sequence[OutboxMessage]) -> int:
    """Chats whose answers were written in another order than their events came."""
    chat_of = {event.id: (event.channel_account_id, event.chat_key) for event in events}
    answered: dict[tuple[int, str], list[int]] = defaultdict(list)
    for message in messages:
        if message.action is not None and message.event_id in chat_of:
            answered[chat_of[message.event_id]].append(message.event_id)
    return sum(order != sorted(order) for order in answered.values())


def compare(held: Sequence[tuple[str, str]], taken: Sequence[str]) -> tuple[int, int]:
    """(sent but not taken, taken but not held): the outbox of one chat in order, beside what the platform took.

    The kindest reading: a message of which nobody knows whether it arrived takes no place from an equal one that did.
    """
    heads = [text.partition(SAID)[0][:HEAD] for text, _state in held]
    after = [(0, len(taken) - at) for at in range(len(taken) + 1)]  # nothing more is held: the rest is too much
    for head, (_text, state) in zip(reversed(heads), reversed(held), strict=True):
        passed = [(missing + (state == "sent"), extra) for missing, extra in after]
        for at, text in enumerate(taken):
            if text.startswith(head):
                passed[at] = min(passed[at], after[at + 1])
        after = passed
    return after[0]
