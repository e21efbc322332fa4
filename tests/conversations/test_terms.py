"""Which term a case has: the law's for a signed complaint, with its article; else the commune's promise, by field."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.case_jobs import watch_deadlines
from bot.checking import check_database
from handlers import case_acts, desk_entry, townhall
from handlers.lifecycle import NotNow
from handlers.permissions import Role, person_of
from handlers.staff import add_officer
from handlers.workplace import Workplace
from knowledge.base import Knowledge
from knowledge.categories import field_of
from knowledge.statutory import legal_term
from storage import answer_terms
from storage.bodies import Vault
from storage.communes import Commune
from storage.database import Database
from tests.casework import Post, Staff, Works, the_case
from tests.conftest import Citizen, MovableClock

BEFORE, SINCE = date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("starts", "on", "days", "unit", "cite"),
    [
        ("received", BEFORE, 10, "calendar_day", "02/2011/QH13 Điều 27"),
        ("received", SINCE, 7, "working_day", "155/2026/NĐ-CP Điều 10"),
        ("accepted", SINCE, 30, "calendar_day", "02/2011/QH13 Điều 28"),
    ],
)
def test_the_terms_of_a_complaint_by_day(starts: str, on: date, days: int, unit: str, cite: str) -> None:
    term = legal_term("complaint", starts=starts, on=on)  # type: ignore[arg-type]
    assert term is not None and (term.days, term.unit) == (days, unit) and cite in term.cite


@pytest.mark.parametrize("kind", ["report", "proposal", "feedback", "question"])
def test_no_confirmed_term_no_law(kind: str) -> None:
    assert legal_term(kind, starts="received", on=SINCE) is None


def test_every_field_names_entries_that_exist(knowledge: Knowledge) -> None:
    found = {field_of(entry) for entry in knowledge.entries}
    assert found >= {"justice", "security", "land", "building", "welfare", "health", "education", "economy", None}
    assert field_of("tthc.dang-ky-khai-sinh") == "justice" and field_of(None) is None


async def operator(database: Database, commune: Commune, vault: Vault, clock: MovableClock, **days: int | None) -> None:
    async with database.writing() as session:
        officer = await add_officer(
            session,
            commune_id=commune.id or 0,
            name=f"Vận Hành {clock.now()}",
            role=Role.OPERATOR,
            now=clock.now(),
            today=clock.today(),
        )
        person = await person_of(session, officer, on=clock.today())
        work = Workplace(session, person, vault, clock.now(), clock.today())
        await townhall.promise(work, days)


async def test_a_report_and_a_question_have_the_promise_of_their_field(
    citizen: Citizen, neighbour: Citizen, database: Database, commune: Commune, vault: Vault, clock: MovableClock
) -> None:
    await operator(database, commune, vault, clock, economy=9, justice=2)
    await citizen.says("đèn đường ngõ 5 hỏng từ hôm qua")
    told = (await citizen.says("gửi")).text
    assert "Xã hẹn trả lời" in told and "(9 ngày làm việc" in told and "luật" not in told
    await neighbour.says("đăng ký khai sinh cho con cần giấy tờ gì")
    asked = (await neighbour.says("gặp cán bộ")).text
    assert "Xã hẹn trả lời ở đây" in asked and "(2 ngày làm việc)" in asked
    assert (await the_case(database)).field == "justice"


async def test_a_changed_promise_moves_nobodys_date(
    citizen: Citizen,
    staff: Staff,
    case_id: int,
    database: Database,
    commune: Commune,
    vault: Vault,
    clock: MovableClock,
    post: Post,
) -> None:
    before = (await the_case(database)).due_on
    clock.move(days=2)
    await operator(database, commune, vault, clock, economy=20)
    await watch_deadlines(database, clock)
    assert (await the_case(database)).due_on == before and await post.new() == []
    await citizen.says("đơn của tôi tới đâu rồi")
    assert "xã hẹn 5 ngày làm việc" in (await citizen.says("Hạn tính thế nào")).text
    async with database.reading() as session:
        mine = {"commune_id": commune.id or 0}
        yesterday = await answer_terms.in_force(session, **mine, on=clock.today() - timedelta(days=1))
        assert yesterday == {} and await answer_terms.in_force(session, **mine, on=clock.today()) == {"economy": 20}


async def test_a_signed_complaint_runs_by_the_law_until_it_is_taken_up_and_from_then_on(
    staff: Staff, works: Works, database: Database, citizen: Citizen, vault: Vault, clock: MovableClock
) -> None:
    async with works(staff["desk"]) as work:
        words = "xin xem lại việc thu hồi đất"
        case_id = await desk_entry.add(work, kind="complaint", words=words, place="", hamlet_id=None)
        slip = await desk_entry.slip(work, case_id)
    case = await the_case(database)
    assert case.due_on == date(2026, 12, 3)  # 7 working days from Monday 23/11; 24/11 is a day off
    shown = (await citizen.says(f"{case.code} {slip.phrase}")).text
    assert "hạn theo luật thứ Năm 03/12/2026" in shown and "hẹn trả lời" not in shown
    clock.move(days=2)
    async with works(staff["desk"]) as work:
        await case_acts.accept(work, case_id)
    case = await the_case(database)
    assert (case.state, case.rule, case.due_on) == ("working", "khieunai.lan-dau", date(2026, 12, 25))
    with pytest.raises(NotNow):
        async with works(staff["desk"]) as work:
            await case_acts.accept(work, case_id)
    assert await check_database(database, vault, lambda _line: None)


async def test_what_was_told_in_a_chat_is_no_lawful_complaint_whatever_it_is_called(
    staff: Staff, works: Works, case_id: int, database: Database, post: Post
) -> None:
    before = (await the_case(database)).due_on
    async with works(staff["desk"]) as work:
        await case_acts.reclass(work, case_id, kind="complaint", reason="Nói về quyết định xử phạt")
    case = await the_case(database)
    assert (case.kind, case.rule, case.due_on) == ("complaint", "promise", before)
    with pytest.raises(NotNow):
        async with works(staff["desk"]) as work:
            await case_acts.accept(work, case_id)


async def test_a_petition_at_the_desk_that_turns_out_a_complaint_gets_the_laws_term(
    staff: Staff, works: Works, database: Database, vault: Vault
) -> None:
    async with works(staff["desk"]) as work:
        case_id = await desk_entry.add(work, kind="report", words="đường số 2 hư", place="", hamlet_id=None)
    first = await the_case(database)
    assert (first.rule, first.due_on) == ("promise", date(2026, 12, 1))
    async with works(staff["desk"]) as work:
        await case_acts.reclass(work, case_id, kind="complaint", reason="Đơn có chữ ký, xin xem lại quyết định")
    case = await the_case(database)
    assert case.rule == "khieunai.thu-ly" and case.due_on == date(2026, 12, 3)
    assert await check_database(database, vault, lambda _line: None)
