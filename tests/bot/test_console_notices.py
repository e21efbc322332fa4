"""Notices at the console: written, looked at, sent, agreed to and taken back, in plain forms and in a real browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.assembly import Parts
from bot.notice_sender import NoticeSender
from bot.notice_ways import Ways
from handlers.permissions import Role
from storage import accounts, wishes
from storage.communes import ChannelAccount, Commune
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import Seats
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import MovableClock

FORM = {
    "title": "Ngừng điện để thay trạm biến áp",
    "place": "Ấp Đông",
    "day": "2026-11-24",
    "at": "07:30",
    "until": "11:00",
    "contact": "Điện lực, 0900 000 000 (số mẫu)",
    "reason": "Thay trạm biến áp",
    "details": "Bà con tắt cầu dao trước giờ trên.",
}


async def people(
    parts: Parts, commune: Commune, webchat: ChannelAccount, count: int, *, hamlet: int | None = None
) -> None:
    """So many people on the web chat."""
    async with parts.database.writing() as session:
        for number in range(count):
            account = await accounts.find_or_add(
                session, commune_id=commune.id or 0, channel_account_id=webchat.id or 0, chat_key=f"khach-{number}"
            )
            if hamlet is not None and number % 2:
                await wishes.live_in(session, account, hamlet_id=hamlet, at=parts.clock.now())


async def sends(parts: Parts) -> None:
    """What the sender does until nothing is left to do at once."""
    sender = NoticeSender(parts.database, parts.clock, Ways(parts), parts.worker.queued)
    while await sender.work():
        pass


async def test_written_previewed_sent_and_read_on_the_page(
    parts: Parts, seats: Seats, commune: Commune, webchat_account: ChannelAccount, another: object
) -> None:
    await people(parts, commune, webchat_account, 3)
    officer = await seats(Role.BROADCASTER)
    wrong = await officer.sends("/console/notices/new/power", **{**FORM, "contact": "", "until": "07:00"})
    page = await wrong.text()
    assert wrong.status == 422 and "Ô này cần được điền" in page and "phải sau giờ bắt đầu" in page
    made = await officer.sends("/console/notices/new/power", **FORM)
    assert made.status == 303
    address = made.headers["Location"].partition("?")[0]
    page = await officer.opens(address)
    assert "từ 7 giờ 30 đến 11 giờ, thứ Ba 24/11/2026" in page and "Tới 3 người" in page
    assert "Bài đọc loa, khoảng" in page and "Gửi tới 3 người" in page
    assert (await officer.sends(f"{address}/send")).status == 303
    await sends(parts)
    page = await officer.opens(address)
    assert "<b>0</b> đã tới · 3 đang chờ" in page
    assert (await officer.sends(f"{address}/edit", **FORM)).status == 422
    for name in ("sheet", "certificate"):
        file = await officer.client.get(f"{address}/{name}")
        assert file.status == 200 and (await file.read()).startswith(b"%PDF-")
        assert file.headers["Content-Disposition"].endswith('.pdf"')
    assert "Chưa tới" in await officer.opens(f"{address}/unreached")
    register = await officer.opens("/x/mau/thong-bao")
    assert FORM["title"] in register and "Điện lực" in register
    code = register.partition("/thong-bao/")[2][:8]
    assert "Bà con tắt cầu dao" in await officer.opens(f"/x/mau/thong-bao/{code}")
    assert (await officer.client.get("/x/mau/thong-bao/TB-KHONG")).status == 404
    assert (await officer.sends(f"{address}/cancel")).status == 422, "the turn is over: pages fetch theirs"


async def test_a_colleague_of_a_hamlet_writes_to_it_alone(
    parts: Parts, seats: Seats, commune: Commune, webchat_account: ChannelAccount
) -> None:
    leader = await seats(Role.LEADER)
    made = await leader.sends("/console/notices/new/power", **FORM)
    other = await seats(Role.BROADCASTER)
    assert "Ngừng điện" in await other.opens("/console/notices")
    assert made.status == 303


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_the_pages_of_a_notice(
    opens: OpensAPage,
    parts: Parts,
    commune: Commune,
    webchat_account: ChannelAccount,
    clock: MovableClock,
    name: str,
    size: dict[str, int],
) -> None:
    from storage import places
    from storage.places import Hamlet

    async with parts.database.writing() as session:
        for each in ("Ấp Đông", "Ấp Tây"):
            row = Hamlet(commune_id=commune.id or 0, name=each, key=each.lower(), now=each, valid_from=clock.today())
            hamlet = await places.keep(session, row)
    await people(parts, commune, webchat_account, 205, hamlet=hamlet)
    page = await opens(await link(parts, commune, Role.BROADCASTER, "Người Gửi Mẫu"), viewport=size)
    await sign_up(page, parts)
    base = page.url.partition("/console")[0]
    await page.goto(f"{base}/console/notices/new/power")
    await page.get_by_label("Nói gì, trong một dòng").fill(FORM["title"])
    await page.get_by_label("Nơi", exact=False).first.fill(FORM["place"])
    await page.get_by_label("Ngày", exact=False).first.fill("2026-11-24")
    await page.get_by_label("Từ mấy giờ").fill("07:30")
    await page.get_by_label("Đến mấy giờ").fill("11:00")
    await page.get_by_label("Liên hệ ai, số nào").fill(FORM["contact"])
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"console-{name}-notice-form")
    await page.get_by_role("button", name="Lưu và xem trước").click()
    assert await faults(page) == [] and await fits(page)
    await page.evaluate("document.querySelector('h3').scrollIntoView()")
    await shoot(page, f"console-{name}-notice-preview")
    await page.get_by_role("button", name="Gửi người thứ hai duyệt").click()
    await expect(page.get_by_text("đang chờ một cán bộ khác duyệt")).to_be_visible()
    here = page.url.partition("?")[0]
    second = await opens(await link(parts, commune, Role.LEADER, "Lãnh Đạo Mẫu"), viewport=size)
    await sign_up(second, parts)
    await second.goto(here)
    assert await faults(second) == []
    await shoot(second, f"console-{name}-notice-approve")
    await second.get_by_role("button", name="Duyệt, cho gửi").click()
    await sends(parts)
    await page.goto(here)
    assert await faults(page) == [] and await fits(page)
    await page.evaluate("document.querySelector('h3').scrollIntoView()")
    await shoot(page, f"console-{name}-notice-report")
    for address, shot in ((f"{here}/unreached", "unreached"), (f"{base}/x/mau/thong-bao", "register")):
        await page.goto(address)
        assert await faults(page) == [] and await fits(page)
        await shoot(page, f"console-{name}-notice-{shot}")
