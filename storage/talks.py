"""Where a conversation stands: the question left open, the choices offered, the topic spoken of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


def _none_offered() -> list[dict[str, Any]]:
    """Not `list` itself: pydantic reads the signature of a built-in anew for every talk (1 ms)."""
    return []


def _nothing_held() -> dict[str, Any]:
    return {}


class Talk(SQLModel, table=True):
    """One conversation per account. Privacy: ids and our own labels only, never the citizen's words.

    `choices` is a list of {"label", "does"} as last offered; `page` counts how far "xem thêm" has come.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", unique=True)
    asks: str | None = Field(default=None, description="the open question, such as reports.place")
    choices: list[dict[str, Any]] = Field(default_factory=_none_offered, sa_column=Column(JSON, nullable=False))
    topic: str | None = None
    facet: str | None = None
    page: int = 0
    on_day: date | None = Field(default=None, description="the day asked about, when it was not today")
    held: dict[str, Any] = Field(
        default_factory=_nothing_held,
        sa_column=Column(JSON, nullable=False, server_default="{}"),
        description="what the open feature keeps between its questions: ids, numbers, labels of ours",
    )
    last_body_id: int | None = Field(default=None, foreign_key="body.id")
    last_question_id: int | None = Field(default=None, foreign_key="question.id")
    draft_id: int | None = Field(default=None, foreign_key="case.id")
    unhelped: int = Field(default=0, description="answers in a row that did not help")
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


async def of_account(session: AsyncSession, *, commune_id: int, account_id: int) -> Talk | None:
    """The conversation with this account, locked for the transaction: one message of a chat at a time."""
    mine = (col(Talk.commune_id) == commune_id, col(Talk.account_id) == account_id)
    return (await session.exec(select(Talk).where(*mine).with_for_update())).first()


async def save(session: AsyncSession, talk: Talk) -> None:
    """Keep the conversation as it stands now."""
    session.add(talk)
    await session.flush()


async def holding(session: AsyncSession, *, commune_id: int, name: str) -> set[int]:
    """The ids that open talks hold under this name."""
    held = await session.exec(select(Talk.held).where(col(Talk.commune_id) == commune_id))
    return {one[name] for one in held if name in one}


async def forget_silent(session: AsyncSession, *, commune_id: int, before: datetime) -> int:
    """Drop conversations that fell silent before that instant; not one with a draft, or one asked about a case."""
    silent = (col(Talk.commune_id) == commune_id, col(Talk.last_at) < before, col(Talk.draft_id).is_(None))
    waits = (
        col(Talk.asks).startswith("cases.done")
        | col(Talk.asks).startswith("cases.more")
        | col(Talk.asks).startswith("denunciation.claim")
    )
    other = col(Talk.asks).is_(None) | ~waits
    result = await session.exec(delete(Talk).where(*silent, other))
    return int(result.rowcount)


async def forget_claims(session: AsyncSession, *, commune_id: int, before: datetime) -> None:
    """Nobody took the phrase of their sealed case in time: the talk does not tell any more that there was one."""
    mine = (col(Talk.commune_id) == commune_id, col(Talk.last_at) < before, col(Talk.draft_id).is_(None))
    await session.exec(delete(Talk).where(*mine, col(Talk.asks).startswith("denunciation.claim")))


async def let_go_of_draft(session: AsyncSession, *, commune_id: int, draft_id: int) -> None:
    """The draft is told on another channel now: here nothing is asked about it any more."""
    mine = (col(Talk.commune_id) == commune_id, col(Talk.draft_id) == draft_id)
    for talk in await session.exec(select(Talk).where(*mine)):
        talk.draft_id, talk.asks, talk.choices, talk.held = None, None, [], {}
        session.add(talk)
    await session.flush()
