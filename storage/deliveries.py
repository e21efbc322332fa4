"""Lượt gửi: one row per turn of a notice and account; the list of the sender's work, and the proof of delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime
from storage.communes import ChannelAccount
from storage.notices import Notice

UNSENT = ("queued", "handed")
OF_OUTBOX = {"sent": "sent", "failed": "failed", "unknown": "unknown"}  # an outbox row's state as a delivery's


class Delivery(SQLModel, table=True):
    """What became of one notice for one chat.

    `state`: queued, handed (its message stands in the outbox), sent, delivered, read, failed, unknown, skipped,
    cancelled. `reason` says why: opted_out, other_channel, window, plan, quiet, late, channel_off, ended, gone, or the
    channel's own code. `hamlet_id` is where the person said they live when the row was made.
    Privacy: personal by its link.
    """

    __table_args__ = (
        UniqueConstraint("notice_id", "run", "account_id"),
        Index("ix_delivery_channel_account_id_external_id", "channel_account_id", "external_id"),
        Index("ix_delivery_notice_id_run_state", "notice_id", "run", "state", "channel_account_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id")
    notice_id: int = Field(foreign_key="notice.id")
    run: int
    account_id: int = Field(foreign_key="account.id", index=True)
    channel_account_id: int = Field(foreign_key="channelaccount.id")
    hamlet_id: int | None = Field(default=None, foreign_key="hamlet.id")
    state: str
    reason: str = ""
    at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="when it came to its present state")
    external_id: str | None = Field(default=None, description="the platform's own id of the message")
    got_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="the platform says: on their device")
    seen_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="the platform says: read")


_ROWS: tuple[Any, ...] = (Delivery, Account)
_DELIVERY, _ACCOUNT = (each.__table__ for each in _ROWS)


async def follow(
    session: AsyncSession, *, commune_id: int, ids: Sequence[int], state: str, reason: str, at: datetime
) -> None:
    """Their messages came to an end. Whom a channel surely did not reach may still get it by another of theirs."""
    mine = (col(Delivery.commune_id) == commune_id, col(Delivery.id).in_(ids), col(Delivery.state).in_(UNSENT))
    await session.exec(update(Delivery).where(*mine).values(state=state, reason=reason, at=at))
    if state == "failed" or reason == "window":
        await _go_another_way(session, ids)


async def name(session: AsyncSession, *, commune_id: int, external_ids: dict[int, str]) -> None:
    """What the platform calls the messages of these deliveries: its receipts name them so."""
    for delivery_id, external_id in external_ids.items():
        mine = (col(Delivery.commune_id) == commune_id, col(Delivery.id) == delivery_id)
        await session.exec(update(Delivery).where(*mine).values(external_id=external_id))


async def receipt(
    session: AsyncSession, *, channel_account_id: int, external_ids: Sequence[str], seen: bool, at: datetime
) -> None:
    """The platform says that these messages of a channel account came to the device, or were read."""
    mine = (col(Delivery.channel_account_id) == channel_account_id, col(Delivery.external_id).in_(external_ids))
    known = func.coalesce(Delivery.got_at, at)
    told = {"got_at": known, "seen_at": func.coalesce(Delivery.seen_at, at)} if seen else {"got_at": known}
    await session.exec(update(Delivery).where(*mine).values(**told), execution_options={"synchronize_session": False})


async def receipts(session: AsyncSession, *, commune_id: int, notice_id: int, run: int) -> tuple[int, int]:
    """Of how many messages of a turn the platform has said that they arrived, and that they were read."""
    turn = _turn(commune_id, notice_id, run)
    found = select(func.count(col(Delivery.got_at)), func.count(col(Delivery.seen_at))).where(*turn)
    got, seen = (await session.exec(found)).one()
    return int(got), int(seen)


async def _go_another_way(session: AsyncSession, ids: Sequence[int]) -> None:
    """The next chat of each of these people takes the place of the one that failed."""
    failed, other, own, theirs = _DELIVERY.alias(), _DELIVERY.alias(), _ACCOUNT.alias(), _ACCOUNT.alias()
    following: Any = (
        sqlalchemy.select(func.min(other.c.id))
        .select_from(failed)
        .join(own, own.c.id == failed.c.account_id)
        .join(theirs, theirs.c.citizen_id == own.c.citizen_id)
        .join(other, other.c.account_id == theirs.c.id)
        .where(
            failed.c.id.in_(ids),
            other.c.notice_id == failed.c.notice_id,
            other.c.run == failed.c.run,
            other.c.reason == "other_channel",
        )
        .group_by(failed.c.id)
    )
    found: list[int] = [each for (each,) in (await session.exec(following)).all()]
    await session.exec(update(Delivery).where(col(Delivery.id).in_(found)).values(state="queued", reason=""))


async def waiting(
    session: AsyncSession, *, commune_id: int, notice_id: int, run: int, channel_account_id: int, limit: int
) -> list[Delivery]:
    """The next rows of a turn to be handed over, oldest first; locked for the transaction."""
    mine = (
        *_turn(commune_id, notice_id, run),
        col(Delivery.channel_account_id) == channel_account_id,
        col(Delivery.state) == "queued",
    )
    oldest = select(Delivery).where(*mine).order_by(col(Delivery.id)).limit(limit)
    return list(await session.exec(oldest.with_for_update(skip_locked=True)))


async def skip_unsent(
    session: AsyncSession,
    *,
    commune_id: int,
    notice_id: int,
    run: int,
    state: str,
    reason: str,
    at: datetime,
    limit: int,
) -> int:
    """So many rows of a turn that were not handed over yet will not be; gives how many there were."""
    mine = (*_turn(commune_id, notice_id, run), col(Delivery.state) == "queued")
    some = select(Delivery.id).where(*mine).order_by(col(Delivery.id)).limit(limit)
    result = await session.exec(
        update(Delivery).where(col(Delivery.id).in_(some)).values(state=state, reason=reason, at=at)
    )
    return int(result.rowcount)


async def mark(session: AsyncSession, found: Sequence[Delivery], *, state: str, reason: str = "", at: datetime) -> None:
    """Rows in hand come to this state. They are of one commune."""
    ids = [row.id for row in found]
    mine = (col(Delivery.commune_id) == (found[0].commune_id if found else 0), col(Delivery.id).in_(ids))
    await session.exec(update(Delivery).where(*mine).values(state=state, reason=reason, at=at))


async def skip_accounts(
    session: AsyncSession, *, commune_id: int, account_ids: Sequence[int], kind: str | None, at: datetime
) -> None:
    """The person wants no more of it: nothing of this kind that was not handed over yet goes to these accounts."""
    mine = [
        col(Delivery.commune_id) == commune_id,
        col(Delivery.account_id).in_(account_ids),
        col(Delivery.state) == "queued",
    ]
    if kind is not None:
        mine.append(col(Delivery.notice_id).in_(_of_kind(commune_id, kind)))
    await session.exec(update(Delivery).where(*mine).values(state="skipped", reason="opted_out", at=at))


async def is_over(session: AsyncSession, *, commune_id: int, notice_id: int, run: int) -> bool:
    """Whether nothing of a turn waits any more, but for pages of the web chat that nobody has opened since."""
    mine = (*_turn(commune_id, notice_id, run), col(Delivery.state).in_(UNSENT))
    joined = (
        select(Delivery.id)
        .join(ChannelAccount, col(ChannelAccount.id) == col(Delivery.channel_account_id))
        .where(*mine, (col(Delivery.state) == "queued") | (col(ChannelAccount.channel) != "webchat"))
    )
    return (await session.exec(joined.limit(1))).first() is None


async def channels_waiting(session: AsyncSession, *, commune_id: int, notice_id: int, run: int) -> list[int]:
    """The channel accounts on which rows of a turn wait to be handed over."""
    mine = (*_turn(commune_id, notice_id, run), col(Delivery.state) == "queued")
    found: list[int] = []
    while True:  # from one to the next by the index: a DISTINCT would read every row that waits
        after = col(Delivery.channel_account_id) > (found[-1] if found else 0)
        following = (await session.exec(select(func.min(Delivery.channel_account_id)).where(*mine, after))).one()
        if following is None:
            return found
        found.append(following)


Counted = tuple[int | None, str, str, str, int]  # hamlet, channel, state, reason, how many


async def counts(session: AsyncSession, *, commune_id: int, notice_id: int, run: int) -> list[Counted]:
    """How many rows of a turn stand where: by hamlet, channel, state and reason."""
    by: Any = (Delivery.hamlet_id, ChannelAccount.channel, Delivery.state, Delivery.reason)
    columns: list[Any] = [*by, func.count()]
    found: Any = sqlalchemy.select(*columns)
    found = found.join(ChannelAccount, col(ChannelAccount.id) == col(Delivery.channel_account_id))
    found = found.where(*_turn(commune_id, notice_id, run)).group_by(*by)
    return [(each[0], each[1], each[2], each[3], int(each[4])) for each in (await session.exec(found)).all()]


async def unreached(
    session: AsyncSession, *, commune_id: int, notice_id: int, run: int, reached: Sequence[str]
) -> list[tuple[int | None, str, str, int]]:
    """People of a turn of whom no chat came to one of these states: hamlet, state, reason, how many.

    A person with several chats counts once, for the one that was to bring it or else the first.
    """
    row, account = _DELIVERY, _ACCOUNT
    rank = sqlalchemy.case((row.c.state == "skipped", 1), else_=0)
    got = sqlalchemy.case((row.c.state.in_(reached), 1), else_=0)
    of_person = {"partition_by": account.c.citizen_id}
    whole = sqlalchemy.select(
        row.c.hamlet_id,
        row.c.state,
        row.c.reason,
        func.row_number().over(**of_person, order_by=(rank, row.c.id)).label("place"),
        func.max(got).over(**of_person).label("reached"),
    )
    turn = (row.c.commune_id == commune_id, row.c.notice_id == notice_id, row.c.run == run)
    people = whole.join(account, account.c.id == row.c.account_id).where(*turn).subquery()
    by = (people.c.hamlet_id, people.c.state, people.c.reason)
    found: Any = sqlalchemy.select(*by, func.count()).where(people.c.reached == 0, people.c.place == 1).group_by(*by)
    return [(each[0], each[1], each[2], int(each[3])) for each in (await session.exec(found)).all()]


async def rows(
    session: AsyncSession, *, commune_id: int, notice_id: int, run: int, after: int, limit: int
) -> list[Delivery]:
    """Rows of a turn in the order of their ids, for what is computed over all of them."""
    mine = (*_turn(commune_id, notice_id, run), col(Delivery.id) > after)
    return list(await session.exec(select(Delivery).where(*mine).order_by(col(Delivery.id)).limit(limit)))


async def got(session: AsyncSession, *, commune_id: int, account_ids: Sequence[int]) -> Delivery | None:
    """The newest notice that was brought to any of these accounts."""
    mine = (
        col(Delivery.commune_id) == commune_id,
        col(Delivery.account_id).in_(account_ids),
        col(Delivery.state).in_(("handed", "sent", "delivered", "read", "unknown")),
    )
    return (await session.exec(select(Delivery).where(*mine).order_by(col(Delivery.id).desc()).limit(1))).first()


def _of_kind(commune_id: int, kind: str) -> Any:
    return select(Notice.id).where(col(Notice.commune_id) == commune_id, col(Notice.kind) == kind)


def _turn(commune_id: int, notice_id: int, run: int) -> Any:
    return col(Delivery.commune_id) == commune_id, col(Delivery.notice_id) == notice_id, col(Delivery.run) == run
