"""The case pages in a real Chromium: an officer answers a report from the list; the public page names nobody."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from bot.assembly import Parts
from handlers import desk_entry
from handlers.permissions import Role, person_of
from handlers.workplace import Workplace
from storage.communes import Commune
from storage.officers import Officer
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.console import hire
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import MovableClock

pytestmark = pytest.mark.browser

TOLD = (
    ("report", "Đèn đường trước nhà văn hóa hỏng ba tuần nay, tối om, trẻ con đi học về hay ngã.", "ngõ 5"),
    ("proposal", "Đề nghị xã lắp thêm thùng rác ở đầu chợ.", "chợ Mẫu"),
    ("report", "Cống nghẹt, mưa là ngập cả đoạn đường.", "đường số 2"),
)


async def tell(parts: Parts, officer: Officer) -> list[int]:
    """Some cases, told at the desk."""
    found = []
    for kind, words, place in TOLD:
        async with parts.database.writing() as session:
            person = await person_of(session, officer, on=parts.clock.today())
            work = Workplace(session, person, parts.vault, parts.clock.now(), parts.clock.today())
            found.append(await desk_entry.add(work, kind=kind, words=words, place=place, hamlet_id=None))
    return found


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_a_report_is_answered_from_the_list(
    opens: OpensAPage, parts: Parts, commune: Commune, clock: MovableClock, name: str, size: dict[str, int]
) -> None:
    await hire(parts, commune, Role.FIELD, name="Trần Hạ Tầng")
    await tell(parts, await hire(parts, commune, Role.DESK, name="Lê Một Cửa"))
    clock.move(days=9)
    page = await opens(await link(parts, commune, Role.DESK, "Cán bộ Mẫu Một Cửa"), viewport=size)
    await sign_up(page, parts)
    base = page.url.partition("/console")[0]
    await page.goto(base + "/console/cases")
    assert await faults(page) == [] and await fits(page)
    await expect(page.get_by_role("main")).to_contain_text("TRỄ")
    await shoot(page, f"cases-{name}-list")
    await page.get_by_role("main").get_by_role("link", name="PA-").first.click()
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"cases-{name}-page")
    await expect(page.get_by_text("ghi lý do và hạn mới trước")).to_be_visible()
    await expect(page.get_by_label("Lý do, người dân đọc được")).to_be_visible()
    await expect(page.get_by_text("Chuyển cơ quan khác", exact=True)).to_have_count(0)
    await page.get_by_text("Trả lời người dân", exact=True).click()
    await page.get_by_role("button", name="Gửi trả lời").click()
    await page.get_by_label("Trả lời người dân").fill("Đã thay bóng.")
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_text("Ghi số và ngày của văn bản.")).to_be_visible()
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"cases-{name}-wrong")
    await page.get_by_label("Số và ngày văn bản", exact=True).fill("12/CV-UBND ngày 02/12/2026")
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    await expect(page.get_by_role("main")).to_contain_text("đã trả lời")
    await shoot(page, f"cases-{name}-answered")
    await page.goto(base + "/console/cases/new")
    assert await faults(page) == [] and await fits(page)
    await page.get_by_label("Người dân kể").fill("Cầu ván gãy.")
    await page.get_by_role("button", name="Ghi và in phiếu").click()
    await expect(page.get_by_role("main")).to_contain_text("Ba chữ đi kèm")
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"cases-{name}-slip")
    await page.goto(base + "/console/bell")
    assert await faults(page) == [] and await fits(page)
    await page.goto(base + f"/x/{commune.code}/outcomes")
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"cases-{name}-outcomes")
