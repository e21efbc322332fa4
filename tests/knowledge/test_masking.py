"""Masking: numbers that point at a person are gone on a seeded corpus, and the words around them stay."""

from __future__ import annotations

import random

import pytest

from knowledge.masking import mask

AROUND = (
    "số của tôi là {}",
    "{} nha ad",
    "cho hoi ho so {} toi dau",
    "liên hệ ({}), gặp chị",
    "bhyt:{}.",
    "gọi {} giùm",
)


def seeded(count: int) -> list[str]:
    """Numbers of every kind, each as people write them."""
    chance = random.Random(7)

    def digits(n: int) -> str:
        return "".join(chance.choice("0123456789") for _ in range(n))

    made: list[str] = []
    for _ in range(count):
        mobile = "0" + chance.choice("35789") + digits(8)
        made += [
            mobile,
            f"{mobile[:4]} {mobile[4:7]} {mobile[7:]}",
            f"{mobile[:4]}.{mobile[4:7]}.{mobile[7:]}",
            "+84" + mobile[1:],
            "0" + digits(11),
            chance.choice("123") + digits(8),
            chance.choice(("DN", "HS", "GD", "TE")) + "4" + digits(12),
            f"H{digits(2)}.{digits(2)}.{digits(2)}-26{digits(4)}-{digits(4)}",
            f"nguoi{digits(3)}@thu.vn",
            digits(13),
        ]
    return made


def test_every_number_of_a_seeded_corpus_is_masked() -> None:
    left = []
    for at, secret in enumerate(seeded(60)):
        shown = mask(AROUND[at % len(AROUND)].format(secret))
        tail = "".join(letter for letter in secret if letter.isdigit())[-4:]
        if secret in shown or (len(tail) == 4 and tail in "".join(letter for letter in shown if letter.isdigit())):
            left.append((secret, shown))
    assert left == []


@pytest.mark.parametrize(
    "text",
    [
        "lệ phí 20.000 đồng hay 1.366.200 đồng",
        "luật 10/2022/QH15 điều 5",
        "từ ngày 01/07/2026 đến 31/12/2026",
        "gọi 113, 114, 115",
        "thủ tục 1.004222",
        "đường 30 tháng 4, 80 mét vuông",
    ],
)
def test_what_points_at_nobody_stays(text: str) -> None:
    assert mask(text) == text


def test_names_after_cue_words_are_masked() -> None:
    shown = mask("tôi tên Nguyễn Văn Bình ở ấp Đông, ông Trần Văn Tư kế bên")
    assert "Nguyễn Văn Bình" not in shown and "Trần Văn Tư" not in shown and "ấp Đông" in shown
