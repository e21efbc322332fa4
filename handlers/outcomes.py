"""Outcomes for everybody to read: kinds, hamlets, days and results, without names; small groups stay hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import casebook, casework
from handlers.permissions import Act
from handlers.wording import words_in
from handlers.workplace import Workplace
from knowledge.categories import categories
from knowledge.deadlines import VIET_NAM
from knowledge.masking import mask
from storage import case_alerts, case_lists, cases, offices, places
from storage.cases import Case

FEWEST = 5  # cases in a group below which it could point to somebody
SHOWN = 10  # results of one group


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one category, in one hamlet where there are enough. `days`: mean days to the answer."""

    category: str
    hamlet: str
    count: int
    answered: int
    in_time: int
    days: float | None
    results: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rated:
    """A unit's faces: the mean of those who answered, and how many of the closed cases that were."""

    unit: str
    closed: int
    rated: int
    mean: float | None


async def proposed(work: Workplace, case_id: int) -> str:
    """The answer with everything masked that points to a person, for an officer to correct. Raises NoSuchCase."""
    case = (await casework.the_case(work, case_id, Act.CASE_PUBLISH)).case
    history = await cases.history(work.session, commune_id=work.commune_id, case_id=case_id)
    told = [event.body_id for event in history if event.kind == "answer" and event.body_id is not None]
    if case.outcome or not told:
        return case.outcome
    bodies = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=told[-1:])
    return mask(words_in(bodies[told[-1]]) or "")


async def publish(work: Workplace, case_id: int, *, outcome: str) -> None:
    """An officer has read it and says that it names nobody; it is masked once more. Raises NoSuchCase, NotNow."""
    case = (await casework.the_case(work, case_id, Act.CASE_PUBLISH)).case
    case.outcome, case.published_at = mask(outcome), work.now
    await casebook.happen(work.session, case, "publish", at=work.now, officer_id=work.person.officer_id)
    await work.note(Act.CASE_PUBLISH, "case", case_id)


async def groups(session: AsyncSession, *, commune_id: int) -> list[Group]:
    """By category and hamlet where there are at least five, else by category; fewer than five are not shown."""
    found = [case for case in await case_lists.public(session, commune_id=commune_id) if not _about_staff(case)]
    hidden = {row.case_id for row in await cases.subjects(session, commune_id=commune_id, case_ids=_ids(found))}
    by_hamlet: dict[tuple[str, int | None], list[Case]] = defaultdict(list)
    for case in found:
        if case.id not in hidden:
            by_hamlet[case.category or "other", case.hamlet_id].append(case)
    shown: list[Group] = []
    rest: dict[str, list[Case]] = defaultdict(list)
    for (category, hamlet_id), members in by_hamlet.items():
        hamlet = await places.hamlet(session, commune_id=commune_id, hamlet_id=hamlet_id or 0)
        if len(members) >= FEWEST and hamlet is not None:
            shown.append(_group(category, hamlet.name, members))
        else:
            rest[category] += members
    shown += [_group(category, "", members) for category, members in rest.items() if len(members) >= FEWEST]
    return sorted(shown, key=lambda group: (-group.count, group.category, group.hamlet))


async def faces(session: AsyncSession, *, commune_id: int) -> list[Rated]:
    """Satisfaction by unit, with the share of those who answered beside each score; under five stay hidden."""
    found = []
    for office_id, closed, rated, total in await case_alerts.ratings_by_office(session, commune_id=commune_id):
        office = await offices.office(session, commune_id=commune_id, office_id=office_id or 0)
        if closed >= FEWEST:
            mean = total / rated if rated >= FEWEST else None
            found.append(Rated(office.name if office else "Chung toàn xã", closed, rated, mean))
    return found


def _group(category: str, hamlet: str, members: Sequence[Case]) -> Group:
    answered = [case for case in members if case.answered_at is not None and case.received_at is not None]
    days = [(case.answered_at - case.received_at).days for case in answered if case.answered_at and case.received_at]
    in_time = [
        case
        for case in answered
        if case.answered_at and case.promised_on and case.answered_at.astimezone(VIET_NAM).date() <= case.promised_on
    ]
    results = [case.outcome for case in members if case.outcome]
    return Group(
        categories()[category].label,
        hamlet,
        len(members),
        len(answered),
        len(in_time),
        round(sum(days) / len(days), 1) if days else None,
        tuple(results[:SHOWN]),
    )


def _about_staff(case: Case) -> bool:
    return categories()[case.category or "other"].about_staff


def _ids(found: Sequence[Case]) -> list[int]:
    return [case.id for case in found if case.id is not None]
