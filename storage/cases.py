"""Cases: what a citizen told us that an officer must see; the row that lists need, and its append-only history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Select, UniqueConstraint, literal, text, union_all
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime

# The counts above the work list read this index alone.
OF_RUNNING = ("commune_id", "due_on", "id", "state", "officer_id", "office_id", "hamlet_id", "field")
RUNS = text("state IN ('received', 'assigned', 'working', 'asked', 'transferred')")  # of the index of what waits for us


def _no_facts() -> dict[str, Any]:
    return {}


class Case(SQLModel, table=True):
    """A logged phản ánh, kiến nghị, góp ý, khiếu nại or a question passed to a person.

    `kind`: report, proposal, feedback, complaint, question. `state`, the owner, `due_on` and what else the events say
    are stored with each event; `danhoi check --db` rebuilds them. `held_by` is the role that must take the case up
    while no officer has it. `due_on`, `promised_on` are Viet Nam days. No `account_id`: told at the desk.
    Privacy: ids and codes; the words stand in bodies; a place on the map is rounded to about 10 metres.
    """

    __table_args__ = (
        UniqueConstraint("commune_id", "code"),
        Index("ix_case_commune_id_state_due_on", "commune_id", "state", "due_on"),
        Index("ix_case_commune_id_account_id", "commune_id", "account_id"),
        Index("ix_case_commune_id_category_received_at", "commune_id", "category", "received_at"),
        Index("ix_case_running", *OF_RUNNING, sqlite_where=RUNS, postgresql_where=RUNS),
    )

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    kind: str
    state: str = Field(default="draft", index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    code: str | None = Field(default=None, description="such as PA-7K2M9; None for a draft")
    origin: str = Field(default="", description="name of the channel, or desk")
    category: str | None = None
    urgency: int = Field(default=0, description="0 ordinary, 1 urgent, 2 danger to people")
    papi: int | None = Field(default=None, description="PAPI dimension, 1 to 8")
    field: str | None = Field(default=None, description="field of work, as roles are bounded by it")
    hamlet_id: int | None = Field(default=None, foreign_key="hamlet.id")
    latitude: float | None = None
    longitude: float | None = None
    since: date | None = Field(default=None, description="since when, where a day could be made out")
    received_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    office_id: int | None = Field(default=None, foreign_key="office.id")
    held_by: str = ""
    rule: str = Field(default="", description="promise, or the id of the law's term")
    term_days: int | None = Field(default=None, description="days of that rule, as they were when it was applied")
    term_unit: str = Field(default="working_day", description="working_day or calendar_day")
    term_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="instant from which it counts")
    promised_on: date | None = None
    due_on: date | None = None
    runs_from: date | None = Field(default=None, description="day from which the present term is counted")
    extensions: int = 0
    warned: int = Field(default=0, description="percent of the time at which was warned last: 0, 50, 80, 100")
    apologised_for: date | None = Field(default=None, description="the due date for which was apologised")
    sorry_for: date | None = Field(default=None, description="a missed date, its reason given, to be apologised for")
    news_on: date | None = Field(default=None, description="day of promised news of a late case without a reason")
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    evidence: str = Field(default="", description="photo, document or decision, once answered")
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_reopened: bool = False
    is_forced: bool = Field(default=False, description="closed by an officer without the citizen's yes")
    reason: str = Field(default="", description="code of the refusal")
    reminded_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="of a draft that lies still")
    outcome: str = Field(default="", description="what the public page says, masked and confirmed by an officer")
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    mailbox_id: int | None = Field(
        default=None, foreign_key="mailbox.id", description="of a sealed case, until its citizen has taken the phrase"
    )


class CaseEvent(SQLModel, table=True):
    """One line of a case's append-only history.

    `facts` hold ids, codes and days of ours. Privacy: the words stand in `body`, which can be erased.
    """

    __table_args__ = (Index("ix_caseevent_commune_id_case_id", "commune_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: str = Field(description="told, place, asked_for_person, ...; from `register` on see handlers/lifecycle.py")
    body_id: int | None = Field(default=None, foreign_key="body.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    facts: dict[str, Any] = Field(
        default_factory=_no_facts, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    at: datetime = Field(sa_type=UtcDateTime)


class CaseSubject(SQLModel, table=True):
    """An officer or a unit that a case is about: from then on it never reaches them. Exactly one of the two is set.

    `named_by` is None where the name was found in the citizen's own words.
    """

    __table_args__ = (Index("ix_casesubject_commune_id_case_id", "commune_id", "case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    office_id: int | None = Field(default=None, foreign_key="office.id")
    named_by: int | None = Field(default=None, foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)


class CaseSupporter(SQLModel, table=True):
    """Somebody who has the same trouble: they hear what becomes of it."""

    __table_args__ = (
        UniqueConstraint("case_id", "account_id"),
        Index("ix_casesupporter_commune_id_account_id", "commune_id", "account_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)


async def open_draft(
    session: AsyncSession, *, commune_id: int, account_id: int | None, kind: str, at: datetime, origin: str = ""
) -> int:
    """Begin a draft and give its id."""
    case = Case(commune_id=commune_id, account_id=account_id, kind=kind, opened_at=at, origin=origin)
    session.add(case)
    await session.flush()
    assert case.id is not None
    return case.id


async def append(
    session: AsyncSession,
    *,
    commune_id: int,
    case_id: int,
    kind: str,
    body_id: int | None,
    at: datetime,
    officer_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> CaseEvent:
    """Add to a case's history."""
    event = CaseEvent(
        commune_id=commune_id,
        case_id=case_id,
        kind=kind,
        body_id=body_id,
        officer_id=officer_id,
        facts=facts or {},
        at=at,
    )
    session.add(event)
    await session.flush()
    return event


