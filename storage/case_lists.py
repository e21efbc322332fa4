"""Lists of cases: for the clock, for finding the same trouble twice, and in numbers; the officers' is work_list.py."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.cases import Case, CaseEvent
from storage.work_list import RUNNING


async def running(
    session: AsyncSession, *, commune_id: int, after_id: int = 0, limit: int = 500, due_before: date | None = None
) -> list[Case]:
    """Cases that wait for an officer, by id, a chunk at a time; `due_before`: those late on that day."""
    mine = [col(Case.commune_id) == commune_id, col(Case.state).in_(RUNNING), col(Case.id) > after_id]
    if due_before is not None:
        mine.append(col(Case.due_on) < due_before)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id)).limit(limit)))


async def answered(session: AsyncSession, *, commune_id: int, before: datetime) -> list[Case]:
    """Cases answered before that instant to which the citizen has said nothing yet."""
    mine = (col(Case.commune_id) == commune_id, col(Case.state) == "answered", col(Case.answered_at) < before)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id))))


async def drafts(session: AsyncSession, *, commune_id: int, opened_before: datetime) -> list[Case]:
    """Drafts begun before that instant."""
    mine = (col(Case.commune_id) == commune_id, col(Case.state) == "draft", col(Case.opened_at) < opened_before)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id))))


async def alike(
    session: AsyncSession, *, commune_id: int, category: str, since: datetime, limit: int = 200
) -> list[Case]:
    """Running cases of one category received since that instant, the newest first."""
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.category) == category,
        col(Case.received_at) > since,
        col(Case.state).in_(RUNNING),
    )
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc()).limit(limit)))


async def count_alike(session: AsyncSession, *, commune_id: int, category: str, hamlet_id: int, since: datetime) -> int:
    """How many cases of one category came from one hamlet since that instant."""
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.category) == category,
        col(Case.hamlet_id) == hamlet_id,
        col(Case.received_at) > since,
    )
    return int((await session.exec(select(func.count()).where(*mine))).one())


async def load_of(session: AsyncSession, *, commune_id: int, officer_ids: list[int]) -> dict[int, int]:
    """How many running cases each of these officers has."""
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.officer_id).in_(officer_ids),
        col(Case.state).in_(RUNNING),
    )
    found = select(Case.officer_id, func.count()).where(*mine).group_by(col(Case.officer_id))
    return {officer_id: int(count) for officer_id, count in (await session.exec(found)).all() if officer_id is not None}


async def counts(session: AsyncSession, *, commune_id: int) -> list[tuple[str, str, int]]:
    """How many cases came from each origin, by kind: every path counts in the same numbers."""
    mine = (col(Case.commune_id) == commune_id, col(Case.state) != "draft")
    found = select(Case.origin, Case.kind, func.count()).where(*mine).group_by(col(Case.origin), col(Case.kind))
    return [(origin, kind, int(count)) for origin, kind, count in (await session.exec(found)).all()]


async def public(session: AsyncSession, *, commune_id: int, limit: int = 5_000) -> list[Case]:
    """Reports and proposals past their draft, the newest first: what the public page counts."""
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.kind).in_(("report", "proposal")),
        col(Case.state).not_in(("draft", "sealed")),
    )
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id).desc()).limit(limit)))


async def codes_in_use(session: AsyncSession, *, commune_id: int, codes: list[str]) -> set[str]:
    """Which of these codes are taken."""
    mine = (col(Case.commune_id) == commune_id, col(Case.code).in_(codes))
    return {code for code in await session.exec(select(Case.code).where(*mine)) if code is not None}


async def recent_of_account(session: AsyncSession, *, commune_id: int, account_id: int, since: datetime) -> int:
    """How many cases one account sent since that instant: a flood from one person is slowed."""
    mine = (col(Case.commune_id) == commune_id, col(Case.account_id) == account_id, col(Case.received_at) > since)
    return int((await session.exec(select(func.count()).where(*mine))).one())


async def chunk(session: AsyncSession, *, commune_id: int, after_id: int, limit: int = 500) -> list[Case]:
    """All cases of a commune, by id, a chunk at a time."""
    mine = (col(Case.commune_id) == commune_id, col(Case.id) > after_id)
    return list(await session.exec(select(Case).where(*mine).order_by(col(Case.id)).limit(limit)))


async def histories(session: AsyncSession, *, commune_id: int, case_ids: list[int]) -> dict[int, list[CaseEvent]]:
    """The events of several cases, in order."""
    mine = (col(CaseEvent.commune_id) == commune_id, col(CaseEvent.case_id).in_(case_ids))
    found: dict[int, list[CaseEvent]] = {}
    for event in await session.exec(select(CaseEvent).where(*mine).order_by(col(CaseEvent.id))):
        found.setdefault(event.case_id, []).append(event)
    return found


async def hamlets_of(session: AsyncSession, *, commune_id: int, account_ids: list[int]) -> dict[int, int]:
    """From where each of these accounts last told of something: account id to hamlet id."""
    mine = (
        col(Case.commune_id) == commune_id,
        col(Case.account_id).in_(set(account_ids)),
        col(Case.hamlet_id).is_not(None),
    )
    found = select(Case.account_id, Case.hamlet_id).where(*mine).order_by(col(Case.id))
    return {account: hamlet for account, hamlet in (await session.exec(found)).all() if account and hamlet}
