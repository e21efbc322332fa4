"""The question log: what was asked (masked), what we did with it, and whether it helped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.inbox import InboxEvent


class Question(SQLModel, table=True):
    """One question and what became of it.

    Privacy: `masked_text` has names, numbers and codes masked, and is empty where the person asked us not to keep
    it, and for denunciations. `gap` names why it is a gap in our knowledge: unanswered or disliked; None = none.
    `score` is the probability of the chosen entry, 0 to 1; `papi` the PAPI dimension, 1 to 8.
    """

    __table_args__ = (Index("ix_question_commune_id_asked_at", "commune_id", "asked_at"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    event_id: int | None = Field(default=None, foreign_key="inboxevent.id")
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    asked_about: date | None = None
    masked_text: str = ""
    folded_text: str = Field(default="", description="for search, the same on both engines")
    action: str
    topic: str | None = Field(default=None, index=True)
    score: float | None = None
    papi: int | None = None
    hamlet_id: int | None = Field(default=None, foreign_key="hamlet.id", description="the hamlet that it names")
    rating: str | None = Field(default=None, description="right or wrong, as the person pressed")
    gap: str | None = Field(default=None, index=True)


async def record(session: AsyncSession, question: Question) -> int:
    """Write one line of the log and give its id."""
    session.add(question)
    await session.flush()
    assert question.id is not None
    return question.id


async def rate(session: AsyncSession, *, commune_id: int, question_id: int, rating: str) -> None:
    """Keep what the person thought of an answer; a disliked one becomes a gap."""
    gap = {"gap": "disliked"} if rating == "wrong" else {}
    mine = (col(Question.commune_id) == commune_id, col(Question.id) == question_id)
    await session.exec(update(Question).where(*mine).values(rating=rating, **gap))


async def gaps(session: AsyncSession, *, commune_id: int, limit: int = 200) -> list[Question]:
    """Questions that were not answered or not liked, newest first."""
    mine = (col(Question.commune_id) == commune_id, col(Question.gap).is_not(None))
    return list(await session.exec(select(Question).where(*mine).order_by(col(Question.id).desc()).limit(limit)))


async def count_of(session: AsyncSession, *, commune_id: int, account_id: int) -> int:
    """How many lines of the log stand against an account."""
    mine = (col(Question.commune_id) == commune_id, col(Question.account_id) == account_id)
    return (await session.exec(select(func.count()).where(*mine))).one()


async def forget_words(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> None:
    """What was asked in these bodies is blanked, and nobody is known to have asked it: their words are sealed."""
    events = select(InboxEvent.id).where(
        col(InboxEvent.commune_id) == commune_id, col(InboxEvent.body_id).in_(body_ids)
    )
    mine = (col(Question.commune_id) == commune_id, col(Question.event_id).in_(events))
    await session.exec(
        update(Question)
        .where(*mine)
        .values(masked_text="", folded_text="", account_id=None, event_id=None, topic=None, gap=None, papi=None)
    )


async def unlink(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """Blank what a person asked and cut its tie to them; the counts stay."""
    mine = (col(Question.commune_id) == commune_id, col(Question.account_id) == account_id)
    await session.exec(
        update(Question).where(*mine).values(masked_text="", folded_text="", account_id=None, event_id=None)
    )
