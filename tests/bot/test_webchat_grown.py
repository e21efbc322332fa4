"""The web chat beyond its page: in a bubble on the commune's site, on a phone's screen; read aloud, dictated, large."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from sqlmodel import select

from bot.assembly import Parts
from storage import communes
from storage.communes import Commune
from storage.inbox import InboxEvent
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import Visitor
from tests.bot.test_browser import QUESTION, ask
from tests.bot.test_webchat import queue

browser_test = pytest.mark.browser
SIZES = pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])

# Twins of what a browser offers: Debian's has neither a Vietnamese voice nor a service that hears.
A_VOICE = """
const voices = VOICES;
window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => voices, addEventListener() {}, cancel() { window.spoken.push(null); },
  speak(one) { window.spoken.push([one.lang, one.voice.lang, one.text]); this.now = one; } } });
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
AN_EAR = """
window.webkitSpeechRecognition = window.SpeechRecognition = class {
  start() { window.ear = this; }
  stop() { this.onend(); }
  abort() { window.aborted = true; this.onend(); }
  hears(words) { this.onresult({ results: [[{ transcript: words }]] }); }
  static available() { return Promise.resolve("AVAILABLE"); }
};
"""


async def with_scripts(opens: OpensAPage, *scripts: str, **options: object) -> Page:
    """The chat in a browser that offers more."""
    page = await opens(**options)
    for script in scripts:
        await page.add_init_script(script)
    await page.reload()
    return page


def voices(*langs: str, local: bool = True) -> str:
    """A browser with these voices."""
    return A_VOICE.replace("VOICES", json.dumps([{"lang": lang, "localService": local} for lang in langs]))


@browser_test
@SIZES
async def test_an_answer_is_read_aloud_where_there_is_a_vietnamese_voice(
    opens: OpensAPage, name: str, size: dict[str, int]
) -> None:
    page = await with_scripts(opens, voices("en-US", "vi-VN"), viewport=size)
    await ask(page, QUESTION)
    listen = page.locator("li.told .listen").first
    await listen.click()
    text = await page.locator("li.told .text").first.inner_text()
    label = await page.locator("li.told .choices .label").first.inner_text()
    [lang, voice, words] = await page.evaluate("window.spoken.at(-1)")
    assert (lang, voice) == ("vi-VN", "vi-VN")
    assert words.startswith(text[:40]) and f"1: {label}" in words
    await expect(listen).to_have_attribute("aria-pressed", "true")
    await shoot(page, f"{name}-10-read-aloud")
    assert await faults(page) == []
    await listen.click()
    assert await page.evaluate("window.spoken.at(-1)") is None
    await expect(listen).to_contain_text("Nghe")


@browser_test
async def test_no_voice_no_button_and_no_words_to_a_voice_elsewhere(opens: OpensAPage) -> None:
    for script in (voices("en-US"), voices("vi-VN", local=False)):
        page = await with_scripts(opens, script)
        await ask(page, QUESTION)
        assert not await page.locator("li.told .listen").first.is_visible()


@browser_test
@SIZES
async def test_words_can_be_dictated_once_the_person_knows_who_hears(
    opens: OpensAPage, name: str, size: dict[str, int]
) -> None:
    page = await with_scripts(opens, AN_EAR, viewport=size)
    button = page.get_by_role("button", name="Nói thay gõ")
    await button.click()
    await expect(page.locator("#trouble")).to_contain_text("máy chủ của hãng trình duyệt")
    assert await page.evaluate("window.ear") is None
    await shoot(page, f"{name}-11-dictation")
    assert await faults(page) == []
    await page.locator("#text").fill("cho hỏi")
    await button.click()
    assert await page.evaluate("[window.ear.lang, document.getElementById('dictate').ariaPressed]") == ["vi-VN", "true"]
    await page.evaluate("window.ear.hears('khai sinh cần')")
    await page.evaluate("window.ear.hears('khai sinh cần giấy gì')")
    assert await page.locator("#text").input_value() == "cho hỏi khai sinh cần giấy gì"
    assert await page.locator("li.said").count() == 0  # the person reads it over and sends it
    await page.locator("#text").press("Enter")
    await expect(page.locator("li.told")).to_have_count(1)
    assert await page.evaluate("window.aborted") is True
    assert await page.locator("#text").input_value() == ""
    await button.click()
    await page.evaluate("window.ear.onerror({ error: 'language-not-supported' })")
    assert not await page.locator("#dictate").is_visible()


