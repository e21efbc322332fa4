"""A commune's texts over the shipped entries: drafts, what was approved, and the number that tells of a change."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime

OPEN = ("draft", "waiting", "returned")
EVER_IN_FORCE = ("published", "replaced")


class EntryVersion(SQLModel, table=True):
    """One text of one entry. Privacy: published words and officers' ids; gaps' examples in it are masked.

    `state`: draft, waiting (for the approver), returned (with `remark`), published (at most one an entry),
    replaced (was published), dropped. `text` is in the form of the content files; empty = the shipped text answers
    again. `shipped` is the shipped text on which it was written, `based_on` its stamp, both empty for an entry of the
    commune's own. `authors` are all who wrote in it: none of them may approve it.
    """

    __table_args__ = (UniqueConstraint("commune_id", "entry_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    entry_id: str = Field(index=True)
    number: int
    title: str
    text: str
    shipped: str = ""
    based_on: str = ""
    state: str = Field(default="draft", index=True)
    reason: str = ""
    document: str = Field(default="", description="number of the document behind a change of national numbers")
    remark: str = Field(default="", description="why the approver gave it back")
    authors: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    author_id: int = Field(foreign_key="officer.id")
    approver_id: int | None = Field(default=None, foreign_key="officer.id")
    restores: int | None = Field(default=None, description="number of the version whose text this one brings back")
    made_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    suspended_at: datetime | None = Field(
        default=None, sa_type=UtcDateTime, description="when the shipped text was seen to have changed under it"
    )


class ContentRevision(SQLModel, table=True):
    """How often what a commune answers with has changed: each process watches it. Privacy: none."""

    commune_id: int = Field(primary_key=True, foreign_key="commune.id")
    number: int = 0


async def revisions(session: AsyncSession) -> dict[int, int]:
    """The number of every commune that ever approved anything."""
    return {row.commune_id: row.number for row in await session.exec(select(ContentRevision))}


async def bump(session: AsyncSession, *, commune_id: int) -> None:
    """Tell every process that this commune's texts have changed."""
    row = await session.get(ContentRevision, commune_id) or ContentRevision(commune_id=commune_id)
    row.number += 1
    session.add(row)
    await session.flush()


async def published(session: AsyncSession, *, commune_id: int) -> list[EntryVersion]:
    """The version in force of every entry that the commune has a text of."""
    mine = (col(EntryVersion.commune_id) == commune_id, col(EntryVersion.state) == "published")
    return list(await session.exec(select(EntryVersion).where(*mine).order_by(col(EntryVersion.id))))


async def get(session: AsyncSession, *, commune_id: int, version_id: int) -> EntryVersion | None:
    """One version."""
    mine = (col(EntryVersion.commune_id) == commune_id, col(EntryVersion.id) == version_id)
    return (await session.exec(select(EntryVersion).where(*mine))).first()


async def of_entry(session: AsyncSession, *, commune_id: int, entry_id: str) -> list[EntryVersion]:
    """All versions of an entry, the newest first; dropped ones are nobody's any more."""
    mine = (
        col(EntryVersion.commune_id) == commune_id,
        col(EntryVersion.entry_id) == entry_id,
        col(EntryVersion.state) != "dropped",
    )
    return list(await session.exec(select(EntryVersion).where(*mine).order_by(col(EntryVersion.number).desc())))


async def opened(session: AsyncSession, *, commune_id: int) -> list[EntryVersion]:
    """Every draft that is not decided, the newest first."""
    mine = (col(EntryVersion.commune_id) == commune_id, col(EntryVersion.state).in_(OPEN))
    return list(await session.exec(select(EntryVersion).where(*mine).order_by(col(EntryVersion.id).desc())))


async def add(session: AsyncSession, version: EntryVersion) -> EntryVersion:
    """Keep a new version under the next number of its entry."""
    mine = (col(EntryVersion.commune_id) == version.commune_id, col(EntryVersion.entry_id) == version.entry_id)
    last = (await session.exec(select(func.max(EntryVersion.number)).where(*mine))).one()
    version.number = (last or 0) + 1
    return await keep(session, version)


async def keep(session: AsyncSession, version: EntryVersion) -> EntryVersion:
    """Write a version as it is now."""
    session.add(version)
    await session.flush()
    return version


async def replace(session: AsyncSession, *, commune_id: int, entry_id: str) -> None:
    """What is in force of an entry is no longer."""
    mine = (
        col(EntryVersion.commune_id) == commune_id,
        col(EntryVersion.entry_id) == entry_id,
        col(EntryVersion.state) == "published",
    )
    await session.exec(update(EntryVersion).where(*mine).values(state="replaced", suspended_at=None))
