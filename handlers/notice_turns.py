"""What the clock does to a notice: a turn begins, its rows are made and handed over, it ends, the next one is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import clock, notice_times, notices
from storage import accounts, deliveries, dispatch, notice_reach, outbox
from storage import notices as shelf
from storage.deliveries import Delivery
from storage.notice_reach import Way
from storage.notices import Notice
from storage.outbox import OutboxMessage

MADE_AT_ONCE = 5_000  # people whose rows are made in one transaction
CLOSED_AT_ONCE = 5_000  # rows


@dataclass(frozen=True, slots=True)
class Chat:
    """Where something waits now."""

    channel_account_id: int
    chat_key: str


async def begin(session: AsyncSession, notice: Notice, ways: Sequence[Way], *, now: datetime) -> None:
    """Its time has come. Where more people have come to it than one officer decides on, it waits for a second one."""
    if not notice.urgent and notice_times.is_quiet(now):
        notice.send_at = notice_times.wakes_at(now)
    elif notice.approved_by is None and await _are_many(session, notice, ways, now=now):
        notice.state = "waiting"
    else:
        notice.state, notice.expanded_to, notice.expanded_at = "sending", 0, None
        notice.first_sent_at = notice.first_sent_at or now
    await shelf.keep(session, notice)


async def make_rows(session: AsyncSession, notice: Notice, ways: Sequence[Way], *, now: datetime) -> bool:
    """One chunk of the turn's rows; False once everybody has theirs."""
    more = await notice_reach.expand(session, notice, ways, now=now, limit=MADE_AT_ONCE)
    if not more:
        notice.expanded_at = now
        await shelf.keep(session, notice)
    return more


async def hand_over(
    session: AsyncSession, notice: Notice, found: Sequence[Delivery], text: str, *, now: datetime
) -> list[Chat]:
    """Each of these rows gets its message in the outbox, in the caller's transaction; gives where something waits."""
    if not found:
        return []
    known = await accounts.several(session, commune_id=notice.commune_id, account_ids=[row.account_id for row in found])
    not_after = notice.ends_at if notice.urgent else _sooner(notice_times.quiet_again(now), notice.ends_at)
    rows = [
        OutboxMessage(
            commune_id=notice.commune_id,
            account_id=row.account_id,
            channel_account_id=row.channel_account_id,
            chat_key=known[row.account_id].chat_key,
            text=text,
            bulk=True,
            delivery_id=row.id,
            reference=notice.code,
            not_before=now,
            not_after=not_after,
            created_at=now,
        )
        for row in found
    ]
    await outbox.put_all(session, rows)
    await deliveries.mark(session, found, state="handed", at=now)
    return [Chat(row.channel_account_id, row.chat_key) for row in rows]


async def fetch_back(session: AsyncSession, notice: Notice, *, now: datetime) -> int:
    """What is overdue in the outbox waits among the rows again; gives how many messages that were."""
    return await dispatch.take_back(
        session,
        commune_id=notice.commune_id,
        notice_run=(notice.id or 0, notice.run),
        state="queued",
        reason="",
        at=now,
        overdue=True,
    )


def stop_for_now(notice: Notice, *, now: datetime) -> str:
    """Why nothing of it may go now: "quiet", "never" (its time is over before morning), "late", or "": it may."""
    quiet = not notice.urgent and notice_times.is_quiet(now)
    if notice.ends_at is not None and notice.ends_at <= now:
        return "late"
    if quiet and notice.ends_at is not None and notice.ends_at <= notice_times.wakes_at(now):
        return "never"
    return "quiet" if quiet else ""


async def close_rows(session: AsyncSession, notice: Notice, *, state: str, reason: str, now: datetime) -> int:
    """A chunk of the rows that wait comes to this state; gives how many there were."""
    return await deliveries.skip_unsent(
        session,
        commune_id=notice.commune_id,
        notice_id=notice.id or 0,
        run=notice.run,
        state=state,
        reason=reason,
        at=now,
        limit=CLOSED_AT_ONCE,
    )


async def finish(session: AsyncSession, notice: Notice, *, now: datetime) -> None:
    """The turn is over: the next one is set where the notice is repeated, else the notice is done."""
    calendar = None
    if notice.skips_days_off:
        calendar = await clock.calendar_of(session, commune_id=notice.commune_id)
    last = notice.send_at or now
    following = notice_times.next_turn(last, notice.repeat, until=notice.repeat_until, calendar=calendar)
    while following is not None and following <= now:  # the server was down on that day: it is not made up for
        following = notice_times.next_turn(following, notice.repeat, until=notice.repeat_until, calendar=calendar)
    if following is None or (notice.ends_at is not None and following >= notice.ends_at):
        notice.state, notice.ended_at = "done", now
    else:
        notice.state, notice.run, notice.send_at = "scheduled", notice.run + 1, following
        notice.expanded_to = notice.expanded_at = None
    await shelf.keep(session, notice)


async def over_plan(
    session: AsyncSession, found: Sequence[Delivery], *, most: int, since: datetime, now: datetime
) -> list[Delivery]:
    """Rows beyond what the plan of their channel account leaves this month are skipped; gives those that may go."""
    if not found:
        return []
    account_id = found[0].channel_account_id
    used = await dispatch.sent_since(session, channel_account_id=account_id, since=since)
    left = max(0, most - used - await dispatch.bulk_waiting(session, channel_account_id=account_id))
    if beyond := list(found[left:]):
        await deliveries.mark(session, beyond, state="skipped", reason="plan", at=now)
    return list(found[:left])


async def _are_many(session: AsyncSession, notice: Notice, ways: Sequence[Way], *, now: datetime) -> bool:
    found = await notice_reach.count(session, notice, ways, now=now, free=notices.FREE)
    return notices.summed(found).people > notices.ALONE


def _sooner(first: datetime, second: datetime | None) -> datetime:
    return first if second is None else min(first, second)
