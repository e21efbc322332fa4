"""The calendar and the lists at the console: looked at first, all rows or none, with their trace."""

from __future__ import annotations

import re
from datetime import date

from aiohttp import ClientResponse, FormData

from bot.assembly import Parts
from bot.console import uploads
from bot.samples import PRICES
from handlers.permissions import Role
from storage import audit, calendars, contacts, places, prices
from storage.communes import Commune
from tests.bot.conftest import Seats
from tests.bot.console import Colleague, csrf

SOME_PRICES = PRICES.read_text("utf-8").splitlines(keepends=True)[:8]
CALENDAR, IMPORTS = "/console/calendar", "/console/imports"
CONTACTS = "Chức danh,Họ tên,Thôn,Điện thoại,Ngày cập nhật\nTrưởng thôn,Bà Mẫu,Ấp Một,0299 000 001,20/11/2026\n"


async def post(colleague: Colleague, kind: str, name: str, content: bytes, *, key: str | None = None) -> ClientResponse:
    form = FormData()
    form.add_field("csrf", key if key is not None else csrf(await colleague.opens(IMPORTS)))
    form.add_field("kind", kind)
    form.add_field("file", content, filename=name)
    return await colleague.client.post(f"{IMPORTS}/check", data=form, allow_redirects=False)


def stamp_in(page: str) -> str:
    found = re.search(r'name="stamp" value="([0-9a-f]{32})"', page)
    assert found is not None, page
    return found[1]


async def traces(parts: Parts, commune: Commune) -> list[str]:
    async with parts.database.reading() as session:
        rows = await audit.page(session, commune_id=commune.id or 0, limit=20)
    return [row.act for row in rows]


async def test_a_list_is_looked_at_then_taken_whole(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator = await seats(Role.OPERATOR)
    shown = await post(operator, "contacts", "danh-ba.csv", CONTACTS.encode())
    page = await shown.text()
    assert shown.status == 200 and "Số dòng đọc được: 1" in page
    async with parts.database.reading() as session:
        before = await contacts.of_kinds(session, commune_id=commune.id or 0, kinds=["hamlet_head"])
    assert not any(row.name == "Bà Mẫu" for row in before), "nothing is written before the yes"
    stamp = stamp_in(page)
    done = await operator.sends(f"{IMPORTS}/load", kind="contacts", stamp=stamp)
    assert done.status == 303
    async with parts.database.reading() as session:
        after = await contacts.of_kinds(session, commune_id=commune.id or 0, kinds=["hamlet_head"])
    assert [row.name for row in after] == ["Bà Mẫu"]
    assert "list.import:imported" in await traces(parts, commune)
    again = await operator.sends(f"{IMPORTS}/load", kind="contacts", stamp=stamp)
    assert again.status == 422, "a yes counts once"


async def test_a_bad_row_is_named_and_nothing_is_taken(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator = await seats(Role.OPERATOR)
    answer = await post(operator, "contacts", "x.csv", (CONTACTS + "Vua,Ông Lạ,,0299,20/11/2026\n").encode())
    page = await answer.text()
    assert answer.status == 422 and "dòng 3" in page and 'name="stamp"' not in page
    assert not list((parts.settings.data_dir / "uploads").glob("*/*")), "a file that cannot be taken is not kept"


async def test_prices_are_compared_and_taken(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator = await seats(Role.OPERATOR)
    content = "".join(SOME_PRICES).encode()
    page = await (await post(operator, "prices", "gia.csv", content)).text()
    assert "Số dòng đọc được: 7" in page and "36/2013" in page
    done = await operator.sends(f"{IMPORTS}/load", kind="prices", stamp=stamp_in(page))
    assert done.status == 303
    async with parts.database.reading() as session:
        tables = await prices.tables(session, commune_id=commune.id or 0)
    assert sum(table.rows for table in tables if table.state == "in_force" and "36/2013" in table.decision) == 7


async def test_hamlets_and_excel_and_refusals(parts: Parts, seats: Seats, commune: Commune) -> None:
    operator = await seats(Role.OPERATOR)
    page = await (await post(operator, "places", "thon.csv", "Tên thôn, ấp;Nay là\nẤp Hai;\n".encode())).text()
    await operator.sends(f"{IMPORTS}/load", kind="places", stamp=stamp_in(page))
    async with parts.database.reading() as session:
        names = [row.name for row in await places.present(session, commune_id=commune.id or 0, on=date(2026, 11, 28))]
    assert names == ["Ấp Hai"]
    for name, content in (("x.exe", b"MZ"), ("x.xlsx", b"not a book"), ("x.csv", "ấp".encode("utf-16"))):
        refused = await post(operator, "places", name, content)
        assert refused.status == 422 and 'role="alert"' in await refused.text(), name


async def test_a_file_that_is_too_large_is_stopped_while_it_comes(parts: Parts, seats: Seats) -> None:
    operator = await seats(Role.OPERATOR)
    answer = await post(operator, "contacts", "x.csv", b"a" * (uploads.LARGEST + 1))
    assert answer.status == 422 and "lớn hơn 20 MB" in await answer.text()
    assert not list((parts.settings.data_dir / "uploads").glob("*/*"))


async def test_a_foreign_form_and_a_foreign_stamp_take_nothing(
    parts: Parts, seats: Seats, commune: Commune, other_commune: Commune
) -> None:
    operator, neighbour = await seats(Role.OPERATOR), await seats(Role.OPERATOR, at=other_commune)
    assert (await post(operator, "contacts", "x.csv", CONTACTS.encode(), key="0" * 48)).status == 403
    page = await (await post(operator, "contacts", "x.csv", CONTACTS.encode())).text()
    stolen = await neighbour.sends(f"{IMPORTS}/load", kind="contacts", stamp=stamp_in(page))
    assert stolen.status == 422
    assert (await operator.sends(f"{IMPORTS}/load", kind="contacts", stamp="../../secret.key")).status == 422


async def test_a_named_officer_approves_a_year_and_a_late_day_undoes_it(
    parts: Parts, seats: Seats, commune: Commune
) -> None:
    leader = await seats(Role.LEADER, name="Bà Lãnh Đạo")
    page = await leader.opens(f"{CALENDAR}?year=2026")
    assert "thứ Sáu 02/01/2026" in page and "thứ Bảy 10/01/2026" in page and "làm bù" in page
    assert "Chưa ai duyệt" in page and "24/11/2026" in page and "cần xác nhận" in page
    assert (await leader.sends(f"{CALENDAR}/years", year="2026")).status == 303
    assert "Đã duyệt</b>: Bà Lãnh Đạo" in await leader.opens(f"{CALENDAR}?year=2026")
    async with parts.database.reading() as session:
        (approved,) = await calendars.approved(session, commune_id=commune.id or 0)
    assert approved.approved_by == "Bà Lãnh Đạo" and approved.year == 2026
    late = await leader.sends(f"{CALENDAR}/days", day="2026-12-07", is_off="off", why="Công văn hoán đổi")
    assert late.status == 303
    page = await leader.opens(f"{CALENDAR}?year=2026")
    assert "thứ Hai 07/12/2026" in page and "Công văn hoán đổi" in page and "Chưa ai duyệt" in page
    assert {"calendar.edit:year_approved", "calendar.edit:day_changed"} <= set(await traces(parts, commune))
    assert (await leader.sends(f"{CALENDAR}/days", day="", is_off="off", why="x")).status == 422
