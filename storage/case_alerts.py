"""What officers must learn of (the console's bell), and what citizens thought of an answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, UniqueConstraint
from sqlmodel import Field, SQLModel, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.cases import Case
from storage.columns import UtcDateTime


class CaseAlert(SQLModel, table=True):
    """One thing that one officer must know of. Privacy: ids only.

    `kind`: new, due (50 or 80 percent of the time has passed), late, owed (news is due, no reason was given yet), told
    (the citizen answered), undone (reopened), many (five alike in a hamlet in a week), approve (an answer waits for the
    head), returned (it came back).
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: str
    at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    pushed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="sent to the officer's own chat")


class CaseRating(SQLModel, table=True):
    """One to five, as the citizen pressed after the answer; the why is in a body, if they wrote one."""

    __table_args__ = (UniqueConstraint("case_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id")
    faces: int
    body_id: int | None = Field(default=None, foreign_key="body.id")
    at: datetime = Field(sa_type=UtcDateTime)


async def tell(
    session: AsyncSession, *, commune_id: int, officer_ids: list[int], case_id: int, kind: str, at: datetime
) -> None:
    """Put it on the bell of each of these officers."""
    session.add_all(
        CaseAlert(commune_id=commune_id, officer_id=officer_id, case_id=case_id, kind=kind, at=at)
        for officer_id in officer_ids
    )
    await session.flush()


async def unseen(session: AsyncSession, *, commune_id: int, officer_id: int, limit: int = 100) -> list[CaseAlert]:
    """What an officer has not looked at yet, the newest first."""
    mine = _unseen(commune_id, officer_id)
    return list(await session.exec(select(CaseAlert).where(*mine).order_by(col(CaseAlert.id).desc()).limit(limit)))


async def count_unseen(session: AsyncSession, *, commune_id: int, officer_id: int) -> int:
    """The number on the bell."""
    return int((await session.exec(select(func.count()).where(*_unseen(commune_id, officer_id)))).one())


async def rings_for(session: AsyncSession, *, commune_id: int, officer_id: int, case_id: int) -> bool:
    """Whether this case stands on the officer's bell."""
    mine = (*_unseen(commune_id, officer_id), col(CaseAlert.case_id) == case_id)
    return (await session.exec(select(CaseAlert.id).where(*mine).limit(1))).first() is not None


async def mark_seen(
    session: AsyncSession, *, commune_id: int, officer_id: int, at: datetime, case_id: int | None = None
) -> None:
    """The officer looked at a case, or at the whole bell."""
    mine = [*_unseen(commune_id, officer_id)]
    if case_id is not None:
        mine.append(col(CaseAlert.case_id) == case_id)
    await session.exec(update(CaseAlert).where(*mine).values(seen_at=at))


async def unpushed(session: AsyncSession, *, commune_id: int, officer_ids: list[int]) -> list[CaseAlert]:
    """What these officers neither looked at nor heard in their chat, oldest first."""
    mine = (
        col(CaseAlert.commune_id) == commune_id,
        col(CaseAlert.officer_id).in_(officer_ids),
        col(CaseAlert.seen_at).is_(None),
        col(CaseAlert.pushed_at).is_(None),
    )
    return list(await session.exec(select(CaseAlert).where(*mine).order_by(col(CaseAlert.id)).limit(200)))


async def mark_pushed(session: AsyncSession, *, commune_id: int, alert_id: int, at: datetime) -> None:
    """It is in the outbox."""
    mine = (col(CaseAlert.commune_id) == commune_id, col(CaseAlert.id) == alert_id)
    await session.exec(update(CaseAlert).where(*mine).values(pushed_at=at))


async def drop_of(session: AsyncSession, *, commune_id: int, case_id: int, officer_ids: list[int]) -> None:
    """These officers may not know of the case any more: their bell is silent about it."""
    mine = (
        col(CaseAlert.commune_id) == commune_id,
        col(CaseAlert.case_id) == case_id,
        col(CaseAlert.officer_id).in_(officer_ids),
    )
    for alert in await session.exec(select(CaseAlert).where(*mine)):
        await session.delete(alert)
    await session.flush()


async def forget(session: AsyncSession, *, commune_id: int, case_id: int) -> None:
    """Nobody's bell knows of the case any more, and its stars are gone."""
    for table in (CaseAlert, CaseRating):
        await session.exec(delete(table).where(col(table.commune_id) == commune_id, col(table.case_id) == case_id))


async def rate(session: AsyncSession, rating: CaseRating) -> None:
    """Keep what the citizen pressed, in place of an earlier press."""
    mine = (col(CaseRating.commune_id) == rating.commune_id, col(CaseRating.case_id) == rating.case_id)
    known = (await session.exec(select(CaseRating).where(*mine))).first()
    if known is not None:
        known.faces, known.body_id, known.at = rating.faces, rating.body_id or known.body_id, rating.at
    session.add(known or rating)
    await session.flush()


async def rating_of(session: AsyncSession, *, commune_id: int, case_id: int) -> CaseRating | None:
    """What the citizen of this case pressed."""
    mine = (col(CaseRating.commune_id) == commune_id, col(CaseRating.case_id) == case_id)
    return (await session.exec(select(CaseRating).where(*mine))).first()


async def ratings_by_office(session: AsyncSession, *, commune_id: int) -> list[tuple[int | None, int, int, int]]:
    """Per unit: its id, cases closed, how many of them were rated, and the sum of the faces."""
    mine = (col(Case.commune_id) == commune_id, col(Case.state) == "closed")
    found = (
        select(
            Case.office_id, func.count(), func.count(col(CaseRating.id)), func.coalesce(func.sum(CaseRating.faces), 0)
        )
        .join(CaseRating, col(CaseRating.case_id) == col(Case.id), isouter=True)
        .where(*mine)
        .group_by(col(Case.office_id))
    )
    return [(office, int(closed), int(rated), int(total)) for office, closed, rated, total in await session.exec(found)]


def _unseen(commune_id: int, officer_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(CaseAlert.commune_id) == commune_id,
        col(CaseAlert.officer_id) == officer_id,
        col(CaseAlert.seen_at).is_(None),
    )
