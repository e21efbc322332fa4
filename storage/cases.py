"""Cases: what a citizen told us that an officer must see. So far: drafts, kept from the first sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime


class Case(SQLModel, table=True):
    """A logged phản ánh, kiến nghị, góp ý, khiếu nại or a question passed to a person.

    `kind`: report, complaint, question. `state`: draft until an intake gives it a code. Privacy: ids only.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    kind: str
    state: str = Field(default="draft", index=True)
    opened_at: datetime = Field(sa_type=UtcDateTime)


class CaseEvent(SQLModel, table=True):
    """One line of a case's append-only history. Privacy: the words stand in `body`, which can be erased."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: str = Field(description="told, place, asked_for_person")
    body_id: int | None = Field(default=None, foreign_key="body.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime)


class CaseSubject(SQLModel, table=True):
    """An officer or a unit that a case is about: from then on it never reaches them. Exactly one of the two is set."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    office_id: int | None = Field(default=None, foreign_key="office.id")
    named_by: int = Field(foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)


async def open_draft(session: AsyncSession, *, commune_id: int, account_id: int, kind: str, at: datetime) -> int:
    """Begin a draft and give its id."""
    case = Case(commune_id=commune_id, account_id=account_id, kind=kind, opened_at=at)
    session.add(case)
    await session.flush()
    assert case.id is not None
    return case.id


async def append(
    session: AsyncSession, *, commune_id: int, case_id: int, kind: str, body_id: int | None, at: datetime
) -> None:
    """Add to a case's history."""
    session.add(CaseEvent(commune_id=commune_id, case_id=case_id, kind=kind, body_id=body_id, at=at))
    await session.flush()


async def drop_draft(session: AsyncSession, *, commune_id: int, case_id: int) -> list[int]:
    """Take a draft back whole, and name the bodies that it held. A case past its draft is left alone."""
    mine = (col(Case.commune_id) == commune_id, col(Case.id) == case_id, col(Case.state) == "draft")
    if (await session.exec(select(Case.id).where(*mine))).first() is None:
        return []
    history = (col(CaseEvent.commune_id) == commune_id, col(CaseEvent.case_id) == case_id)
    held = [body for body in await session.exec(select(CaseEvent.body_id).where(*history)) if body is not None]
    await session.exec(delete(CaseEvent).where(*history))
    await session.exec(delete(Case).where(*mine))
    return held


async def of_account(session: AsyncSession, *, commune_id: int, account_id: int) -> list[Case]:
    """All that a person has with us, newest first."""
    mine = (col(Case.commune_id) == commune_id, col(Case.account_id) == account_id)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc())))


async def get(session: AsyncSession, *, commune_id: int, case_id: int) -> Case | None:
    """One case of this commune."""
    mine = (col(Case.commune_id) == commune_id, col(Case.id) == case_id)
    return (await session.exec(select(Case).where(*mine))).first()


async def newest(
    session: AsyncSession, *, commune_id: int, limit: int, kind: str | None = None, before_id: int | None = None
) -> list[Case]:
    """Cases of a commune, the newest first; `before_id` asks for the next page."""
    mine = [col(Case.commune_id) == commune_id]
    if kind:
        mine.append(col(Case.kind) == kind)
    if before_id is not None:
        mine.append(col(Case.id) < before_id)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc()).limit(limit)))


async def history(session: AsyncSession, *, commune_id: int, case_id: int) -> list[CaseEvent]:
    """All that happened in a case, in order."""
    mine = (col(CaseEvent.commune_id) == commune_id, col(CaseEvent.case_id) == case_id)
    return list(await session.exec(select(CaseEvent).where(*mine).order_by(col(CaseEvent.id))))


async def subjects(session: AsyncSession, *, commune_id: int, case_ids: Sequence[int]) -> list[CaseSubject]:
    """Whom these cases are about."""
    mine = (col(CaseSubject.commune_id) == commune_id, col(CaseSubject.case_id).in_(case_ids))
    return list(await session.exec(select(CaseSubject).where(*mine).order_by(col(CaseSubject.id))))


async def name_subject(session: AsyncSession, subject: CaseSubject) -> None:
    """From now on the case is about this officer or unit."""
    session.add(subject)
    await session.flush()


async def of_person(session: AsyncSession, *, commune_id: int, account_id: int) -> list[Case]:
    """The same over all channels that the person has linked, newest first."""
    person = select(Account.citizen_id).where(col(Account.id) == account_id).scalar_subquery()
    accounts = select(Account.id).where(col(Account.commune_id) == commune_id, col(Account.citizen_id) == person)
    mine = (col(Case.commune_id) == commune_id, col(Case.account_id).in_(accounts))
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc())))


async def bodies_held(session: AsyncSession, *, commune_id: int) -> set[int]:
    """Bodies that a case refers to: retention leaves them alone."""
    held = await session.exec(select(CaseEvent.body_id).where(col(CaseEvent.commune_id) == commune_id))
    return {body for body in held if body is not None}
