"""The officer's half of a case: the list, opening one, and saying whom it is about; what is done to it is case_acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from handlers import case_owner, casebook, registering, work_list
from handlers.case_owner import Owner
from handlers.permissions import Act, Role, Thing, may
from handlers.wording import words_in
from handlers.workplace import Workplace
from storage import case_alerts, cases, inbox, officers, offices, outbox
from storage import work_list as lists
from storage.bodies import ERASED, SEALED
from storage.cases import Case, CaseEvent, CaseSubject
from storage.work_list import Asked, Wanted

A_PAGE = 50


class NoSuchCase(Exception):
    """No case of this commune that this person may see."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list: no words of the citizen."""

    case: Case
    about: tuple[CaseSubject, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list; `next` is where the next one begins, empty after the last."""

    rows: list[Listed]
    next: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a case: what it was, when, and what the citizen's channel gave, which that channel alone reads.

    `channel` is None where nothing was written, or where it was erased, sealed or written by us: then `raw` says it.
    `replies` are what the bot said to it, where the talk was handed over.
    """

    kind: str
    at: datetime
    raw: str | None
    channel: str | None
    officer_id: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    replies: tuple[str, ...] = ()
    proposed: str = ""  # what an officer's answer began with


async def listed(work: Workplace, *, wanted: Wanted, after: str = "") -> Page:
    """A page of cases that this person may see: late ones first, then by due day, then what rests, newest first."""
    place = work_list.place_from(after)
    asked = Asked(work.commune_id, work_list.scope_of(work.person), wanted, work.today)
    found: list[Case] = []
    if not wanted.only_rests and (place is None or place.due_on is not None):
        found = await lists.running(work.session, asked, limit=A_PAGE + 1, after=place)
        place = None
    if len(found) <= A_PAGE and not wanted.only_runs:
        found += await lists.resting(work.session, asked, limit=A_PAGE + 1 - len(found), after=place)
    shown = await _with_subjects(work, found[:A_PAGE])
    rows = [one for one in shown if may(work.person, Act.CASE_LIST, thing(one))]
    return Page(rows, work_list.place_of(found[A_PAGE - 1]) if len(found) > A_PAGE else "")


async def opened(work: Workplace, case_id: int) -> tuple[Listed, list[Line]]:
    """A case with its words, which is written down as read. Raises NoSuchCase: also for one they may not know of."""
    await note_opening(work, await the_case(work, case_id, Act.CASE_READ))
    return await words_of(work, case_id)


async def note_opening(work: Workplace, one: Listed, *, rings: bool = True) -> None:
    """The case is about to be read: that is written down, and the officer's bell is silent about it from now on."""
    mine = {"commune_id": work.commune_id, "officer_id": work.person.officer_id, "case_id": one.case.id or 0}
    await work.note(Act.CASE_READ, "case", one.case.id, why="casework", thing=thing(one))
    if rings:
        await case_alerts.mark_seen(work.session, at=work.now, **mine)


async def rings(work: Workplace, one: Listed) -> bool:
    """Whether the case stands on this officer's bell."""
    return await case_alerts.rings_for(
        work.session, commune_id=work.commune_id, officer_id=work.person.officer_id, case_id=one.case.id or 0
    )


async def words_of(work: Workplace, case_id: int) -> tuple[Listed, list[Line]]:
    """A case with its words, for whoever had it written down that they read it. Raises NoSuchCase."""
    one = await the_case(work, case_id, Act.CASE_READ)
    history = await cases.history(work.session, commune_id=work.commune_id, case_id=case_id)
    body_ids = [event.body_id for event in history if event.body_id is not None]
    body_ids += [event.facts["proposed"] for event in history if "proposed" in event.facts]
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=body_ids)
    channels = await inbox.channels_of_bodies(work.session, commune_id=work.commune_id, body_ids=body_ids)
    lines = [_line(event, words, channels) for event in history]
    return one, [await _with_replies(work, line) for line in lines]


