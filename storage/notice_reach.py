"""Whom a notice reaches, and by which of their chats: counted before it is sent, written down when it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, false, func, insert, literal, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.communes import ChannelAccount
from storage.deliveries import Delivery
from storage.notices import Notice
from storage.reach import Reach
from storage.wishes import ALL, HomeHamlet, NoticeWish

# The tables themselves: queries made of their columns are plain SQL, as fast as the engine is.
_ROWS: tuple[Any, ...] = (Account, ChannelAccount, Delivery, Reach, HomeHamlet, NoticeWish)
ACCOUNT, CHANNEL, DELIVERY, REACH, HOME, WISH = (each.__table__ for each in _ROWS)


@dataclass(frozen=True, slots=True)
class Way:
    """A channel account that can bring notices now. `rank`: the lowest of a person's goes first; `window`: how long
    after the person wrote we may write; None: always."""

    channel_account_id: int
    channel: str
    rank: int
    window: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """So many chats of one hamlet and channel. `reason` empty: the notice would go there. `costs`: outside the
    time in which the channel is free of charge."""

    hamlet_id: int | None
    channel: str
    reason: str
    costs: bool
    count: int


async def count(
    session: AsyncSession, notice: Notice, ways: Sequence[Way], *, now: datetime, free: timedelta
) -> list[Reached]:
    """How many chats it would go to, and where it would not. `free`: after a message of theirs nothing is charged."""
    chosen = _chosen(notice, ways, now=now).subquery()
    costs = and_(chosen.c.windowed, or_(chosen.c.last_seen_at.is_(None), chosen.c.last_seen_at < now - free))
    by = (chosen.c.hamlet_id, chosen.c.channel, chosen.c.reason, costs)
    counted: Any = select(*by, func.count()).group_by(*by)
    found: Any = await session.exec(counted)
    return [Reached(each[0], each[1], each[2], bool(each[3]), int(each[4])) for each in found.all()]


async def expand(session: AsyncSession, notice: Notice, ways: Sequence[Way], *, now: datetime, limit: int) -> bool:
    """Make the rows of the next `limit` people of a turn; False once everybody has theirs. In the caller's
    transaction with the mark of how far it came, so that a crash neither leaves out nor doubles anybody."""
    after = notice.expanded_to or 0
    people = (
        select(ACCOUNT.c.citizen_id)
        .where(ACCOUNT.c.commune_id == notice.commune_id, ACCOUNT.c.citizen_id > after)
        .distinct()
        .order_by(ACCOUNT.c.citizen_id)
        .limit(limit)
        .subquery()
    )
    newest: Any = select(func.max(people.c.citizen_id))
    last = (await session.exec(newest)).scalar()
    if last is None:
        return False
    chosen = _chosen(notice, ways, now=now, after=after, upto=last).subquery()
    made: Any = select(
        literal(notice.commune_id),
        literal(notice.id),
        literal(notice.run),
        chosen.c.account_id,
        chosen.c.channel_account_id,
        chosen.c.hamlet_id,
        case((chosen.c.reason == "", "queued"), else_="skipped"),
        chosen.c.reason,
        literal(now, DELIVERY.c.at.type),
    )
    names = (
        "commune_id", "notice_id", "run", "account_id", "channel_account_id", "hamlet_id", "state", "reason", "at",
    )  # fmt: skip
    await session.exec(insert(DELIVERY).from_select(names, made))
    notice.expanded_to = last
    session.add(notice)
    await session.flush()
    return True


def _chosen(
    notice: Notice, ways: Sequence[Way], *, now: datetime, after: int | None = None, upto: int | None = None
) -> Any:
    """Every chat of the people whom the notice is for, with why it does not go there; one chat of each is chosen."""
    found = _chats(notice, ways, now=now, after=after, upto=upto).cte()
    place = func.row_number().over(
        partition_by=(found.c.citizen_id, found.c.reason), order_by=(found.c.rank, found.c.account_id)
    )
    ranked = select(found, place.label("place")).cte()
    reason = case((and_(ranked.c.reason == "", ranked.c.place > 1), "other_channel"), else_=ranked.c.reason)
    names = ("account_id", "channel_account_id", "channel", "hamlet_id", "last_seen_at", "windowed")
    return select(*(ranked.c[name] for name in names), reason.label("reason"))


def _chats(notice: Notice, ways: Sequence[Way], *, now: datetime, after: int | None, upto: int | None) -> Any:
    hamlet = _hamlet_of_person()
    limited = [way.channel_account_id for way in ways if way.window is not None]
    ranks = {way.channel_account_id: way.rank for way in ways}
    for_whom: list[Any] = [ACCOUNT.c.commune_id == notice.commune_id]
    if not any(way.channel == "terminal" for way in ways):
        for_whom.append(CHANNEL.c.channel != "terminal")  # the operator's own window
    if notice.hamlet_ids:
        for_whom.append(hamlet.in_(notice.hamlet_ids))
    if notice.followers:
        for_whom.append(_has_said(notice.kind, wants=True))
    if after is not None:
        for_whom += [ACCOUNT.c.citizen_id > after, ACCOUNT.c.citizen_id <= upto]
    return (
        select(
            ACCOUNT.c.id.label("account_id"),
            ACCOUNT.c.citizen_id,
            ACCOUNT.c.channel_account_id,
            CHANNEL.c.channel,
            hamlet.label("hamlet_id"),
            REACH.c.last_seen_at,
            ACCOUNT.c.channel_account_id.in_(limited).label("windowed"),
            _reason(notice, ways, now=now).label("reason"),
            (case(ranks, value=ACCOUNT.c.channel_account_id, else_=99) if ranks else literal(99)).label("rank"),
        )
        .join(CHANNEL, CHANNEL.c.id == ACCOUNT.c.channel_account_id)
        .outerjoin(REACH, REACH.c.account_id == ACCOUNT.c.id)
        .where(*for_whom)
    )


def _reason(notice: Notice, ways: Sequence[Way], *, now: datetime) -> Any:
    """Why a chat gets nothing; empty where it may."""
    on = [way.channel_account_id for way in ways]
    closed = [
        and_(
            ACCOUNT.c.channel_account_id == way.channel_account_id,
            or_(REACH.c.last_seen_at.is_(None), REACH.c.last_seen_at < now - way.window),
        )
        for way in ways
        if way.window is not None
    ]
    return case(
        (_has_said(notice.kind, wants=False), "opted_out"),
        (ACCOUNT.c.channel_account_id.not_in(on), "channel_off"),
        (ACCOUNT.c.ended_at.is_not(None), "ended"),
        (REACH.c.gone_at.is_not(None), "gone"),
        (or_(false(), *closed), "window"),
        else_="",
    )


def _hamlet_of_person() -> Any:
    """Where the person of an account lives, as they said last on any of theirs."""
    own = ACCOUNT.alias()
    return (
        select(HOME.c.hamlet_id)
        .join(own, own.c.id == HOME.c.account_id)
        .where(own.c.citizen_id == ACCOUNT.c.citizen_id)
        .order_by(HOME.c.at.desc())
        .limit(1)
        .correlate(ACCOUNT)
        .scalar_subquery()
    )


def _has_said(kind: str, *, wants: bool) -> Any:
    """Whether the person of an account has said so of this kind, or of all, on any of theirs."""
    own = ACCOUNT.alias()
    return (
        select(WISH.c.id)
        .join(own, own.c.id == WISH.c.account_id)
        .where(
            own.c.citizen_id == ACCOUNT.c.citizen_id,
            WISH.c.wants.is_(wants),
            WISH.c.topic.in_((kind, ALL)),
        )
        .correlate(ACCOUNT)
        .exists()
    )
