"""The officer's half of a case. So far: the list, opening one, and saying whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handlers.permissions import Act, Thing, may
from handlers.workplace import Workplace
from storage import cases, inbox, officers, offices
from storage.bodies import ERASED, SEALED
from storage.cases import Case, CaseEvent, CaseSubject

A_PAGE = 50


class NoSuchCase(Exception):
    """No case of this commune that this person may see."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list: no words of the citizen."""

    case: Case
    about: tuple[CaseSubject, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a case: what it was, when, and what the citizen's channel gave, which that channel alone reads.

    `channel` is None where nothing was written, or where it was erased or sealed: then `raw` says so.
    """

    kind: str
    at: datetime
    raw: str | None
    channel: str | None


async def listed(work: Workplace, *, kind: str | None, before_id: int | None) -> list[Listed]:
    """A page of cases that this person may see, the newest first."""
    found: list[Listed] = []
    while len(found) < A_PAGE:
        page = await cases.newest(
            work.session, commune_id=work.commune_id, limit=A_PAGE, kind=kind, before_id=before_id
        )
        found += [one for one in await _with_subjects(work, page) if may(work.person, Act.CASE_LIST, _thing(one))]
        if len(page) < A_PAGE:
            break
        before_id = page[-1].id
    return found[:A_PAGE]


async def opened(work: Workplace, case_id: int) -> tuple[Listed, list[Line]]:
    """A case with its words, which is written down as read. Raises NoSuchCase: also for one they may not know of."""
    one = await _the_case(work, case_id, Act.CASE_READ)
    history = await cases.history(work.session, commune_id=work.commune_id, case_id=case_id)
    body_ids = [event.body_id for event in history if event.body_id is not None]
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=body_ids)
    channels = await inbox.channels_of_bodies(work.session, commune_id=work.commune_id, body_ids=body_ids)
    await work.note(Act.CASE_READ, "case", case_id, why="casework", thing=_thing(one))
    return one, [_line(event, words.get(event.body_id or 0), channels) for event in history]


async def name_subject(work: Workplace, case_id: int, *, officer_id: int | None, office_id: int | None) -> None:
    """The case is about this officer or this unit: from now on it is closed to them. Raises NoSuchCase."""
    one = await _the_case(work, case_id, Act.CASE_NAME_SUBJECT)
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
    await work.note(Act.CASE_NAME_SUBJECT, "case", case_id, thing=_thing(one))


def _line(event: CaseEvent, raw: str | None, channels: dict[int, str]) -> Line:
    gone = raw in (None, ERASED, SEALED)
    return Line(event.kind, event.at, raw, None if gone else channels.get(event.body_id or 0))


async def _the_case(work: Workplace, case_id: int, act: Act) -> Listed:
    case = await cases.get(work.session, commune_id=work.commune_id, case_id=case_id)
    found = await _with_subjects(work, [case] if case else [])
    if not found or not may(work.person, act, _thing(found[0])):
        raise NoSuchCase
    return found[0]


async def _with_subjects(work: Workplace, page: list[Case]) -> list[Listed]:
    ids = [case.id for case in page if case.id is not None]
    about = await cases.subjects(work.session, commune_id=work.commune_id, case_ids=ids)
    return [Listed(case, tuple(one for one in about if one.case_id == case.id)) for case in page]


def _thing(one: Listed) -> Thing:
    return Thing(
        one.case.commune_id,
        about_officers=frozenset(row.officer_id for row in one.about if row.officer_id is not None),
        about_offices=frozenset(row.office_id for row in one.about if row.office_id is not None),
    )
