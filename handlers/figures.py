"""Figures for those who lead: who has how much, how late, how long it takes, and what people thought of it.

Each officer sees figures of what they may see (handlers/permissions.py); those of the whole commune need a role
without bounds. The public sees fields only, and no group under five.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.outcomes import FEWEST
from handlers.permissions import Act
from handlers.registering import A_WEEK, MANY
from handlers.work_list import scope_of
from handlers.workplace import Workplace
from knowledge.deadlines import VIET_NAM
from storage import figures
from storage.figures import Between, Cell, Faces, Took, Work

LONGEST = 3 * 366  # days that one figure may span
SOURCES = ("all", "questions", "cases", "ratings")
ANSWERED = ("answer", "price", "premium", "directory", "track")
CLARIFIED, ABSTAINED = ("clarify",), ("abstain", "handoff")

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Span:
    """Days in Viet Nam, both included."""

    since: date
    until: date

    @classmethod
    def month_of(cls, day: date) -> Span:
        """The calendar month of a day."""
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return cls(day.replace(day=1), following - timedelta(days=1))

    @property
    def days(self) -> int:
        """How many."""
        return (self.until - self.since).days + 1

    @property
    def is_sound(self) -> bool:
        """Whether it goes forward, and not for too long."""
        return 0 < self.days <= LONGEST


@dataclass(frozen=True, slots=True)
class Row:
    """One group's work. `days`: median of whole days to the answer, None where nothing was answered."""

    received: int
    running: int
    late: int
    answered: int
    in_time: int
    reopened: int
    days: float | None


@dataclass(frozen=True, slots=True)
class Satisfied:
    """Closed cases, how many of them were rated, and the mean of the faces (1 to 5)."""

    closed: int
    rated: int
    mean: float | None


def between(work: Workplace, span: Span, *, whole: bool = False) -> Between:
    """The span as the database is asked for it, within what this officer may see. Raises NotAllowed."""
    if whole:
        work.demand(Act.FIGURE_READ)
    return replace(_between(work.commune_id, span, work.today), scope=scope_of(work.person, Act.FIGURE_READ))


def median(counts: Iterable[tuple[int, int]]) -> float | None:
    """The median of values that are given as (value, how often)."""
    listed = sorted(counts)
    whole = sum(count for _value, count in listed)
    if not whole:
        return None
    middle, seen, low = (whole + 1) / 2, 0, None
    for value, count in listed:
        seen += count
        if low is None and seen >= int(middle):
            low = value
        if low is not None and seen >= middle:
            return (low + value) / 2 if middle != int(middle) else float(low)
    return None


def by_key(work: Iterable[Work], took: Iterable[Took], key: Callable[[Work | Took], Key]) -> dict[Key, Row]:
    """Rows of one key (a unit, an officer, a field) out of the counts by all three."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * 6)
    days: dict[Key, Counter[int]] = defaultdict(Counter)
    for each in work:
        parts = (each.received, each.running, each.late, each.answered, each.in_time, each.reopened)
        sums[key(each)] = [a + b for a, b in zip(sums[key(each)], parts, strict=True)]
    for took_so in took:
        days[key(took_so)][took_so.days] += took_so.count
    return {each: Row(*parts, days=median(days[each].items())) for each, parts in sums.items()}  # type: ignore[misc]


def satisfied(found: Iterable[Faces], key: Callable[[Faces], Key]) -> dict[Key, Satisfied]:
    """The same for faces."""
    sums: dict[Key, list[int]] = defaultdict(lambda: [0] * 3)
    for each in found:
        sums[key(each)] = [a + b for a, b in zip(sums[key(each)], (each.closed, each.rated, each.total), strict=True)]
    return {each: Satisfied(c, r, round(t / r, 2) if r else None) for each, (c, r, t) in sums.items()}


async def cells(session: AsyncSession, asked: Between, source: str) -> list[Cell]:
    """What the heat map is made of: questions, cases, ratings, or all three."""
    found: list[Cell] = []
    for name, read in (
        ("questions", figures.question_cells),
        ("cases", figures.case_cells),
        ("ratings", figures.rating_cells),
    ):
        if source in ("all", name):
            found += await read(session, asked)
    return found


def outcome_of(action: str) -> str:
    """answered, clarified, abstained; other for what is no question (a report, a greeting)."""
    groups = (("answered", ANSWERED), ("clarified", CLARIFIED), ("abstained", ABSTAINED))
    return next((name for name, actions in groups if action in actions), "other")


async def warnings(work: Workplace) -> list[tuple[str, int, int, datetime]]:
    """The same trouble five times in one hamlet within a week. Raises NotAllowed."""
    work.demand(Act.FIGURE_READ)
    return await figures.repeated(work.session, commune_id=work.commune_id, since=work.now - A_WEEK, least=MANY)


async def public_fields(session: AsyncSession, *, commune_id: int, span: Span, today: date) -> dict[str, Row]:
    """By field for everybody to read; a group of fewer than five received stays hidden."""
    asked = _between(commune_id, span, today)
    found = by_key(
        await figures.work(session, asked), await figures.took(session, asked), lambda each: each.field or ""
    )
    return {field: row for field, row in found.items() if row.received >= FEWEST}


def _between(commune_id: int, span: Span, today: date) -> Between:
    since = datetime.combine(span.since, time.min, VIET_NAM)
    before = datetime.combine(span.until + timedelta(days=1), time.min, VIET_NAM)
    return Between(commune_id, since, before, today)
