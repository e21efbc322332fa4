"""The way in and out: link, password, second factor, waits, ends of sessions; over the real application."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.assembly import Parts
from bot.console.visits import COOKIE, safe_next
from handlers.permissions import Role
from handlers.sign_in import Door
from storage import officers
from storage.communes import Commune
from storage.officers import Officer
from tests.bot.conftest import Seats
from tests.bot.console import PASSWORD, csrf, hire, link_in
from tests.conftest import MovableClock


class Newcomer:
    """Somebody with a sign-up link, at a browser."""

    def __init__(self, client: TestClient[Any, Any], parts: Parts, officer: Officer, token: str) -> None:
        self.client, self.parts, self.officer = client, parts, officer
        self.link = f"/console/sign-up/{token}"
        self.secret = ""
        self.codes: list[str] = []

    async def page(self, address: str) -> str:
        return await (await self.client.get(address)).text()

    async def post(self, address: str, **fields: str) -> Any:
        key = csrf(await self.page(address))
        return await self.client.post(address, data={"csrf": key, **fields}, allow_redirects=False)

    async def signs_up(self, password: str = PASSWORD) -> None:
        """All of it: password, app, codes."""
        answer = await self.post(self.link, password=password, again=password)
        assert answer.status == 303 and answer.headers["Location"] == "/console/factor"
        page = await self.page("/console/factor")
        self.secret = re.findall(r"<code>([A-Z2-7]+)</code>", page)[0]
        sealed = re.findall(r'name="sealed" value="([0-9a-f]+)"', page)[0]
        answer = await self.client.post(
            "/console/factor", data={"csrf": csrf(page), "sealed": sealed, "code": self.code()}
        )
        assert answer.status == 200
        self.codes = re.findall(r"<code>([0-9a-f-]{19})</code>", await answer.text())

    def code(self) -> str:
        """What the app shows now."""
        return pyotp.TOTP(self.secret).at(self.parts.clock.now())

    async def password(self, password: str = PASSWORD, login: str = "") -> Any:
        return await self.post("/console/sign-in", login=login or self.officer.login, password=password)

    async def is_in(self) -> bool:
        return (await self.client.get("/console", allow_redirects=False)).status == 200

    def leaves_the_browser(self) -> None:
        self.client.session.cookie_jar.clear()


@pytest.fixture
async def newcomer(parts: Parts, server: TestServer, commune: Commune) -> AsyncIterator[Newcomer]:
    officer = await hire(parts, commune, Role.DESK, name="Lê Thị Mẫu", active=False)
    async with parts.database.writing() as session:
        token = await Door(session, parts.vault, parts.clock.now()).make_link(officer)
    client: TestClient[Any, Any] = TestClient(server)
    yield Newcomer(client, parts, officer, token)
    await client.session.close()


async def test_from_the_link_into_the_console_and_back_again(newcomer: Newcomer, clock: MovableClock) -> None:
    assert "Lê Thị Mẫu" in await newcomer.page(newcomer.link)
    await newcomer.signs_up()
    assert len(newcomer.codes) == 10 and await newcomer.is_in()
    await newcomer.post("/console/account/password", old="x", password="y", again="y")
    home = await newcomer.page("/console")
    answer = await newcomer.client.post("/console/sign-out", data={"csrf": csrf(home)}, allow_redirects=False)
    assert answer.headers["Location"].startswith("/console/sign-in") and not await newcomer.is_in()
    clock.move(minutes=1)
    assert (await newcomer.password()).headers["Location"] == "/console/factor"
    assert not await newcomer.is_in()  # the password alone opens nothing
    answer = await newcomer.post("/console/factor", code=newcomer.code())
    assert answer.headers["Location"] == "/console" and await newcomer.is_in()


async def test_a_link_works_once_and_not_for_ever(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    assert (await newcomer.client.get(newcomer.link)).status == 410
    async with newcomer.parts.database.writing() as session:
        token = await Door(session, newcomer.parts.vault, clock.now()).make_link(newcomer.officer)
    clock.move(days=3)
    answer = await newcomer.client.get(f"/console/sign-up/{token}")
    assert answer.status == 410 and "tạo đường dẫn mới" in await answer.text()
    assert (await newcomer.client.get("/console/sign-up/khong-co")).status == 410


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("ngan", "ít nhất 10 ký tự"),
        ("Mật khẩu 123", "quá phổ biến"),
        ("aaaaaaaaaaaa", "nhiều loại ký tự"),
        ("lethimau-2026", "tên đăng nhập"),
        ("x" * 201, "dài quá 200"),
    ],
)
async def test_an_easy_password_is_told_why(newcomer: Newcomer, password: str, told: str) -> None:
    answer = await newcomer.post(newcomer.link, password=password, again=password)
    assert answer.status == 422 and told in await answer.text()
    assert (await newcomer.client.get(newcomer.link)).status == 200  # the link was not spent


async def test_two_different_passwords_are_not_taken(newcomer: Newcomer) -> None:
    answer = await newcomer.post(newcomer.link, password=PASSWORD, again=PASSWORD + "x")
    assert answer.status == 422 and "chưa giống nhau" in await answer.text()


async def test_a_code_is_never_taken_twice_and_a_recovery_code_once(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    used = newcomer.code()
    newcomer.leaves_the_browser()
    await newcomer.password()
    answer = await newcomer.post("/console/factor", code=used)
    assert answer.status == 422 and "đã dùng rồi" in await answer.text() and not await newcomer.is_in()
    assert (await newcomer.post("/console/factor", code=newcomer.codes[3].upper().replace("-", " "))).status == 303
    assert await newcomer.is_in()
    newcomer.leaves_the_browser()
    await newcomer.password()
    assert (await newcomer.post("/console/factor", code=newcomer.codes[3])).status == 422
    assert "Còn 9 mã" not in await newcomer.page("/console/account")
    assert (await newcomer.post("/console/factor", code=newcomer.codes[4])).status == 303
    assert "Còn 8 mã" in await newcomer.page("/console/account")


async def test_failures_make_the_door_wait_longer_each_time(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    newcomer.leaves_the_browser()
    waits = []
    for _ in range(3):
        assert (await newcomer.password("sai mat khau roi")).status == 422
    for _ in range(4):
        answer = await newcomer.password()  # even the right one waits
        assert answer.status == 429
        told = re.search(r"Chờ (?:(\d+) phút )?(\d+) giây", await answer.text())
        assert told is not None
        waits.append(int(told[1] or 0) * 60 + int(told[2]))
        clock.move(seconds=waits[-1])
        assert (await newcomer.password("sai mat khau roi")).status == 422
    assert waits == sorted(set(waits)) and waits[-1] > 4 * waits[0]
    clock.move(hours=1)
    assert (await newcomer.password()).status == 303


async def test_unknown_names_read_like_wrong_passwords(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    newcomer.leaves_the_browser()
    wrong, unknown = await newcomer.password("sai mat khau roi"), await newcomer.password(login="khong-co-ai")
    assert wrong.status == unknown.status == 422
    assert "chưa đúng" in await wrong.text() and "chưa đúng" in await unknown.text()


async def test_codes_are_counted_too(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    newcomer.leaves_the_browser()
    await newcomer.password()
    statuses = [(await newcomer.post("/console/factor", code="000000")).status for _ in range(5)]
    assert statuses[:3] == [422] * 3 and statuses[3:] == [429] * 2


async def test_sessions_end_when_idle_and_when_old(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    for _ in range(3):
        clock.move(minutes=29)
        assert await newcomer.is_in()
    clock.move(minutes=31)
    assert not await newcomer.is_in()
    await newcomer.password()
    await newcomer.post("/console/factor", code=newcomer.code())
    for _ in range(24):
        clock.move(minutes=29)
        assert await newcomer.is_in()
    clock.move(minutes=29)  # more than twelve hours, never idle
    assert not await newcomer.is_in()


async def test_the_session_changes_when_the_code_is_proven(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    newcomer.leaves_the_browser()
    clock.move(minutes=1)
    half = (await newcomer.password()).cookies[COOKIE].value
    full = (await newcomer.post("/console/factor", code=newcomer.code())).cookies[COOKIE]
    assert full.value != half and full["httponly"] and full["samesite"] == "Lax" and full["path"] == "/console"
    newcomer.leaves_the_browser()
    answer = await newcomer.client.get("/console", cookies={COOKIE: half}, allow_redirects=False)
    assert answer.status == 303  # whoever fixed the first cookie holds nothing
    chosen = await newcomer.client.get("/console", cookies={COOKIE: "cua-ke-gian"}, allow_redirects=False)
    assert chosen.status == 303


async def test_a_new_password_signs_out_the_other_browsers(
    newcomer: Newcomer, server: TestServer, clock: MovableClock
) -> None:
    await newcomer.signs_up()
    phone = Newcomer(TestClient(server), newcomer.parts, newcomer.officer, "")
    phone.secret = newcomer.secret
    clock.move(minutes=1)
    await phone.password()
    await phone.post("/console/factor", code=phone.code())
    assert await phone.is_in() and await newcomer.is_in()
    new = "song dai bien rong"
    wrong = await newcomer.post("/console/account/password", old="khong phai", password=new, again=new)
    assert wrong.status == 422 and await phone.is_in()
    answer = await newcomer.post("/console/account/password", old=PASSWORD, password=new, again=new)
    assert answer.status == 303 and await newcomer.is_in() and not await phone.is_in()
    await phone.client.session.close()


async def test_signing_out_everywhere(newcomer: Newcomer) -> None:
    await newcomer.signs_up()
    page = await newcomer.page("/console/account")
    assert "máy này" in page
    await newcomer.client.post("/console/account/sessions/end-all", data={"csrf": csrf(page)})
    assert not await newcomer.is_in()


async def test_a_lost_second_factor_takes_two_officers(newcomer: Newcomer, seats: Seats) -> None:
    await newcomer.signs_up()
    address = f"/console/officers/{newcomer.officer.id}"
    leader, operator = await seats(Role.LEADER), await seats(Role.OPERATOR)
    assert (await leader.sends(f"{address}/factor")).headers["Location"].endswith("done=da-de-nghi")
    again = await leader.sends(f"{address}/factor")
    assert again.status == 422 and "một cán bộ khác" in await again.text()
    assert await newcomer.is_in()
    assert (await operator.sends(f"{address}/factor")).headers["Location"].endswith("done=da-cap-lai")
    assert not await newcomer.is_in()
    await newcomer.password()
    assert "Quét hình này" in await newcomer.page("/console/factor")
    async with newcomer.parts.database.reading() as session:
        left = await officers.codes_left(
            session, commune_id=newcomer.officer.commune_id, officer_id=newcomer.officer.id or 0
        )
    assert left == 0
    own = await operator.sends(f"/console/officers/{operator.officer.id}/factor")
    assert own.status == 422 and "không tự làm cho mình" in await own.text()


async def test_a_forgotten_password_is_a_new_link_from_the_operator(newcomer: Newcomer, seats: Seats) -> None:
    await newcomer.signs_up()
    operator = await seats(Role.OPERATOR)
    answer = await operator.sends(f"/console/officers/{newcomer.officer.id}/link")
    newcomer.link = link_in(await answer.text())
    newcomer.leaves_the_browser()
    new = "song dai bien rong"
    assert (await newcomer.post(newcomer.link, password=new, again=new)).status == 303
    assert "Mã xác thực" in await newcomer.page("/console/factor")  # the factor stays the same
    assert not await newcomer.is_in()


async def test_somebody_who_left_is_out_at_once(newcomer: Newcomer, seats: Seats) -> None:
    await newcomer.signs_up()
    operator = await seats(Role.OPERATOR)
    assert (await operator.sends(f"/console/officers/{newcomer.officer.id}/leave")).status == 303
    assert not await newcomer.is_in()
    assert (await newcomer.password()).status == 422


@pytest.mark.parametrize(
    "wanted",
    [
        "https://xau.example/console",
        "//xau.example/console",
        "/console//xau.example/../..",
        "\\\\xau.example",
        "/console\\..\\x",
        "javascript:alert(1)",
        "/x/mau",
        "/console/../x",
        "/console\r\nSet-Cookie: a=b",
        "/consolexau",
    ],
)
def test_after_the_sign_in_nobody_is_sent_elsewhere(wanted: str) -> None:
    assert safe_next(wanted) == "/console"


async def test_the_page_that_was_wanted_comes_after_the_sign_in(newcomer: Newcomer, clock: MovableClock) -> None:
    await newcomer.signs_up()
    newcomer.leaves_the_browser()
    answer = await newcomer.client.get("/console/cases?kind=report", allow_redirects=False)
    address = answer.headers["Location"]
    assert address == "/console/sign-in?next=%2Fconsole%2Fcases%3Fkind%3Dreport"
    clock.move(minutes=1)
    answer = await newcomer.post(address, login=newcomer.officer.login, password=PASSWORD)
    answer = await newcomer.post(answer.headers["Location"], code=newcomer.code())
    assert answer.headers["Location"] == "/console/cases?kind=report"
