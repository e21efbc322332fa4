"""What an attacker would try on the console: foreign posts, scripts in names, SQL in filters, formulas in files."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.assembly import Parts
from bot.console.exports import safe_cell, safe_file_name
from bot.console.visits import CSRF
from bot.web import HEADERS
from handlers.permissions import Role
from storage import audit, communes, grants, officers
from storage.communes import Commune
from tests.bot.conftest import OpensABrowser, Seats
from tests.bot.console import csrf, hire

SCRIPT = "<script>alert(1)</script>"
NASTY = ("' OR 1=1 --", "1; DROP TABLE officer", "%27%20UNION%20SELECT", "\x00", "💣" * 50, SCRIPT)


async def test_no_form_is_taken_without_its_key(seats: Seats, server: TestServer) -> None:
    operator = await seats(Role.OPERATOR)
    another_key = csrf(await (await seats(Role.OPERATOR)).opens("/console"))
    before_sign_in: TestClient[Any, Any] = TestClient(server)
    early_key = csrf(await (await before_sign_in.get("/console/sign-in")).text())
    for key in ("", "0" * 48, another_key, early_key):
        answer = await operator.client.post(
            "/console/officers", data={CSRF: key, "name": "Kẻ Gian", "role": "operator"}
        )
        assert answer.status == 403 and "Biểu mẫu đã cũ" in await answer.text()
    assert "Kẻ Gian" not in await operator.opens("/console/officers")
    answer = await before_sign_in.post("/console/sign-in", data={CSRF: another_key, "login": "a", "password": "b"})
    assert answer.status == 403
    await before_sign_in.session.close()


async def test_no_form_is_taken_from_another_site(seats: Seats) -> None:
    operator = await seats(Role.OPERATOR)
    key = csrf(await operator.opens("/console"))
    for headers in ({"Origin": "https://xau.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        answer = await operator.client.post("/console/account/codes", data={CSRF: key}, headers=headers)
        assert answer.status == 403


async def test_only_forms_of_a_fair_size_are_read(seats: Seats) -> None:
    operator = await seats(Role.OPERATOR)
    key = csrf(await operator.opens("/console"))
    big = await operator.client.post("/console/officers", data={CSRF: key, "name": "x" * 70_000, "role": "desk"})
    assert big.status == 413
    as_json = await operator.client.post("/console/officers", json={CSRF: key, "name": "a", "role": "desk"})
    assert as_json.status == 413
    with_file = await operator.client.post("/console/officers", data={CSRF: key, "name": io.BytesIO(b"tep")})
    assert with_file.status == 413


async def test_every_console_answer_carries_the_headers_and_is_never_kept(seats: Seats) -> None:
    inspector = await seats(Role.INSPECTOR)
    for address in ("/console", "/console/audit", "/console/audit.csv", "/console/sign-in", "/console/officers/99"):
        answer = await inspector.client.get(address)
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert answer.headers["Cache-Control"] == "no-store", address


async def test_scripts_in_names_are_text(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator, leader = await seats(Role.OPERATOR), await seats(Role.LEADER)
    name = f"Ông {SCRIPT}"
    await operator.sends("/console/officers", name=name, role="desk")
    await operator.sends("/console/commune/offices", name=f"Phòng {SCRIPT}")
    await operator.sends("/console/commune/hamlets", names=f"Thôn {SCRIPT}")
    async with parts.database.writing() as session:
        row = await communes.get(session, commune_id=commune.id or 0)
        row.name, row.phone = f"Xã {SCRIPT}", '" onclick="alert(1)'
        session.add(row)
    for address in ("/console/officers", "/console/commune", "/console/stand-ins", "/console/rights"):
        page = await leader.opens(address)
        assert SCRIPT not in page and "&lt;script&gt;" in page
        assert '" onclick="' not in page


async def test_a_citizens_words_stay_words(seats: Seats, another: OpensABrowser) -> None:
    visitor = await another()
    await visitor.opens()
    await visitor.says(f"den duong truoc nha toi hong 3 tuan nay {SCRIPT}")
    desk = await seats(Role.DESK)
    assert "#1" in await desk.opens("/console/cases")
    page = await desk.opens("/console/cases/1")
    assert "den duong truoc nha toi hong" in page and SCRIPT not in page


@pytest.mark.parametrize("nasty", NASTY)
async def test_nothing_typed_into_a_filter_or_an_address_runs(seats: Seats, nasty: str) -> None:
    inspector, desk = await seats(Role.INSPECTOR), await seats(Role.DESK)
    for name in ("officer", "act", "since", "until", "before", "done"):
        page = await (await inspector.client.get("/console/audit", params={name: nasty})).text()
        assert SCRIPT not in page and "Nhật ký hệ thống" in page
    for name in ("kind", "before", "done"):
        page = await (await desk.client.get("/console/cases", params={name: nasty})).text()
        assert SCRIPT not in page and "Vụ việc" in page
    for address in ("/console/cases/1%20OR%201=1", "/console/cases/-1", "/console/cases/99999999999999"):
        assert (await desk.client.get(address)).status == 404


async def test_fields_that_no_form_has_change_nothing(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator = await seats(Role.OPERATOR)
    other = await hire(parts, commune, Role.DESK, name="Người Thường")
    more = {"commune_id": "2", "id": "99", "state": "left", "login": "moi", "is_sample": "", "officer_id": "1"}
    await operator.sends(f"/console/officers/{other.id}/roles", role="field", valid_from="2026-11-23", **more)
    await operator.sends(f"/console/officers/{other.id}/office", office="", **more)
    settings = {"name": "Xã Mới", "answer_days": "7", "calls_citizen": "bà con", "calls_itself": "em", "code": "x"}
    assert (await operator.sends("/console/commune/settings", **settings, **more)).status == 303
    async with parts.database.reading() as session:
        same = await officers.get(session, commune_id=commune.id or 0, officer_id=other.id or 0)
        row = await communes.get(session, commune_id=commune.id or 0)
        held = await grants.in_force(session, commune_id=commune.id or 0, on=parts.clock.today())
    assert same is not None and (same.state, same.login) == (other.state, other.login)
    assert (row.code, row.is_sample, row.name, row.answer_days) == ("mau", True, "Xã Mới", 7)
    assert [one.role for one in held if one.officer_id == other.id] == ["desk", "field"]


async def test_nobody_raises_themselves(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator, leader = await seats(Role.OPERATOR), await seats(Role.LEADER)
    own = f"/console/officers/{operator.officer.id}/roles"
    answer = await operator.sends(own, role="inspector", valid_from="2026-11-23")
    assert answer.status == 422 and "không tự làm cho mình" in await answer.text()
    absent = await hire(parts, commune, Role.INSPECTOR)
    taken = await leader.sends(
        "/console/stand-ins",
        absent=str(absent.id),
        stand_in=str(leader.officer.id),
        valid_from="2026-11-23",
        valid_to="2026-11-30",
    )
    assert taken.status == 422


async def test_the_last_operator_stays(parts: Parts, seats: Seats, commune: Commune) -> None:
    first, second = await seats(Role.OPERATOR), await seats(Role.OPERATOR)
    assert (await first.sends(f"/console/officers/{second.officer.id}/leave")).status == 303
    own = await first.sends(f"/console/officers/{first.officer.id}/leave")
    assert own.status == 422 and "Người vận hành" in await first.opens("/console/officers")


async def test_a_portal_is_an_origin_and_nothing_more(seats: Seats) -> None:
    operator = await seats(Role.OPERATOR)
    fields = {"name": "Xã Mới", "answer_days": "5", "calls_citizen": "anh/chị", "calls_itself": "em"}
    for bad in ("http://xa.example", "https://xa.example/", "https://xa.example; script-src *", "xa.example"):
        answer = await operator.sends("/console/commune/settings", portal=bad, **fields)
        assert answer.status == 422 and "https://tên-miền" in await answer.text()
    five = " ".join(f"https://s{number}.example" for number in range(5))
    assert (await operator.sends("/console/commune/settings", portal=five, **fields)).status == 422
    assert "embed.js" not in await operator.opens("/console/commune")
    two = "https://xa.example https://www.xa.example:8443"
    assert (await operator.sends("/console/commune/settings", portal=two, **fields)).status == 303
    told = await operator.opens("/console/commune")
    assert "/embed.js&#34; data-commune=&#34;mau&#34; async&gt;" in told and "https://www.xa.example:8443" in told


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_cells_never_begin_a_formula(start: str) -> None:
    assert safe_cell(f"{start}HYPERLINK(1)").startswith("'")


def test_plain_cells_stay_plain() -> None:
    assert [safe_cell(one) for one in ("Ấp Đông", 12, None)] == ["Ấp Đông", "12", ""]


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a"; x=', "tệp\r\nX: y", "Xã Mẫu Hòa Bình 2026", "💣", "CON"])
def test_file_names_are_letters_digits_and_hyphens(name: str) -> None:
    safe = safe_file_name(name)
    assert safe and all(letter.isascii() and (letter.isalnum() or letter == "-") for letter in safe)


async def test_an_export_with_a_formula_for_a_name(parts: Parts, seats: Seats, commune: Commune) -> None:
    evil = await seats(Role.DESK, name="=HYPERLINK(0) Văn A")
    inspector = await seats(Role.INSPECTOR)
    file = await (await inspector.client.get("/console/audit.csv")).text()
    rows = list(csv.reader(io.StringIO(file.lstrip("\ufeff"))))
    names = {row[1] for row in rows[1:]}
    assert f"'{evil.officer.name}" in names and not any(name.startswith("=") for name in names)


async def test_a_read_case_stands_in_the_audit_without_a_word_of_it(
    parts: Parts, seats: Seats, another: OpensABrowser, commune: Commune
) -> None:
    visitor = await another()
    await visitor.opens()
    await visitor.says("den duong truoc nha ba Nguyen Thi Lan hong roi, goi 0912345678")
    desk = await seats(Role.DESK)
    await desk.opens("/console/cases/1")
    async with parts.database.reading() as session:
        rows = await audit.page(session, commune_id=commune.id or 0, limit=100)
    read = [row for row in rows if row.act == "case.read"]
    assert [(row.officer_id, row.object_id, row.why) for row in read] == [(desk.officer.id, 1, "casework")]
    told = " ".join(str(value) for row in rows for value in row.model_dump().values())
    assert "Lan" not in told and "0912345678" not in told
