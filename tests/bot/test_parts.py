"""Long answers in parts: within the limit in UTF-16 units, cut at paragraphs, never inside a citation."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.parts import split, utf16_length

CITATION = "Nghị định 118/2025/NĐ-CP Điều 14 khoản 2"


def test_a_short_text_stays_whole() -> None:
    assert split("Dạ, không mất lệ phí ạ.", 1_800) == ["Dạ, không mất lệ phí ạ."]


def test_paragraphs_stay_together_where_they_fit() -> None:
    paragraphs = [f"{number} " + "chữ " * 20 for number in range(9)]
    parts = split("\n".join(paragraphs).strip(), 200)
    assert parts[0].startswith("(1/") and all(utf16_length(part) <= 200 for part in parts)
    shown = "\n".join(re.sub(r"^\(\d+/\d+\) ", "", part) for part in parts)
    assert [line.strip() for line in shown.split("\n")] == [paragraph.strip() for paragraph in paragraphs]


def test_a_citation_is_never_cut() -> None:
    text = ". ".join(f"Việc thứ {number} theo {CITATION} thì làm ở xã" for number in range(40))
    for most in range(80, 200, 7):
        parts = split(text, most)
        assert sum(part.count(CITATION) for part in parts) == 40, most


@given(st.text(alphabet="aă🙂 .\nĐiều 0/", max_size=400), st.integers(40, 90))
def test_no_part_is_too_long_and_no_letter_is_lost(text: str, most: int) -> None:
    parts = split(text, most)
    assert all(utf16_length(part) <= most for part in parts)
    if len(parts) > 1:
        shown = "".join(re.sub(r"^\(\d+/\d+\) ", "", part) for part in parts)
        assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)
