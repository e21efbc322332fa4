"""Around every request: who may post, which headers go out, how errors read, what operators see."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer, make_mocked_request

from bot import caller
from bot.assembly import Parts
from bot.settings import Settings
from bot.site import Site
from bot.web import HEADERS
from storage import communes
from storage.communes import Commune
from storage.database import Database
from tests.bot.conftest import OpensABrowser, Visitor
from tests.conftest import NINE_O_CLOCK, THE_DAY

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NOT_OURS = (
    "/console/khong-co",
    "/webhooks/telegram",
    "/webhooks/zalo-oa",
    "/x/khong-co",
    "/x",
    "/.env",
    "/a/b",
)


def behind(settings: Settings, *proxies: str, public_url: str | None = None) -> Settings:
    networks = tuple(ipaddress.ip_network(one) for one in proxies)
    return dataclasses.replace(settings, trusted_proxies=networks, public_url=public_url)


def asked(settings: Settings, peer: str, **headers: str) -> caller.Caller:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = make_mocked_request("GET", "/", headers={"Host": "10.0.0.5:8080"} | named)
    return caller.of(request.clone(remote=peer), settings)


async def test_every_answer_carries_the_headers(visitor: Visitor) -> None:
    answers = [
        await visitor.client.get("/"),
        await visitor.client.get(visitor.page),
        await visitor.client.get("/khong-co"),
        await visitor.client.get("/healthz"),
        await visitor.client.get("/static/chat.css"),
        await visitor.client.get("/static/khong-co.js"),
        await visitor.client.put("/"),
        await visitor.posts("xin chao"),
        await visitor.submits("xin chao", allow_redirects=False),
        await visitor.client.get(f"{visitor.page}/events"),
        await visitor.client.post(f"{visitor.page}/end", allow_redirects=False),
        await visitor.client.post(f"{visitor.page}/end", headers={"Origin": "https://other.example"}),
    ]
    assert HEADERS["Content-Security-Policy"] == CSP
    for answer in answers:
        hears = "/x/" in answer.url.path or answer.url.path == "/"  # people may dictate where they chat
        fit = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)" if hears else "microphone=()")
        unlike = {name for name in HEADERS if answer.headers.get(name) != HEADERS[name]}
        assert unlike <= {"Permissions-Policy"}, answer.url
        assert answer.headers["Permissions-Policy"] in (fit, HEADERS["Permissions-Policy"]), answer.url
        assert "Strict-Transport-Security" not in answer.headers
        answer.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_another_site_cannot_post_for_the_citizen(visitor: Visitor, headers: dict[str, str]) -> None:
    for answer in (
        await visitor.posts("xin chao", headers=headers),
        await visitor.submits("xin chao", headers=headers),
        await visitor.client.post(f"{visitor.page}/end", headers=headers),
    ):
        assert answer.status == 403
        assert "Traceback" not in await answer.text()
    assert "xin chao" not in await visitor.opens()


async def test_our_own_page_can_post(visitor: Visitor) -> None:
    origin = str(visitor.client.make_url("/")).rstrip("/")
    answer = await visitor.posts("xin chao", headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200


@pytest.mark.parametrize("address", NOT_OURS)
async def test_what_does_not_exist_says_so_plainly(visitor: Visitor, address: str) -> None:
    for answer in (await visitor.client.get(address), await visitor.client.get(address + "/nua")):
        page = await answer.text()
        assert answer.status == 404
        assert "Dạ, ở đây không có" in page and "DỮ LIỆU MẪU" in page and "tel:113" in page
    for_program = await visitor.client.get(address, headers={"Accept": "application/json"})
    assert (await for_program.json())["error"].startswith("Dạ")


async def test_a_wrong_method_is_told_plainly(visitor: Visitor) -> None:
    for answer in (await visitor.client.post(visitor.page), await visitor.client.delete("/healthz")):
        assert answer.status == 405 and "Dạ" in await answer.text()
    assert (await visitor.client.post("/webhooks/telegram", json={})).status == 404


async def test_a_surprise_is_told_without_its_traceback(
    visitor: Visitor, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: Any, **_kwargs: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(parts.worker, "receive", fail)
    answer = await visitor.posts("xin chao")
    assert answer.status == 500
    assert (await answer.json())["error"].startswith("Dạ, máy đang trục trặc")
    page = await (await visitor.submits("xin chao")).text()
    assert "Dạ, máy đang trục trặc" in page and "secret" not in page and "Traceback" not in page


async def test_static_files_are_kept_by_their_content(visitor: Visitor) -> None:
    for name in ("chat.css", "chat.js", "icon.svg"):
        address = Site().address(name)
        answer = await visitor.client.get(address)
        assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"]
        assert (await visitor.client.get(f"/static/{name}")).headers["Cache-Control"] == "no-cache"
        again = await visitor.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
    for name in ("..%2f..%2fpages.py", "chat.html", "%2e%2e/pages.py"):
        assert (await visitor.client.get(f"/static/{name}")).status == 404


async def test_the_page_is_never_kept_by_the_browser(visitor: Visitor) -> None:
    assert (await visitor.client.get(visitor.page)).headers["Cache-Control"] == "no-store"


async def test_the_only_commune_is_the_front_page(visitor: Visitor) -> None:
    page = await (await visitor.client.get("/")).text()
    assert 'id="compose"' in page and 'action="/x/mau/messages"' in page


async def test_several_communes_are_a_choice(visitor: Visitor, database: Database) -> None:
    for number in range(9):
        await add_commune(database, f"0000{number}", f"Xã Mẫu Số {number}")
    await add_commune(database, "00010", "Phường <Đình> Bảng")
    page = await (await visitor.client.get("/")).text()
    assert "Anh/chị ở xã, phường nào?" in page and "DỮ LIỆU MẪU" in page
    assert 'href="/x/00010"' in page and "&lt;Đình&gt;" in page and "<Đình>" not in page
    found = await (await visitor.client.get("/", params={"q": "dinh"})).text()
    assert 'href="/x/00010"' in found and 'href="/x/00001"' not in found
    nothing = await (await visitor.client.get("/", params={"q": "<b>khong co"})).text()
    assert "&lt;b&gt;khong co" in nothing and "<b>khong co" not in nothing


async def test_one_communes_chat_is_not_anothers(visitor: Visitor, database: Database) -> None:
    await add_commune(database, "00010", "Phường Khác")
    await visitor.says("duong thon 3 hong")
    other = Visitor(visitor.client, "00010")
    assert "duong thon 3" not in await other.opens()


async def add_commune(database: Database, code: str, name: str) -> None:
    async with database.writing() as session:
        one = Commune(code=code, name=name, is_sample=True, checked_on=THE_DAY, created_at=NINE_O_CLOCK)
        await communes.add(session, one, channels=("webchat",))


# For the operator.


async def test_health_is_told_to_everybody_the_rest_to_this_machine(visitor: Visitor, parts: Parts) -> None:
    await visitor.says("xin chao")
    assert (await (await visitor.client.get("/healthz")).text()).startswith("up\n")
    ready = await visitor.client.get("/readyz")
    assert ready.status == 200 and "knowledge: ok" in await ready.text()
    metrics = await (await visitor.client.get("/metrics")).text()
    assert 'danhoi_inbox_events{state="done"} 1' in metrics
    assert 'danhoi_inbox_events{state="parked"} 0' in metrics
    assert "danhoi_outbox_messages{state=" in metrics
    parts.knowledge = None
    loading = await visitor.client.get("/readyz")
    assert loading.status == 503 and "knowledge: failed" in await loading.text()
    assert (await visitor.client.get("/healthz")).status == 200


async def test_a_stranger_behind_a_proxy_is_not_this_machine(visitor: Visitor) -> None:
    for name in caller.FORWARDED:
        for page in ("/metrics", "/readyz"):
            assert (await visitor.client.get(page, headers={name: "203.0.113.9"})).status == 404


async def test_the_token_opens_the_operators_pages(visitor: Visitor, parts: Parts) -> None:
    parts.settings = dataclasses.replace(parts.settings, metrics_token="mot-hai-ba")
    outside = {"X-Forwarded-For": "203.0.113.9"}
    for token, status in (("mot-hai-ba", 200), ("mot-hai", 404), ("", 404), ("đ", 404)):
        answer = await visitor.client.get("/metrics", headers=outside | {"Authorization": f"Bearer {token}"})
        assert answer.status == status


async def test_a_message_that_nobody_works_makes_us_not_ready(visitor: Visitor, parts: Parts, clock: Any) -> None:
    parts.worker.tools = None
    event = await parts.worker.receive(
        await _account(parts), event_key="a" * 12, chat_key="b", raw='{"text": "xin chao"}'
    )
    assert event.id and (await visitor.client.get("/readyz")).status == 200
    clock.move(minutes=2)
    answer = await visitor.client.get("/readyz")
    assert answer.status == 503 and "worker: failed" in await answer.text()


async def _account(parts: Parts) -> communes.ChannelAccount:
    async with parts.database.reading() as session:
        found = await communes.channel_account(session, commune_id=1, channel="webchat")
    assert found is not None
    return found


async def test_a_broken_database_is_down(visitor: Visitor, parts: Parts) -> None:
    parts.database.url = "sqlite+aiosqlite:////khong/co/danhoi.db"
    broken = Database(parts.database.url)
    parts.database = broken
    answer = await visitor.client.get("/healthz")
    assert answer.status == 503 and (await answer.text()).startswith("down")
    await broken.close()


# Who asks.


def test_forwarded_headers_count_only_from_our_proxies(settings: Settings) -> None:
    stranger = asked(settings, "203.0.113.9", X_Forwarded_For="127.0.0.1", X_Forwarded_Proto="https")
    assert stranger.address == "203.0.113.9" and not stranger.https and not stranger.on_this_machine
    ours = behind(settings, "10.0.0.0/8")
    through = asked(ours, "10.0.0.1", X_Forwarded_For="127.0.0.1, 203.0.113.9, 10.0.0.2", X_Forwarded_Proto="https")
    assert through.address == "203.0.113.9" and through.https and not through.on_this_machine
    assert asked(ours, "10.0.0.1", X_Forwarded_For="khong phai dia chi").address is None


def test_a_proxy_on_this_machine_does_not_make_strangers_local(settings: Settings) -> None:
    assert asked(settings, "127.0.0.1").on_this_machine and asked(settings, "::ffff:127.0.0.1").on_this_machine
    assert not asked(settings, "127.0.0.1", X_Forwarded_For="203.0.113.9").on_this_machine
    assert not asked(behind(settings, "127.0.0.0/8"), "127.0.0.1", X_Forwarded_For="127.0.0.1").on_this_machine


def test_the_public_address_decides_who_may_post(settings: Settings) -> None:
    ours = behind(settings, "127.0.0.1/32", public_url="https://hoi.xa.example")
    inside = asked(ours, "127.0.0.1", Host="hoi.xa.example", X_Forwarded_For="203.0.113.9")
    assert inside.https
    assert inside.may_post_from("https://hoi.xa.example", ours)
    for origin in ("http://hoi.xa.example", "https://hoi.xa.example.evil.example", "https://evil.example", "null"):
        assert not inside.may_post_from(origin, ours)
    rebound = asked(ours, "203.0.113.9", Host="evil.example")
    assert not rebound.may_post_from("http://evil.example", ours)
    at_the_machine = asked(ours, "127.0.0.1", Host="127.0.0.1:8080")
    assert at_the_machine.may_post_from("http://127.0.0.1:8080", ours) and not at_the_machine.https


async def test_on_https_the_secret_stays_on_https(another: OpensABrowser, parts: Parts) -> None:
    parts.settings = behind(parts.settings, "127.0.0.1/32")
    visitor = await another()
    answer = await visitor.client.get(
        visitor.page, headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4"}
    )
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_a_commune_s_own_site_may_frame_its_chat_and_nobody_elses(
    visitor: Visitor, parts: Parts, commune: Commune
) -> None:
    site = "https://binhan.example"
    await add_commune(parts.database, "khac", "Xã Khác")
    async with parts.database.writing() as session:
        row = await communes.get(session, commune_id=commune.id or 0)
        row.portal = site
        session.add(row)
    framed = await visitor.client.get(visitor.page)
    assert f"frame-ancestors {site}" in framed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed.headers
    for address in ("/x/khac", "/", "/console/sign-in", "/healthz"):
        answer = await visitor.client.get(address)
        assert answer.headers["Content-Security-Policy"] == CSP and answer.headers["X-Frame-Options"] == "DENY"
    parts.settings = behind(parts.settings, "127.0.0.0/8", public_url="https://hoi.xa.example")
    outside = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "hoi.xa.example"}
    for dest, marks in (
        ("iframe", ("SameSite=None", "Partitioned", "Secure")),
        ("document", ("SameSite=Lax", "Secure")),
    ):
        answer = await visitor.client.get(visitor.page, headers=outside | {"Sec-Fetch-Dest": dest})
        cookie = answer.headers["Set-Cookie"]
        assert all(mark in cookie for mark in (*marks, "HttpOnly")), cookie


async def test_nobody_posts_faster_than_people_do(another: OpensABrowser, parts: Parts) -> None:
    parts.settings = behind(parts.settings, "127.0.0.0/8")
    hasty, calm = await another(), await another()
    outside = {"X-Forwarded-For": "203.0.113.9"}
    for visitor in (hasty, calm):
        await visitor.opens()
    statuses = [(await hasty.posts("alo", headers=outside)).status for _ in range(42)]
    assert statuses[:40] == [200] * 40 and statuses[40:] == [429] * 2
    refused = await hasty.posts("alo", headers=outside)
    assert 0 < int(refused.headers["Retry-After"]) <= 61 and "chờ" in (await refused.json())["error"]
    assert (await calm.posts("alo", headers=outside)).status == 200  # the same address, another person


async def test_an_address_that_is_made_up_earns_no_fresh_count(another: OpensABrowser, parts: Parts) -> None:
    visitor = await another()  # no trusted proxy: what the header says is nobody's address
    await visitor.opens()
    answers = [await visitor.posts("alo", headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(41)]
    assert answers[-1].status == 429


async def test_many_cookies_from_one_address_meet_the_wall_of_the_address(server: TestServer, parts: Parts) -> None:
    parts.settings = behind(parts.settings, "127.0.0.0/8")
    async with TestClient(server) as client:
        statuses = set()
        for n in range(402):
            answer = await client.post(
                "/console/sign-in",
                data={"login": "ai"},
                headers={"X-Forwarded-For": "198.51.100.7"},
                cookies={"danhoi_chat": str(n)},
            )
            statuses.add(answer.status)
    assert statuses == {403, 429}
