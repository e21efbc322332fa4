"""The officers' quiz: what is asked is what the entries say, and a score is nobody's business but two people's."""

from __future__ import annotations

import random

from handlers import practice
from handlers.permissions import Role
from knowledge.base import Knowledge
from tests.bot.conftest import Seats
from tests.conftest import THE_DAY

PRACTICE = "/console/practice"


def test_every_right_option_is_what_the_entry_says_and_the_wrong_ones_are_not(knowledge: Knowledge) -> None:
    made = practice.make(knowledge, random.Random(7), on=THE_DAY, count=90)
    assert len(made) == 90 and {each.kind for each in made} == {"entry", "number", "document"}
    assert len({each.entry for each in made}) == 90
    for each in made:
        entry, right = knowledge.entry(each.entry), each.options[each.right]
        said = knowledge.answer(each.entry, on=THE_DAY, today=THE_DAY)
        assert len(each.options) == len(set(each.options)) == practice.OPTIONS
        if each.kind == "entry":
            assert right == entry.title and any(f"“{variant}”" in each.asks for variant in entry.variants)
        elif each.kind == "number":
            assert right in f"{said.headline} {said.steps}" and "……" in each.asks and "{" not in each.asks
        else:
            cites = {source.cite for source in entry.sources.values()}
            assert right in {cited.cite for cited in said.citations} and not cites & {*each.options} - {right}


async def test_a_round_is_counted_once_and_seen_by_the_officer_and_the_trainer_only(seats: Seats) -> None:
    officer, other, trainer = (
        await seats(Role.FIELD, name="Lê Thị Mẫu"),
        await seats(Role.LEADER),
        await seats(Role.TRAINER),
    )
    begun = await officer.sends(PRACTICE)
    address = begun.headers["Location"]
    page = await officer.opens(address)
    assert page.count("<fieldset") == practice.QUESTIONS and "Nộp bài" in page and "Đúng:" not in page
    handed = await officer.sends(address, **{f"q{at}": "0" for at in range(9)}, q9="77")
    assert handed.status == 303
    page = await officer.opens(address)
    right = page.count("(anh/chị chọn)")
    assert f"Đúng {right}/10 câu" in page and page.count("<b>Đúng:</b>") == 10 and "Nộp bài" not in page
    await officer.sends(address, **{f"q{at}": "1" for at in range(10)})
    assert f"Đúng {right}/10 câu" in await officer.opens(address)
    assert f"{right}/10" in await officer.opens(PRACTICE)
    assert (await other.client.get(address)).status == 404 and (await trainer.client.get(address)).status == 404
    assert (await other.client.get(f"{PRACTICE}/scores")).status == 403
    scores = await trainer.opens(f"{PRACTICE}/scores")
    assert "Lê Thị Mẫu" in scores and f"{right}/10" in scores
    assert f"{right}/10" not in await other.opens(PRACTICE)
