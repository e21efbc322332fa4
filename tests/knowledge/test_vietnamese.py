"""Letters: one spelling, marks folded away, hidden characters out, money in words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.vietnamese import dong, fold, has_marks, one_spelling, syllables, tidy


@pytest.mark.parametrize(
    ("typed", "folded"),
    [("Đăng ký KHAI SINH", "dang ky khai sinh"), ("hoà giải", "hoa giai"), ("ưỡn ẹo", "uon eo"), ("Ắ", "a")],
)
def test_folding_takes_marks_and_capitals(typed: str, folded: str) -> None:
    assert fold(typed) == folded
    assert fold(unicodedata.normalize("NFD", typed)) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("old", "new"), [("hoà", "hòa"), ("thuý", "thúy"), ("kĩ", "kỹ"), ("lí", "lý"), ("khoẻ", "khỏe")]
)
def test_two_habits_of_spelling_are_one(old: str, new: str) -> None:
    assert one_spelling(old) == one_spelling(new)


def test_hidden_characters_go_and_words_stay() -> None:
    assert tidy("khai\u200b  sinh\x00\u202e\n cho con\ufeff ") == "khai sinh cho con"


@given(st.text())
def test_tidying_leaves_no_control_character(text: str) -> None:
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in tidy(text))


def test_syllables_split_at_everything_else() -> None:
    assert syllables("Giấy khai-sinh, (bản sao) 2 tờ?") == ["giấy", "khai", "sinh", "bản", "sao", "2", "tờ"]


def test_marks_are_seen() -> None:
    assert has_marks("giấy") and has_marks("đo") and not has_marks("giay to")


def test_money_has_dots_and_its_name() -> None:
    assert dong(1_366_200) == "1.366.200 đồng"
