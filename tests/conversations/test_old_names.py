"""Old names of units: said what they are now, beside the answer or alone, and never taken for the subject."""

from __future__ import annotations

from tests.conftest import Citizen


async def test_an_old_name_alone_is_told_what_it_is_now(citizen: Citizen) -> None:
    heard = await citizen.says("xã Đại Tâm huyện Mỹ Xuyên nay là gì")
    assert "phường Mỹ Xuyên, thành phố Cần Thơ" in heard.text and "01/07/2025" in heard.text
    assert heard.sources


async def test_an_old_name_beside_a_question_is_explained_with_the_answer(citizen: Citizen) -> None:
    heard = await citizen.says("làm thẻ căn cước ở huyện Mỹ Xuyên bao nhiêu tiền")
    assert heard.topic == "tthc.cap-can-cuoc"
    assert "“huyện Mỹ Xuyên” không còn từ 01/07/2025" in heard.text


async def test_todays_names_need_no_word(citizen: Citizen) -> None:
    heard = await citizen.says("làm thẻ căn cước ở phường Mỹ Xuyên Cần Thơ bao nhiêu tiền")
    assert "không còn từ" not in heard.text


async def test_a_name_of_several_provinces_is_asked_about(citizen: Citizen) -> None:
    which = await citizen.says("xã Tân Phú giờ là xã gì")
    assert "tỉnh nào" in which.text and len(which.choices) >= 4
    answer = await citizen.says("Phú Thọ")
    assert "Phú Thọ" in answer.text and "Nghệ An" not in answer.text
    await citizen.says("xã Tân Phú giờ là xã gì")
    assert "nay là" in (await citizen.says("1")).text
