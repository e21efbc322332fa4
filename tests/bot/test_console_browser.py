"""The console in a real Chromium: from the link to the audit, two communes side by side; axe finds nothing."""

from __future__ import annotations

import pyotp
import pytest
from playwright.async_api import Browser, Page, expect

from bot.assembly import Parts
from bot.console.figure_list import FIGURES
from handlers.permissions import Role
from handlers.sign_in import Door
from storage.communes import Commune
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.console import PASSWORD, hire
from tests.conftest import MovableClock

pytestmark = pytest.mark.browser

PAGES = {
    Role.OPERATOR: (
        "/console",
        "/console/rights",
        "/console/account",
        "/console/account/password",
        "/console/officers",
        "/console/officers/1",
        "/console/stand-ins",
        "/console/commune",
        "/console/commune/settings",
        "/console/channels",
        "/console/commune/terms",
    ),
    Role.LEADER: (
        "/console/cases",
        "/console/gaps",
        "/console/officers/1",
        "/console/templates",
        "/console/books",
        "/console/books/print",
        "/console/late-dossiers",
        "/console/service-ratings",
        "/console/figures",
        *(f"/console/figures?view={name}" for name in FIGURES),
    ),
    Role.INSPECTOR: ("/console/audit", "/console/seals"),
    Role.BROADCASTER: (
        "/console/disclosures",
        "/console/notices",
        "/console/notices/new",
        "/console/notices/new/storm",
    ),
    Role.SEAL_HOLDER: ("/console/seals",),
}


async def link(parts: Parts, commune: Commune, role: Role, name: str) -> str:
    officer = await hire(parts, commune, role, name=name, active=False)
    async with parts.database.writing() as session:
        token = await Door(session, parts.vault, parts.clock.now()).make_link(officer)
    return f"/console/sign-up/{token}"


async def sign_up(page: Page, parts: Parts) -> str:
    """Password, app, codes; gives the app's secret."""
    await page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    await page.get_by_label("Gõ lại mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Đặt mật khẩu").click()
    secret = await page.locator(".steps code").inner_text()
    await page.get_by_label("Mã xác thực").fill(pyotp.TOTP(secret).at(parts.clock.now()))
    await page.get_by_role("button", name="Gắn và vào").click()
    await expect(page.locator(".codes li")).to_have_count(10)
    return secret


async def fits(page: Page) -> bool:
    """Nobody has to scroll sideways."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_from_the_link_to_every_page(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int], clock: MovableClock
) -> None:
    for role, pages in PAGES.items():
        page = await opens(await link(parts, commune, role, f"Người Mẫu {role}"), viewport=size)
        assert await faults(page) == []
        await shoot(page, f"console-{name}-sign-up")
        await page.get_by_label("Mật khẩu mới").fill("x")
        await page.get_by_label("Gõ lại mật khẩu").fill("y")
        secret = await sign_up(page, parts)
        await shoot(page, f"console-{name}-codes")
        assert await faults(page) == []
        await page.get_by_role("link", name="Đã cất").click()
        for address in pages:
            await page.goto(page.url.partition("/console")[0] + address)
            assert await faults(page) == [], address
            assert await fits(page), address
            await shoot(page, f"console-{name}-{role}{address.replace('/', '-')}")
        assert secret


async def test_locked_out_then_in_then_out(
    opens: OpensAPage, parts: Parts, commune: Commune, clock: MovableClock
) -> None:
    page = await opens(await link(parts, commune, Role.DESK, "Lê Thị Mẫu"))
    secret = await sign_up(page, parts)
    await page.get_by_role("link", name="Đã cất").click()
    await page.get_by_role("button", name="Đăng xuất").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã đăng xuất")
    assert await faults(page) == []

    async def tries(password: str) -> None:
        await page.get_by_label("Tên đăng nhập").fill("Lê Thị Mẫu")  # typed as a name, marks and all
        await page.get_by_label("Mật khẩu").fill(password)
        await page.get_by_role("button", name="Tiếp tục").click()

    for _ in range(3):
        await tries("sai mat khau roi")
        await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    await tries(PASSWORD)
    await expect(page.get_by_role("alert")).to_contain_text("Chờ")
    assert await faults(page) == []
    await shoot(page, "console-phone-locked-out")
    clock.move(minutes=2)
    await tries(PASSWORD)
    assert await faults(page) == []
    await page.get_by_label("Mã xác thực").fill(pyotp.TOTP(secret).at(parts.clock.now()))
    await page.get_by_role("button", name="Vào trang làm việc").click()
    await expect(page.get_by_role("heading", name="Chào Lê Thị Mẫu")).to_be_visible()
    clock.move(minutes=31)  # left alone: the session is over, and the page that was wanted comes after the next one
    await page.get_by_role("main").get_by_role("link", name="Vụ việc").click()
    await expect(page.get_by_role("heading", name="Đăng nhập")).to_be_visible()
    assert "next=" in page.url


async def test_two_communes_side_by_side(
    opens: OpensAPage, chromium: Browser, parts: Parts, commune: Commune, other_commune: Commune
) -> None:
    here = await opens(await link(parts, commune, Role.OPERATOR, "Người Xã Này"))
    there = await opens(await link(parts, other_commune, Role.OPERATOR, "Người Xã Kia"), viewport=DESK)
    for page in (here, there):
        await sign_up(page, parts)
        await page.goto(page.url.partition("/console")[0] + "/console/officers")
    await expect(here.get_by_role("heading", name=f"UBND {commune.name}")).to_be_visible()
    await expect(there.get_by_role("heading", name=f"UBND {other_commune.name}")).to_be_visible()
    assert "Người Xã Kia" not in await here.inner_text("main")
    assert "Người Xã Này" not in await there.inner_text("main")
    await here.get_by_label("Họ và tên").fill("Trần Văn Mẫu")
    await here.get_by_role("button", name="Thêm và tạo").click()
    await expect(here.locator("code.long")).to_contain_text("/console/sign-up/")
    await shoot(here, "console-phone-link")
    assert await faults(here) == []
    await there.reload()
    assert "Trần Văn Mẫu" not in await there.inner_text("main")


async def test_without_scripts_everything_works_the_same(opens: OpensAPage, parts: Parts, commune: Commune) -> None:
    page = await opens(await link(parts, commune, Role.OPERATOR, "Người Vận Hành"), java_script_enabled=False)
    await sign_up(page, parts)
    await page.goto(page.url.partition("/console")[0] + "/console/commune")
    await page.get_by_label("Tên thôn, ấp, tổ dân phố").fill("Ấp Đông\nẤp Tây")
    await page.get_by_role("button", name="Thêm cả danh sách").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã thêm")
    await page.get_by_label("Tên thôn, ấp, tổ dân phố").fill("Ấp Nam\nap dong")
    await page.get_by_role("button", name="Thêm cả danh sách").click()
    await expect(page.get_by_role("alert")).to_contain_text("“ap dong” đã có")
    assert await page.get_by_label("Tên thôn, ấp, tổ dân phố").input_value() == "Ấp Nam\nap dong"
    assert "Ấp Nam" not in await page.locator(".row").all_inner_texts()
