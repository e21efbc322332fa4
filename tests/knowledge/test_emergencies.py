"""Danger told as happening now is an alarm; in a question about a rule, in the past or in a figure it is not."""

from __future__ import annotations

import pytest

from handlers.emergency import ADVICE, NUMBERS
from knowledge.emergencies import find_emergency, kinds
from knowledge.vietnamese import syllables

NOW = {
    "fire": ["nhà hàng xóm bốc cháy rồi cứu với", "chay nha chay nha", "bếp đang cháy lửa lan lên nóc"],
    "drowning": ["có đứa nhỏ té xuống kênh chưa vớt được", "ghe chìm có người kêu cứu"],
    "violence": ["chồng cầm dao rượt chém tôi", "nó đang đánh mẹ em"],
    "medical": ["ba tôi ôm ngực ngất xỉu rồi", "vợ em đẻ rớt máu ra nhiều quá"],
    "suicide": ["em không muốn sống nữa", "con định uống thuốc sâu"],
    "electric": ["dây điện đứt rơi xuống đường xẹt lửa", "có người bị điện giật"],
    "crime": ["có trộm đang ở trong nhà tôi"],
    "flood": ["nước lũ lên tới nóc cả nhà kẹt trên mái"],
    "accident": ["xe tải tông người nằm giữa đường"],
    "gas": ["bình gas xì gas mùi nồng quá sợ nổ"],
}
NOT_NOW = [
    "hồi xưa cháy nhà mất hết giấy khai sinh giờ xin lại sao",
    "bán hàng dạo này cháy túi quá",
    "đi cấp cứu không có giấy chuyển viện thì bảo hiểm trả bao nhiêu",
    "vợ chồng đánh nhau muốn ly hôn thì nộp đơn ở đâu",
    "người chết đuối làm khai tử ở đâu",
    "phòng cháy chữa cháy nhà trọ cần giấy gì",
    "lúa mất trắng vì lũ thì nhà nước hỗ trợ sao",
    "tự tử thì bảo hiểm y tế có trả không",
    "tai nạn giao thông bảo hiểm y tế có chi trả không",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOW.items() for text in texts])
def test_danger_now_is_an_alarm(kind: str, text: str) -> None:
    found = find_emergency(syllables(text))
    assert found is not None, text
    assert found.kind == kind


@pytest.mark.parametrize("text", NOT_NOW)
def test_other_talk_of_danger_is_not(text: str) -> None:
    assert find_emergency(syllables(text)) is None


def test_every_kind_has_numbers_and_advice() -> None:
    assert set(kinds()) == set(NUMBERS) == set(ADVICE)
    assert all({"113", "114", "115"} & set(" ".join(numbers).split()) for numbers in NUMBERS.values())
