"""Officers in tests: sessions opened straight at the door, and browsers that fill in forms."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.assembly import Parts
from bot.console.visits import COOKIE
from handlers.permissions import Role
from handlers.sign_in import Caller, Door
from handlers.staff import add_officer
from storage.communes import Commune
from storage.officers import Officer

BROWSER = Caller("127.0.0.0", "Firefox · Linux")
FACTOR = "JBSWY3DPEHPK3PXP"
PASSWORD = "chim bay ve rung"


@dataclass
class Colleague:
    """One officer's browser."""

    client: TestClient[Any, Any]
    officer: Officer

    async def opens(self, address: str) -> str:
        """A page that must be there."""
        answer = await self.client.get(address)
        assert answer.status == 200, (address, answer.status)
        return await answer.text()

    async def sends(self, address: str, *, page: str = "/console", **fields: str) -> ClientResponse:
        """A form, with the key that this browser's pages carry; redirects are shown, not followed."""
        key = csrf(await self.opens(page))
        return await self.client.post(address, data={"csrf": key, **fields}, allow_redirects=False)


def csrf(page: str) -> str:
    """The key of the first form of a page."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found is not None, page[:500]
    return found[1]


def link_in(page: str) -> str:
    """The sign-up link that a page shows, without its host."""
    found = re.search(r"https?://[^/]+(/console/sign-up/[\w-]+)", html.unescape(page))
    assert found is not None
    return found[1]


async def hire(parts: Parts, commune: Commune, role: Role, *, name: str = "", active: bool = True) -> Officer:
    """An officer of this role; an active one has a password that nobody knows and a second factor."""
    async with parts.database.writing() as session:
        officer = await add_officer(
            session,
            commune_id=commune.id or 0,
            name=name or f"Cán bộ {role}",
            role=role,
            now=parts.clock.now(),
            today=parts.clock.today(),
        )
        if active:
            officer.state, officer.password_hash = "active", "!"
            officer.factor = parts.vault.wrap(FACTOR.encode())
            session.add(officer)
        return officer


async def seat(parts: Parts, server: TestServer, officer: Officer) -> Colleague:
    """The browser of somebody who has signed in."""
    async with parts.database.writing() as session:
        door = Door(session, parts.vault, parts.clock.now())
        half = await door.password_given(officer, BROWSER)
        opened = await door.enter(half.session, officer, BROWSER)
    client: TestClient[Any, Any] = TestClient(server)
    client.session.cookie_jar.update_cookies({COOKIE: opened.token}, URL(str(server.make_url("/console"))))
    return Colleague(client, officer)
