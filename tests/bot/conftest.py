"""The web chat over the whole deployment: its application, a working worker, and clients of it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, Page, async_playwright

from bot.assembly import Parts
from bot.web import application
from handlers.permissions import Role
from storage import communes
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from tests.bot.browser import CHROMIUM, FLAGS, PHONE, OpensAPage
from tests.bot.console import Colleague, hire, seat
from tests.bot.running import serves
from tests.conftest import THE_DAY, MovableClock

__all__ = ["serves"]


class Visitor:
    """One browser without scripts of its own: a client with a cookie jar, at one commune."""

    def __init__(self, client: TestClient[Any, Any], code: str) -> None:
        self.client, self.code = client, code

    @property
    def page(self) -> str:
        """The commune's chat."""
        return f"/x/{self.code}"

    async def opens(self) -> str:
        """The page as the server writes it."""
        answer = await self.client.get(self.page)
        assert answer.status == 200
        return await answer.text()

    async def posts(self, text: str, *, client_id: str | None = None, **options: Any) -> ClientResponse:
        """One message by JSON, as the script sends it."""
        message = {"client_id": client_id or str(uuid.uuid4()), "text": text}
        return await self.client.post(f"{self.page}/messages", json=message, **options)

    async def says(self, text: str, **options: Any) -> dict[str, Any]:
        """One message by JSON, and what came back."""
        answer = await self.posts(text, **options)
        assert answer.status == 200, await answer.text()
        content: dict[str, Any] = await answer.json()
        return content

    async def submits(self, text: str, *, client_id: str | None = None, **options: Any) -> ClientResponse:
        """One message by the plain form."""
        fields = {"client_id": client_id or str(uuid.uuid4()), "text": text}
        return await self.client.post(f"{self.page}/messages", data=fields, **options)


@pytest.fixture
async def server(parts: Parts, webchat_account: ChannelAccount) -> AsyncIterator[TestServer]:
    """The application on a port of this machine, with its worker at work."""
    server = TestServer(application(parts))
    await server.start_server()
    work = asyncio.create_task(parts.worker.run())
    yield server
    await server.close()
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


OpensABrowser = Callable[[], Awaitable[Visitor]]


@pytest.fixture
async def another(server: TestServer, commune: Commune) -> AsyncIterator[OpensABrowser]:
    """Another browser, with cookies of its own."""
    clients: list[TestClient[Any, Any]] = []

    async def open_one() -> Visitor:
        client: TestClient[Any, Any] = TestClient(server)
        clients.append(client)
        return Visitor(client, commune.code)

    yield open_one
    for client in clients:
        await client.session.close()


@pytest.fixture
async def visitor(another: OpensABrowser) -> Visitor:
    """Somebody's browser, with the page opened once."""
    visitor = await another()
    await visitor.opens()
    return visitor


Seats = Callable[..., Awaitable[Colleague]]


@pytest.fixture
async def seats(parts: Parts, server: TestServer, commune: Commune) -> AsyncIterator[Seats]:
    """Hires an officer of a role, and gives their browser with a session."""
    clients: list[TestClient[Any, Any]] = []

    async def take(role: Role, *, at: Commune | None = None, name: str = "") -> Colleague:
        colleague = await seat(parts, server, await hire(parts, at or commune, role, name=name))
        clients.append(colleague.client)
        return colleague

    yield take
    for client in clients:
        await client.session.close()


@pytest.fixture
async def other_commune(database: Database, clock: MovableClock) -> Commune:
    """A second commune of the same deployment."""
    async with database.writing() as session:
        row = Commune(code="khac", name="Xã Khác Mẫu", is_sample=True, checked_on=THE_DAY, created_at=clock.now())
        return await communes.add(session, row, channels=("webchat", "terminal"))


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """Debian's own browser; Playwright brings none of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def opens(chromium: Browser, server: TestServer) -> AsyncIterator[OpensAPage]:
    """A new person at the front page; whatever the browser complains about fails the test."""
    complaints: list[str] = []

    async def open_one(address: str = "/", **options: Any) -> Page:
        context = await chromium.new_context(**({"viewport": PHONE, "locale": "vi-VN"} | options))
        page = await context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        await page.goto(str(server.make_url(address)))
        return page

    yield open_one
    expected = ("net::ERR_", "status of 422", "status of 429")  # a test may cut the line, and fill in a form wrongly
    assert [one for one in complaints if not any(part in one for part in expected)] == []
