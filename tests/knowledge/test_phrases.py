"""The secret phrase: 60 bits, told apart without marks, found however it is typed, never in ordinary words."""

from __future__ import annotations

import math

import pytest
import yaml

from knowledge.base import Knowledge
from knowledge.phrases import BITS, LIST, PAIRS, find_phrase, new_phrase
from knowledge.vietnamese import fold
from tests.conftest import THE_DAY


def test_the_list_has_the_bits_that_we_say() -> None:
    raw = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    things, traits = raw["things"].split(), raw["traits"].split()
    assert len({fold(one) for one in things}) == len(things) == 256
    assert len({fold(one) for one in traits}) == len(traits) == 128
    assert math.log2(len(things) * len(traits)) * PAIRS == BITS == 60


def test_every_phrase_is_found_with_and_without_marks() -> None:
    drawn = {new_phrase() for _ in range(2_000)}
    assert len(drawn) == 2_000
    for phrase in drawn:
        plain = fold(phrase)
        for typed in (phrase, phrase.upper(), f"hộp thư {phrase}", f"Hộp thư của tôi: {phrase}.", plain):
            assert find_phrase(typed) == plain, typed


@pytest.mark.parametrize(
    "said",
    [
        "",
        "hộp thư",
        "trâu xanh bò đỏ heo tím gà",
        "tôi muốn tố cáo kế toán xã khai khống hộ nghèo để lấy tiền",
        "trâu xanh bò đỏ heo tím gà trắng vịt",
        "nhà có trâu xanh bò đỏ heo tím gà trắng",
    ],
)
def test_other_words_are_none(said: str) -> None:
    assert find_phrase(said) is None


def test_the_wish_to_open_it_is_a_command(knowledge: Knowledge) -> None:
    for said in ("hộp thư", "hop thu", "mở hộp thư của tôi", "dạ cho em xem hộp thư ạ"):
        assert knowledge.understand(said, on=THE_DAY).command == "mailbox", said
