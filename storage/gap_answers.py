"""Which gaps an entry is being written for, and that those who asked were told, each once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.questions import Question


class GapAnswer(SQLModel, table=True):
    """One question of the log for which an entry is written. Privacy: ids only.

    `told_at`: when the person got the answer; `settled_at`: when the entry was published, told or not.
    """

    __table_args__ = (UniqueConstraint("question_id"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    question_id: int = Field(foreign_key="question.id")
    entry_id: str = Field(index=True)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    told_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def link(session: AsyncSession, *, commune_id: int, entry_id: str, question_ids: list[int]) -> None:
    """These questions will be answered by this entry; one that is linked already stays where it is."""
    known = set(
        await session.exec(
            select(GapAnswer.question_id).where(
                col(GapAnswer.commune_id) == commune_id, col(GapAnswer.question_id).in_(question_ids)
            )
        )
    )
    session.add_all(
        GapAnswer(commune_id=commune_id, question_id=each, entry_id=entry_id)
        for each in question_ids
        if each not in known
    )
    await session.flush()


async def release(session: AsyncSession, *, commune_id: int, entry_id: str) -> None:
    """The draft was dropped: its questions are open gaps again."""
    for row, _question in await waiting(session, commune_id=commune_id, entry_id=entry_id):
        await session.delete(row)
    await session.flush()


async def waiting(session: AsyncSession, *, commune_id: int, entry_id: str) -> list[tuple[GapAnswer, Question]]:
    """What waits for this entry, with the questions, oldest first."""
    mine = (
        col(GapAnswer.commune_id) == commune_id,
        col(GapAnswer.entry_id) == entry_id,
        col(GapAnswer.settled_at).is_(None),
    )
    found = select(GapAnswer, Question).join(Question, col(Question.id) == col(GapAnswer.question_id)).where(*mine)
    return list((await session.exec(found.order_by(col(GapAnswer.id)))).all())


async def linked(session: AsyncSession, *, commune_id: int) -> dict[int, GapAnswer]:
    """Every question that an entry was written for, or is being written for, by its id."""
    rows = await session.exec(select(GapAnswer).where(col(GapAnswer.commune_id) == commune_id))
    return {row.question_id: row for row in rows}