@browser_test
async def test_no_dictation_where_the_browser_knows_no_vietnamese(opens: OpensAPage) -> None:
    page = await with_scripts(opens, AN_EAR.replace("AVAILABLE", "unavailable"))
    await ask(page, QUESTION)
    assert not await page.locator("#dictate").is_visible()


@browser_test
@SIZES
async def test_large_text_is_remembered_and_fits(opens: OpensAPage, name: str, size: dict[str, int]) -> None:
    page = await opens(viewport=size)
    await ask(page, QUESTION)
    measure = "parseFloat(getComputedStyle(document.querySelector('li.told .text')).fontSize)"
    usual = await page.evaluate(measure)
    await page.get_by_role("button", name="Chữ to").click()
    assert await page.evaluate(measure) >= 1.25 * usual
    await page.reload()
    assert await page.evaluate(measure) >= 1.25 * usual
    assert await page.evaluate("document.documentElement.scrollWidth") == size["width"]
    assert await faults(page) == []
    await shoot(page, f"{name}-12-large")
    await page.set_viewport_size({"width": 320, "height": 560})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Chữ to").click()
    assert await page.evaluate(measure) == usual


@browser_test
async def test_it_shows_that_it_is_looking(opens: OpensAPage, parts: Parts) -> None:
    page = await opens()
    tools, parts.worker.tools = parts.worker.tools, None  # the worker waits: nothing is answered yet
    await page.locator("#text").fill(QUESTION)
    await page.locator("#text").press("Enter")
    await expect(page.locator("#busy")).to_be_visible()
    await expect(page.locator("#busy")).to_contain_text("Đang tìm câu trả lời")
    await shoot(page, "phone-13-typing")
    parts.worker.tools = tools
    parts.worker.wake()
    await expect(page.locator("li.told")).to_have_count(1)
    await expect(page.locator("#busy")).to_be_hidden()


@browser_test
async def test_what_was_said_meanwhile_comes_with_the_line(opens: OpensAPage, parts: Parts) -> None:
    page = await opens()
    await ask(page, QUESTION)
    await page.context.set_offline(True)
    async with parts.database.reading() as session:
        event = (await session.exec(select(InboxEvent))).one()
    for number in range(3):
        await queue(parts, event, f"Tin {number} khi mất mạng.")
    await page.context.set_offline(False)
    for number in range(3):
        await expect(page.get_by_text(f"Tin {number} khi mất mạng.")).to_have_count(1, timeout=20_000)
    texts = await page.locator("li.told .text").all_inner_texts()
    assert texts[-3:] == [f"Tin {number} khi mất mạng." for number in range(3)]


async def test_a_phone_can_install_it_and_no_worker_keeps_words(visitor: Visitor, commune: Commune) -> None:
    page = await visitor.opens()
    address = f"/x/{commune.code}/manifest.webmanifest"
    assert f'<link rel="manifest" href="{address}">' in page
    answer = await visitor.client.get(address)
    assert answer.status == 200 and answer.content_type == "application/manifest+json"
    told = json.loads(await answer.text())
    assert told["name"] == f"Hỏi {commune.name}" and told["lang"] == "vi" and told["display"] == "standalone"
    assert told["start_url"] == told["scope"] == visitor.page
    assert {icon["sizes"] for icon in told["icons"] if icon["type"] == "image/png"} == {"192x192", "512x512"}
    for icon in told["icons"]:
        found = await visitor.client.get(icon["src"])
        assert found.status == 200 and found.content_type == icon["type"]
    for name in ("chat.js", "voice.js", "embed.js"):
        assert "serviceWorker" not in await (await visitor.client.get(f"/static/{name}")).text()
    assert (await visitor.client.get("/x/khong-co/manifest.webmanifest")).status == 404


