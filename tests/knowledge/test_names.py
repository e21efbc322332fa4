"""Names of people are masked as people write them, and places, offices and our own content are not."""

from __future__ import annotations

import statistics

import pytest

from benchmarks import masking as bench
from knowledge.base import CONTENT
from knowledge.entries import load
from knowledge.masking import PERSON, mask
from knowledge.vietnamese import fold


def test_names_of_a_seeded_corpus_are_masked() -> None:
    assert bench.share(bench.corpus(count=600, marked=True)) >= 0.95
    assert bench.share(bench.corpus(count=600, marked=False)) >= 0.80


@pytest.mark.parametrize("text", bench.NOBODY)
def test_sentences_that_name_nobody_stay(text: str) -> None:
    assert PERSON not in mask(text)


def test_our_own_questions_name_nobody() -> None:
    asked = [text for entry in load(CONTENT).values() for text in (entry.title, *entry.variants)]
    assert len(asked) > 5_000
    masked = [text for text in asked if PERSON in mask(text)]
    folded = [text for text in asked if PERSON in mask(fold(text))]
    assert len(masked) / len(asked) < 0.01 and len(folded) / len(asked) < 0.02, (masked, folded)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ông Nguyễn Văn Bình lấn đất", f"ông {PERSON} lấn đất"),
        ("ong nguyen van binh lan dat", f"ong {PERSON} lan dat"),
        ("CHO TÔI HỎI BÀ TRẦN THỊ LAN Ở ĐÂU", f"CHO TÔI HỎI BÀ {PERSON} Ở ĐÂU"),
        ("chị Lan cán bộ hộ tịch", f"chị {PERSON} cán bộ hộ tịch"),
        ("tôi tên Y Moan Êban", f"tôi tên {PERSON}"),
        ("nhà H'Hen Niê ở buôn Sút", f"nhà {PERSON} ở buôn Sút"),
        ("đường Nguyễn Văn Linh và cầu Ông Lãnh", "đường Nguyễn Văn Linh và cầu Ông Lãnh"),
        ("duong nguyen van linh, cau ong lanh", "duong nguyen van linh, cau ong lanh"),
        ("Trần Thị Hoa ở thôn 3", f"{PERSON} ở thôn 3"),
        ("mẹ tôi là lê thị hồng gấm", f"mẹ tôi là {PERSON}"),
    ],
)
def test_a_name_goes_and_the_words_around_it_stay(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_the_figures_of_the_bench_are_shares() -> None:
    figures = bench.measure(quick=True)
    shares = [value for name, value in figures.items() if name != "ms_per_message"]
    assert len(shares) == 4 and all(0 <= value <= 1 for value in shares)
    assert statistics.fmean(shares) > 0.9
