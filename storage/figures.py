"""Figures over cases, questions and channels: grouped and counted by the database; ids, codes and numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlmodel import and_, col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.case_alerts import CaseRating
from storage.cases import Case
from storage.communes import ChannelAccount
from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.times import day_of, days_between, hour_of, month_of
from storage.work_list import Scope, is_running

_pick: Any = select  # its overloads count no columns beyond four


@dataclass(frozen=True, slots=True)
class Between:
    """Whose cases, from which instant to which (not included), seen on which day; `scope` None sees all."""

    commune_id: int
    since: datetime
    before: datetime
    today: date
    scope: Scope | None = None

    def during(self, instant: Any) -> ColumnElement[bool]:
        """Something that happened in this time."""
        return and_(col(instant) >= self.since, col(instant) < self.before)

    def cases(self) -> list[ColumnElement[bool]]:
        """Cases past their draft that may be counted; of what was sealed not even the office is told."""
        found = [col(Case.commune_id) == self.commune_id, col(Case.state).not_in(("draft", "sealed"))]
        return found if self.scope is None else [*found, self.scope.condition()]


@dataclass(frozen=True, slots=True)
class Work:
    """What one group has on its hands, and did in the time."""

    office_id: int | None
    officer_id: int | None
    field: str | None
    received: int
    running: int
    late: int
    answered: int
    in_time: int
    reopened: int


@dataclass(frozen=True, slots=True)
class Took:
    """So many answers took so many whole days."""

    office_id: int | None
    officer_id: int | None
    field: str | None
    days: int
    count: int


@dataclass(frozen=True, slots=True)
class Faces:
    """Cases closed in the time: how many, how many of them were rated, and the sum of the faces (1 to 5)."""

    office_id: int | None
    field: str | None
    closed: int
    rated: int
    total: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a heat map: a PAPI dimension, a hamlet or a month, how many, and the sum of faces where rated."""

    papi: int
    hamlet_id: int | None
    month: str
    count: int
    total: int = 0


@dataclass(frozen=True, slots=True)
class ChannelUse:
    """One channel: what came in and went out in the time, and why it rests now, if it does."""

    channel: str
    received: int
    sent: int
    failed: int
    unknown: int
    waiting: int
    parked: str


async def work(session: AsyncSession, asked: Between) -> list[Work]:
    """By unit, officer and field. What runs and what is late is counted as of now, whenever it came."""
    running = is_running()
    answered = asked.during(Case.answered_at)
    received = asked.during(Case.received_at)
    sums = (
        _count(received),
        _count(running),
        _count(and_(running, col(Case.due_on) < asked.today)),
        _count(answered),
        _count(and_(answered, day_of(Case.answered_at) <= col(Case.promised_on))),
        _count(and_(received, col(Case.is_reopened))),
    )
    groups = (col(Case.office_id), col(Case.officer_id), col(Case.field))
    found = _pick(*groups, *sums).where(*asked.cases(), or_(running, answered, received)).group_by(*groups)
    return [Work(*row[:3], *map(int, row[3:])) for row in (await session.exec(found)).all()]


async def took(session: AsyncSession, asked: Between) -> list[Took]:
    """How long the answers of this time took: their medians are made of it."""
    days = days_between(Case.received_at, Case.answered_at)
    groups = (col(Case.office_id), col(Case.officer_id), col(Case.field), days)
    found = _pick(*groups, func.count()).where(*asked.cases(), asked.during(Case.answered_at)).group_by(*groups)
    return [Took(*row) for row in (await session.exec(found)).all() if row[3] is not None]


async def faces(session: AsyncSession, asked: Between) -> list[Faces]:
    """Satisfaction with what was closed in this time, by unit and field."""
    groups = (col(Case.office_id), col(Case.field))
    found = (
        _pick(*groups, func.count(), func.count(col(CaseRating.id)), func.coalesce(func.sum(CaseRating.faces), 0))
        .join(CaseRating, col(CaseRating.case_id) == col(Case.id), isouter=True)
        .where(*asked.cases(), asked.during(Case.closed_at))
        .group_by(*groups)
    )
    return [Faces(*row[:2], *map(int, row[2:])) for row in (await session.exec(found)).all()]


async def case_cells(session: AsyncSession, asked: Between) -> list[Cell]:
    """Cases by PAPI dimension, hamlet and month of receipt."""
    return await _cells(session, asked, Case.papi, Case.hamlet_id, Case.received_at, asked.cases())


async def question_cells(session: AsyncSession, asked: Between) -> list[Cell]:
    """Questions by PAPI dimension, hamlet and month."""
    mine = [col(Question.commune_id) == asked.commune_id]
    return await _cells(session, asked, Question.papi, Question.hamlet_id, Question.asked_at, mine)


