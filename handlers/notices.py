"""The officer's side of a notice: write it, see whom it reaches, send it now or later, let a second person agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from handlers import case_codes, notice_times
from handlers.notice_kinds import KINDS
from handlers.permissions import Act, Thing, may
from handlers.workplace import Workplace
from storage import dispatch, notice_reach, notices, places
from storage.notice_reach import Reached, Way
from storage.notices import ACTIVE, OPEN, Notice

ALONE = 200  # recipients up to which one person decides
A_PAGE = 30


class NoSuchNotice(Exception):
    """No notice of this commune that this person may see."""


class NotNow(Exception):
    """The notice has moved on meanwhile."""


class NeedsAnother(Exception):
    """Whoever wrote a notice does not approve it."""


class NoSuchHamlet(Exception):
    """A hamlet that the commune does not have today."""


class TooLate(Exception):
    """Its time is over, or it would begin only then."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What the form says. No `hamlet_ids`: the whole commune. `ends_at`: of no use afterwards."""

    kind: str
    facts: Mapping[str, Any]
    hamlet_ids: tuple[int, ...] = ()
    followers: bool = False
    ends_at: datetime | None = None
    repeat: str = ""
    repeat_until: date | None = None
    skips_days_off: bool = False


@dataclass(slots=True)
class Audience:
    """How many people it reaches. `by` hamlet and channel; `without`: chats that it does not go to, by reason."""

    people: int = 0
    costs: int = 0
    by: dict[tuple[int | None, str], int] = field(default_factory=dict)
    without: dict[str, int] = field(default_factory=dict)

    def on(self, channel: str) -> int:
        """People on one channel."""
        return sum(count for (_hamlet, name), count in self.by.items() if name == channel)


async def write(work: Workplace, draft: Draft) -> int:
    """A new notice, not sent; its id. Raises NotAllowed, NoSuchHamlet."""
    notice = Notice(
        commune_id=work.commune_id,
        code=await _new_code(work),
        kind=draft.kind,
        papi=KINDS[draft.kind].papi,
        made_by=work.person.officer_id,
        made_at=work.now,
    )
    await _fill(work, notice, draft)
    notice_id = await notices.keep(work.session, notice)
    await work.note(Act.NOTICE_SEND, "notice", notice_id, what="written")
    return notice_id


async def change(work: Workplace, notice_id: int, draft: Draft) -> None:
    """Other words or another audience; an approval that waited is asked anew. Raises NoSuchNotice, NotNow."""
    notice = await the_notice(work, notice_id, Act.NOTICE_SEND)
    if notice.state not in OPEN:
        raise NotNow
    notice.state, notice.approved_by, notice.approved_at = "draft", None, None
    await _fill(work, notice, draft)
    await notices.keep(work.session, notice)
    await work.note(Act.NOTICE_SEND, "notice", notice_id, what="changed")


async def send(
    work: Workplace, notice_id: int, ways: Sequence[Way], *, at: datetime | None = None, urgent_why: str = ""
) -> str:
    """Send it now or at that time; above ALONE people it waits for a second person. Gives its state.

    `urgent_why`: it may go at night, for this reason. Raises NoSuchNotice, NotNow, TooLate.
    """
    notice = await the_notice(work, notice_id, Act.NOTICE_SEND)
    if notice.state not in OPEN:
        raise NotNow
    notice.urgent, notice.urgent_why = bool(urgent_why), urgent_why
    notice.send_at = begins(notice, at or work.now, now=work.now)
    if notice.ends_at is not None and notice.send_at >= notice.ends_at:
        raise TooLate
    alone = (await audience(work, notice, ways)).people <= ALONE
    notice.state = "scheduled" if alone else "waiting"
    await notices.keep(work.session, notice)
    what = "urgent" if notice.urgent else "scheduled"
    await work.note(Act.NOTICE_SEND, "notice", notice_id, what=what if alone else "asked_approval")
    return notice.state


async def approve(work: Workplace, notice_id: int) -> None:
    """The second person agrees to these words and this audience. Raises NoSuchNotice, NotNow, NeedsAnother, TooLate."""
    notice = await the_notice(work, notice_id, Act.NOTICE_APPROVE)
    if notice.state != "waiting" or notice.send_at is None:
        raise NotNow
    if work.person.officer_id == notice.made_by:
        raise NeedsAnother
    notice.send_at = begins(notice, notice.send_at, now=work.now)
    if notice.ends_at is not None and notice.send_at >= notice.ends_at:
        raise TooLate
    notice.state, notice.approved_by, notice.approved_at = "scheduled", work.person.officer_id, work.now
    await notices.keep(work.session, notice)
    await work.note(Act.NOTICE_APPROVE, "notice", notice_id)


