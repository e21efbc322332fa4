"""The first minutes of a newcomer: the hello, the menu, small talk, and messages that hold nothing to answer."""

from __future__ import annotations

import pytest

from handlers import routing
from handlers.contract import FIRST_SCREEN
from tests.conftest import Citizen, MovableClock


async def test_the_first_hello_says_that_it_is_a_machine_and_what_it_keeps(citizen: Citizen) -> None:
    heard = await citizen.says("alo")
    assert "máy trả lời" in heard.text and "DỮ LIỆU MẪU" in heard.text
    assert "113" in heard.text and "dữ liệu của tôi" in heard.text
    assert heard.action in ("smalltalk", "menu") and len(heard.choices) >= 3
    assert "máy trả lời" not in (await citizen.says("alo")).text


async def test_a_question_is_answered_at_once_beside_the_hello(citizen: Citizen) -> None:
    heard = await citizen.says("lam giay khai sinh cho con can gi")
    assert heard.action in ("answer", "clarify")
    assert "máy trả lời" in heard.bubbles[0].text and len(heard.bubbles) == 2


async def test_the_menu_leads_to_an_answer_by_number_and_by_word(citizen: Citizen) -> None:
    menu = await citizen.says("menu")
    assert menu.action == "menu" and menu.choices[0] == "Thủ tục giấy tờ"
    door = await citizen.says("1")
    assert "Đăng ký khai sinh" in door.choices
    heard = await citizen.says("dang ky khai sinh")
    assert heard.action == "answer" and heard.topic == "tthc.dang-ky-khai-sinh" and heard.sources


@pytest.mark.parametrize("door", ["Thủ tục giấy tờ", "Bảo hiểm y tế", "Đất đai, giá đất", "Quyền của người dân"])
async def test_every_door_of_the_menu_opens_answers(citizen: Citizen, door: str) -> None:
    await citizen.says("alo")
    await citizen.says("menu")
    offered = [label for label in (await citizen.says(door)).choices if label not in ("Danh mục chính", "Gặp cán bộ")]
    assert len(offered) == 6
    for label in offered:
        await citizen.says("menu")
        await citizen.says(door)
        heard = await citizen.says(label)
        assert heard.action == "answer" and heard.sources, label


@pytest.mark.parametrize("text", ["", "   ", "🙏🙏", "...", "\u200b\u202e"])
async def test_nothing_to_read_gets_a_polite_sentence(citizen: Citizen, text: str) -> None:
    await citizen.says("alo")
    heard = await citizen.says(text)
    assert heard.text.startswith("Dạ") and len(heard.text) < FIRST_SCREEN


async def test_a_talk_begins_anew_after_half_an_hour(citizen: Citizen, clock: MovableClock) -> None:
    await citizen.says("menu")
    clock.move(minutes=31)
    heard = await citizen.says("1")
    assert "Đăng ký khai sinh" not in heard.choices


@pytest.mark.parametrize("feature", [feature.name for feature in routing.FEATURES])
def test_every_feature_has_a_name_of_its_own(feature: str) -> None:
    assert routing.BY_NAME[feature].name == feature
    assert len(routing.BY_NAME) == len(routing.FEATURES)
