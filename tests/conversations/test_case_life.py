"""A case from its code to its end: officers act, the citizen reads each change, confirms it or sends it back."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.case_jobs import close_silent, push_alerts, watch_deadlines
from bot.checking import check_database
from handlers import case_acts, casework, desk_entry, officer_chat, outcomes
from handlers.case_acts import NotTheirs
from handlers.casework import NoSuchCase
from handlers.lifecycle import Lacking, NotNow
from storage import calendars, case_alerts, cases, places
from storage.bodies import Vault
from storage.calendars import CalendarDay
from storage.communes import Commune
from storage.database import Database
from storage.places import Hamlet
from storage.work_list import Wanted
from tests.casework import Post, Staff, Works, bell, the_case
from tests.conftest import Citizen, MovableClock

CODE = re.compile(r"\b[A-Z]{2}-[A-Z0-9]{5}\b")


async def test_the_officer_of_the_field_has_it_and_the_citizen_reads_every_step(
    citizen: Citizen, staff: Staff, works: Works, post: Post, case_id: int, database: Database, vault: Vault
) -> None:
    case, field = await the_case(database), staff["field"]
    assert case.officer_id == field.id and await bell(database, field) == ["new"]
    async with works(field) as work:
        await case_acts.begin(work, case_id)
        await case_acts.ask(work, case_id, words="Đèn số mấy ạ?")
    said = await post.new()
    assert "đang được xử lý" in said[0] and "cần hỏi thêm" in said[1]
    heard = await citizen.says("đèn số 7, ngay cổng chùa")
    assert case.code is not None and case.code in heard.text
    assert (await the_case(database)).state == "working" and "told" in await bell(database, field)
    async with works(field) as work:
        await case_acts.answer(
            work, case_id, words="Đã thay bóng đèn số 7.", evidence="document", document="12/CV-UBND"
        )
    (told,) = await post.new()
    assert "12/CV-UBND" in told and "xong chưa" in told
    heard = await citizen.says("rồi, đã xong")
    assert "thế nào" in heard.text and len(heard.choices) == 5
    heard = await citizen.says("4")
    assert "Vì sao" in heard.text
    await citizen.says("làm nhanh")
    async with database.reading() as session:
        rating = await case_alerts.rating_of(session, commune_id=case.commune_id, case_id=case_id)
    closed = await the_case(database)
    assert rating is not None and rating.faces == 4 and rating.body_id is not None
    assert (closed.state, closed.is_forced) == ("closed", False)
    assert await check_database(database, vault, lambda _line: None)


async def test_not_done_reopens_it_once_weeks_of_silence_later(
    citizen: Citizen, staff: Staff, works: Works, case_id: int, database: Database, clock: MovableClock
) -> None:
    async with works(staff["field"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay.", evidence="decision", document="")
    clock.move(days=9)
    heard = await citizen.says("2")  # by its number, nine days after the news
    assert "mở lại" in heard.text and "undone" in await bell(database, staff["field"])
    case = await the_case(database)
    assert (case.state, case.is_reopened, case.evidence) == ("assigned", True, "")
    async with works(staff["field"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay lại.", evidence="decision", document="")
    heard = await citizen.says(f"{case.code} chưa xong")
    assert "đã mở lại một lần" in heard.text
    assert (await the_case(database)).state == "answered"


async def test_silence_closes_after_fifteen_days(
    staff: Staff, works: Works, case_id: int, database: Database, clock: MovableClock, post: Post
) -> None:
    async with works(staff["field"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay.", evidence="decision", document="")
    clock.move(days=16)
    await close_silent(database, clock)
    assert (await the_case(database)).state == "closed" and "khép lại" in (await post.new())[-1]


async def test_nothing_closes_without_evidence_or_a_coded_reason(
    staff: Staff, works: Works, case_id: int, database: Database
) -> None:
    for evidence in ("", "lời tôi nói"):
        with pytest.raises(Lacking):
            async with works(staff["field"]) as work:
                await case_acts.answer(work, case_id, words="Xong.", evidence=evidence, document="")
    with pytest.raises(Lacking):
        async with works(staff["field"]) as work:
            await case_acts.refuse(work, case_id, reason="không thích", words="")
    with pytest.raises(NotNow):
        async with works(staff["leader"]) as work:
            await case_acts.close(work, case_id)
    with pytest.raises(NoSuchCase):
        async with works(staff["field"]) as work:
            await case_acts.close(work, case_id)
    assert (await the_case(database)).state == "received"


async def test_transfer_refusal_and_another_kind_say_why(
    staff: Staff, works: Works, case_id: int, database: Database, post: Post, citizen: Citizen
) -> None:
    async with works(staff["field"]) as work:
        await case_acts.reclass(work, case_id, kind="proposal", reason="Đây là đề nghị lắp thêm đèn")
        await case_acts.transfer(
            work, case_id, body="Điện lực huyện cũ", document="13/CV", on=date(2026, 11, 23), words=""
        )
    said = await post.new()
    assert "sang kiến nghị" in said[0] and "13/CV ngày 23/11/2026" in said[1]
    heard = await citizen.says("đơn của tôi tới đâu rồi")
    assert "Điện lực" in heard.text and "13/CV" in heard.text and "hẹn trả lời" in heard.text
    async with works(staff["desk"]) as work:
        await case_acts.assign(work, case_id, officer_id=staff["desk"].id or 0)
        await case_acts.refuse(work, case_id, reason="unclear", words="Không có ngõ 5.")
    said = await post.new()
    assert "Nghị định 20/2008/NĐ-CP Điều 7" in said[-1] and "Việc tiếp theo" in said[-1]
    assert (await the_case(database)).state == "refused"


async def test_a_report_about_an_officer_goes_around_them(
    citizen: Citizen, staff: Staff, works: Works, database: Database
) -> None:
    await citizen.says("đường ngõ 5 hư từ hôm qua, ông Trần Hạ Tầng hứa mà không làm")
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text
    case = await the_case(database)
    assert (case.held_by, case.officer_id) == ("desk", None)
    assert await bell(database, staff["field"]) == [] and await bell(database, staff["desk"]) == ["new"]
    async with works(staff["field"]) as work:
        assert (await casework.listed(work, wanted=Wanted())).rows == []
        with pytest.raises(NoSuchCase):
            await casework.opened(work, case.id or 0)
    with pytest.raises(NotTheirs):
        async with works(staff["leader"]) as work:
            await case_acts.assign(work, case.id or 0, officer_id=staff["field"].id or 0)


async def test_naming_the_owner_takes_the_case_from_them(
    staff: Staff, works: Works, case_id: int, database: Database
) -> None:
    async with works(staff["leader"]) as work:
        await casework.name_subject(work, case_id, officer_id=staff["field"].id, office_id=None)
    case = await the_case(database)
    assert case.officer_id is None and case.held_by == "desk" and await bell(database, staff["field"]) == []


async def test_nobody_is_warned_at_night(
    staff: Staff, case_id: int, database: Database, clock: MovableClock, post: Post
) -> None:
    clock.move(days=14, hours=13)
    await watch_deadlines(database, clock)
    assert await post.new() == [] and (await the_case(database)).warned == 0


async def test_a_new_holiday_moves_the_date_and_says_both(
    citizen: Citizen, staff: Staff, case_id: int, database: Database, clock: MovableClock, post: Post, commune: Commune
) -> None:
    before = (await the_case(database)).due_on
    assert before is not None
    async with database.writing() as session:
        row = CalendarDay(commune_id=commune.id or 0, day=before, is_off=True, why="Lễ hội làng")
        await calendars.change(session, row, commune_id=commune.id or 0)
    await watch_deadlines(database, clock)
    case = await the_case(database)
    (told,) = await post.new()
    await citizen.says("đơn của tôi tới đâu rồi")
    assert "Lễ hội làng" in (await citizen.says("Hạn tính thế nào")).text
    assert case.due_on is not None and case.due_on > before
    assert f"{before:%d/%m/%Y}" in told and f"{case.due_on:%d/%m/%Y}" in told


async def test_told_at_the_desk_it_is_the_same_case_with_a_slip(
    staff: Staff, works: Works, database: Database, citizen: Citizen
) -> None:
    async with works(staff["desk"]) as work:
        case_id = await desk_entry.add(work, kind="report", words="cầu ván gãy", place="ngõ 2", hamlet_id=None)
        slip = await desk_entry.slip(work, case_id)
    case = await the_case(database)
    assert (case.origin, case.account_id, case.state) == ("desk", None, "received")
    heard = await citizen.says(f"{case.code} {slip.phrase}")
    assert "đã tiếp nhận" in heard.text
    async with works(staff["desk"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay ván.", evidence="decision", document="")
        history = await cases.history(work.session, commune_id=work.commune_id, case_id=case_id)
    assert next(each for each in history if each.kind == "register").officer_id == staff["desk"].id


async def test_outcomes_name_nobody_and_hide_small_groups(
    staff: Staff, works: Works, database: Database, commune: Commune
) -> None:
    for number in range(5):
        async with works(staff["desk"]) as work:
            case_id = await desk_entry.add(
                work, kind="report", words="đèn đường hỏng", place=f"ngõ {number}", hamlet_id=None
            )
            words = "Đã thay bóng cho bà Nguyễn Thị Lan, số 0912345678."
            await case_acts.answer(work, case_id, words=words, evidence="decision", document="")
        async with works(staff["leader"]) as work:
            proposed = await outcomes.proposed(work, case_id)
            assert "0912345678" not in proposed and "Lan" not in proposed
            await outcomes.publish(work, case_id, outcome=proposed)
        async with database.reading() as session:
            shown = await outcomes.groups(session, commune_id=commune.id or 0)
        assert len(shown) == (1 if number == 4 else 0)
    assert shown[0].count == shown[0].answered == shown[0].in_time == 5 and len(shown[0].results) == 5


async def test_five_of_a_kind_in_a_hamlet_ring_at_the_leader(
    staff: Staff, works: Works, database: Database, commune: Commune, clock: MovableClock
) -> None:
    async with database.writing() as session:
        row = Hamlet(commune_id=commune.id or 0, name="Thôn Mẫu", key="thon mau", now="Thôn Mẫu")
        hamlet_id = await places.keep(session, row)
    for number in range(5):
        assert "many" not in await bell(database, staff["leader"])
        async with works(staff["desk"]) as work:
            await desk_entry.add(work, kind="report", words="rác đầy", place=f"ngõ {number}", hamlet_id=hamlet_id)
    assert (await bell(database, staff["leader"])).count("many") == 1


async def test_the_list_shows_late_ones_first(
    staff: Staff, works: Works, database: Database, clock: MovableClock, citizen: Citizen
) -> None:
    async with works(staff["desk"]) as work:
        first = await desk_entry.add(work, kind="report", words="rác đầy", place="ngõ 1", hamlet_id=None)
    clock.move(days=10)
    async with works(staff["desk"]) as work:
        second = await desk_entry.add(work, kind="question", words="hỏi sổ đỏ", place="", hamlet_id=None)
        rows = (await casework.listed(work, wanted=Wanted())).rows
        late = (await casework.listed(work, wanted=Wanted(state="late"))).rows
    assert [row.case.id for row in rows] == [first, second] and [row.case.id for row in late] == [first]


async def test_an_officers_own_chat_hears_code_kind_and_place_and_nothing_of_the_words(
    staff: Staff,
    works: Works,
    database: Database,
    clock: MovableClock,
    citizen: Citizen,
    neighbour: Citizen,
    post: Post,
) -> None:
    async with works(staff["field"]) as work:
        code = await officer_chat.show_code(work)
    assert "không đúng" in (await neighbour.says("LK-7AAAAAA")).text
    assert "đã gắn" in (await neighbour.says(code)).text
    assert "không đúng" in (await citizen.says(code)).text  # it opens once
    async with works(staff["field"]) as work:
        seen = await officer_chat.where(work)
    assert seen is not None and seen.channel == "terminal" and seen.since == clock.now()
    await citizen.says("đèn đường ngõ 5 hỏng từ hôm qua, tối om nguy hiểm lắm")
    await citizen.says("gửi")
    clock.move(hours=13)
    await push_alerts(database, clock, base="https://xa.example")
    assert await post.new() == []  # at night nobody is called
    clock.move(hours=35)  # the day after is a holiday
    await push_alerts(database, clock, base="https://xa.example")
    await push_alerts(database, clock, base="https://xa.example")
    (told,) = await post.new()
    case = await the_case(database)
    assert told.startswith(f"{case.code}: vụ việc mới (phản ánh, Đèn đường") and "tối om" not in told
    assert told.endswith(f"https://xa.example/console/cases/{case.id}")


async def test_either_side_ends_an_officer_s_link_and_the_other_side_sees_it(
    citizen: Citizen, neighbour: Citizen, staff: Staff, works: Works, post: Post
) -> None:
    assert "chưa gắn" in (await neighbour.says("gỡ báo việc")).text
    for ends in ("chat", "console"):
        async with works(staff["field"]) as work:
            code = await officer_chat.show_code(work)
        await neighbour.says(code)
        if ends == "chat":
            assert "đã gỡ" in (await neighbour.says("go bao viec")).text
        else:
            async with works(staff["field"]) as work:
                await officer_chat.unlink(work)
            assert "thôi nhận tin báo việc" in (await post.new())[-1]
        async with works(staff["field"]) as work:
            assert await officer_chat.where(work) is None


async def test_a_person_who_asked_for_an_officer_reads_the_answer_in_the_chat(
    citizen: Citizen, staff: Staff, works: Works, database: Database, post: Post
) -> None:
    await citizen.says("giấy tờ của tui bị kẹt bên kia hổng ai chịu")
    await citizen.says("gặp cán bộ")
    case = await the_case(database)
    async with works(staff["desk"]) as work:
        _one, lines = await casework.opened(work, case.id or 0)
        await case_acts.answer(work, case.id or 0, words="Mời chị ghé bàn số 2.", evidence="decision", document="")
    said = [line for line in lines if line.kind == "said"]
    assert [line.raw for line in said] == ["giấy tờ của tui bị kẹt bên kia hổng ai chịu", "gặp cán bộ"]
    assert said[0].replies and (case.code or "") in (await post.new())[-1]


async def test_after_a_silence_a_new_report_is_not_taken_for_more_of_the_old_case(
    citizen: Citizen, staff: Staff, works: Works, case_id: int, database: Database, clock: MovableClock
) -> None:
    async with works(staff["field"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay.", evidence="decision", document="")
    await citizen.says("2")
    assert "đã ghi vào vụ việc" in (await citizen.says("đèn vẫn chớp tắt suốt đêm")).text
    clock.move(hours=2)
    heard = await citizen.says("cống trước chợ nghẹt từ hôm qua, nước tràn ra đường")
    assert "tóm tắt" in heard.text or "em ghi nhận" in heard.text
