"""The books of a month as page and Excel, and a late dossier from the desk to the person who asks with its code."""

from __future__ import annotations

import io

import pytest
from docx import Document
from openpyxl import load_workbook

from bot.assembly import Parts
from bot.console.books import HEADS
from handlers import case_acts
from handlers.permissions import Act, Role, person_of
from handlers.workplace import Workplace
from storage import audit
from storage.communes import ChannelAccount, Commune
from storage.officers import Officer
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import Seats
from tests.bot.console import hire
from tests.bot.test_case_pages import tell
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import THE_DAY, Citizen, MovableClock

CODE = "H45.18-261101-0007"


def rows_of(body: bytes) -> list[tuple[object, ...]]:
    page = load_workbook(io.BytesIO(body)).active
    assert page is not None
    return list(page.iter_rows(values_only=True))


async def answer(parts: Parts, officer: Officer, case_id: int) -> None:
    async with parts.database.writing() as session:
        person = await person_of(session, officer, on=parts.clock.today())
        work = Workplace(session, person, parts.vault, parts.clock.now(), parts.clock.today())
        await case_acts.answer(work, case_id, words="Đã thay bóng.", evidence="document", document="12/CV-UBND")


async def test_the_books_hold_the_month_in_the_right_columns(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, citizen: Citizen
) -> None:
    desk = await seats(Role.DESK, name="Lê Một Cửa")
    ids = await tell(parts, desk.officer)
    await answer(parts, desk.officer, ids[0])
    await citizen.says("cầu ván gãy, anh Nguyễn Văn Tám số 0912345678 biết")
    await citizen.says("ngõ 5")
    await citizen.says("hôm qua")
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text

    file = await desk.client.get("/console/books.xlsx?book=reception&month=2026-11")
    assert file.headers["Content-Disposition"] == 'attachment; filename="so-tiep-cong-dan-thang-11-2026-mau.xlsx"'
    found = rows_of(await file.read())
    at = found.index(tuple(head for head, _width in HEADS["reception"]))
    rows = found[at + 1 :]
    assert [row[0] for row in rows] == [1, 2, 3] and {row[1] for row in rows} == {"23/11/2026"}
    assert all(row[2] in (None, "") and row[3] in (None, "") for row in rows), "nobody's name is written"
    first = rows[0]
    assert "Đèn đường" in str(first[4]) and first[7] == "x"
    assert first[10] == "Đã trả lời 23/11/2026, văn bản 12/CV-UBND" and "Người tiếp: Lê Một Cửa" in str(first[11])

    found = rows_of(await (await desk.client.get("/console/books.xlsx?book=petitions&month=2026-11")).read())
    rows = found[found.index(tuple(head for head, _width in HEADS["petitions"])) + 1 :]
    told = " ".join(str(row[4]) for row in rows)
    assert len(rows) == 4 and "cầu ván gãy" in told
    assert "0912345678" not in told and "Nguyễn Văn Tám" not in told
    empty = rows_of(await (await desk.client.get("/console/books.xlsx?book=petitions&month=2026-10")).read())
    assert empty[-1][0] == "STT"
    async with parts.database.reading() as session:
        trace = await audit.page(session, commune_id=webchat_account.commune_id, limit=20)
    booked = [(row.act, row.why) for row in trace if row.act.startswith(Act.BOOK_READ)]
    assert booked[:1] == [("book.read:exported", "petitions 2026-10")]


async def test_a_late_dossier_is_told_to_whoever_asks_with_its_code(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, commune: Commune, citizen: Citizen, clock: MovableClock
) -> None:
    await hire(parts, commune, Role.LEADER, name="Phạm Chủ Tịch")
    desk = await seats(Role.DESK)
    fields = {"code": CODE, "due_on": "2026-11-20", "new_due_on": "2026-11-27", "reason": "Chờ phòng đo đạc trả lời"}
    early = await desk.sends("/console/late-dossiers", **(fields | {"due_on": THE_DAY.isoformat()}))
    assert early.status == 422 and "Ngày đã hẹn phải trước hôm nay" in await early.text()
    bad = await desk.sends("/console/late-dossiers", **(fields | {"code": "<b>"}))
    assert bad.status == 422 and "Mã hồ sơ gồm" in await bad.text()
    done = await desk.sends("/console/late-dossiers", **fields)
    assert done.status == 303
    page = await desk.opens(done.headers["Location"])
    assert "Chờ phòng đo đạc" in page and CODE not in page

    said = await citizen.says(f"hồ sơ {CODE} tới đâu rồi")
    assert "Xã xin lỗi anh/chị. Lý do: Chờ phòng đo đạc trả lời." in said.text and "27/11/2026" in said.text
    assert "Phạm Chủ Tịch" in said.text and len(said.text.partition("\nCăn cứ")[0]) < 600
    other = await citizen.says("hồ sơ H45.18-261101-0008 tới đâu rồi")
    assert "xin lỗi" not in other.text.lower()

    letter = await desk.client.get("/console/late-dossiers/1/letter.docx")
    told = "\n".join(each.text for each in Document(io.BytesIO(await letter.read())).paragraphs)
    assert CODE in told and "THƯ XIN LỖI" in told and "Phạm Chủ Tịch" in told and "cam đoan" not in told
    assert (await (await desk.client.get("/console/late-dossiers/1/letter.pdf")).read()).startswith(b"%PDF-")


async def test_satisfaction_slips_reach_the_figures_and_the_public_page(
    seats: Seats, webchat_account: ChannelAccount, commune: Commune
) -> None:
    leader = await seats(Role.LEADER)
    fields = {"service": "land", "month": "2026-11", "asked": "20"} | dict.fromkeys(("one", "two", "three"), "0")
    many = await leader.sends("/console/service-ratings", **fields, four="11", five="10")
    assert many.status == 422 and "Số phiếu không được nhiều hơn" in await many.text()
    late = await leader.sends("/console/service-ratings", **(fields | {"month": "2026-12"}), four="1", five="1")
    assert late.status == 422
    for four in ("5", "6"):  # the second one corrects the first
        done = await leader.sends("/console/service-ratings", **fields, four=four, five="2")
        assert done.status == 303
    page = await leader.opens("/console/figures?view=satisfaction-mandatory")
    assert "Cấp giấy chứng nhận quyền sử dụng đất, 11/2026" in page and ">4,25<" in page and ">40<" in page
    public = await leader.opens(f"/x/{commune.code}/outcomes")
    assert "8 trong 20 kết quả đã trả" in public


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_books_and_letters_in_the_browser(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    await tell(parts, await hire(parts, commune, Role.DESK, name="Lê Một Cửa"))
    page = await opens(await link(parts, commune, Role.DESK, "Cán bộ Mẫu Một Cửa"), viewport=size)
    await sign_up(page, parts)
    await page.goto(page.url.partition("/console")[0] + "/console/books")
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"books-{name}")
    await page.get_by_role("button", name="Xem, in").click()
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"books-{name}-print")
    await page.goto(page.url.partition("/console")[0] + "/console/late-dossiers")
    await page.get_by_label("Mã hồ sơ").fill(CODE)
    await page.get_by_label("Ngày đã hẹn trả").fill("2026-11-20")
    await page.get_by_label("Ngày hẹn mới").fill("2026-11-27")
    await page.get_by_label("Lý do trễ hẹn").fill("Chờ phòng đo đạc trả lời")
    await page.get_by_role("button", name="Ghi và soạn thư").click()
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"books-{name}-letter")
