"""A report from its first words to its reopening, on the web chat and on Zalo, with a restart in the middle."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from handlers import case_acts
from handlers.permissions import Role, person_of
from handlers.workplace import Workplace
from storage import communes
from storage.cases import Case
from tests.bot.console import hire
from tests.bot.drivers import Driver, PlatformDriver, Screen, WebDriver, faked
from tests.bot.running import Served, Serves, eventually_so

CODE = re.compile(r"\bPA-[A-Z0-9]{5}\b")
Starts = Callable[[], Awaitable[Driver]]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause between two messages of a chat is proved elsewhere."""
    for platform in (ZaloBot, ZaloOa):
        monkeypatch.setattr(platform, "limits", replace(platform.limits, chat_gap=0.02))


@asynccontextmanager
async def running(name: str, serves: Serves) -> AsyncIterator[Starts]:
    """`await starts()` stops the server that runs and starts one anew; the person and their phone stay the same."""
    async with AsyncExitStack() as phone:
        server = await phone.enter_async_context(AsyncExitStack())
        if name == "webchat":
            jar = aiohttp.CookieJar(unsafe=True)
            session = await phone.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))

            async def starts() -> Driver:
                await server.aclose()
                return WebDriver(await server.enter_async_context(serves()), session)

        else:
            fake, driver, person = faked(name)
            await fake.start()
            phone.push_async_callback(fake.stop)

            async def starts() -> Driver:
                await server.aclose()
                served = await server.enter_async_context(serves(**fake.settings))
                fake.target = served.url("/webhooks/" + name.replace("_", "-"))
                return driver(served, fake, person)

        yield starts


async def officer_answers(served: Served, case_id: int, words: str) -> None:
    """Somebody at the desk answers with a document."""
    parts = served.parts
    async with parts.database.reading() as session:
        (commune,) = await communes.all_of_them(session)
    officer = await hire(parts, commune, Role.DESK)
    async with parts.database.writing() as session:
        person = await person_of(session, officer, on=parts.clock.today())
        work = Workplace(session, person, parts.vault, parts.clock.now(), parts.clock.today())
        await case_acts.answer(work, case_id, words=words, evidence="document", document="12/CV-UBND")


async def news(someone: Driver, part: str) -> None:
    """What we said without being asked has reached the person's own screen."""
    if isinstance(someone, PlatformDriver):
        screens = someone.screens

        async def seen() -> bool:
            return any(part in screen.text for screen in screens())

        await eventually_so(seen)
        return
    assert isinstance(someone, WebDriver)
    async with someone._session.get(someone.served.url("/x/mau")) as page:
        assert part in await page.text()


def whole(screens: list[Screen]) -> str:
    return "\n".join(screen.text for screen in screens)


async def the_case(served: Served) -> Any:
    (case,) = await served.rows(Case)
    return case


@pytest.mark.parametrize("name", ["webchat", "zalo_bot", "zalo_oa"])
async def test_told_answered_and_sent_back_over_a_restart(name: str, serves: Serves) -> None:
    async with running(name, serves) as starts:
        someone = await starts()
        told = whole(await someone.says("den duong truoc nha toi hong 3 tuan nay"))
        assert "thôn, ấp nào" in told and "den duong truoc nha toi hong" in told
        someone = await starts()
        summary = whole(await someone.says("xom Dinh, gan nha van hoa"))
        assert "tóm tắt" in summary and "xom Dinh" in summary and "den duong" in summary
        assert "3 tuan nay" in summary and "Đèn đường" in summary
        found = CODE.search(whole(await someone.says("gui")))
        assert found is not None
        case = await the_case(someone.served)
        assert (case.code, case.origin, case.state) == (found[0], name, "received")
        await officer_answers(someone.served, case.id, "Đã thay bóng đèn ở xóm Đình.")
        await news(someone, "Đã thay bóng đèn ở xóm Đình.")
        assert found[0] in whole(await someone.says("don cua toi toi dau roi"))
        someone = await starts()
        back = whole(await someone.says(f"{found[0]} chua xong"))
        assert "mở lại" in back
        case = await the_case(someone.served)
        assert (case.state, case.is_reopened) == ("assigned", True)
