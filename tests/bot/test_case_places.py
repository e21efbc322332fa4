"""Places on the map through the whole deployment: what cannot be meant is asked again, what can be is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.telegram import TelegramBot
from bot.channels.zalo_oa import ZaloOa
from storage import communes
from storage.cases import Case
from tests.bot.drivers import driving
from tests.bot.running import Serves

CENTRE = (10.40, 107.12)  # by the sea
NEAR, FAR, ABROAD = (10.4512, 107.1298), (21.0285, 105.8542), (0.001, 0.001)
IN_THE_SEA = (10.301, 107.051)  # some 13 km from the centre
AGAIN = "ngoài biển hoặc cách trung tâm xã hơn 30 km"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in (TelegramBot, ZaloOa):
        monkeypatch.setattr(platform, "limits", replace(platform.limits, chat_gap=0.02))


@pytest.fixture(params=("telegram", "zalo_oa"))
async def someone(request: pytest.FixtureRequest, serves: Serves) -> AsyncIterator[Any]:
    async with driving(request.param, serves) as driver:
        yield driver


async def set_centre(someone: Any, where: tuple[float, float] | None) -> None:
    async with someone.served.parts.database.writing() as session:
        [commune] = await communes.all_of_them(session)
        commune.latitude, commune.longitude = where or (None, None)
        session.add(commune)


@pytest.mark.parametrize("asked_again", [FAR, IN_THE_SEA, ABROAD])
async def test_a_place_that_cannot_be_meant_is_asked_again(someone: Any, asked_again: tuple[float, float]) -> None:
    await set_centre(someone, CENTRE)
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert AGAIN in (await someone.brings(someone.place(*asked_again)))[-1].text
    heard = (await someone.brings(someone.place(*NEAR)))[-1].text
    assert "tóm tắt" in heard and AGAIN not in heard
    [case] = await someone.served.rows(Case)
    assert (case.latitude, case.longitude) == NEAR


async def test_it_is_asked_again_too_where_it_comes_first_or_no_centre_is_known(someone: Any) -> None:
    await set_centre(someone, CENTRE)
    await someone.says("xin chào")
    assert AGAIN in (await someone.brings(someone.place(*FAR)))[-1].text
    await someone.says("thôi")
    await set_centre(someone, None)
    for where in (IN_THE_SEA, ABROAD):
        assert AGAIN in (await someone.brings(someone.place(*where)))[-1].text
    await someone.says("thôi")
    assert "có việc gì" in (await someone.brings(someone.place(*NEAR)))[-1].text


async def test_a_small_island_is_not_taken_for_sea(someone: Any) -> None:
    await set_centre(someone, (8.645, 111.92))
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert "tóm tắt" in (await someone.brings(someone.place(8.6467, 111.9203)))[-1].text
