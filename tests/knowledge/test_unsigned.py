"""Who wrote a tip is taken out of it; whom it is about stays in."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.unsigned import TAKEN_OUT, without_writer

SIGNED = [
    (
        "tôi tên Lê Thị Mười, ở ấp Bến Đò, số 0912 345 678. Ông Nguyễn Văn Tám chủ tịch xã nhận 50 triệu của dân",
        ("Mười", "Bến Đò", "345"),
        ("Nguyễn Văn Tám", "50 triệu"),
    ),
    (
        "toi la le thi muoi nha o ap ben do, ong nguyen van tam chu tich xa nhan 50 trieu",
        ("muoi", "ben do"),
        ("nguyen van tam", "50 trieu"),
    ),
    (
        "tố cáo Nguyễn Văn Tám kế toán xã ăn chặn tiền hộ nghèo năm 2025. Lê Thị Mười, 079185001234",
        ("Mười", "079185001234"),
        ("Nguyễn Văn Tám", "ăn chặn tiền hộ nghèo năm 2025"),
    ),
    (
        "Họ và tên: Lê Thị Mười\nĐịa chỉ: 12 đường Hùng Vương, ấp 3, xã Bình An\nCCCD: 079185001234\n"
        "Nội dung: ông Tám nhận hối lộ",
        ("Mười", "Hùng Vương", "Bình An", "ấp 3", "079185001234"),
        ("ông Tám nhận hối lộ",),
    ),
    (
        "con la con ba Muoi o ap Dong, can bo dia chinh doi 5 trieu moi ky",
        ("Muoi", "Dong"),
        ("can bo dia chinh doi 5 trieu moi ky",),
    ),
    (
        "Em là Trần Văn Bình, sinh năm 1980, email binh.tran@example.vn. Hiệu trưởng Phạm Thị Hoa thu sai",
        ("Bình", "1980", "example"),
        ("Phạm Thị Hoa thu sai",),
    ),
    (
        "nhà tôi ở số 5 hẻm 12 bị ông Tám ép đóng 2 triệu làm đường",
        ("hẻm 12",),
        ("ông Tám ép đóng 2 triệu làm đường",),
    ),
    (
        "Bà Trần Thị Lan, kế toán, lập khống danh sách. Người viết: Mười Bến Đò",
        ("Mười", "Bến Đò"),
        ("Bà Trần Thị Lan, kế toán, lập khống danh sách",),
    ),
]


@pytest.mark.parametrize(("told", "gone", "kept"), SIGNED)
def test_the_writer_goes_and_the_story_stays(told: str, gone: tuple[str, ...], kept: tuple[str, ...]) -> None:
    shown, taken = without_writer(told)
    assert [word for word in gone if word in shown] == [], shown
    assert [word for word in kept if word not in shown] == [], shown
    assert 0 < taken == shown.count(TAKEN_OUT)


@pytest.mark.parametrize(
    "told",
    [
        "Tôi là người chứng kiến ông chủ tịch xã nhận tiền của bà Tư",
        "can bo xa ten Hung nhan 10.000.000 dong ngay 12/05/2026 theo 15/2024/QĐ-UBND",
        "Nguyễn Văn Tám nhận tiền của dân để cấp sổ đỏ",
        "em thấy cán bộ địa chính đòi thêm tiền mới ký",
    ],
)
def test_a_story_without_its_writer_stays_whole(told: str) -> None:
    assert without_writer(told) == (told, 0)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_written_comes_back(text: str) -> None:
    shown, taken = without_writer(text)
    assert isinstance(shown, str) and taken >= 0
