"""One request to the console: who asks, what they may, the form key, and the transaction in which they act."""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiDictProxy

from bot.assembly import Parts
from bot.caller import CALLER
from bot.console.errors import FormTooOld, SignedOut
from handlers import sign_in
from handlers.credentials import new_token
from handlers.permissions import Act, NotAllowed, Person, may_at_all, person_of
from handlers.sign_in import SEEN_EVERY, Door, Opened
from handlers.workplace import Workplace
from storage import communes, pauses, sign_ins
from storage.communes import Commune
from storage.database import DOOR, Database
from storage.officers import Officer
from storage.pauses import Pause
from storage.sign_ins import OfficerSession

COOKIE, FORM_COOKIE = "danhoi_console", "danhoi_form"
SIGN_IN, SIGN_UP, HOME = "/console/sign-in", "/console/sign-up", "/console"
CSRF = "csrf"
LARGEST_FORM, LARGE_FORM = 64 * 1024, 512 * 1024
KINDS_OF_BROWSER = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
KINDS_OF_DEVICE = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


class Gate(Enum):
    """What a route needs when it is not an act: nothing, or the first half of the sign-in."""

    OPEN = "open"
    HALF = "half"


@dataclass(slots=True)
class Visit:
    """One request. `officer` and what follows are set behind the gate; `form` on every post."""

    request: web.Request
    parts: Parts
    key: str  # binds forms to this browser: the session's token, before that a cookie of its own
    officer: Officer | None = None
    session: OfficerSession | None = None
    commune: Commune | None = None
    person: Person | None = None
    form: MultiDictProxy[Any] | None = None
    pauses: Sequence[Pause] = ()  # what stands still in this commune: every page says so

    @property
    def now(self) -> datetime:
        """Business time, UTC."""
        return self.parts.clock.now()

    @property
    def today(self) -> date:
        """The day in Viet Nam."""
        return self.parts.clock.today()

    @property
    def database(self) -> Database:
        """Where everything stands."""
        return self.parts.database

    @property
    def csrf(self) -> str:
        """What every form of this browser carries."""
        return blake2b(b"csrf", key=self.key.encode()[:64], digest_size=24).hexdigest()

    @property
    def caller(self) -> sign_in.Caller:
        """Who stands at the door, as little of it as helps."""
        address = self.request[CALLER].address
        return sign_in.Caller(_network(address), _kind(self.request.headers.get("User-Agent", "")))

    def signed_in(self) -> tuple[Officer, OfficerSession]:
        """Who asks; only behind a gate that needs a session."""
        assert self.officer is not None and self.session is not None
        return self.officer, self.session

    def number(self, name: str) -> int:
        """A number in the address; anything else names nothing. Raises HTTPNotFound."""
        text = self.request.match_info[name]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise web.HTTPNotFound
        return int(text)

    @asynccontextmanager
    async def at_the_door(self) -> AsyncIterator[Door]:
        """One transaction of the sign-in."""
        async with self.database.writing(commune_id=DOOR) as session:
            yield Door(session, self.parts.vault, self.now)

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Workplace]:
        """One transaction that may write: also every read of personal data, which leaves a trace."""
        assert self.person is not None
        async with self.database.writing(commune_id=self.person.commune_id) as session:
            yield Workplace(session, self.person, self.parts.vault, self.now, self.today, self.parts.worker.words)

    @asynccontextmanager
    async def look(self) -> AsyncIterator[Workplace]:
        """One view of what is nobody's personal data."""
        assert self.person is not None
        async with self.database.reading() as session:
            yield Workplace(session, self.person, self.parts.vault, self.now, self.today, self.parts.worker.words)


Page = Callable[[Visit], Awaitable[web.StreamResponse]]


class Route(NamedTuple):
    """One address of the console. `gate` is the act that it needs, or what stands before any act."""

    method: str
    path: str
    page: Page
    gate: Act | Gate
    takes_file: bool = False  # the page reads the posted parts itself, the form key among them
    largest: int = LARGEST_FORM  # bytes of a posted form


