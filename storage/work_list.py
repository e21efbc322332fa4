"""The officers' work list in SQL: what a person may see, what they filter by, pages by key, and the counts above it.

The rule of who may see what stands in handlers/permissions.py; `Scope` is its answer for one person, so that the
database need not hand out rows that nobody is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, tuple_
from sqlmodel import and_, col, false, func, or_, select, true
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.case_words import CaseWords
from storage.cases import Case, CaseSubject

RUNNING = ("received", "assigned", "working", "asked", "transferred")
SOON = timedelta(days=3)  # what is due within so many days is about to be late


@dataclass(frozen=True, slots=True)
class Reach:
    """One role's bounds; None does not bound. `stands_for`: the absent officer whose role it is."""

    office_id: int | None = None
    hamlet_id: int | None = None
    field: str | None = None
    stands_for: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What one officer may see: within any of these bounds, and never what is about them or their unit."""

    officer_id: int
    office_id: int | None
    reaches: tuple[Reach, ...]

    def condition(self) -> ColumnElement[bool]:
        """The same as SQL."""
        within = or_(false(), *(self._within(reach) for reach in self.reaches))
        return and_(within, _not_about(self.officer_id, self.office_id))

    def _within(self, reach: Reach) -> ColumnElement[bool]:
        bounds = [
            col(column) == wanted
            for column, wanted in (
                (Case.office_id, reach.office_id),
                (Case.hamlet_id, reach.hamlet_id),
                (Case.field, reach.field),
            )
            if wanted is not None
        ]
        if reach.stands_for is not None:
            bounds.append(_not_about(reach.stands_for, None))
        return and_(true(), *bounds)


@dataclass(frozen=True, slots=True)
class Search:
    """What was typed: its folded syllables, and the codes and ids that it may stand for."""

    syllables: tuple[str, ...] = ()
    code: str = ""
    categories: tuple[str, ...] = ()
    hamlet_ids: tuple[int, ...] = ()
    officer_ids: tuple[int, ...] = ()

    def condition(self, commune_id: int) -> ColumnElement[bool]:
        """A case whose words hold every syllable, or whose code, category, hamlet or officer was meant."""
        found = [col(CaseWords.folded).contains(f" {each}", autoescape=True) for each in self.syllables]
        worded = select(CaseWords.case_id).where(col(CaseWords.commune_id) == commune_id, *found)
        return or_(
            col(Case.id).in_(worded) if found else false(),
            col(Case.code).startswith(self.code, autoescape=True) if self.code else false(),
            col(Case.category).in_(self.categories) if self.categories else false(),
            col(Case.hamlet_id).in_(self.hamlet_ids) if self.hamlet_ids else false(),
            col(Case.officer_id).in_(self.officer_ids) if self.officer_ids else false(),
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list shows. `state` may also be `late` or `running`; `due`: late, today, soon or later."""

    kind: str | None = None
    hamlet_id: int | None = None
    state: str | None = None
    officer_id: int | None = None
    field: str | None = None
    due: str | None = None
    urgency: int | None = None
    search: Search | None = None

    def conditions(self, commune_id: int, today: date) -> list[ColumnElement[bool]]:
        """The same as SQL, but for the state."""
        equal = (
            (Case.kind, self.kind),
            (Case.hamlet_id, self.hamlet_id),
            (Case.officer_id, self.officer_id),
            (Case.field, self.field),
            (Case.urgency, self.urgency),
        )
        found = [col(Case.commune_id) == commune_id, col(Case.state) != "sealed"]  # those are no officer's any more
        found += [col(column) == wanted for column, wanted in equal if wanted is not None]
        due = "late" if self.state == "late" else self.due
        if due is not None:
            found.append(_due(due, today))
        if self.search is not None:
            found.append(self.search.condition(commune_id))
        return found

    @property
    def only_runs(self) -> bool:
        """Whether nothing that rests can be in the list."""
        return self.state in ("late", "running", *RUNNING) or self.due is not None

    @property
    def only_rests(self) -> bool:
        """Whether nothing that runs can be in it."""
        return self.state is not None and self.state not in ("late", "running", *RUNNING)


@dataclass(frozen=True, slots=True)
class Asked:
    """One officer's list: whose commune, what they may see, what they want, and the day."""

    commune_id: int
    scope: Scope
    wanted: Wanted
    today: date

    def conditions(self) -> list[ColumnElement[bool]]:
        """The same as SQL."""
        return [*self.wanted.conditions(self.commune_id, self.today), self.scope.condition()]


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page. `due_on` is None among cases that rest, which go by the newest."""

    case_id: int
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many running cases are late, due today, due within three days, due later; and those of the officer."""

    late: int = 0
    today: int = 0
    soon: int = 0
    later: int = 0
    mine: int = 0

    @property
    def running(self) -> int:
        """All of them."""
        return self.late + self.today + self.soon + self.later


