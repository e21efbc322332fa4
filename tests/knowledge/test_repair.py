"""Repair: short forms, raw Telex keys, run-on words, one slip; and never a word that is already Vietnamese."""

from __future__ import annotations

import pytest

from knowledge.base import Knowledge
from knowledge.repair import Repair, decode_keys, is_syllable
from knowledge.vietnamese import ABBREVIATIONS, fold, syllables, words

SHORT_FORMS = {fold(short) for short in ABBREVIATIONS}


@pytest.fixture(scope="module")
def repair(knowledge: Knowledge) -> Repair:
    return knowledge.understanding.repair


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gks", "giay khai sinh"),
        ("bhyt", "bao hiem y te"),
        ("ko dc", "khong duoc"),
        ("khaisinh", "khai sinh"),
        ("đăngky", "dang ky"),
        ("nguwowif", "nguoi"),
        ("thur tucj", "thu tuc"),
        ("giâyf khai sinh", "giay khai sinh"),
        ("nq254", "nghi quyet 254"),
        ("NĐ50 về đất", "nghi dinh 50 ve dat"),
    ],
)
def test_what_is_typed_is_read_as_meant(repair: Repair, typed: str, meant: str) -> None:
    assert fold(" ".join(repair.read(typed))) == meant


@pytest.mark.parametrize("text", ["đất thổ cư", "hộ nghèo", "chết", "mô răng rứa", "xóm Đình", "Bùi Thị Điệt"])
def test_known_and_possible_words_are_left_alone(repair: Repair, text: str) -> None:
    assert fold(" ".join(repair.read(text))) == fold(text)


@pytest.mark.parametrize(
    ("keys", "shown"), [("dduowcj", "được"), ("tieengs", "tiếng"), ("vieejt", "việt"), ("nha", None)]
)
def test_keys_are_decoded(keys: str, shown: str | None) -> None:
    assert decode_keys(keys) == shown


@pytest.mark.parametrize(("word", "possible"), [("nghiêng", True), ("trường", True), ("wxz", False), ("strk", False)])
def test_possible_syllables(word: str, possible: bool) -> None:
    assert is_syllable(word) == possible


def test_every_word_of_every_title_survives(knowledge: Knowledge, repair: Repair) -> None:
    for entry in knowledge.entries.values():
        if any(fold(word) in SHORT_FORMS for word in words(entry.title)):
            continue
        kept = repair.read(entry.title)
        assert [fold(one) for one in kept] == [fold(one) for one in syllables(entry.title)], entry.id


@pytest.mark.parametrize(
    ("typed", "read"), [("hộ chiéu", "hộ chieu"), ("rưộng đất", "ruong đất"), ("khai sinh", "khai sinh")]
)
def test_marks_that_no_text_has_are_read_as_left_out(repair: Repair, typed: str, read: str) -> None:
    assert " ".join(repair.read(typed)) == read
