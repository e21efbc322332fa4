"""`danhoi channels`: how each channel stands, how much waits, and what could not be sent and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.clock import VIET_NAM, Clock
from storage import lines, outbox
from storage.database import Database
from storage.outbox import OutboxMessage

SHOWN = 20
STATES = {
    "queued": "chờ gửi",
    "sending": "đang gửi",
    "unknown": "chưa rõ đã tới chưa",
    "held": "chờ người dân nhắn lại",
    "failed": "hỏng",
}


async def report(database: Database, clock: Clock, say: Callable[[str], object]) -> None:
    """Ids, states and reasons; nobody's words."""
    async with database.reading() as session:
        known = await lines.all_of_them(session)
        if not known:
            say("Chưa nối kênh nào (đặt DANHOI_TELEGRAM_TOKEN, DANHOI_ZALO_BOT_TOKEN hoặc DANHOI_ZALO_OA_APP_ID).")
        for account, line in known:
            waits = _waits(await outbox.counts(session, channel_account_id=line.channel_account_id))
            say(f"{account.channel} ({account.external_id}): {line.state(clock.running())}{waits}")
            for message in (await outbox.unsent(session, channel_account_id=line.channel_account_id))[:SHOWN]:
                say(_unsent(message))


def _waits(counts: Mapping[str, int]) -> str:
    parts = [f"{name} {counts[state]}" for state, name in STATES.items() if counts.get(state)]
    return " · " + ", ".join(parts) if parts else ""


def _unsent(message: OutboxMessage) -> str:
    at = message.created_at.astimezone(VIET_NAM)
    return f"  chưa gửi được: tin {message.id} lúc {at:%H:%M %d/%m/%Y}, {STATES[message.state]}: {message.error}"
