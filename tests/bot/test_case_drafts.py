"""Answers that begin with a template or with what we know: filled from the case, nothing left open, changes kept."""

from __future__ import annotations

import pytest
from playwright.async_api import expect
from sqlmodel import select

from bot.assembly import Parts
from handlers import desk_entry
from handlers.permissions import Role, person_of
from handlers.workplace import Workplace
from knowledge.reply_templates import PLACES, fill, shipped, still_open, unknown_places
from storage.cases import Case, CaseEvent
from storage.communes import ChannelAccount, Commune
from storage.officers import Officer
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import Seats
from tests.bot.console import hire
from tests.bot.test_case_pages import tell
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import MovableClock


def test_shipped_templates_name_only_what_can_be_filled() -> None:
    assert len(shipped()) >= 4
    for each in shipped():
        assert unknown_places(each.text) == [], each.id
        assert still_open(fill(each.text, dict.fromkeys(PLACES, "x"))) == "" or "[" in each.text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Xã đã thay bóng.", ""),
        ("Dạ, {loi_chao} ạ", "{loi_chao}"),
        ("Xã đã [làm gì].", "[làm gì]"),
        ("Xong ngày ......", "......"),
        ("Xong ngày ____", "____"),
        ("Giá 5.000 đồng (mục 2) ...", ""),
    ],
)
def test_what_is_still_open(text: str, place: str) -> None:
    assert still_open(text) == place


async def ask(parts: Parts, officer: Officer, words: str) -> int:
    async with parts.database.writing() as session:
        person = await person_of(session, officer, on=parts.clock.today())
        work = Workplace(session, person, parts.vault, parts.clock.now(), parts.clock.today())
        return await desk_entry.add(work, kind="question", words=words, place="", hamlet_id=None)


async def test_a_question_gets_a_suggestion_with_sources_and_what_was_changed_is_kept(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, commune: Commune
) -> None:
    desk = await seats(Role.DESK)
    case_id = await ask(parts, desk.officer, "đăng ký khai sinh cho con cần giấy tờ gì")
    page = await desk.opens(f"/console/cases/{case_id}")
    assert "Soạn trả lời" in page and "Căn cứ: " in page
    begun = await desk.opens(f"/console/cases/{case_id}?draft=entry")
    assert "trả lời anh/chị" in begun and 'name="draft" value="entry"' in begun.replace('type="hidden" ', "")
    fields = {"evidence": "decision", "document": "", "draft": "entry"}
    empty = await desk.sends(f"/console/cases/{case_id}/answer", words="Xã đã [làm gì].", **fields)
    assert empty.status == 422 and "Còn chỗ chưa điền: [làm gì]" in await empty.text()
    done = await desk.sends(f"/console/cases/{case_id}/answer", words="Dạ, mang tờ khai và giấy chứng sinh.", **fields)
    assert done.status == 303
    async with parts.database.reading() as session:
        (event,) = (await session.exec(select(CaseEvent).where(CaseEvent.kind == "answer"))).all()
    assert event.facts["from"] == "entry" and 0 < event.facts["kept"] < 60
    page = await desk.opens(f"/console/cases/{case_id}")
    assert "bản soạn sẵn" in page and "Bản soạn sẵn lúc đầu" in page


async def test_a_commune_writes_its_own_templates(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, commune: Commune
) -> None:
    leader, desk = await seats(Role.LEADER), await seats(Role.DESK)
    bad = await leader.sends("/console/templates", name="Mẫu", kind="", text="{ten_nguoi}")
    assert bad.status == 422 and "Không có chỗ điền nào tên {ten_nguoi}" in await bad.text()
    done = await leader.sends(
        "/console/templates", name="Thay bóng", kind="report", text="{loi_chao}: {ma_vu_viec}, hẹn {han_tra_loi}"
    )
    assert done.status == 303
    (lamp, wish, _drain) = await tell(parts, desk.officer)
    async with parts.database.reading() as session:
        case = await session.get_one(Case, lamp)
    page = await desk.opens(f"/console/cases/{lamp}?draft=t1")
    assert f"Dạ, UBND {commune.name} trả lời anh/chị: {case.code}, hẹn " in page
    assert "Thay bóng" not in await desk.opens(f"/console/cases/{wish}")
    assert (await leader.sends("/console/templates/1/end")).status == 303
    assert "Thay bóng" not in await desk.opens(f"/console/cases/{lamp}")
    assert (await desk.client.get(f"/console/cases/{lamp}?draft=nothing")).status == 200


async def test_two_officers_in_one_case_are_told_and_a_place_opens_the_map(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, clock: MovableClock
) -> None:
    first, second = await seats(Role.DESK, name="Lê Một Cửa"), await seats(Role.DESK, name="Trần Hai Cửa")
    case_id = (await tell(parts, first.officer))[0]
    async with parts.database.writing() as session:
        case = await session.get_one(Case, case_id)
        case.latitude, case.longitude = 10.5123, 105.1234
        session.add(case)
    alone = await first.opens(f"/console/cases/{case_id}")
    assert "cùng mở" not in alone and 'href="geo:10.5123,105.1234?q=10.5123,105.1234"' in alone
    assert "Lê Một Cửa (09:00)" in await second.opens(f"/console/cases/{case_id}")
    clock.move(minutes=16)
    await first.opens("/console")
    assert "cùng mở" not in await first.opens(f"/console/cases/{case_id}")


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_an_answer_begins_with_a_suggestion(
    opens: OpensAPage, parts: Parts, commune: Commune, name: str, size: dict[str, int]
) -> None:
    desk = await hire(parts, commune, Role.DESK, name="Lê Một Cửa")
    case_id = await ask(parts, desk, "đăng ký khai sinh cho con cần giấy tờ gì")
    page = await opens(await link(parts, commune, Role.DESK, "Cán bộ Mẫu Một Cửa"), viewport=size)
    await sign_up(page, parts)
    await page.goto(page.url.partition("/console")[0] + f"/console/cases/{case_id}")
    assert await faults(page) == [] and await fits(page)
    await page.get_by_role("heading", name="Soạn trả lời").scroll_into_view_if_needed()
    await shoot(page, f"drafts-{name}")
    await page.get_by_role("link", name="Gợi ý từ mục tri thức").click()
    assert "Căn cứ: " in await page.get_by_label("Trả lời người dân").input_value()
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"drafts-{name}-answer")
    await page.get_by_label("Quyết định, kết quả").check()
    await page.get_by_role("button", name="Gửi trả lời").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    assert await faults(page) == [] and await fits(page)
