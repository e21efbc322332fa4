"""Writes into a case: the event and the state that follows from it, together, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import clock
from handlers.lifecycle import RUNNING, Happening, Standing, after_all, follow
from handlers.permissions import Thing
from storage import cases
from storage.cases import Case, CaseEvent, CaseSubject

COLUMNS = tuple(Standing.__dataclass_fields__)


async def happen(
    session: AsyncSession,
    case: Case,
    kind: str,
    *,
    at: datetime,
    facts: dict[str, Any] | None = None,
    body_id: int | None = None,
    officer_id: int | None = None,
) -> CaseEvent:
    """One event. Raises NotNow or Lacking (handlers/lifecycle.py), and then nothing is written."""
    assert case.id is not None
    after = follow(standing_of(case), Happening(kind, at, facts or {}))
    for name in COLUMNS:
        setattr(case, name, getattr(after, name))
    await cases.save(session, case)
    return await cases.append(
        session,
        commune_id=case.commune_id,
        case_id=case.id,
        kind=kind,
        body_id=body_id,
        at=at,
        officer_id=officer_id,
        facts=facts,
    )


def standing_of(case: Case) -> Standing:
    """What the row says."""
    return Standing(**{name: getattr(case, name) for name in COLUMNS})


def is_overdue(case: Case, now: datetime) -> bool:
    """Whether the promised day is over and an officer owes a reason and a new date.

    While we wait for the citizen's own answer nobody is late.
    """
    return (
        case.due_on is not None and case.state in RUNNING and case.state != "asked" and clock.is_over(case.due_on, now)
    )


def differences(case: Case, history: Sequence[CaseEvent]) -> list[str]:
    """Names of the columns that do not follow from the events; raises NotNow or Lacking where the events cannot be."""
    rebuilt = asdict(after_all((Happening(each.kind, each.at, each.facts) for each in history), kind=case.kind))
    return [name for name, value in rebuilt.items() if getattr(case, name) != value]


def thing_of(case: Case, about: Sequence[CaseSubject]) -> Thing:
    """The case as the permission rule sees it."""
    return Thing(
        case.commune_id,
        office_id=case.office_id,
        hamlet_id=case.hamlet_id,
        field=case.field,
        about_officers=frozenset(row.officer_id for row in about if row.officer_id is not None),
        about_offices=frozenset(row.office_id for row in about if row.office_id is not None),
    )
