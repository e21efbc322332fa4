"""A draft becomes a case: code, category, owner, due day, alerts; the same in the chat and at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import case_owner, casebook, clock, terms, work_list
from handlers.case_codes import new_code, phrase
from handlers.case_owner import Owner
from handlers.permissions import Role, Thing
from handlers.terms import Term
from knowledge.categories import categories, propose
from knowledge.deadlines import Deadline
from knowledge.telling import find_named, find_since
from knowledge.urgency import urgency_of
from knowledge.vietnamese import fold
from storage import case_alerts, case_lists, cases, officers, offices, places
from storage.bodies import Vault
from storage.cases import Case, CaseSubject
from storage.communes import Commune
from storage.places import Hamlet

MANY, A_WEEK = 5, timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the citizen is told at once."""

    code: str
    phrase: str
    term: Term
    deadline: Deadline
    owner: Owner


async def understand(session: AsyncSession, case: Case, text: str, *, today: date) -> None:
    """What can be made out of the words is put into the row: category, hamlet, since when. What is there stays."""
    if case.hamlet_id is None:
        found = await hamlet_in(session, text, commune_id=case.commune_id, on=today)
        case.hamlet_id = found.id if found else None
    if case.category is None:
        sort(case, propose(text).id)
        case.urgency = urgency_of(text)
    if case.since is None and (since := find_since(text, on=today)) is not None:
        case.since = since.day
    await cases.save(session, case)


def sort(case: Case, category_id: str) -> None:
    """Put the case into a category, with what hangs on it."""
    category = categories()[category_id]
    case.category, case.papi, case.field = category.id, category.papi, category.field


async def hamlet_in(session: AsyncSession, text: str, *, commune_id: int, on: date) -> Hamlet | None:
    """The commune's hamlet that a text names."""
    known = await places.present(session, commune_id=commune_id, on=on)
    return find_named(text, ((each.key, each) for each in known))


async def register(
    session: AsyncSession,
    case: Case,
    *,
    commune: Commune,
    vault: Vault,
    text: str,
    now: datetime,
    today: date,
    officer_id: int | None = None,
) -> Registered:
    """Give the draft a code and an owner. `officer_id`: who entered it for somebody. Raises NotNow."""
    assert case.id is not None
    await understand(session, case, text, today=today)
    await _find_subjects(session, case, text, now=now, today=today)
    thing = await thing_now(session, case)
    category = categories()[case.category or "other"]
    owner = await case_owner.owner_for(session, thing=thing, on=today, about_staff=category.about_staff)
    calendar = await clock.calendar_of(session, commune_id=case.commune_id)
    term = await terms.term_for(session, case, commune, on=today)
    deadline = terms.start(case, term, calendar, at=now)
    case.code = await new_code(session, commune_id=case.commune_id, kind=case.kind)
    case.received_at = now
    facts = {"kind": case.kind, "code": case.code, "due_on": deadline.due_on.isoformat(), **owner.facts()}
    await casebook.happen(session, case, "register", at=now, facts=facts, officer_id=officer_id)
    await work_list.remember(session, case, text)
    await alert(session, case, "new", now=now, today=today)
    await _notice_many(session, case, now=now, today=today)
    return Registered(case.code, phrase(vault, commune_id=case.commune_id, code=case.code), term, deadline, owner)


async def thing_now(session: AsyncSession, case: Case) -> Thing:
    """The case as the permission rule sees it, with whom it is about."""
    return casebook.thing_of(case, await cases.subjects(session, commune_id=case.commune_id, case_ids=[case.id or 0]))


async def alert(session: AsyncSession, case: Case, kind: str, *, now: datetime, today: date) -> None:
    """Whoever has the case in hand learns of it."""
    owner = Owner(case.held_by, case.officer_id, case.office_id)
    hear = await case_owner.who_hear(session, thing=await thing_now(session, case), owner=owner, on=today)
    await _ring(session, case, hear, kind, now=now)


async def alert_role(session: AsyncSession, case: Case, role: Role, kind: str, *, now: datetime, today: date) -> None:
    """All who hold a role learn of it, except whom it is about."""
    people = await case_owner.at_work(session, commune_id=case.commune_id, on=today)
    hear = case_owner.holders_of(people, role, await thing_now(session, case))
    await _ring(session, case, hear, kind, now=now)


async def _ring(session: AsyncSession, case: Case, hear: list[int], kind: str, *, now: datetime) -> None:
    await case_alerts.tell(
        session, commune_id=case.commune_id, officer_ids=hear, case_id=case.id or 0, kind=kind, at=now
    )


async def _find_subjects(session: AsyncSession, case: Case, text: str, *, now: datetime, today: date) -> None:
    """An officer or a unit named in full in the words: the case never reaches them."""
    people = await officers.of_commune(session, commune_id=case.commune_id)
    units = await offices.offices(session, commune_id=case.commune_id, on=today)
    folded = f" {fold(text)} "
    for person in people:
        if " " in person.name and f" {fold(person.name)} " in folded:
            await _is_about(session, case, now=now, officer_id=person.id)
    for unit in units:
        if f" {fold(unit.name)} " in folded and categories()[case.category or "other"].about_staff:
            await _is_about(session, case, now=now, office_id=unit.id)


async def _is_about(
    session: AsyncSession, case: Case, *, now: datetime, officer_id: int | None = None, office_id: int | None = None
) -> None:
    subject = CaseSubject(
        commune_id=case.commune_id, case_id=case.id or 0, officer_id=officer_id, office_id=office_id, at=now
    )
    await cases.name_subject(session, subject)


async def _notice_many(session: AsyncSession, case: Case, *, now: datetime, today: date) -> None:
    """The fifth of a kind in one hamlet within a week: the leader hears of it."""
    if case.hamlet_id is None or case.category in (None, "other"):
        return
    count = await case_lists.count_alike(
        session,
        commune_id=case.commune_id,
        category=case.category,
        hamlet_id=case.hamlet_id,
        since=now - A_WEEK,
    )
    if count == MANY:
        await alert_role(session, case, Role.LEADER, "many", now=now, today=today)
