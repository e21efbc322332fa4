"""Content in a real Chromium, on a phone and a desk: draft to answer, gap to asker, restore, suspension, the switch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.assembly import Parts
from bot.console.visits import COOKIE
from bot.rebuilding import Rebuilder
from handlers.permissions import Role
from handlers.sign_in import Door
from knowledge.base import CONTENT
from storage.communes import Commune
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.console import BROWSER, hire
from tests.bot.test_console_browser import fits
from tests.bot.test_console_knowledge import ASKS, ENTRY, LOCAL, NINE, PARKING, VARIANTS
from tests.conftest import Citizen

pytestmark = [pytest.mark.browser, pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])]

ENTRY_PAGE = f"/console/knowledge/entries/{ENTRY}"


async def walks_in(opens: OpensAPage, parts: Parts, commune: Commune, role: Role, at: str, **options: object) -> Page:
    """The browser of an officer of this role who has signed in, at this page."""
    officer = await hire(parts, commune, role, name=f"Cán bộ Mẫu {role}")
    async with parts.database.writing() as session:
        door = Door(session, parts.vault, parts.clock.now())
        half = await door.password_given(officer, BROWSER)
        token = (await door.enter(half.session, officer, BROWSER)).token
    page = await opens("/console/sign-in", **options)
    base = page.url.partition("/console")[0]
    await page.context.add_cookies([{"name": COOKIE, "value": token, "url": f"{base}/console"}])
    await goes(page, at)
    return page


async def goes(page: Page, at: str) -> None:
    await page.goto(page.url.partition("/console")[0] + at)


async def is_sound(page: Page, picture: str) -> None:
    """Axe finds nothing, nobody scrolls sideways, and a picture is kept."""
    assert await faults(page) == [], picture
    assert await fits(page), picture
    await shoot(page, picture)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name).click()


async def test_draft_approve_answer_restore(
    opens: OpensAPage, parts: Parts, commune: Commune, citizen: Citizen, name: str, size: dict[str, int]
) -> None:
    curator = await walks_in(opens, parts, commune, Role.CURATOR, "/console/knowledge", viewport=size)
    await is_sound(curator, f"knowledge-{name}-list")
    await curator.get_by_label("Tìm theo việc").fill("tach ho")
    await press(curator, "Tìm")
    await curator.get_by_role("link", name="Tách hộ", exact=True).click()
    await is_sound(curator, f"knowledge-{name}-entry")
    await press(curator, "Soạn bản của xã")
    await curator.get_by_text("Số liệu (").click()
    words = curator.locator('[id="said-0-text"]')
    before = await words.input_value()
    await words.fill("Tách hộ xong trong 9 ngày.")  # checked while it is typed
    await expect(curator.locator('[id="said-0-text-wrong"]')).to_contain_text("có chữ số ngoài ô số liệu")
    await expect(curator.get_by_text("chỗ cần sửa trước khi gửi duyệt")).to_be_visible()
    await is_sound(curator, f"knowledge-{name}-draft-wrong")
    await words.fill(before)
    await curator.locator('[id="field-2-value"]').fill("9")
    await expect(curator.locator('[id="said-0-text-wrong"]')).to_be_hidden()
    await press(curator, "Lưu và gửi duyệt")
    await expect(curator.locator("#reason-wrong")).to_contain_text("Ghi lý do")
    await curator.get_by_label("Lý do sửa").fill(LOCAL["reason"])
    await curator.get_by_label("Số văn bản làm căn cứ").fill(LOCAL["document"])
    await press(curator, "Lưu và gửi duyệt")
    await expect(curator.get_by_role("status").first).to_contain_text("Đã gửi duyệt")
    await is_sound(curator, f"knowledge-{name}-version")
    approver = await walks_in(opens, parts, commune, Role.APPROVER, "/console/knowledge", viewport=size)
    await approver.get_by_role("link", name="Bản nháp và bản chờ duyệt: 1").click()
    await approver.get_by_role("link", name="Tách hộ", exact=True).click()
    await approver.get_by_role("link", name="Xem bản đang chờ").click()
    await is_sound(approver, f"knowledge-{name}-approve")
    await press(approver, "Duyệt, cho bot trả lời")
    await expect(approver.get_by_role("status").first).to_contain_text("Đã duyệt")
    assert await parts.layers.look()
    assert NINE in (await citizen.says(ASKS)).text
    await goes(approver, ENTRY_PAGE)
    await approver.get_by_role("link", name="trở về bản gốc").click()
    await approver.get_by_text("Bỏ bản của xã").click()
    await approver.get_by_label("Lý do").fill("Tỉnh đã bỏ mức này")
    await press(approver, "Bỏ bản này")
    await expect(approver.get_by_role("status").first).to_contain_text("Đã bỏ bản của xã")
    assert await parts.layers.look()
    assert NINE not in (await citizen.says(ASKS)).text
    await approver.get_by_role("link", name="Bản 1").click()
    await press(approver, "Khôi phục bản này")
    await expect(approver.get_by_role("status").first).to_contain_text("Đã khôi phục")
    await is_sound(approver, f"knowledge-{name}-restored")
    assert await parts.layers.look()
    assert NINE in (await citizen.says(ASKS)).text


async def test_a_gap_becomes_an_entry_and_the_asker_reads_it(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    asker = await opens(f"/x/{commune.code}", viewport=size)
    await asker.get_by_role("textbox").fill(PARKING)
    await asker.keyboard.press("Enter")
    await expect(asker.locator(".told .text").last).to_contain_text("chưa có căn cứ")
    curator = await walks_in(opens, parts, commune, Role.CURATOR, "/console/gaps", viewport=size)
    await is_sound(curator, f"knowledge-{name}-gaps")
    await press(curator, "Soạn câu trả lời")
    await curator.get_by_label("Tên việc").fill("Gửi xe ở chợ xã")
    for kind in ("Số liệu (", "Nguồn ("):
        await curator.locator("summary", has_text=kind).click()
    boxes = {
        "said-0-text": "Gửi xe máy ở chợ xã mất {gia_ve} một lượt.",
        "said-0-from": "2026-01-01",
        "said-0-sources": "bql",
        "field-0-name": "gia_ve",
        "field-0-value": "3.000",
        "field-0-unit": "đồng",
        "field-0-from": "2026-01-01",
        "field-0-source": "bql",
        "source-0-key": "bql",
        "source-0-cite": "Thông báo của Ban quản lý chợ (mẫu)",
        "source-0-read_at": "niêm yết tại chợ",
        "variants": VARIANTS,
        "reason": "Nhiều người hỏi",
    }
    for box, words in boxes.items():
        await curator.locator(f'[id="{box}"]').fill(words)
    await curator.locator('[id="source-0-confidence"]').select_option("high")
    await is_sound(curator, f"knowledge-{name}-new-draft")
    await press(curator, "Lưu và gửi duyệt")
    await expect(curator.get_by_role("status").first).to_contain_text("Đã gửi duyệt")
    approver = await walks_in(opens, parts, commune, Role.APPROVER, "/console/knowledge?shows=waiting", viewport=size)
    await approver.get_by_role("link", name="Gửi xe ở chợ xã").click()
    await approver.get_by_role("link", name="Xem bản đang chờ").click()
    await is_sound(approver, f"knowledge-{name}-approve-new")
    await press(approver, "Duyệt, cho bot trả lời")
    await expect(approver.get_by_role("status").first).to_contain_text("đã được gửi câu trả lời")
    await asker.reload()
    await expect(asker.locator(".told .text").last).to_contain_text("mất 3.000 đồng một lượt")
    await shoot(asker, f"knowledge-{name}-asker-told")


async def test_a_shipped_correction_suspends_a_stale_edit_on_the_page(
    opens: OpensAPage, parts: Parts, commune: Commune, tmp_path: Path, name: str, size: dict[str, int]
) -> None:
    content = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    rebuilder = Rebuilder(parts, content=content)
    assert await rebuilder.rebuild()
    curator = await walks_in(opens, parts, commune, Role.CURATOR, ENTRY_PAGE, viewport=size)
    await press(curator, "Soạn bản của xã")
    await curator.get_by_text("Số liệu (").click()
    await curator.locator('[id="field-2-value"]').fill("9")
    await curator.get_by_label("Lý do sửa").fill(LOCAL["reason"])
    await curator.get_by_label("Số văn bản làm căn cứ").fill(LOCAL["document"])
    await press(curator, "Lưu và gửi duyệt")
    approver = await walks_in(opens, parts, commune, Role.APPROVER, ENTRY_PAGE, viewport=size)
    await approver.get_by_role("link", name="Xem bản đang chờ").click()
    await press(approver, "Duyệt, cho bot trả lời")
    file = content / "entries" / "tthc" / f"{ENTRY}.yaml"
    file.write_text(file.read_text("utf-8").replace("value: 5\n", "value: 4\n"), "utf-8")
    assert await rebuilder.look()
    await goes(curator, "/console/knowledge")
    await curator.get_by_role("link", name="tạm dừng vì bản gốc đã đổi: 1").click()
    await curator.get_by_role("link", name="Tách hộ", exact=True).click()
    await expect(curator.get_by_role("heading", name="Bản gốc đã đổi")).to_be_visible()
    await is_sound(curator, f"knowledge-{name}-suspended")


async def test_pause_and_resume(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    leader = await walks_in(opens, parts, commune, Role.LEADER, "/console/switch", viewport=size)
    await is_sound(leader, f"switch-{name}")
    await leader.get_by_label("Lý do").fill("Bảng phí có số sai, đang soát lại")
    await press(leader, "Tạm dừng ngay")
    await expect(leader.get_by_text("Đang tạm dừng: trả lời")).to_be_visible()
    await is_sound(leader, f"switch-{name}-paused")
    await goes(leader, "/console/cases")
    await expect(leader.get_by_text("Đang tạm dừng: trả lời")).to_be_visible()
    citizen = await opens(f"/x/{commune.code}", viewport=size)
    await expect(citizen.get_by_role("status").first).to_contain_text("tạm dừng trả lời")
    await citizen.get_by_role("textbox").fill("đăng ký khai sinh cho con cần gì")
    await citizen.keyboard.press("Enter")
    await expect(citizen.locator(".told .text").last).to_contain_text("tạm dừng trả lời")
    assert await faults(citizen) == []
    await shoot(citizen, f"switch-{name}-citizen")
    await goes(leader, "/console/switch")
    await press(leader, "Mở lại: trả lời")
    await expect(leader.get_by_text("Đang tạm dừng")).to_have_count(0)
    await citizen.get_by_role("textbox").fill("đăng ký khai sinh cho con cần gì")
    await citizen.keyboard.press("Enter")
    await expect(citizen.locator(".told .text").last).to_contain_text("khai sinh")


async def test_trial_calendar_documents_and_practice(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    officer = await walks_in(opens, parts, commune, Role.TRAINER, "/console/knowledge/try", viewport=size)
    await officer.get_by_label("Câu hỏi").fill("lương cơ sở hiện nay là bao nhiêu")
    await officer.get_by_label("Hỏi vào ngày").fill("2024-07-01")
    await press(officer, "Hỏi")
    await expect(officer.get_by_text("2.340.000").first).to_be_visible()
    await is_sound(officer, f"knowledge-{name}-try")
    for page in ("calendar", "documents", "documents?q=120%2F2025%2FN%C4%90-CP"):
        await goes(officer, f"/console/knowledge/{page}")
        await is_sound(officer, f"knowledge-{name}-{page.replace('?', '-').replace('%', '-')}")
    await goes(officer, "/console/practice")
    await is_sound(officer, f"practice-{name}")
    await press(officer, "Làm một lượt")
    await is_sound(officer, f"practice-{name}-round")
    for at in range(10):
        await officer.locator(f'input[name="q{at}"]').first.check()
    await press(officer, "Nộp bài")
    await expect(officer.get_by_role("heading", name="/10 câu")).to_be_visible()
    await is_sound(officer, f"practice-{name}-done")
    await goes(officer, "/console/practice/scores")
    await is_sound(officer, f"practice-{name}-scores")