async def save(session: AsyncSession, case: Case) -> None:
    """Keep the row as it stands now."""
    session.add(case)
    await session.flush()


async def drop_draft(session: AsyncSession, *, commune_id: int, case_id: int) -> list[int]:
    """Take a draft back whole, and name the bodies that it held. A case past its draft is left alone."""
    mine = (col(Case.commune_id) == commune_id, col(Case.id) == case_id, col(Case.state) == "draft")
    if (await session.exec(select(Case.id).where(*mine))).first() is None:
        return []
    history = (col(CaseEvent.commune_id) == commune_id, col(CaseEvent.case_id) == case_id)
    held = [body for body in await session.exec(select(CaseEvent.body_id).where(*history)) if body is not None]
    await session.exec(delete(CaseEvent).where(*history))
    await session.exec(
        delete(CaseSubject).where(col(CaseSubject.commune_id) == commune_id, col(CaseSubject.case_id) == case_id)
    )
    await session.exec(delete(Case).where(*mine))
    return held


async def replace_line(session: AsyncSession, *, commune_id: int, case_id: int, kind: str) -> list[int]:
    """Drop the lines of this kind from a draft, since the person says it anew; names the bodies that they held."""
    lines = (
        col(CaseEvent.commune_id) == commune_id,
        col(CaseEvent.case_id) == case_id,
        col(CaseEvent.kind) == kind,
        col(CaseEvent.case_id).in_(select(Case.id).where(col(Case.id) == case_id, col(Case.state) == "draft")),
    )
    found = list(await session.exec(select(CaseEvent.id, CaseEvent.body_id).where(*lines)))
    if found:
        await session.exec(delete(CaseEvent).where(*lines))
    return [body_id for _id, body_id in found if body_id is not None]


async def of_account(session: AsyncSession, *, commune_id: int, account_id: int) -> list[Case]:
    """All that a person told us or supports, newest first."""
    return await _of_accounts(session, commune_id, select(literal(account_id)))


async def _of_accounts(session: AsyncSession, commune_id: int, accounts: Select[Any]) -> list[Case]:
    """Two look-ups by index in one query: an OR over both would read every case of the commune."""
    own = select(Case.id).where(col(Case.commune_id) == commune_id, col(Case.account_id).in_(accounts))
    theirs = (col(CaseSupporter.commune_id) == commune_id, col(CaseSupporter.account_id).in_(accounts))
    joined = select(CaseSupporter.case_id).where(*theirs)
    found = select(Case).where(col(Case.id).in_(union_all(own, joined)))
    return list(await session.exec(found.order_by(col(Case.id).desc())))


