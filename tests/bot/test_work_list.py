"""The work list as officers see it: opened on what is about to be late, searched without marks, assigned in one go."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from bot.assembly import Parts
from handlers import casework
from handlers.permissions import Act, Role, may, person_of
from handlers.workplace import Workplace
from storage import case_lists, grants, places
from storage.communes import ChannelAccount, Commune
from storage.grants import Grant
from storage.places import Hamlet
from storage.work_list import Wanted
from tests.bot.browser import DESK, PHONE, OpensAPage, faults, shoot
from tests.bot.conftest import Seats
from tests.bot.console import hire
from tests.bot.test_case_pages import tell
from tests.bot.test_console_browser import fits, link, sign_up
from tests.conftest import THE_DAY, MovableClock


def codes(page: str) -> list[str]:
    return re.findall(r">([A-Z]{2}-[A-Z0-9]{5})</a>", page)


async def test_searched_without_marks_by_words_code_kind_and_colleague(
    parts: Parts, commune: Commune, seats: Seats, webchat_account: ChannelAccount
) -> None:
    desk = await seats(Role.DESK, name="Lê Một Cửa")
    await tell(parts, desk.officer)
    everything = codes(await desk.opens("/console/cases"))
    assert len(everything) == 3
    lamp = codes(await desk.opens("/console/cases?q=den+duong"))
    assert len(lamp) == 1
    assert codes(await desk.opens(f"/console/cases?q={lamp[0].lower().replace('-', '')}")) == lamp
    assert len(codes(await desk.opens("/console/cases?q=rac"))) == 1
    assert codes(await desk.opens("/console/cases?q=khong+co+that")) == []
    assert codes(await desk.opens("/console/cases?q=%25")) == []
    assert len(codes(await desk.opens("/console/cases?kind=proposal"))) == 1
    assert codes(await desk.opens("/console/cases?due=late")) == []
    assert len(codes(await desk.opens("/console/cases?due=nonsense&hamlet=x&after=99999999-1"))) in (0, 3)


async def test_many_are_assigned_at_once_and_what_does_not_go_is_named(
    parts: Parts, commune: Commune, seats: Seats, webchat_account: ChannelAccount
) -> None:
    field = await hire(parts, commune, Role.FIELD, name="Trần Hạ Tầng")
    other = await hire(parts, commune, Role.CURATOR, name="Người Soạn")
    desk = await seats(Role.DESK, name="Lê Một Cửa")
    ids = await tell(parts, desk.officer)
    none = await desk.sends("/console/cases/assign", officer=str(field.id))
    assert none.status == 422 and "Chọn ít nhất một" in await none.text()
    page = await desk.client.get("/console/cases")
    key = re.search(r'name="csrf" value="([0-9a-f]+)"', await page.text())
    assert key is not None
    fields = [("csrf", key[1]), ("officer", str(field.id)), *(("case", str(each)) for each in (*ids, 99_999))]
    done = await desk.client.post("/console/cases/assign", data=fields)
    text = await done.text()
    assert done.status == 200 and "Đã giao 3 vụ việc." in text and "#99999" in text
    async with parts.database.reading() as session:
        load = await case_lists.load_of(session, commune_id=commune.id or 0, officer_ids=[field.id or 0])
    assert load == {field.id: 3}
    fields[1] = ("officer", str(other.id))
    refused = await desk.client.post("/console/cases/assign", data=fields)
    assert refused.status == 422 and "Đã giao 0 vụ việc." in await refused.text()


async def test_what_the_database_hands_out_is_what_the_rule_allows(
    parts: Parts, commune: Commune, seats: Seats, webchat_account: ChannelAccount
) -> None:
    """Every role with every bound sees in the list exactly the cases on which the rule lets it."""
    desk = await seats(Role.DESK, name="Lê Một Cửa")
    await tell(parts, desk.officer)
    async with parts.database.writing() as session:
        row = Hamlet(commune_id=commune.id or 0, name="Thôn Mẫu", key="thon mau", now="Thôn Mẫu")
        hamlet_id = await places.keep(session, row)
    for role in Role:
        for bounds in ({}, {"field": "economy"}, {"field": "environment"}, {"hamlet_id": hamlet_id}):
            officer = await hire(parts, commune, Role.CURATOR)
            async with parts.database.writing() as session:
                grant = Grant(
                    commune_id=commune.id or 0, officer_id=officer.id or 0, role=role, valid_from=THE_DAY, **bounds
                )
                await grants.add(session, grant)
            async with parts.database.reading() as session:
                person = await person_of(session, officer, on=THE_DAY)
                work = Workplace(session, person, parts.vault, parts.clock.now(), THE_DAY)
                shown = [one.case.id for one in (await casework.listed(work, wanted=Wanted())).rows]
                chunk = await case_lists.chunk(session, commune_id=commune.id or 0, after_id=0)
                with_subjects = [(case, casework.thing(casework.Listed(case, ()))) for case in chunk]
                allowed = [case.id for case, thing in with_subjects if may(person, Act.CASE_LIST, thing)]
            assert sorted(shown) == sorted(allowed), (role, bounds)


@pytest.mark.browser
@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desk", DESK)])
async def test_two_taps_filter_and_the_numbers_stay_fresh(
    opens: OpensAPage, parts: Parts, commune: Commune, clock: MovableClock, name: str, size: dict[str, int]
) -> None:
    field = await hire(parts, commune, Role.FIELD, name="Nguyễn Thị Hạ Tầng Đô Thị Có Tên Rất Dài")
    desk = await hire(parts, commune, Role.DESK, name="Lê Một Cửa")
    for _ in range(4):
        await tell(parts, desk)
    clock.move(days=9)
    await tell(parts, desk)
    page = await opens(await link(parts, commune, Role.DESK, "Cán bộ Mẫu Một Cửa"), viewport=size)
    await sign_up(page, parts)
    await page.clock.install()
    await page.goto(page.url.partition("/console")[0] + "/console/cases")
    assert await faults(page) == [] and await fits(page)
    await shoot(page, f"worklist-{name}")
    await expect(page.locator("[data-count=late]")).to_have_text("12")
    await tell(parts, desk)
    await page.clock.run_for(31_000)
    await expect(page.locator("[data-count=later]")).to_have_text("6")
    await page.get_by_text("Loại đơn", exact=True).click()
    assert await faults(page) == []
    await shoot(page, f"worklist-{name}-filter")
    await page.get_by_role("link", name="Kiến nghị", exact=True).click()
    await expect(page.locator("tbody tr")).to_have_count(6)
    assert await faults(page) == [] and await fits(page)
    await page.get_by_label("Tìm theo mã").fill("thung rac")
    await page.get_by_role("button", name="Tìm").click()
    await expect(page.locator("tbody tr")).to_have_count(6)
    await shoot(page, f"worklist-{name}-found")
    for box in await page.get_by_role("checkbox").all():
        await box.check()
    await page.get_by_label("Giao các việc đã chọn cho").select_option(str(field.id))
    await page.get_by_role("button", name="Giao", exact=True).click()
    await expect(page.get_by_text("Đã giao 6 vụ việc.")).to_be_visible()
    assert await faults(page) == [] and await fits(page)
    await page.get_by_text("Đã giao 6 vụ việc.").scroll_into_view_if_needed()
    await shoot(page, f"worklist-{name}-assigned")
