"""Thông báo: what staff send, to whom, when; the deliveries of each turn stand in storage/deliveries.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime

OPEN = ("draft", "waiting")  # states in which the words may still be changed
ACTIVE = ("scheduled", "sending")


def _nothing() -> dict[str, Any]:
    return {}


def _nobody() -> list[int]:
    return []


class Notice(SQLModel, table=True):
    """One notice; one that is repeated goes out in several turns, counted by `run`.

    `state`: draft, waiting (for a second person), scheduled, sending, done, cancelled. `facts` are what the form of
    its kind asked for. No `hamlet_ids`: the whole commune; `followers`: only those who follow this kind.
    `expanded_to` is the last citizen whose delivery of this turn was made; None while it was not begun.
    Times are UTC, `repeat_until` a Viet Nam day. Privacy: public once sent.
    """

    __table_args__ = (UniqueConstraint("commune_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    code: str = Field(description="such as TB-7K2M9")
    kind: str
    papi: int = Field(description="PAPI dimension, 1 to 8")
    facts: dict[str, Any] = Field(default_factory=_nothing, sa_column=Column(JSON, nullable=False, server_default="{}"))
    hamlet_ids: list[int] = Field(default_factory=_nobody, sa_column=Column(JSON, nullable=False, server_default="[]"))
    followers: bool = False
    state: str = Field(default="draft", index=True)
    urgent: bool = Field(default=False, description="may go at night")
    urgent_why: str = ""
    send_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when the present turn begins")
    ends_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="of no use to anybody afterwards")
    repeat: str = Field(default="", description="empty, daily, weekly or monthly")
    repeat_until: date | None = None
    skips_days_off: bool = False
    run: int = 1
    expanded_to: int | None = None
    expanded_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="everybody has their row")
    made_by: int | None = Field(default=None, foreign_key="officer.id")
    made_at: datetime = Field(sa_type=UtcDateTime)
    approved_by: int | None = Field(default=None, foreign_key="officer.id", description="the second person")
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    cancelled_by: int | None = Field(default=None, foreign_key="officer.id")


async def keep(session: AsyncSession, notice: Notice) -> int:
    """Store a new or changed notice; gives its id."""
    session.add(notice)
    await session.flush()
    assert notice.id is not None
    return notice.id


async def get(session: AsyncSession, *, commune_id: int, notice_id: int) -> Notice | None:
    """One notice of this commune."""
    mine = (col(Notice.commune_id) == commune_id, col(Notice.id) == notice_id)
    return (await session.exec(select(Notice).where(*mine))).first()


async def locked(session: AsyncSession, *, commune_id: int, notice_id: int) -> Notice | None:
    """The same, locked for the transaction; None also where another replica has it."""
    mine = (col(Notice.commune_id) == commune_id, col(Notice.id) == notice_id)
    return (await session.exec(select(Notice).where(*mine).with_for_update(skip_locked=True))).first()


async def page(session: AsyncSession, *, commune_id: int, limit: int, skip: int = 0) -> list[Notice]:
    """Notices of a commune, the newest first."""
    mine = select(Notice).where(col(Notice.commune_id) == commune_id).order_by(col(Notice.id).desc())
    return list(await session.exec(mine.offset(skip).limit(limit)))


async def codes_in_use(session: AsyncSession, *, commune_id: int, codes: Sequence[str]) -> set[str]:
    """Which of these codes a notice of the commune has."""
    mine = (col(Notice.commune_id) == commune_id, col(Notice.code).in_(codes))
    return set(await session.exec(select(Notice.code).where(*mine)))


async def sent(session: AsyncSession, *, commune_id: int, limit: int) -> list[Notice]:
    """Sổ thông báo đã gửi: notices that went out, be it in part, the newest first."""
    mine = (col(Notice.commune_id) == commune_id, col(Notice.first_sent_at).is_not(None))
    return list(await session.exec(select(Notice).where(*mine).order_by(col(Notice.id).desc()).limit(limit)))


async def by_code(session: AsyncSession, *, commune_id: int, code: str) -> Notice | None:
    """A notice that went out, by its code."""
    mine = (col(Notice.commune_id) == commune_id, col(Notice.code) == code, col(Notice.first_sent_at).is_not(None))
    return (await session.exec(select(Notice).where(*mine))).first()


async def at_work(session: AsyncSession) -> list[Notice]:
    """Notices of every commune that the sender must look at: due, being sent, or cancelled a moment ago."""
    cancelled = (col(Notice.state) == "cancelled") & col(Notice.ended_at).is_(None)
    found = select(Notice).where(col(Notice.state).in_(ACTIVE) | cancelled)
    return list(await session.exec(found.order_by(col(Notice.urgent).desc(), col(Notice.id))))