async def get(session: AsyncSession, *, commune_id: int, case_id: int) -> Case | None:
    """One case of this commune; asked for again in one transaction, the database is not asked again."""
    found = await session.get(Case, case_id)
    return found if found is not None and found.commune_id == commune_id else None


async def by_code(session: AsyncSession, *, commune_id: int, code: str) -> Case | None:
    """The case with this code."""
    mine = (col(Case.commune_id) == commune_id, col(Case.code) == code)
    return (await session.exec(select(Case).where(*mine))).first()


async def history(session: AsyncSession, *, commune_id: int, case_id: int) -> list[CaseEvent]:
    """All that happened in a case, in order."""
    mine = (col(CaseEvent.commune_id) == commune_id, col(CaseEvent.case_id) == case_id)
    return list(await session.exec(select(CaseEvent).where(*mine).order_by(col(CaseEvent.id))))


async def subjects(session: AsyncSession, *, commune_id: int, case_ids: Sequence[int]) -> list[CaseSubject]:
    """Whom these cases are about."""
    if not case_ids:
        return []
    mine = (col(CaseSubject.commune_id) == commune_id, col(CaseSubject.case_id).in_(case_ids))
    return list(await session.exec(select(CaseSubject).where(*mine).order_by(col(CaseSubject.id))))


async def name_subject(session: AsyncSession, subject: CaseSubject) -> None:
    """From now on the case is about this officer or unit."""
    session.add(subject)
    await session.flush()


async def of_person(session: AsyncSession, *, commune_id: int, account_id: int) -> list[Case]:
    """The same over all channels that the person has linked, newest first."""
    person = select(Account.citizen_id).where(col(Account.id) == account_id).scalar_subquery()
    mine = select(Account.id).where(col(Account.commune_id) == commune_id, col(Account.citizen_id) == person)
    return await _of_accounts(session, commune_id, mine)


async def support(session: AsyncSession, *, commune_id: int, case_id: int, account_id: int, at: datetime) -> bool:
    """One more who has the same trouble; False where they were counted before."""
    mine = (col(CaseSupporter.commune_id) == commune_id, col(CaseSupporter.case_id) == case_id)
    known = select(CaseSupporter.id).where(*mine, col(CaseSupporter.account_id) == account_id)
    if (await session.exec(known)).first() is not None:
        return False
    session.add(CaseSupporter(commune_id=commune_id, case_id=case_id, account_id=account_id, at=at))
    await session.flush()
    return True


async def supporters(session: AsyncSession, *, commune_id: int, case_id: int) -> list[int]:
    """The accounts that have the same trouble."""
    mine = (col(CaseSupporter.commune_id) == commune_id, col(CaseSupporter.case_id) == case_id)
    return list(await session.exec(select(CaseSupporter.account_id).where(*mine).order_by(col(CaseSupporter.id))))


async def bodies_held(session: AsyncSession, *, commune_id: int) -> set[int]:
    """Bodies that a case refers to: retention leaves them alone."""
    held = await session.exec(select(CaseEvent.body_id).where(col(CaseEvent.commune_id) == commune_id))
    return {body for body in held if body is not None}


async def cut_off(session: AsyncSession, *, commune_id: int, case_id: int) -> None:
    """Whom a case is about and who supports it is forgotten: it goes under seal."""
    for table in (CaseSubject, CaseSupporter):
        await session.exec(delete(table).where(col(table.commune_id) == commune_id, col(table.case_id) == case_id))


async def forget_mailboxes(session: AsyncSession, *, commune_id: int, before: datetime) -> None:
    """Nothing leads any more from a case that was sealed before that instant to its mailbox."""
    mine = (col(Case.commune_id) == commune_id, col(Case.state) == "sealed", col(Case.closed_at) < before)
    await session.exec(update(Case).where(*mine, col(Case.mailbox_id).is_not(None)).values(mailbox_id=None))


async def part_with(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """A person erased their data: what they support goes on without them."""
    mine = (col(CaseSupporter.commune_id) == commune_id, col(CaseSupporter.account_id) == account_id)
    await session.exec(delete(CaseSupporter).where(*mine))
