"""What became of a notice: by hamlet and channel, who was not reached, and the hash that proves the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.permissions import Act
from handlers.workplace import Workplace
from storage import deliveries
from storage.deliveries import Counted, Delivery
from storage.notices import Notice

REACHED = ("sent", "delivered", "read")
WAITING = ("queued", "handed")
AT_ONCE = 5_000
REASONS: Mapping[str, str] = {
    "opted_out": "đã tắt tin loại này",
    "other_channel": "người này nhận ở kênh khác của họ",
    "window": "quá 7 ngày chưa nhắn (Zalo OA không cho gửi)",
    "plan": "hết số tin của gói Zalo Bot tháng này",
    "quiet": "hết hạn trong giờ nghỉ đêm",
    "late": "quá giờ của thông báo",
    "channel_off": "kênh đang tắt",
    "ended": "người dân đã xóa phiên chat",
    "gone": "đã chặn hoặc rời kênh",
    "left": "đã chặn hoặc rời kênh",
}


@dataclass(slots=True)
class Line:
    """One hamlet on one channel. Counts are chats; `reached` were brought, `waiting` are still to go."""

    hamlet_id: int | None
    channel: str
    reached: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    cancelled: int = 0

    @property
    def all(self) -> int:
        """Every chat but those whose person gets it on another."""
        return self.reached + self.waiting + self.failed + self.unknown + self.skipped + self.cancelled


@dataclass(slots=True)
class Report:
    """One turn of a notice. `reasons`: why chats got nothing; `unreached`: people by hamlet and reason."""

    lines: list[Line] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    unreached: dict[int | None, dict[str, int]] = field(default_factory=dict)
    got: int = 0  # the platform says: on the device, read; only the OA tells
    seen: int = 0

    @property
    def total(self) -> Line:
        """All hamlets and channels together."""
        whole = Line(None, "")
        for name in ("reached", "waiting", "failed", "unknown", "skipped", "cancelled"):
            setattr(whole, name, sum(getattr(line, name) for line in self.lines))
        return whole


async def report(session: AsyncSession, notice: Notice, *, run: int | None = None) -> Report:
    """The present or a former turn, as it stands now."""
    mine = {"commune_id": notice.commune_id, "notice_id": notice.id or 0, "run": run or notice.run}
    counted = await deliveries.counts(session, **mine)
    told = Report(lines=_lines(counted))
    for _hamlet, _channel, state, reason, count in counted:
        if state in ("skipped", "failed", "unknown"):
            why = _why(state, reason)
            told.reasons[why] = told.reasons.get(why, 0) + count
    for hamlet_id, state, reason, count in await deliveries.unreached(session, reached=(*REACHED, *WAITING), **mine):
        of_hamlet = told.unreached.setdefault(hamlet_id, {})
        why = _why(state, reason)
        of_hamlet[why] = of_hamlet.get(why, 0) + count
    told.got, told.seen = await deliveries.receipts(session, **mine)
    return told


async def fingerprint(session: AsyncSession, notice: Notice, *, run: int, at: datetime) -> tuple[str, int]:
    """SHA-256 over every row of a turn as it stood at that instant, and how many rows there are.

    What came to its end later counts as waiting, so that the same instant gives the same hash for ever.
    """
    whole, after, number = hashlib.sha256(), 0, 0
    while rows := await deliveries.rows(
        session, commune_id=notice.commune_id, notice_id=notice.id or 0, run=run, after=after, limit=AT_ONCE
    ):
        for row in rows:
            whole.update(_as_line(row, at).encode())
        after, number = rows[-1].id or 0, number + len(rows)
        session.expunge_all()
    return whole.hexdigest(), number


async def certified(work: Workplace, notice: Notice, *, run: int) -> tuple[str, int]:
    """The hash of a turn as it stands now, which also goes into the audit and so into its chain."""
    found, number = await fingerprint(work.session, notice, run=run, at=work.now)
    await work.note(Act.NOTICE_READ, "notice", notice.id, what="certificate", why=found)
    return found, number


def _lines(counted: Sequence[Counted]) -> list[Line]:
    found: dict[tuple[int | None, str], Line] = {}
    for hamlet_id, channel, state, reason, count in counted:
        if reason == "other_channel":
            continue
        line = found.setdefault((hamlet_id, channel), Line(hamlet_id, channel))
        name = "reached" if state in REACHED else "waiting" if state in WAITING else state
        setattr(line, name, getattr(line, name) + count)
    return sorted(found.values(), key=_order)


def _order(line: Line) -> tuple[bool, int, str]:
    return line.hamlet_id is None, line.hamlet_id or 0, line.channel


def _why(state: str, reason: str) -> str:
    if state == "unknown":
        return "chưa rõ đã tới hay chưa (mất kết nối lúc gửi)"
    if state == "cancelled":
        return "xã hủy trước khi gửi"
    if reason in REASONS:
        return REASONS[reason]
    return f"kênh từ chối ({reason})" if reason else "kênh từ chối"


def _as_line(row: Delivery, at: datetime) -> str:
    is_open = row.state in WAITING or (row.at is not None and row.at > at)
    facts: Iterable[object] = (
        row.id,
        row.account_id,
        row.channel_account_id,
        row.hamlet_id or "",
        "waiting" if is_open else row.state,
        "" if is_open else row.reason,
        "" if is_open or row.at is None else row.at.astimezone(UTC).isoformat(timespec="seconds"),
    )
    return "|".join(map(str, facts)) + "\n"
