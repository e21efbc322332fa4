"""Dossiers that the one-stop desk gives back late: why, the new day, and who answers for it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class LateDossier(SQLModel, table=True):
    """One apology for one dossier and one missed day. Days are Viet Nam days.

    Privacy: the code stands in `body` (encrypted) for the letter, and as a one-way hash for whoever asks with it;
    nobody's name. `reason` is what the person is told. `head`: the name of who signs.
    """

    __table_args__ = (Index("ix_latedossier_commune_id_code_hash", "commune_id", "code_hash"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    code_hash: str
    code_body_id: int = Field(foreign_key="body.id")
    due_on: date
    new_due_on: date
    reason: str
    head: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)


async def add(session: AsyncSession, row: LateDossier) -> int:
    """Keep it and give its id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def newest(session: AsyncSession, *, commune_id: int, limit: int = 100) -> list[LateDossier]:
    """The newest first."""
    mine = select(LateDossier).where(col(LateDossier.commune_id) == commune_id)
    return list(await session.exec(mine.order_by(col(LateDossier.id).desc()).limit(limit)))


async def get(session: AsyncSession, *, commune_id: int, late_id: int) -> LateDossier | None:
    """One of this commune."""
    mine = (col(LateDossier.commune_id) == commune_id, col(LateDossier.id) == late_id)
    return (await session.exec(select(LateDossier).where(*mine))).first()


async def of_code(session: AsyncSession, *, commune_id: int, code_hash: str) -> LateDossier | None:
    """The last apology for this dossier."""
    mine = (col(LateDossier.commune_id) == commune_id, col(LateDossier.code_hash) == code_hash)
    return (await session.exec(select(LateDossier).where(*mine).order_by(col(LateDossier.id).desc()))).first()
