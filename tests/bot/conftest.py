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

from bot.assembly import Parts
from bot.web import application
from storage.communes import ChannelAccount, Commune


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
