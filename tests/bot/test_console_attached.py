"""An officer sees what came with a case, and only of cases that they may read."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect
from sqlmodel import select

from bot.assembly import Parts
from handlers.permissions import Role
from storage.cases import Case
from storage.communes import Commune
from tests.bot.browser import OpensAPage, faults, shoot
from tests.bot.conftest import Seats, Visitor
from tests.bot.pictures import a_photo
from tests.bot.test_files import form


async def a_case_with_a_photo(visitor: Visitor, parts: Parts) -> int:
    """Somebody tells of a hole in the road, with its picture."""
    await visitor.client.post(f"{visitor.page}/messages", data=form(a_photo(), text="ổ gà to trước cổng trường"))
    for words in ("bỏ qua", "bỏ qua", "gửi"):
        told = await visitor.says(words)
    assert "Mã của anh/chị" in told["messages"][-1]["text"], told
    async with parts.database.reading() as session:
        case = (await session.exec(select(Case))).one()
    assert case.id is not None
    return case.id


async def test_a_photo_is_seen_by_who_may_read_the_case(
    visitor: Visitor, parts: Parts, seats: Seats, other_commune: Commune
) -> None:
    address = f"/console/cases/{await a_case_with_a_photo(visitor, parts)}/files"
    desk = await seats(Role.DESK)
    assert f'href="{address}"' in await desk.opens(address.removesuffix("/files"))
    page = await desk.opens(address)
    [picture] = set(re.findall(r'src="(/files/[^"]+)"', page))
    opened = await desk.client.get(picture)
    assert (await opened.read()).startswith(b"\xff\xd8\xff")
    assert (await (await seats(Role.DESK, at=other_commune)).client.get(address)).status == 404
    assert (await (await seats(Role.BROADCASTER)).client.get(address)).status == 403


@pytest.mark.browser
async def test_the_page_is_plain_to_everybody(opens: OpensAPage, visitor: Visitor, parts: Parts, seats: Seats) -> None:
    case_id = await a_case_with_a_photo(visitor, parts)
    desk = await seats(Role.DESK)
    page = await opens("/console/sign-in")
    cookies = [
        {"name": one.key, "value": one.value, "url": page.url} for one in desk.client.session.cookie_jar if one.key
    ]
    await page.context.add_cookies(cookies)  # type: ignore[arg-type]
    await page.goto(page.url.partition("/console")[0] + f"/console/cases/{case_id}/files")
    await expect(page.locator("img.photo")).to_be_visible()
    assert await faults(page) == []
    await shoot(page, "console-attached-phone")