def is_running() -> ColumnElement[bool]:
    """A case that waits for us, written out, so that SQLite sees that the index of running cases serves."""
    listed: BindParameter[Sequence[str]] = bindparam("running", RUNNING, expanding=True, literal_execute=True)
    return col(Case.state).in_(listed)


async def running(session: AsyncSession, asked: Asked, *, limit: int, after: Place | None = None) -> list[Case]:
    """A page of what waits for us, the nearest (or longest past) due day first."""
    mine = [is_running(), *asked.conditions()]
    if asked.wanted.state in RUNNING:
        mine.append(col(Case.state) == asked.wanted.state)
    if after is not None and after.due_on is not None:
        mine.append(tuple_(col(Case.due_on), col(Case.id)) > tuple_(after.due_on, after.case_id))
    order = (col(Case.due_on), col(Case.id))
    return list(await session.exec(select(Case).where(*mine).order_by(*order).limit(limit)))


async def resting(session: AsyncSession, asked: Asked, *, limit: int, after: Place | None = None) -> list[Case]:
    """A page of what waits for nobody here, the newest first. A draft is nobody's but its writer's."""
    shown = (col(Case.state) != "draft") | (col(Case.kind) == "complaint")
    mine = [~is_running(), shown, *asked.conditions()]
    if asked.wanted.state is not None:
        mine.append(col(Case.state) == asked.wanted.state)
    if after is not None:
        mine.append(col(Case.id) < after.case_id)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc()).limit(limit)))


async def received(
    session: AsyncSession,
    *,
    commune_id: int,
    scope: Scope,
    since: datetime,
    before: datetime,
    origin: str | None,
    limit: int,
) -> list[Case]:
    """Cases past their draft that came in this time, the oldest first; `origin`: by that path alone."""
    mine = [
        col(Case.commune_id) == commune_id,
        col(Case.state) != "draft",
        col(Case.received_at) >= since,
        col(Case.received_at) < before,
        scope.condition(),
    ]
    if origin is not None:
        mine.append(col(Case.origin) == origin)
    order = (col(Case.received_at), col(Case.id))
    return list(await session.exec(select(Case).where(*mine).order_by(*order).limit(limit)))


async def counts(session: AsyncSession, *, commune_id: int, scope: Scope, today: date) -> Counts:
    """The numbers above the list, of all that the officer may see: day by day, as the index of running cases lies."""
    own = func.coalesce(func.sum(case((col(Case.officer_id) == scope.officer_id, 1), else_=0)), 0)
    mine = (is_running(), col(Case.commune_id) == commune_id, scope.condition())
    due_on: Any = col(Case.due_on)
    found = select(due_on, func.count(), own).where(*mine).group_by(due_on).order_by(due_on)
    sums = dict.fromkeys(DUES, 0)
    of_officer = 0
    for each, count, held in (await session.exec(found)).all():
        sums[_name_of(each, today)] += count
        of_officer += int(held)
    return Counts(**sums, mine=of_officer)


DUES = ("late", "today", "soon", "later")


def _name_of(due_on: date | None, today: date) -> str:
    if due_on is None or due_on > today + SOON:
        return "later"
    return "late" if due_on < today else "today" if due_on == today else "soon"


def _due(name: str, today: date) -> ColumnElement[bool]:
    due = col(Case.due_on)
    return {
        "late": due < today,
        "today": due == today,
        "soon": and_(due > today, due <= today + SOON),
        "later": due > today + SOON,
    }[name]


async def is_told_of(session: AsyncSession, *, commune_id: int, scope: Scope) -> bool:
    """Whether any case is about this officer or their unit: then what they may see differs from their colleagues'."""
    mine = (col(CaseSubject.commune_id) == commune_id, _who(scope.officer_id, scope.office_id))
    return (await session.exec(select(CaseSubject.id).where(*mine).limit(1))).first() is not None


def _not_about(officer_id: int, office_id: int | None) -> ColumnElement[bool]:
    """Not a case about this officer or unit; those are few, and looked up once for the whole list."""
    return col(Case.id).not_in(select(CaseSubject.case_id).where(_who(officer_id, office_id)))


def _who(officer_id: int, office_id: int | None) -> ColumnElement[bool]:
    officer = col(CaseSubject.officer_id) == officer_id
    return officer if office_id is None else or_(officer, col(CaseSubject.office_id) == office_id)
