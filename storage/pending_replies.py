"""Answers to sensitive cases that wait for the head's yes; the words stand in bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class PendingReply(SQLModel, table=True):
    """One answer that was written and not sent. `state`: waiting, approved, returned (with `why_body_id`), replaced.

    Privacy: ids, and our own words: `facts` hold evidence, document and the template that the officer began with.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    officer_id: int = Field(foreign_key="officer.id")
    body_id: int = Field(foreign_key="body.id")
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    state: str = "waiting"
    at: datetime = Field(sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="officer.id")
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    why_body_id: int | None = Field(default=None, foreign_key="body.id")


async def wait(session: AsyncSession, row: PendingReply) -> None:
    """It waits from now on, in place of an earlier one of the same case."""
    mine = (
        col(PendingReply.commune_id) == row.commune_id,
        col(PendingReply.case_id) == row.case_id,
        col(PendingReply.state) == "waiting",
    )
    await session.exec(update(PendingReply).where(*mine).values(state="replaced", decided_at=row.at))
    session.add(row)
    await session.flush()


async def newest(session: AsyncSession, *, commune_id: int, case_id: int) -> PendingReply | None:
    """The last one of a case, whatever became of it."""
    mine = (col(PendingReply.commune_id) == commune_id, col(PendingReply.case_id) == case_id)
    return (await session.exec(select(PendingReply).where(*mine).order_by(col(PendingReply.id).desc()))).first()


async def keep(session: AsyncSession, row: PendingReply) -> None:
    """Write down what was decided."""
    session.add(row)
    await session.flush()


async def forget(session: AsyncSession, *, commune_id: int, case_id: int) -> list[int]:
    """Nothing waits for this case or came back any more; gives the bodies of the words that did."""
    mine = (col(PendingReply.commune_id) == commune_id, col(PendingReply.case_id) == case_id)
    rows = list(await session.exec(select(PendingReply).where(*mine)))
    await session.exec(delete(PendingReply).where(*mine))
    return [each for row in rows for each in (row.body_id, row.why_body_id) if each is not None]