async def cancel(work: Workplace, notice_id: int) -> None:
    """Whatever was not sent yet will not be, from this very moment. Raises NoSuchNotice, NotNow."""
    notice = await the_notice(work, notice_id, Act.NOTICE_SEND)
    if notice.state not in (*OPEN, *ACTIVE):
        raise NotNow
    was_sending = notice.state == "sending"
    notice.state, notice.cancelled_by = "cancelled", work.person.officer_id
    notice.ended_at = None if was_sending else work.now  # the sender closes the rows that are left
    await notices.keep(work.session, notice)
    await dispatch.take_back(
        work.session,
        commune_id=work.commune_id,
        notice_run=(notice_id, notice.run),
        state="cancelled",
        reason="",
        at=work.now,
    )
    await work.note(Act.NOTICE_SEND, "notice", notice_id, what="cancelled")


async def listed(work: Workplace, *, skip: int = 0) -> tuple[list[Notice], int | None]:
    """A page of notices that this person may see, and where the next page begins."""
    found = await notices.page(work.session, commune_id=work.commune_id, limit=A_PAGE + 1, skip=skip)
    shown = [one for one in found[:A_PAGE] if sees(work, one)]
    return shown, skip + A_PAGE if len(found) > A_PAGE else None


async def the_notice(work: Workplace, notice_id: int, act: Act = Act.NOTICE_READ) -> Notice:
    """The notice, if this person may do that with it. Raises NoSuchNotice, NotAllowed."""
    notice = await notices.get(work.session, commune_id=work.commune_id, notice_id=notice_id)
    if notice is None or not sees(work, notice):
        raise NoSuchNotice
    if act is not Act.NOTICE_READ:
        _demand(work, act, tuple(notice.hamlet_ids))
    return notice


def sees(work: Workplace, notice: Notice) -> bool:
    """Whoever is bound to a hamlet sees the notices to it."""
    return any(may(work.person, Act.NOTICE_READ, thing) for thing in _things(work, tuple(notice.hamlet_ids)))


async def audience(work: Workplace, notice: Notice, ways: Sequence[Way]) -> Audience:
    """Whom it would reach now."""
    return summed(await notice_reach.count(work.session, notice, ways, now=work.now, free=FREE))


def summed(found: Sequence[Reached]) -> Audience:
    """The counts of one notice together."""
    told = Audience()
    for each in found:
        if each.reason:
            told.without[each.reason] = told.without.get(each.reason, 0) + each.count
            continue
        told.people += each.count
        told.costs += each.count if each.costs else 0
        told.by[each.hamlet_id, each.channel] = told.by.get((each.hamlet_id, each.channel), 0) + each.count
    return told


FREE = timedelta(hours=48)  # Zalo OA charges nothing for so long after a message of the person (CHANNELS 2.4)


def begins(notice: Notice, wanted: datetime, *, now: datetime) -> datetime:
    """When it would really begin: not in the past, and not while people sleep unless it is urgent."""
    at = max(wanted, now)
    return at if notice.urgent else notice_times.wakes_at(at)


async def _fill(work: Workplace, notice: Notice, draft: Draft) -> None:
    _demand(work, Act.NOTICE_SEND, draft.hamlet_ids)
    known = {one.id for one in await places.present(work.session, commune_id=work.commune_id, on=work.today)}
    if not set(draft.hamlet_ids) <= known:
        raise NoSuchHamlet
    notice.facts, notice.hamlet_ids = dict(draft.facts), sorted(draft.hamlet_ids)
    notice.followers, notice.ends_at = draft.followers, draft.ends_at
    notice.repeat, notice.repeat_until = draft.repeat, draft.repeat_until
    notice.skips_days_off = draft.skips_days_off


def _things(work: Workplace, hamlet_ids: Sequence[int]) -> list[Thing]:
    return [Thing(work.commune_id, hamlet_id=each) for each in hamlet_ids] or [work.here]


def _demand(work: Workplace, act: Act, hamlet_ids: Sequence[int]) -> None:
    for thing in _things(work, hamlet_ids):
        work.demand(act, thing)


async def _new_code(work: Workplace) -> str:
    drawn = [f"TB-{case_codes.draw()}" for _ in range(case_codes.AT_ONCE)]
    taken = await notices.codes_in_use(work.session, commune_id=work.commune_id, codes=drawn)
    return next((code for code in drawn if code not in taken), "") or await _new_code(work)
