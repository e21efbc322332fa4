"""The kinds of notices and what the form of each asks for; place, time and contact are asked for by all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.vietnamese import fold


@dataclass(frozen=True, slots=True)
class Ask:
    """One more field of a form."""

    name: str
    label: str
    needed: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """`label` heads the notice, `topic` is how people name it ("dừng tin cúp điện"); `said` are other names of it.

    `papi` is the PAPI dimension that it counts for.
    """

    code: str
    label: str
    topic: str
    papi: int
    said: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


_ALL = (
    Kind(
        "power",
        "Tạm ngừng cấp điện",
        "cúp điện",
        6,
        ("cắt điện", "mất điện", "điện"),
        (Ask("reason", "Lý do", hint="Ví dụ: sửa đường dây, thay trạm biến áp."),),
    ),
    Kind("water", "Tạm ngừng cấp nước", "cúp nước", 6, ("cắt nước", "mất nước", "nước"), (Ask("reason", "Lý do"),)),
    Kind(
        "vaccination",
        "Tiêm chủng",
        "tiêm chủng",
        6,
        ("tiêm", "tiêm phòng", "vắc xin"),
        (Ask("who", "Ai cần đến", needed=True), Ask("bring", "Mang theo", hint="Ví dụ: sổ tiêm chủng.")),
    ),
    Kind(
        "meeting",
        "Họp thôn, họp dân",
        "họp",
        1,
        ("họp dân", "họp thôn", "họp tổ"),
        (Ask("agenda", "Nội dung họp", needed=True), Ask("who", "Ai cần dự")),
    ),
    Kind(
        "election",
        "Bầu cử",
        "bầu cử",
        1,
        ("bầu trưởng thôn", "bầu"),
        (
            Ask("document", "Theo văn bản", needed=True, hint="Số và ngày văn bản chính thức của việc bầu cử."),
            Ask("bring", "Mang theo"),
        ),
    ),
    Kind(
        "storm",
        "Bão, lũ, thiên tai",
        "bão lũ",
        7,
        ("bão", "lũ", "mưa bão", "thiên tai"),
        (Ask("act", "Bà con cần làm ngay", needed=True), Ask("shelter", "Nơi tránh trú")),
    ),
    Kind(
        "disease",
        "Phòng dịch bệnh",
        "dịch bệnh",
        6,
        ("dịch", "sốt xuất huyết"),
        (Ask("act", "Bà con cần làm", needed=True),),
    ),
    Kind(
        "draft",
        "Lấy ý kiến dự thảo",
        "góp ý dự thảo",
        1,
        ("dự thảo", "lấy ý kiến"),
        (Ask("see", "Xem toàn văn ở đâu", needed=True), Ask("how", "Góp ý bằng cách nào", needed=True)),
    ),
    Kind(
        "payment",
        "Thu, nộp, chi trả",
        "thu nộp",
        2,
        ("thu tiền", "nộp tiền", "chi trả", "đóng góp"),
        (
            Ask("what", "Khoản gì, mức bao nhiêu", needed=True),
            Ask("document", "Theo văn bản", needed=True, hint="Số và ngày văn bản cho phép thu, chi."),
            Ask("bring", "Mang theo"),
        ),
    ),
    Kind("other", "Thông báo", "khác", 2, ("chung",)),
)
KINDS: Mapping[str, Kind] = {kind.code: kind for kind in _ALL}
LABELS: Mapping[str, str] = {ask.name: ask.label for kind in _ALL for ask in kind.asks}


def named(text: str) -> Kind | None:
    """The kind that a message names: the longest of its names that stands in it, marks aside."""
    said = f" {' '.join(re.findall(r'[a-z0-9]+', fold(text)))} "
    found = [
        (len(name), kind)
        for kind in _ALL
        for name in (fold(kind.topic), fold(kind.label), *map(fold, kind.said))
        if f" {name} " in said and kind.code != "other"
    ]
    return max(found, key=lambda each: each[0])[1] if found else None
