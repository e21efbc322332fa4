"""A commune's own reply templates; the shipped ones lie in knowledge/content."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class ReplyTemplate(SQLModel, table=True):
    """One template. `kind`: of which cases, empty for all. Privacy: none, nobody's words. Never changed, only ended."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    name: str
    kind: str = ""
    text: str
    officer_id: int = Field(foreign_key="officer.id")
    at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def in_use(session: AsyncSession, *, commune_id: int) -> list[ReplyTemplate]:
    """Those that have not ended, by name."""
    mine = (col(ReplyTemplate.commune_id) == commune_id, col(ReplyTemplate.ended_at).is_(None))
    return list(await session.exec(select(ReplyTemplate).where(*mine).order_by(col(ReplyTemplate.name))))


async def get(session: AsyncSession, *, commune_id: int, template_id: int) -> ReplyTemplate | None:
    """One of this commune."""
    mine = (col(ReplyTemplate.commune_id) == commune_id, col(ReplyTemplate.id) == template_id)
    return (await session.exec(select(ReplyTemplate).where(*mine))).first()


async def keep(session: AsyncSession, row: ReplyTemplate) -> int:
    """Store it and give its id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id