async def name_subject(work: Workplace, case_id: int, *, officer_id: int | None, office_id: int | None) -> None:
    """The case is about this officer or this unit: from now on it is closed to them. Raises NoSuchCase."""
    one = await the_case(work, case_id, Act.CASE_NAME_SUBJECT)
    if (officer_id is None) == (office_id is None):
        raise NoSuchCase
    known = (
        await officers.get(work.session, commune_id=work.commune_id, officer_id=officer_id)
        if officer_id is not None
        else await offices.office(work.session, commune_id=work.commune_id, office_id=office_id or 0)
    )
    if known is None:
        raise NoSuchCase
    subject = CaseSubject(
        commune_id=work.commune_id,
        case_id=case_id,
        officer_id=officer_id,
        office_id=office_id,
        named_by=work.person.officer_id,
        at=work.now,
    )
    await cases.name_subject(work.session, subject)
    await work.note(Act.CASE_NAME_SUBJECT, "case", case_id, thing=thing(one))
    await _route_around(work, one.case)


async def _route_around(work: Workplace, case: Case) -> None:
    """Whoever may not have the case any more loses it to the next above, and their bell is silent about it."""
    now_is = await registering.thing_now(work.session, case)
    people = await case_owner.at_work(work.session, commune_id=work.commune_id, on=work.today)
    barred = [each.officer_id for each in people if not may(each, Act.CASE_LIST, now_is)]
    await case_alerts.drop_of(work.session, commune_id=work.commune_id, case_id=case.id or 0, officer_ids=barred)
    owner = Owner(case.held_by, case.officer_id, case.office_id)
    if case.code is None or await case_owner.who_hear(work.session, thing=now_is, owner=owner, on=work.today):
        return
    about_us = case.office_id in now_is.about_offices
    after = await case_owner.owner_for(work.session, thing=now_is, on=work.today, at_least=Role.DESK)
    await casebook.happen(
        work.session,
        case,
        "assign",
        at=work.now,
        facts=after.facts() | ({"office_id": None} if about_us else {}),
        officer_id=work.person.officer_id,
    )
    await registering.alert(work.session, case, "new", now=work.now, today=work.today)


async def the_case(work: Workplace, case_id: int, act: Act) -> Listed:
    """The case, if this person may do that to it. Raises NoSuchCase. A draft is nobody's but its writer's, and a
    sealed case nobody's at all: its holders have the mailbox.
    """
    case = await cases.get(work.session, commune_id=work.commune_id, case_id=case_id)
    if case is not None and (case.state == "sealed" or (case.state == "draft" and case.kind != "complaint")):
        raise NoSuchCase
    found = await _with_subjects(work, [case] if case else [])
    if not found or not may(work.person, act, thing(found[0])):
        raise NoSuchCase
    return found[0]


def thing(one: Listed) -> Thing:
    """The case as the permission rule sees it."""
    return casebook.thing_of(one.case, one.about)


def _line(event: CaseEvent, words: dict[int, str], channels: dict[int, str]) -> Line:
    raw = words.get(event.body_id or 0)
    proposed = words_in(words.get(event.facts.get("proposed", 0), "")) or ""
    gone = raw in (None, ERASED, SEALED)
    ours = words_in(raw) if raw is not None else None
    channel = None if gone or ours is not None else channels.get(event.body_id or 0)
    return Line(event.kind, event.at, ours or raw, channel, event.officer_id, event.facts, proposed=proposed)


async def _with_replies(work: Workplace, line: Line) -> Line:
    event_id = line.facts.get("event")
    if event_id is None:
        return line
    said = await outbox.answering(work.session, commune_id=work.commune_id, event_id=event_id)
    return replace(line, replies=tuple(each.text for each in said))


async def _with_subjects(work: Workplace, page: list[Case]) -> list[Listed]:
    ids = [case.id for case in page if case.id is not None]
    about = await cases.subjects(work.session, commune_id=work.commune_id, case_ids=ids)
    return [Listed(case, tuple(one for one in about if one.case_id == case.id)) for case in page]
