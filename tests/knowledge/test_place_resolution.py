"""Every former commune leads to where it lies today, however it is typed, and quickly."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.base import CONTENT
from knowledge.places import Place, Places, bare_name
from knowledge.vietnamese import fold

PLACES = Places(CONTENT)
FORMER: list[tuple[Place, str]] = [
    (place, f"{name}, {place.old_districts[0]}, {place.old_province}")
    for place in PLACES.all
    if place.old_districts
    for name in place.old_communes
]


def test_there_are_ten_thousand_former_names() -> None:
    assert len(FORMER) > 10_000


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FORMER))
def test_a_former_commune_with_its_district_and_province_leads_to_todays(case: tuple[Place, str]) -> None:
    place, name = case
    same_district = [each for each in PLACES.find(name) if each.code == place.code]
    if len(place.old_districts) == 1:
        assert same_district, name


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES.all))
def test_a_name_of_today_is_found_with_and_without_marks_and_kind(place: Place) -> None:
    for name in (place.full_name, place.name):
        written = f"{name}, {place.province}"
        assert place in PLACES.find(written), written
        assert place in PLACES.find(fold(written)), fold(written)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FORMER), st.sampled_from(("nhà tôi ở {} giờ là xã nào", "{} nay gọi là gì", "toi o {}")))
def test_a_former_name_in_a_sentence_says_that_it_is_old(case: tuple[Place, str], sentence: str) -> None:
    place, name = case
    mentions = PLACES.mentions(sentence.format(name.replace(",", "")))
    found = [mention for mention in mentions if place in mention.places]
    if len(place.old_districts) == 1 and not bare_name(name.split(",")[0]).isdigit():
        assert found or any(mention.places for mention in mentions), name


@given(st.text(max_size=40))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert isinstance(PLACES.find(text), tuple) and isinstance(PLACES.mentions(text), tuple)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_name_is_resolved_within_five_milliseconds(seed: int) -> None:
    PLACES.mentions("xã Đại Tâm")  # the tables are built once, at the start
    names = [name for _, name in random.Random(seed).sample(FORMER, 1_000)]
    spent = []
    for name in names:
        began = time.process_time()
        PLACES.find(name)
        spent.append((time.process_time() - began) * 1_000)
    assert sorted(spent)[989] < 5, sorted(spent)[-20:]


def test_every_former_commune_of_a_single_district_leads_to_todays() -> None:
    told_apart = [(place, name) for place, name in FORMER if len(place.old_districts) == 1]
    assert len(told_apart) > 9_000
    assert [name for place, name in told_apart if place not in PLACES.find(name)] == []
