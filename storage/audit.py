"""Who read or changed what, when and why: append-only, linked into a chain of hashes per commune by a periodic job."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime

GENESIS = "0" * 64
CHUNK = 500


class AuditRow(SQLModel, table=True):
    """One act. Privacy: ids and codes only, nobody's words.

    `actor` is officer, command or system; `stands_for` the absent officer whose role was used. `seq` and `hash` are
    empty until the row is linked: `hash` = SHA-256 over the hash before and the row's own facts.
    """

    __table_args__ = (UniqueConstraint("commune_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor: str
    officer_id: int | None = Field(default=None, foreign_key="officer.id", index=True)
    stands_for: int | None = Field(default=None, foreign_key="officer.id")
    act: str = Field(index=True)
    object_kind: str
    object_id: int | None = None
    why: str = ""
    seq: int | None = Field(default=None, index=True)
    hash: str | None = None


class AuditHead(SQLModel, table=True):
    """The end of a commune's chain when a day closed; handed to the inspector, it proves the days before."""

    __table_args__ = (UniqueConstraint("commune_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    day: date
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold: `seq` of the row, and what is wrong: changed, missing or head."""

    seq: int
    what: str


async def write(
    session: AsyncSession,
    *,
    commune_id: int,
    at: datetime,
    actor: str,
    act: str,
    object_kind: str,
    object_id: int | None = None,
    officer_id: int | None = None,
    stands_for: int | None = None,
    why: str = "",
) -> None:
    """Add a row, in the transaction of what it tells."""
    session.add(
        AuditRow(
            commune_id=commune_id,
            at=at,
            actor=actor,
            officer_id=officer_id,
            stands_for=stands_for,
            act=act,
            object_kind=object_kind,
            object_id=object_id,
            why=why,
        )
    )
    await session.flush()


async def link(session: AsyncSession, *, commune_id: int, most: int = CHUNK) -> int:
    """Link the oldest rows that are not in the chain yet; gives how many. Only one process at a time may call this."""
    last = await _last(session, commune_id=commune_id)
    seq, before = (last.seq or 0, last.hash or GENESIS) if last else (0, GENESIS)
    loose = (col(AuditRow.commune_id) == commune_id, col(AuditRow.seq).is_(None))
    rows = list(await session.exec(select(AuditRow).where(*loose).order_by(col(AuditRow.id)).limit(most)))
    for row in rows:
        seq += 1
        row.seq = seq
        row.hash = before = _hash(before, row)
        session.add(row)
    await session.flush()
    return len(rows)


async def close_day(session: AsyncSession, *, commune_id: int, day: date) -> None:
    """Keep where the chain ends today; a later call of the same day moves the day's head on."""
    last = await _last(session, commune_id=commune_id)
    if last is None or last.seq is None or last.hash is None:
        return
    mine = (col(AuditHead.commune_id) == commune_id, col(AuditHead.day) == day)
    head = (await session.exec(select(AuditHead).where(*mine))).first()
    head = head or AuditHead(commune_id=commune_id, day=day, seq=0, hash="")
    head.seq, head.hash = last.seq, last.hash
    session.add(head)
    await session.flush()


async def verify(session: AsyncSession, *, commune_id: int) -> Broken | None:
    """Walk the whole chain; None where every row is as it was linked and every day's head is in it."""
    heads = {
        head.seq: head.hash
        for head in await session.exec(select(AuditHead).where(col(AuditHead.commune_id) == commune_id))
    }
    before, seq = GENESIS, 0
    while rows := await _chunk(session, commune_id=commune_id, after=seq):
        for row in rows:
            if row.seq != seq + 1:
                return Broken(seq + 1, "missing")
            seq += 1
            if row.hash != _hash(before, row):
                return Broken(seq, "changed")
            if heads.pop(seq, row.hash) != row.hash:
                return Broken(seq, "head")
            before = row.hash
        session.expunge_all()
    return Broken(min(heads), "missing") if heads else None


async def page(
    session: AsyncSession,
    *,
    commune_id: int,
    limit: int,
    before_id: int | None = None,
    officer_id: int | None = None,
    act: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[AuditRow]:
    """Rows of a commune that fit, the newest first; `before_id` asks for the next page."""
    wanted = [col(AuditRow.commune_id) == commune_id]
    if before_id is not None:
        wanted.append(col(AuditRow.id) < before_id)
    if officer_id is not None:
        wanted.append(col(AuditRow.officer_id) == officer_id)
    if act:
        wanted.append(col(AuditRow.act) == act)
    if since is not None:
        wanted.append(col(AuditRow.at) >= since)
    if until is not None:
        wanted.append(col(AuditRow.at) < until)
    return list(await session.exec(select(AuditRow).where(*wanted).order_by(col(AuditRow.id).desc()).limit(limit)))


async def who_did(
    session: AsyncSession, *, commune_id: int, act: str, object_kind: str, object_id: int, since: datetime
) -> dict[int, datetime]:
    """Which officers did this to that object since that instant, and when last."""
    mine = (
        col(AuditRow.commune_id) == commune_id,
        col(AuditRow.at) >= since,
        col(AuditRow.act) == act,
        col(AuditRow.object_kind) == object_kind,
        col(AuditRow.object_id) == object_id,
    )
    found = select(AuditRow.officer_id, AuditRow.at).where(*mine).order_by(col(AuditRow.id))
    return {officer_id: at for officer_id, at in (await session.exec(found)).all() if officer_id is not None}


async def heads(session: AsyncSession, *, commune_id: int, limit: int, until: date | None = None) -> list[AuditHead]:
    """The newest days' heads, none after `until`."""
    mine = [col(AuditHead.commune_id) == commune_id]
    if until is not None:
        mine.append(col(AuditHead.day) <= until)
    found = select(AuditHead).where(*mine)
    return list(await session.exec(found.order_by(col(AuditHead.day).desc()).limit(limit)))


async def count(session: AsyncSession, *, commune_id: int) -> tuple[int, int]:
    """How many rows there are, and how many of them are linked."""
    mine = select(func.count(), func.count(col(AuditRow.seq))).where(col(AuditRow.commune_id) == commune_id)
    whole, linked = (await session.exec(mine)).one()
    return int(whole), int(linked)


async def _last(session: AsyncSession, *, commune_id: int) -> AuditRow | None:
    mine = (col(AuditRow.commune_id) == commune_id, col(AuditRow.seq).is_not(None))
    return (await session.exec(select(AuditRow).where(*mine).order_by(col(AuditRow.seq).desc()).limit(1))).first()


async def _chunk(session: AsyncSession, *, commune_id: int, after: int) -> list[AuditRow]:
    mine = (col(AuditRow.commune_id) == commune_id, col(AuditRow.seq) > after)
    return list(await session.exec(select(AuditRow).where(*mine).order_by(col(AuditRow.seq)).limit(CHUNK)))


def _hash(before: str, row: AuditRow) -> str:
    facts = [
        row.commune_id,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.actor,
        row.officer_id,
        row.stands_for,
        row.act,
        row.object_kind,
        row.object_id,
        row.why,
        row.seq,
    ]
    return hashlib.sha256(f"{before}{json.dumps(facts, ensure_ascii=False)}".encode()).hexdigest()
