"""The day that a question is about; a date that only tells a story is none."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.asked_day import find_asked_day

ON = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mức đóng hồi tháng 9 năm 2023 là bao nhiêu", date(2023, 9, 15)),
        ("năm 2023 đóng bao nhiêu", date(2023, 7, 1)),
        ("ngày 15/3/2023 thì tính sao", date(2023, 3, 15)),
        ("tháng 3/2025 thì sao", date(2025, 3, 15)),
        ("năm ngoái mức đóng bao nhiêu", date(2025, 7, 1)),
        ("lúc còn huyện thì nộp ở đâu", date(2025, 6, 30)),
        ("trước khi sáp nhập thì ai ký", date(2025, 6, 30)),
        ("nam 2024 dong bao nhieu", date(2024, 7, 1)),
        ("còn bây giờ thì sao", ON),
    ],
)
def test_the_day_is_found(text: str, day: date) -> None:
    found = find_asked_day(text, on=ON)
    assert found is not None and found.on == day


@pytest.mark.parametrize(
    "text",
    [
        "đăng ký khai sinh cần gì",
        "Luật Đất đai năm 2024 nói gì về hộ nghèo",
        "tôi sinh năm 1990 làm căn cước ở đâu",
        "cưới từ năm 1990 mất giấy kết hôn giờ làm lại ra sao",
        "nghị định 59/2023 nói gì",
    ],
)
def test_other_dates_are_left_alone(text: str) -> None:
    assert find_asked_day(text, on=ON) is None


def test_days_that_do_not_exist_are_none() -> None:
    assert find_asked_day("ngày 31/2/2023 tính sao", on=ON) is None