def guarded(route: Route, parts: Parts) -> web.RouteDef:
    """The route behind its gate: session, permission and form key are checked before the page sees anything."""

    async def handle(request: web.Request) -> web.StreamResponse:
        visit = await _enter(request, parts, route.gate)
        if request.method == "POST" and not route.takes_file:
            visit.form = await _form(request, visit, route.largest)
        response = await route.page(visit)
        if visit.request.cookies.get(FORM_COOKIE) is None and route.gate is Gate.OPEN:
            _set(response, request, FORM_COOKIE, visit.key)
        return response

    return web.route(route.method, route.path, handle)


def remember(response: web.StreamResponse, request: web.Request, opened: Opened) -> None:
    """Give the browser its session; scripts cannot read it, other sites cannot send it with a post."""
    _set(response, request, COOKIE, opened.token)


def forget(response: web.StreamResponse) -> None:
    """The browser loses its session."""
    response.del_cookie(COOKIE, path=HOME)


def go(where: str, **query: str) -> web.Response:
    """Show another page next; a reload there sends nothing again."""
    address = f"{where}?{urlencode(query)}" if query else where
    return web.Response(status=303, headers={"Location": address, "Cache-Control": "no-store"})


def safe_next(wanted: str) -> str:
    """Where to go after the sign-in: only inside the console, never to another site."""
    parts = urlsplit(wanted)
    inside = parts.path == HOME or parts.path.startswith(HOME + "/")
    plain = not parts.scheme and not parts.netloc and "\\" not in wanted and wanted.isprintable()
    return wanted if inside and plain and ".." not in parts.path else HOME


async def _enter(request: web.Request, parts: Parts, gate: Act | Gate) -> Visit:
    token = request.cookies.get(COOKIE, "")
    if gate is Gate.OPEN:
        return Visit(request, parts, key=token or request.cookies.get(FORM_COOKIE) or new_token())
    visit = Visit(request, parts, key=token)
    wanted = request.rel_url.path_qs if request.method == "GET" else HOME
    async with parts.database.reading() as session:
        resumed = await Door(session, parts.vault, visit.now).resume(token) if token else None
        if resumed is None or (resumed[0].state != "full" and gate is not Gate.HALF):
            raise SignedOut(wanted)
        visit.session, visit.officer = resumed
        visit.commune = await communes.get(session, commune_id=visit.officer.commune_id)
        visit.person = await person_of(session, visit.officer, on=visit.today)
        visit.pauses = await pauses.running(session, commune_id=visit.officer.commune_id)
    await _touch(visit)
    if isinstance(gate, Act) and not may_at_all(visit.person, gate):
        raise NotAllowed(gate)
    return visit


async def _touch(visit: Visit) -> None:
    """The session was used; written at most once a minute."""
    _officer, row = visit.signed_in()
    if visit.now - row.seen_at >= SEEN_EVERY:
        async with visit.database.writing(beside=True) as session:
            await sign_ins.seen(session, commune_id=row.commune_id, session_id=row.id or 0, now=visit.now)


async def _form(request: web.Request, visit: Visit, largest: int) -> MultiDictProxy[Any]:
    if (request.content_length or 0) > largest or request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPRequestEntityTooLarge(max_size=largest, actual_size=request.content_length or 0)
    form = await request.post()
    given = form.get(CSRF, "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), visit.csrf.encode()):
        raise FormTooOld
    return form


def _set(response: web.StreamResponse, request: web.Request, name: str, value: str) -> None:
    response.set_cookie(name, value, path=HOME, httponly=True, samesite="Lax", secure=request[CALLER].https)


def _network(address: str | None) -> str:
    """The address without its last part: enough to see that it was from elsewhere."""
    if address is None:
        return ""
    found = ip_address(address)
    return str(ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False).network_address)


def _kind(agent: str) -> str:
    browser = next((kind for kind in KINDS_OF_BROWSER if kind in agent), "")
    device = next((kind for kind in KINDS_OF_DEVICE if kind in agent), "")
    return " · ".join(part for part in (browser, device) if part)
