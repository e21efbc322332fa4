"""The console shows which channel rests and why, and what could not be sent; and whose events may be false."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.assembly import Parts
from bot.channel_settings import OaSettings
from handlers.permissions import Role
from storage import accounts, lines, outbox
from storage.communes import Commune
from storage.outbox import OutboxMessage
from tests.bot.conftest import Seats

UNSIGNED = OaSettings("1", "3", "khoa", "khoa-oa", "", "http://127.0.0.1:1", "http://127.0.0.1:1", False, None)


async def stand(parts: Parts, commune: Commune, *, parked: bool) -> None:
    """A Zalo OA of this commune with one message that waits and one that could not be sent."""
    now = parts.clock.now()
    async with parts.database.writing() as session:
        row = await lines.open_account(session, commune, channel="zalo_oa", external_id=f"oa-{commune.code}")
        mine = {"commune_id": row.commune_id, "channel_account_id": row.id or 0}
        line = await lines.of(session, **mine)
        if parked:
            line.park(now=now, because="zalo -216", needs_person=True, after=None)
        await lines.keep(session, line)
        person = await accounts.find_or_add(session, chat_key="2000", **mine)
        for state, error in (("queued", None), ("held", "7 ngày")):
            message = OutboxMessage(
                **mine,
                account_id=person.id or 0,
                chat_key="2000",
                text="Lời riêng của người dân",
                state=state,
                error=error,
                not_before=now + timedelta(days=1),
                created_at=now,
            )
            await outbox.put(session, message)


async def test_a_parked_channel_is_seen_with_its_reason(
    parts: Parts, seats: Seats, commune: Commune, other_commune: Commune
) -> None:
    await stand(parts, commune, parked=True)
    operator = await seats(Role.OPERATOR)
    page = await operator.opens("/console/channels")
    assert "Zalo OA" in page and "đang tạm dừng (zalo -216); cần người vận hành" in page
    assert "các kênh khác không bị ảnh hưởng" in page
    assert "chờ người dân nhắn lại: 7 ngày" in page and "Lời riêng" not in page
    elsewhere = await (await seats(Role.OPERATOR, at=other_commune)).opens("/console/channels")
    assert "Chưa nối kênh nào" in elsewhere and "zalo" not in elsewhere.lower()


async def test_a_channel_that_works_is_shown_as_working(parts: Parts, seats: Seats, commune: Commune) -> None:
    await stand(parts, commune, parked=False)
    page = await (await seats(Role.OPERATOR)).opens("/console/channels")
    assert "đang chạy" in page and "tạm dừng" not in page


async def test_every_officer_is_warned_where_signatures_are_only_logged(parts: Parts, seats: Seats) -> None:
    desk = await seats(Role.DESK)
    assert "tin ở kênh này có thể là giả" not in await desk.opens("/console")
    parts.settings = replace(parts.settings, channels=replace(parts.settings.channels, zalo_oa=UNSIGNED))
    for address in ("/console", "/console/cases"):
        assert "Kênh Zalo OA đang chỉ ghi lại chữ ký sai" in await desk.opens(address)