@browser_test
async def test_chromium_finds_it_installable(opens: OpensAPage) -> None:
    page = await opens()
    devtools = await page.context.new_cdp_session(page)
    found = await devtools.send("Page.getAppManifest")
    assert found["url"].endswith("/manifest.webmanifest") and found["errors"] == []
    errors = (await devtools.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert [one for one in errors if one["errorId"] != "in-incognito"] == []


async def test_the_script_of_the_bubble_may_be_loaded_by_every_site(visitor: Visitor) -> None:
    answer = await visitor.client.get("/embed.js")
    assert answer.status == 200 and answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    page = await visitor.client.get(visitor.page)
    assert page.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    console = await visitor.client.get("/console/sign-in")
    assert "microphone=()" in console.headers["Permissions-Policy"]


@asynccontextmanager
async def a_site(server: TestServer, code: str) -> AsyncIterator[str]:
    """The commune's own site: a page of another origin, with a strict policy and our one tag."""
    base = str(server.make_url("")).rstrip("/")
    tag = f'<script src="{base}/embed.js" data-commune="{code}" async></script>'
    html = f'<!doctype html><html lang="vi"><title>UBND xã</title><main><h1>Trang của xã</h1></main>{tag}'
    policy = f"default-src 'none'; script-src {base}; frame-src {base}"

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": policy})

    app = web.Application()
    app.router.add_get("/", page)
    site = TestServer(app)
    await site.start_server()
    yield str(site.make_url("/"))
    await site.close()


async def allow(parts: Parts, commune: Commune, portal: str) -> None:
    """The commune names its own site."""
    async with parts.database.writing() as session:
        row = await communes.get(session, commune_id=commune.id or 0)
        row.portal = portal
        session.add(row)


@browser_test
@SIZES
async def test_one_tag_puts_the_chat_on_the_commune_s_own_site(
    chromium: Browser, server: TestServer, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    async with a_site(server, commune.code) as site:
        await allow(parts, commune, f"https://elsewhere.example {site.rstrip('/')}")
        page = await chromium.new_page(viewport=size)
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(site)
        button = page.get_by_role("button", name="Hỏi đáp với xã")
        await expect(button).to_have_attribute("aria-expanded", "false")
        assert await page.locator("iframe").count() == 0  # nothing is fetched before it is wanted
        await button.click()
        chat = page.frame_locator("iframe")
        await chat.locator("#text").fill(QUESTION)
        await chat.locator("#text").press("Enter")
        await expect(chat.locator("li.told")).to_have_count(1)
        await shoot(page, f"{name}-14-bubble")
        assert await faults(page) == []
        await page.get_by_role("button", name="Đóng khung hỏi đáp").click()
        await expect(page.locator("iframe")).to_be_hidden()
        await page.reload()
        await page.get_by_role("button", name="Hỏi đáp với xã").click()
        await expect(page.frame_locator("iframe").locator("li.told")).to_have_count(1)  # the same chat again
        await page.locator("#danhoi-button").focus()
        await page.keyboard.press("Escape")
        await expect(page.locator("iframe")).to_be_hidden()
        assert [one for one in complaints if "favicon" not in one and "404" not in one] == []


@browser_test
async def test_a_site_that_was_not_named_gets_a_link(
    chromium: Browser, server: TestServer, parts: Parts, commune: Commune
) -> None:
    async with a_site(server, commune.code) as site:
        await allow(parts, commune, "https://elsewhere.example")
        page = await chromium.new_page(viewport=PHONE)
        await page.goto(site)
        await page.get_by_role("button", name="Hỏi đáp với xã").click()
        link = page.get_by_role("link", name="Mở trang hỏi đáp của xã")
        await expect(link).to_be_visible(timeout=15_000)
        assert str(await link.get_attribute("href")).endswith(f"/x/{commune.code}")
        assert await page.locator("iframe").count() == 0


@browser_test
async def test_without_scripts_nothing_of_it_stands_in_the_way(opens: OpensAPage) -> None:
    page = await opens(java_script_enabled=False)
    await page.locator("#text").fill(QUESTION)
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.locator("li.told")).to_have_count(1)
    for hidden in ("#big", "#dictate", "li.told .listen"):
        assert not await page.locator(hidden).first.is_visible()
