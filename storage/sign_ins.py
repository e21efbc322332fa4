"""Sign-up links, officers' sessions, and how often somebody failed: what stands between a stranger and the console."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class SignUpLink(SQLModel, table=True):
    """A link that lets one officer choose a password, once. Only a hash of its token is kept."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    token_hash: str = Field(unique=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OfficerSession(SQLModel, table=True):
    """One browser of one officer. `state`: password (the code is still missing) or full.

    Privacy: `address` is cut to its network; `agent` is the browser's kind in words.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    token_hash: str = Field(unique=True)
    state: str
    opened_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    ends_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    address: str = ""
    agent: str = ""


class Attempt(SQLModel, table=True):
    """Failures at one door in a row. `key` is a keyed hash of a login or an address: of no commune, nobody is known."""

    key: str = Field(primary_key=True)
    failures: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


async def keep(session: AsyncSession, row: SignUpLink | OfficerSession) -> int:
    """Store a link or a session; gives the id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def link(session: AsyncSession, *, token_hash: str) -> SignUpLink | None:
    """The link with this token, of whatever commune: its holder is not known yet."""
    return (await session.exec(select(SignUpLink).where(col(SignUpLink.token_hash) == token_hash))).first()


async def drop_links(session: AsyncSession, *, commune_id: int, officer_id: int, now: datetime) -> None:
    """No earlier link of this officer opens anything any more."""
    mine = (
        col(SignUpLink.commune_id) == commune_id,
        col(SignUpLink.officer_id) == officer_id,
        col(SignUpLink.used_at).is_(None),
    )
    await session.exec(update(SignUpLink).where(*mine).values(used_at=now))


async def by_token(session: AsyncSession, *, token_hash: str) -> OfficerSession | None:
    """The session with this token, ended or not, of whatever commune."""
    return (await session.exec(select(OfficerSession).where(col(OfficerSession.token_hash) == token_hash))).first()


async def of_officer(
    session: AsyncSession, *, commune_id: int, officer_id: int, now: datetime, idle_since: datetime
) -> list[OfficerSession]:
    """Sessions of an officer that still open the console, the newest first."""
    mine = (
        col(OfficerSession.commune_id) == commune_id,
        col(OfficerSession.officer_id) == officer_id,
        col(OfficerSession.ended_at).is_(None),
        col(OfficerSession.ends_at) > now,
        col(OfficerSession.seen_at) > idle_since,
    )
    return list(await session.exec(select(OfficerSession).where(*mine).order_by(col(OfficerSession.id).desc())))


async def end(
    session: AsyncSession, *, commune_id: int, officer_id: int, now: datetime, only: int | None = None
) -> int:
    """End one session of an officer, or all of them; gives how many ended."""
    mine = [
        col(OfficerSession.commune_id) == commune_id,
        col(OfficerSession.officer_id) == officer_id,
        col(OfficerSession.ended_at).is_(None),
    ]
    if only is not None:
        mine.append(col(OfficerSession.id) == only)
    ended = await session.exec(update(OfficerSession).where(*mine).values(ended_at=now))
    return int(ended.rowcount)


async def seen(session: AsyncSession, *, commune_id: int, session_id: int, now: datetime) -> None:
    """The session was used just now; one that was ended meanwhile stays ended."""
    mine = (col(OfficerSession.commune_id) == commune_id, col(OfficerSession.id) == session_id)
    await session.exec(update(OfficerSession).where(*mine).values(seen_at=now))


async def attempt(session: AsyncSession, *, key: str) -> Attempt | None:
    """The failures at this door so far."""
    return (await session.exec(select(Attempt).where(col(Attempt.key) == key).with_for_update())).first()


async def count(session: AsyncSession, row: Attempt) -> None:
    """Keep how often somebody failed."""
    await session.merge(row)
    await session.flush()


async def forget(session: AsyncSession, *, keys: list[str]) -> None:
    """The right one came: nothing is counted any more."""
    await session.exec(delete(Attempt).where(col(Attempt.key).in_(keys)))


async def forget_old(session: AsyncSession, *, before: datetime) -> None:
    """Failures and sessions of long ago are of no use to anybody."""
    await session.exec(delete(Attempt).where(col(Attempt.last_at) < before))
    await session.exec(delete(OfficerSession).where(col(OfficerSession.ends_at) < before))
    await session.exec(delete(SignUpLink).where(col(SignUpLink.ends_at) < before))
