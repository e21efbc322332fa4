"""The page in a real Chromium: with scripts and without, by keyboard, offline, on a small phone; axe finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from bot.assembly import Parts
from storage.database import Database
from storage.inbox import InboxEvent
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.streams import queue
from tests.bot.test_web import add_commune

pytestmark = pytest.mark.browser

QUESTION = "lam giay khai sinh cho con can gi"


async def ask(page: Page, text: str) -> None:
    """Type, send, and wait for one more answer."""
    before = await page.locator("li.told").count()
    await page.get_by_label("Anh/chị cần hỏi gì?").fill(text)
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.locator("li.told")).to_have_count(before + 1)


async def choose(page: Page, number: int) -> str:
    """Press a choice and wait for its answer; gives what stood on the button."""
    before = await page.locator("li.told").count()
    button = page.locator("li.told .choices button").nth(number)
    label = await button.locator(".label").inner_text()
    await button.click()
    await expect(page.locator("li.told")).to_have_count(before + 1)
    return label


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_ask_choose_and_open_the_source(opens: OpensAPage, name: str, size: dict[str, int]) -> None:
    page = await opens(viewport=size)
    await shoot(page, f"{name}-1-empty")
    await ask(page, QUESTION)
    await shoot(page, f"{name}-2-question")
    if not await page.locator("li.told .grounds").count():
        label = await choose(page, 0)
        assert await page.locator("li.said .text").last.inner_text() == label
    grounds = page.locator("li.told .grounds").last
    await shoot(page, f"{name}-3-answer")
    assert not await grounds.locator("li").first.is_visible()
    await grounds.locator("summary").click()
    await expect(grounds.locator("li").first).to_be_visible()
    assert "kiểm tra ngày" in await grounds.inner_text()
    await shoot(page, f"{name}-4-source")
    await ask(page, "nha toi dang chay")
    assert await page.locator("li.emergency a[href='tel:114']").count() == 1
    await shoot(page, f"{name}-5-emergency")
    assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]


async def test_it_works_with_scripts_off(opens: OpensAPage) -> None:
    page = await opens(java_script_enabled=False)
    await page.locator("#text").fill(QUESTION)
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.locator("li.told")).to_have_count(1)
    assert page.url.endswith("/x/mau#last")
    assert await page.locator("li.said .text").inner_text() == QUESTION
    await page.locator("li.told .choices button").first.click()
    await expect(page.locator("li.told")).to_have_count(2)
    assert not await page.locator(".tools").first.is_visible()
    grounds = page.locator("li.told .grounds").last
    await grounds.locator("summary").click()
    await expect(grounds.locator("li").first).to_be_visible()
    await shoot(page, "phone-6-no-scripts")
    await page.locator(".leave summary").click()
    await page.get_by_role("button", name="Xóa khỏi máy này").click()
    await expect(page.get_by_text("Đã xóa cuộc trò chuyện")).to_be_visible()
    assert await page.locator("li.said").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_chat(opens: OpensAPage, scheme: str) -> None:
    for size in (PHONE, DESK):
        page = await opens(viewport=size, color_scheme=scheme)
        assert await faults(page) == []
        await ask(page, QUESTION)
        await choose(page, 0)
        await page.locator("li.told .grounds summary").last.click()
        await page.locator(".leave summary").click()
        assert await faults(page) == []
        await ask(page, "co nguoi bi dien giat")
        assert await faults(page) == []
        if scheme == "dark":
            await shoot(page, f"{'phone' if size is PHONE else 'desk'}-7-dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_chooser_and_in_errors(
    opens: OpensAPage, database: Database, scheme: str
) -> None:
    for number in range(1, 10):
        await add_commune(database, f"0000{number}", f"Xã Mẫu Số {number}")
    page = await opens(color_scheme=scheme)
    assert await faults(page) == []
    await shoot(page, f"phone-8-chooser-{scheme}")
    await page.get_by_label("Tên xã").fill("so 7")
    await page.get_by_role("button", name="Tìm").click()
    await page.get_by_role("link", name="Xã Mẫu Số 7").click()
    await expect(page.get_by_role("heading", name="Xã Mẫu Số 7", exact=True)).to_be_visible()
    for address in ("/x/khong-co", "/?q=khong+co"):
        missing = await chrome_page(page, address)
        assert await faults(missing) == []


async def chrome_page(page: Page, address: str) -> Page:
    """Another page of the same person; a missing page is no complaint here."""
    other = await page.context.new_page()
    await other.goto(f"{page.url.partition('/x/')[0]}{address}")
    return other


async def test_everything_can_be_done_by_keyboard(opens: OpensAPage) -> None:
    page = await opens(viewport=DESK)
    await page.keyboard.press("Tab")
    assert await focused(page) == "Đến ô nhắn tin"
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_be_focused()
    await page.keyboard.type(QUESTION)
    await page.keyboard.press("Enter")
    await expect(page.locator("li.told")).to_have_count(1)
    assert await focused(page) == "text"
    for _ in range(30):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.matches('.told .choices button:first-of-type')"):
            break
    assert await page.evaluate("document.activeElement.matches('.told .choices button:first-of-type')")
    assert await uncovered(page)
    await page.keyboard.press("Enter")
    await expect(page.locator("li.told")).to_have_count(2)
    assert await page.evaluate("document.activeElement.classList.contains('said')")
    seen = []
    for _ in range(20):
        await page.keyboard.press("Tab")
        seen.append(await focused(page))
        assert await uncovered(page), seen[-1]
        if seen[-1] == "text":
            break
    assert any(one.startswith("Căn cứ") for one in seen) and "Chép" in seen and seen[-1] == "text"


async def focused(page: Page) -> str:
    """The words, or else the id, of what has the focus."""
    return str(await page.evaluate("document.activeElement.innerText.trim() || document.activeElement.id"))


async def uncovered(page: Page) -> bool:
    """Whether what has the focus lies under neither the top nor the form at the bottom."""
    return bool(
        await page.evaluate(
            """() => {
                const own = document.activeElement.getBoundingClientRect();
                const at = document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2);
                return document.activeElement.contains(at) || at === document.activeElement;
            }"""
        )
    )


async def test_offline_nothing_typed_is_lost_or_sent_twice(opens: OpensAPage) -> None:
    page = await opens()
    await ask(page, QUESTION)
    await page.context.set_offline(True)
    await page.locator("#text").fill("le phi bao nhieu")
    await page.locator("#text").press("Enter")
    await expect(page.locator("#trouble")).to_contain_text("mất mạng")
    await expect(page.locator("li.said").last).to_contain_text("Chưa gửi được")
    await page.locator("#text").fill("dang go do dang")
    await shoot(page, "phone-9-offline")
    await page.context.set_offline(False)
    await expect(page.locator("li.told")).to_have_count(2)
    await expect(page.locator("#trouble")).to_be_empty()
    await expect(page.locator("li.said").last).not_to_contain_text("Chưa gửi được")
    assert await page.locator("#text").input_value() == "dang go do dang"
    await page.reload()
    assert await page.locator("#text").input_value() == "dang go do dang"
    assert await page.locator("li.said .text").all_inner_texts() == [QUESTION, "le phi bao nhieu"]


async def test_a_reload_in_the_middle_sends_the_message_once(opens: OpensAPage) -> None:
    page = await opens()
    dropped = []

    async def drop(route: Any) -> None:
        dropped.append(route.request.post_data)
        await route.fetch()  # it arrives, but the answer gets lost
        await route.abort()

    await page.route("**/messages", drop, times=1)
    await page.locator("#text").fill(QUESTION)
    await page.locator("#text").press("Enter")
    await expect(page.locator("li.said").last).to_contain_text("Chưa gửi được")
    await page.reload()
    await expect(page.locator("li.told")).to_have_count(1)
    await page.wait_for_timeout(500)
    assert len(dropped) == 1
    assert await page.locator("li.said .text").all_inner_texts() == [QUESTION]


async def test_what_comes_later_appears_once(opens: OpensAPage, parts: Parts) -> None:
    page = await opens()
    await ask(page, QUESTION)
    async with parts.database.reading() as session:
        event = (await session.exec(select(InboxEvent))).one()
    await page.wait_for_timeout(300)  # the stream opens
    await queue(parts, event, "Xã đã sửa đèn ở ngõ 5.")
    await expect(page.get_by_text("Xã đã sửa đèn ở ngõ 5.")).to_have_count(1)
    await page.reload()
    await page.wait_for_timeout(300)
    await expect(page.get_by_text("Xã đã sửa đèn ở ngõ 5.")).to_have_count(1)


async def test_an_answer_can_be_copied_with_its_grounds(opens: OpensAPage) -> None:
    page = await opens(permissions=["clipboard-read", "clipboard-write"])
    await ask(page, QUESTION)
    await choose(page, 0)
    for name in ("Chép", "Chia sẻ"):
        await page.locator("li.told").last.get_by_role("button", name=name).click()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert "Căn cứ: " in copied and "Trợ lý tự động của UBND Xã Mẫu Hòa Bình" in copied
    await expect(page.locator("#spoken")).to_contain_text("Đã chép")


async def test_a_shared_tablet_shows_nothing_of_the_one_before(opens: OpensAPage) -> None:
    page = await opens()
    await ask(page, QUESTION)
    other = await page.context.new_page()
    await other.goto(page.url)
    await expect(other.locator("li.told")).to_have_count(1)
    await page.locator("#text").fill("con dang go")
    await page.locator(".leave summary").click()
    await page.get_by_role("button", name="Xóa khỏi máy này").click()
    await expect(page.get_by_text("Đã xóa cuộc trò chuyện")).to_be_visible()
    assert await page.locator("li.said").count() == 0
    assert await page.locator("#text").input_value() == ""
    await page.go_back()
    await page.wait_for_load_state()
    await page.wait_for_timeout(300)
    assert await page.get_by_text(QUESTION).count() == 0
    await other.bring_to_front()
    await other.reload()
    assert await other.locator("li.said").count() == 0


async def test_small_fingers_old_eyes(opens: OpensAPage) -> None:
    page = await opens(viewport={"width": 320, "height": 560})
    await ask(page, "https://" + "a" * 300)
    await ask(page, QUESTION)
    await page.locator(".about summary").click()
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    small = await page.evaluate(
        """() => [...document.querySelectorAll("a, button, summary, textarea, input:not([type=hidden])")]
            .filter(one => one.checkVisibility() && !one.closest(".skip"))
            .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([html]) => html)"""
    )
    assert small == []
    tiny = await page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter(one => one.checkVisibility() && one.innerText)
            .filter(one => parseFloat(getComputedStyle(one).fontSize) < 16).map(one => one.outerHTML.slice(0, 80))"""
    )
    assert tiny == []
