"""Figures in the console: drawn, as tables, as files that open, as the report of a month; each for whom it is."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.async_api import expect

from bot import charts
from bot.assembly import Parts
from bot.console.figure_list import FIGURES
from bot.scheduler import link_audit
from handlers.permissions import Role
from knowledge.categories import categories
from storage import audit, case_alerts, grants, offices, places, service_ratings
from storage.case_alerts import CaseRating
from storage.cases import Case
from storage.communes import ChannelAccount, Commune
from storage.grants import Grant
from storage.offices import Office
from storage.places import Hamlet
from storage.questions import Question
from storage.service_ratings import ServiceRating
from tests.bot.browser import DESK, PHONE, OpensAPage, shoot
from tests.bot.conftest import Seats
from tests.bot.console import hire
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import NINE_O_CLOCK, THE_DAY

UNITS = ("=Văn phòng HĐND và UBND", "Phòng Kinh tế, Hạ tầng và Đô thị", "Trung tâm Phục vụ hành chính công")
HAMLETS = ("Thôn Mẫu Một", "Thôn Mẫu Hai", "Ấp Đông", "Ấp Tây", "Khóm Trung Tâm")


@pytest.fixture
async def a_month(parts: Parts, commune: Commune) -> dict[str, int]:
    """A month of work of three units and six officers, with questions and ratings; how many cases each unit had."""
    dice, mine = random.Random(5), {"commune_id": commune.id or 0}
    async with parts.database.writing() as session:
        units = [await offices.keep(session, Office(name=name, valid_from=THE_DAY, **mine)) for name in UNITS]
        hamlets = [await places.keep(session, Hamlet(name=one, key=one.lower(), now=one, **mine)) for one in HAMLETS]
    people = [await hire(parts, commune, Role.FIELD, name=f"Cán bộ Mẫu Số {number}") for number in range(6)]
    counts = dict.fromkeys(UNITS, 0)
    async with parts.database.writing() as session:
        for number in range(180):
            category = dice.choice(list(categories().values()))
            unit = dice.randrange(3)
            received = NINE_O_CLOCK - timedelta(hours=dice.randrange(22 * 24))
            answered = received + timedelta(hours=dice.randrange(10 * 24)) if number % 3 else None
            answered = answered if answered and answered < NINE_O_CLOCK else None
            case = Case(
                opened_at=received,
                received_at=received,
                kind="report",
                state="closed" if answered else "working",
                code=f"PA-{number:05}",
                category=category.id,
                papi=category.papi,
                field=category.field,
                hamlet_id=dice.choice(hamlets),
                office_id=units[unit],
                officer_id=people[dice.randrange(6)].id,
                answered_at=answered,
                closed_at=answered,
                due_on=(received + timedelta(days=7)).date(),
                promised_on=(received + timedelta(days=7)).date(),
                **mine,
            )
            session.add(case)
            await session.flush()
            counts[UNITS[unit]] += 1
            if answered and number % 2:
                await case_alerts.rate(
                    session, CaseRating(case_id=case.id or 0, faces=dice.randrange(2, 6), at=answered, **mine)
                )
        for service in ("certification", "building", "land"):
            slips = ServiceRating(
                service=service,
                month=THE_DAY.replace(day=1),
                asked=40,
                faces_4=9,
                faces_5=11,
                officer_id=people[0].id or 0,
                at=NINE_O_CLOCK,
                **mine,
            )
            await service_ratings.keep(session, slips, commune_id=commune.id or 0)
        for _ in range(400):
            at = NINE_O_CLOCK - timedelta(minutes=dice.randrange(22 * 24 * 60))
            action = dice.choice(("answer", "answer", "answer", "clarify", "abstain", "smalltalk"))
            session.add(
                Question(action=action, asked_at=at, papi=dice.randrange(1, 9), hamlet_id=dice.choice(hamlets), **mine)
            )
    return counts


async def test_files_open_with_the_rows_of_the_page(
    parts: Parts, seats: Seats, a_month: dict[str, int], webchat_account: ChannelAccount
) -> None:
    leader = await seats(Role.LEADER)
    file = await leader.client.get("/console/figures.xlsx?view=units")
    assert file.status == 200 and file.headers["Content-Disposition"].endswith('.xlsx"')
    page = load_workbook(io.BytesIO(await file.read())).active
    assert page is not None
    rows = [list(row) for row in page.iter_rows(values_only=True)]
    at = next(number for number, row in enumerate(rows) if row[0] == "Đơn vị")
    found = {str(row[0]): row for row in rows[at + 1 :]}
    assert {name: row[1] for name, row in found.items()} == a_month
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row), "a name ran as a formula"
    text = await (await leader.client.get("/console/figures.csv?view=units")).text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert {row[0].lstrip("'"): int(row[1]) for row in lines[1:]} == a_month and lines[1][0] != UNITS[0]
    async with parts.database.reading() as session:
        trace = await audit.page(session, commune_id=webchat_account.commune_id, limit=5)
    assert [row.act for row in trace[:2]] == ["figure.read:exported"] * 2


async def test_every_figure_has_a_page_and_both_files(seats: Seats, a_month: dict[str, int]) -> None:
    leader = await seats(Role.LEADER)
    for name, figure in FIGURES.items():
        page = await leader.opens(f"/console/figures?view={name}&since=2026-11-01&until=2026-11-30")
        assert figure.title in page and len(page) < 300_000, name
        assert "data:image/svg+xml" in page or figure.kind == "heat" or name in ("channels", "warnings"), name
        for kind in ("csv", "xlsx"):
            file = await leader.client.get(f"/console/figures.{kind}?view={name}&since=2026-11-01&until=2026-11-30")
            assert (file.status == 200 and figure.title) or await file.read(), (name, kind)


@pytest.mark.parametrize(
    "asked", ["since=x", "since=2026-11-30&until=2026-11-01", "since=1990-01-01", "until=9999-12-31"]
)
async def test_a_wrong_range_gets_a_sentence(seats: Seats, asked: str, webchat_account: ChannelAccount) -> None:
    leader = await seats(Role.LEADER)
    answer = await leader.client.get(f"/console/figures?view=units&{asked}")
    assert answer.status == 422 and "Khoảng ngày chưa đúng" in await answer.text()
    assert (await leader.client.get(f"/console/figures.xlsx?view=nothing&{asked}")).status == 200


async def test_the_report_of_a_month_carries_the_audits_head(
    parts: Parts, seats: Seats, a_month: dict[str, int], commune: Commune
) -> None:
    leader = await seats(Role.LEADER)
    await leader.client.get("/console/figures.csv?view=units")
    await link_audit(parts.database, parts.clock)
    async with parts.database.reading() as session:
        (head,) = await audit.heads(session, commune_id=commune.id or 0, limit=1)
    file = await leader.client.get("/console/figures/report.docx?month=2026-11")
    paper = Document(io.BytesIO(await file.read()))
    told = "\n".join(each.text for each in paper.paragraphs)
    assert "Báo cáo tháng 11/2026" in told and head.hash in told
    cells = {cell.text for table in paper.tables for row in table.rows for cell in row.cells}
    assert set(UNITS) <= cells and paper.core_properties.author == ""
    pdf = await leader.client.get("/console/figures/report.pdf?month=2026-11")
    body = await pdf.read()
    assert pdf.status == 200 and body.startswith(b"%PDF-") and pdf.content_type == "application/pdf"
    assert b"BeVietnamPro" in body and len(body) > 10_000
    assert (await leader.client.get("/console/figures/report.pdf?month=nonsense")).status == 200


async def test_the_head_of_one_unit_sees_that_unit_alone(
    parts: Parts, seats: Seats, a_month: dict[str, int], commune: Commune
) -> None:
    async with parts.database.reading() as session:
        units = await offices.offices(session, commune_id=commune.id or 0, on=THE_DAY)
    head = await seats(Role.CURATOR)
    async with parts.database.writing() as session:
        row = Grant(
            commune_id=commune.id or 0,
            officer_id=head.officer.id or 0,
            role=Role.UNIT_HEAD,
            office_id=units[0].id,
            valid_from=THE_DAY,
        )
        await grants.add(session, row)
    page = await head.opens("/console/figures?view=units")
    assert units[0].name in page and units[1].name not in page
    assert "Câu hỏi theo giờ" not in await head.opens("/console/figures")
    for name, figure in FIGURES.items():
        status = (await head.client.get(f"/console/figures.csv?view={name}")).status
        assert status == (403 if figure.whole else 200), name
    assert (await head.client.get("/console/figures/report.pdf")).status == 200


async def test_the_public_page_shows_fields_and_no_small_group(
    parts: Parts, seats: Seats, a_month: dict[str, int], commune: Commune
) -> None:
    anybody = await seats(Role.CURATOR)
    page = await anybody.opens(f"/x/{commune.code}/outcomes")
    assert "Theo lĩnh vực" in page and "Kinh tế, hạ tầng" in page
    assert "Cán bộ Mẫu Số" not in page


def test_drawings_carry_vietnamese_letters_and_no_scripts() -> None:
    drawing = charts.svg("bars", ["Phòng Kinh tế, Hạ tầng", "<script>"], [("Đang mở", (3, 4)), ("Trễ hẹn", (1, None))])
    assert "Trễ hẹn" in drawing and "Phòng Kinh tế" in drawing
    assert "<script" not in drawing and "http-equiv" not in drawing and 'xlink:href="http' not in drawing
    assert charts.svg("columns", [f"{hour} giờ" for hour in range(24)], [("Số", tuple(range(24)))]).startswith("<svg")


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_figures_are_drawn(
    opens: OpensAPage, parts: Parts, commune: Commune, a_month: dict[str, int], name: str, size: dict[str, int]
) -> None:
    page = await opens(await link(parts, commune, Role.LEADER, "Lãnh đạo Mẫu"), viewport=size)
    await sign_up(page, parts)
    base = page.url.partition("/console")[0]
    for each, figure in FIGURES.items():
        await page.goto(f"{base}/console/figures?view={each}")
        assert await fits(page), each
        if figure.kind != "heat" and each not in ("channels", "warnings"):
            drawing = page.get_by_role("img", name="Biểu đồ")
            await expect(drawing).to_be_visible()
            assert await drawing.evaluate("one => one.complete && one.naturalWidth > 0")
        await shoot(page, f"figures-{name}-{each}")
