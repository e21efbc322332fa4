"""In how many days a case must be answered: the law's term for a lawful petition, else the commune's own promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import clock
from knowledge.deadlines import UNITS, VIET_NAM, Deadline, Unit
from knowledge.statutory import LegalTerm, cite_of, legal_term
from knowledge.working_days import WorkingDays
from storage import answer_terms
from storage.cases import Case
from storage.communes import Commune

PROMISE = "promise"
ON_PAPER = "desk"  # a petition with a signature is handed in there; what is told in a chat is none yet
_WORDS = {unit: words for words, unit in UNITS.items()}
UNITS_BY_CODE: dict[str, Unit] = {unit: unit for unit in UNITS.values()}


@dataclass(frozen=True, slots=True)
class Term:
    """So many days by a rule: the commune's promise, or the law's with its article (`cite`)."""

    rule: str
    days: int
    unit: Unit
    cite: str = ""

    @property
    def words(self) -> str:
        """ "5 ngày làm việc"."""
        return f"{self.days} {_WORDS[self.unit]}"


async def promise_for(session: AsyncSession, commune: Commune, *, field: str | None, on: date) -> Term:
    """What the commune promises for this field on that day: never shown as law."""
    by_field = await answer_terms.in_force(session, commune_id=commune.id or 0, on=on) if field else {}
    return Term(PROMISE, by_field.get(field or "", commune.answer_days), "working_day")


async def term_for(session: AsyncSession, case: Case, commune: Commune, *, on: date) -> Term:
    """The term of a case that is received on that day."""
    legal = legal_term(case.kind, starts="received", on=on) if case.origin == ON_PAPER else None
    return by_law(legal) if legal is not None else await promise_for(session, commune, field=case.field, on=on)


def by_law(legal: LegalTerm) -> Term:
    """The law's term as a case has it."""
    return Term(legal.rule, legal.days, legal.unit, legal.cite)


def of_case(case: Case) -> Term | None:
    """The term by which a case is counted now; None for a draft."""
    if case.term_days is None or case.term_at is None:
        return None
    cite = cite_of(case.rule, on=case.term_at.astimezone(VIET_NAM).date()) if case.rule != PROMISE else ""
    return Term(case.rule, case.term_days, UNITS_BY_CODE[case.term_unit], cite)


def start(case: Case, term: Term, calendar: WorkingDays, *, at: datetime) -> Deadline:
    """From now on the case is counted by this term; the due day itself follows with an event. Saves nothing."""
    deadline = clock.due(at, days=term.days, unit=term.unit, calendar=calendar)
    case.rule, case.term_days, case.term_unit, case.term_at = term.rule, term.days, term.unit, at
    case.promised_on, case.runs_from, case.warned = deadline.due_on, deadline.received_on, 0
    return deadline


def count(case: Case, calendar: WorkingDays) -> Deadline | None:
    """The case's term counted anew over today's calendar."""
    term = of_case(case)
    if term is None or case.term_at is None:
        return None
    return clock.due(case.term_at, days=term.days, unit=term.unit, calendar=calendar)


def is_law(case: Case) -> bool:
    """Whether the due day is the law's: not one that an officer moved."""
    return case.rule not in ("", PROMISE) and not case.extensions and not case.is_reopened


def due_words(case: Case) -> str:
    """What the due day is called: a promise never passes for law."""
    return "hạn theo luật" if is_law(case) else "hẹn trả lời"
