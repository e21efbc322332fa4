"""What a question about a land price says besides the street: land type, position, area; and the sums, in the open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from knowledge.vietnamese import dong

# Codes of Phụ lục II, Thông tư 08/2024/TT-BTNMT; OTC, CHN and NNP stand for a group where a table names none in it.
LAND_TYPES: dict[str, str] = {
    "ODT": "đất ở đô thị",
    "ONT": "đất ở nông thôn",
    "OTC": "đất ở",
    "LUC": "đất chuyên trồng lúa",
    "LUK": "đất trồng lúa còn lại",
    "LUA": "đất trồng lúa",
    "HNK": "đất trồng cây hằng năm khác",
    "CHN": "đất trồng cây hằng năm",
    "CLN": "đất trồng cây lâu năm",
    "NNP": "đất nông nghiệp",
    "RSX": "đất rừng sản xuất",
    "RPH": "đất rừng phòng hộ",
    "RDD": "đất rừng đặc dụng",
    "NTS": "đất nuôi trồng thủy sản",
    "CNT": "đất chăn nuôi tập trung",
    "LMU": "đất làm muối",
    "NKH": "đất nông nghiệp khác",
    "TMD": "đất thương mại, dịch vụ",
    "SKC": "đất cơ sở sản xuất phi nông nghiệp",
    "SKK": "đất khu công nghiệp",
}
HOME = ("ODT", "ONT", "OTC")
FARM = ("NNP", "LUC", "LUK", "LUA", "HNK", "CHN", "CLN", "RSX", "RPH", "RDD", "NTS", "CNT", "LMU", "NKH")
# What people say (folded), the longest first, and the codes under which a table may hold it, groups last.
SPOKEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dat o do thi", ("ODT", "OTC")),
    ("dat o nong thon", ("ONT", "OTC")),
    ("tho cu", HOME),
    ("dat o", HOME),
    ("dat nha o", HOME),
    ("dat nong nghiep", FARM),
    ("cay lau nam", ("CLN", "NNP")),
    ("dat vuon", ("CLN", "NNP")),
    ("dat ray", ("HNK", "CHN", "NNP")),
    ("cay hang nam", ("CHN", "HNK", "NNP")),
    ("dat mau", ("CHN", "HNK", "NNP")),
    ("trong lua", ("LUA", "LUC", "LUK", "CHN", "NNP")),
    ("dat lua", ("LUA", "LUC", "LUK", "CHN", "NNP")),
    ("ruong", ("LUA", "LUC", "LUK", "CHN", "NNP")),
    ("rung san xuat", ("RSX", "NNP")),
    ("rung phong ho", ("RPH", "NNP")),
    ("rung dac dung", ("RDD", "NNP")),
    ("dat rung", ("RSX", "RPH", "RDD", "NNP")),
    ("nuoi trong thuy san", ("NTS", "NNP")),
    ("dat ao", ("NTS", "NNP")),
    ("ao ca", ("NTS", "NNP")),
    ("dat nuoi tom", ("NTS", "NNP")),
    ("thuong mai", ("TMD",)),
    ("san xuat kinh doanh", ("SKC",)),
    ("phi nong nghiep", ("SKC",)),
    ("khu cong nghiep", ("SKK",)),
)
_AREA = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,3}(?:\.\d{3})+|\d+(?:,\d+)?)\s*"
    r"(?:m2|m²|met vuong|met vung|thuoc vuong|m vuong)(?![a-z])"
)
_POSITION = re.compile(r"\b(?:vi tri|vt|v\.?tri)\s*(?:so\s*)?(?P<number>[1-9])\b")
_CLASS = re.compile(r"\bhang\s*(?P<number>[1-9])\b")
_FIRST_METRES = re.compile(r"\b50\s*(?:m|met|thuoc)\s*dau\b|\btrong 50\s*(?:m|met)\b")
_NEXT_METRES = re.compile(r"\b(?:tu|sau)(?: sau)? (?:met |m )?50\b")
# "đất ở đường X" names where, not the type "đất ở".
_WHERE = re.compile(
    r"dat o (?=duong|pho|dai lo|quoc lo|ngo|hem|khu|xa|phuong|thi|tinh|quan|huyen|cho|gan|ben|tai|day|do\b)"
)


@dataclass(frozen=True, slots=True)
class Sum:
    """One line of an estimate: how it was worked out, and what came of it in whole đồng."""

    line: str
    vnd: int


def find_land_types(folded: str) -> tuple[str, ...]:
    """The codes under which a table may hold the land type that was said; empty when none was."""
    code = next((code for code in LAND_TYPES if re.search(rf"\b{code.lower()}\b", folded)), None)
    if code is not None:
        return (
            code,
            *(group for group in ("OTC", "NNP") if group != code and code in (HOME if group == "OTC" else FARM)),
        )
    said = _WHERE.sub("dat ", folded)
    return next((codes for words, codes in SPOKEN if re.search(rf"\b{words}\b", said)), ())


def find_position(folded: str) -> str:
    """The position as tables print it: "VT2", "Hạng 3", "50 m đầu"; empty when none was said."""
    found = _POSITION.search(folded)
    if found:
        return f"VT{found['number']}"
    ranked = _CLASS.search(folded)
    if ranked:
        return f"Hạng {ranked['number']}"
    if _FIRST_METRES.search(folded):
        return "50 m đầu"
    return "từ sau mét 50 đến mét 100" if _NEXT_METRES.search(folded) else ""


def find_area(folded: str) -> Decimal | None:
    """The area in m² that was named; "một mét vuông" asks for the unit price and is none."""
    found = _AREA.search(folded)
    if found is None:
        return None
    area = Decimal(found["number"].replace(".", "").replace(",", "."))
    return area if area > 1 else None


def spoken_spans(folded: str) -> list[tuple[int, int]]:
    """Where a message speaks of area, position or land type: these words tell no segment."""
    patterns = (_AREA, _POSITION, _CLASS, _FIRST_METRES, _NEXT_METRES)
    spans = [found.span() for pattern in patterns for found in pattern.finditer(folded)]
    kinds = (re.search(rf"\b{words}\b", folded) for words, _ in SPOKEN)
    return spans + [found.span() for found in kinds if found]


def value_of(area: Decimal, vnd_per_m2: int) -> Sum:
    """Area times price, to the đồng."""
    vnd = _whole(area * vnd_per_m2)
    return Sum(f"{in_m2(area)} × {dong(vnd_per_m2)}/m² = {dong(vnd)}", vnd)


def share_of(base: int, percent: float | int, name: str) -> Sum:
    """A rate of an amount, to the đồng: "Lệ phí trước bạ 0,5% × … = …"."""
    vnd = _whole(Decimal(str(percent)) * base / 100)
    rate = f"{percent:g}".replace(".", ",")
    return Sum(f"{name} {rate}% × {dong(base)} = {dong(vnd)}", vnd)


def in_m2(area: Decimal) -> str:
    """ "80 m²", "1.250,5 m²"."""
    whole, _, part = f"{area:,}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "") + " m²"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Kinds of streets, connecting words, and the words of the question itself.
_NO_NAME = _listed(
    "duong pho dai lo doan tu den toi het giap nga ba tu dau cuoi ca tron tuyen khuc ra vao va o cua voi la thi "
    "the nao gia dat bao nhieu may mot met vuong m m2 nam thang ngay theo bang nha nuoc nhieu tien hoi cho "
    "em toi anh chi a vay dzay rua hien nay bay gio con do cu moi tinh mat trieu chuc tram ty"
)


def segment_words(words: Sequence[str]) -> set[str]:
    """The syllables that tell one segment from another: no kind words, no connecting words."""
    return {word for word in words if word not in _NO_NAME}


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
