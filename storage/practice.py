"""Rounds of the officers' quiz: which questions were put, what was chosen, and how many were right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class PracticeRound(SQLModel, table=True):
    """One round of one officer. Privacy: a score is seen by that officer and by the trainer, nobody else.

    `questions` are {"kind", "entry", "asks", "options", "right", "why"}: put together once, so that what was asked can
    be read later as it was asked; `chosen` holds the place of each chosen option, None where none was.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    questions: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    chosen: list[int | None] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    score: int | None = Field(default=None, description="how many were right; None until handed in")
    begun_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def keep(session: AsyncSession, row: PracticeRound) -> PracticeRound:
    """Write a round as it is now."""
    session.add(row)
    await session.flush()
    return row


async def get(session: AsyncSession, *, commune_id: int, round_id: int) -> PracticeRound | None:
    """One round."""
    mine = (col(PracticeRound.commune_id) == commune_id, col(PracticeRound.id) == round_id)
    return (await session.exec(select(PracticeRound).where(*mine))).first()


async def ended(
    session: AsyncSession, *, commune_id: int, officer_id: int | None = None, limit: int = 200
) -> list[PracticeRound]:
    """Rounds that were handed in, the newest first; of one officer, or of all."""
    mine = [col(PracticeRound.commune_id) == commune_id, col(PracticeRound.ended_at).is_not(None)]
    if officer_id is not None:
        mine.append(col(PracticeRound.officer_id) == officer_id)
    return list(
        await session.exec(select(PracticeRound).where(*mine).order_by(col(PracticeRound.id).desc()).limit(limit))
    )