async def rating_cells(session: AsyncSession, asked: Between) -> list[Cell]:
    """Ratings of cases by the case's PAPI dimension and hamlet, and the month of the rating; with the sum of faces."""
    groups = (col(Case.papi), col(Case.hamlet_id), month_of(CaseRating.at))
    found = (
        _pick(*groups, func.count(), func.sum(CaseRating.faces))
        .join(CaseRating, col(CaseRating.case_id) == col(Case.id))
        .where(*asked.cases(), col(Case.papi).is_not(None), asked.during(CaseRating.at))
        .group_by(*groups)
    )
    return [Cell(*row) for row in (await session.exec(found)).all()]


async def by_hour(session: AsyncSession, asked: Between) -> dict[int, int]:
    """Questions by the hour of the day in Viet Nam."""
    hour = hour_of(Question.asked_at)
    mine = (col(Question.commune_id) == asked.commune_id, asked.during(Question.asked_at))
    found = _pick(hour, func.count()).where(*mine).group_by(hour)
    return {int(each): int(count) for each, count in (await session.exec(found)).all()}


async def actions(session: AsyncSession, asked: Between) -> list[tuple[date, str, int]]:
    """What was done with the questions, by day."""
    day = day_of(Question.asked_at)
    mine = (col(Question.commune_id) == asked.commune_id, asked.during(Question.asked_at))
    found = _pick(day, Question.action, func.count()).where(*mine).group_by(day, col(Question.action))
    return [(each, action, int(count)) for each, action, count in (await session.exec(found)).all()]


async def channels(session: AsyncSession, asked: Between) -> list[ChannelUse]:
    """Every channel account that this commune's messages went through."""
    came = (
        _pick(InboxEvent.channel_account_id, func.count())
        .where(col(InboxEvent.commune_id) == asked.commune_id, asked.during(InboxEvent.received_at))
        .group_by(col(InboxEvent.channel_account_id))
    )
    state = col(OutboxMessage.state)
    went = (
        _pick(OutboxMessage.channel_account_id, state, func.count())
        .where(col(OutboxMessage.commune_id) == asked.commune_id, asked.during(OutboxMessage.created_at))
        .group_by(col(OutboxMessage.channel_account_id), state)
    )
    received = dict((await session.exec(came)).all())
    sent = {(account, each): count for account, each, count in (await session.exec(went)).all()}
    known = {*received, *(account for account, _state in sent)}
    listed = (
        _pick(ChannelAccount, Line)
        .join(Line, col(Line.channel_account_id) == col(ChannelAccount.id), isouter=True)
        .where(or_(col(ChannelAccount.id).in_(known), col(ChannelAccount.commune_id) == asked.commune_id))
        .order_by(col(ChannelAccount.channel))
    )
    return [_use(account, line, received, sent) for account, line in (await session.exec(listed)).all()]


async def repeated(
    session: AsyncSession, *, commune_id: int, since: datetime, least: int
) -> list[tuple[str, int, int, datetime]]:
    """The same trouble again and again in one hamlet since that instant: category, hamlet, how often, the last time."""
    groups = (col(Case.category), col(Case.hamlet_id))
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.category).is_not(None),
        col(Case.category) != "other",
        col(Case.hamlet_id).is_not(None),
        col(Case.received_at) > since,
    )
    last = func.max(Case.received_at)
    found = _pick(*groups, func.count(), last).where(*mine).group_by(*groups).having(func.count() >= least)
    return [(category, hamlet, int(count), at) for category, hamlet, count, at in (await session.exec(found)).all()]


def _count(condition: ColumnElement[bool]) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


async def _cells(
    session: AsyncSession, asked: Between, papi: Any, hamlet: Any, at: Any, mine: Sequence[ColumnElement[bool]]
) -> list[Cell]:
    groups = (col(papi), col(hamlet), month_of(at))
    found = _pick(*groups, func.count()).where(*mine, col(papi).is_not(None), asked.during(at)).group_by(*groups)
    return [Cell(*row) for row in (await session.exec(found)).all()]


def _use(
    account: ChannelAccount, line: Line | None, received: dict[int, int], sent: dict[tuple[int, str], int]
) -> ChannelUse:
    key = account.id or 0
    of_state = {
        state: sent.get((key, state), 0) for state in ("sent", "failed", "unknown", "queued", "sending", "held")
    }
    return ChannelUse(
        account.channel,
        received.get(key, 0),
        of_state["sent"],
        of_state["failed"],
        of_state["unknown"],
        of_state["queued"] + of_state["sending"] + of_state["held"],
        line.parked_because if line is not None and line.failures else "",
    )
