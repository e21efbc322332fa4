"""The offices of a commune as people ask for them: "trưởng xóm 5 là ai", "ai lo địa chính", "lịch tiếp dân"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.vietnamese import fold


@dataclass(frozen=True, slots=True)
class Kind:
    """One office: its name for people, and the folded words by which it is asked for. `by_hamlet`: one in each."""

    label: str
    words: tuple[str, ...]
    by_hamlet: bool = False


KINDS: Mapping[str, Kind] = {
    "hamlet_head": Kind(
        "Trưởng thôn, ấp, tổ dân phố",
        ("truong thon", "truong ap", "truong xom", "truong khom", "truong ban", "truong khu", "to truong",
         "thon truong", "ap truong", "truong to dan pho"),
        by_hamlet=True,
    ),
    "party_cell": Kind("Bí thư chi bộ", ("bi thu chi bo", "chi bo"), by_hamlet=True),
    "councillor": Kind(
        "Đại biểu Hội đồng nhân dân", ("dai bieu hoi dong", "dai bieu hdnd", "dai bieu cua", "dai bieu"), by_hamlet=True
    ),
    "mediation": Kind("Tổ hòa giải", ("hoa giai",), by_hamlet=True),
    "inspection": Kind("Ban Thanh tra nhân dân", ("thanh tra nhan dan", "ban thanh tra")),
    "supervision": Kind("Ban Giám sát đầu tư của cộng đồng", ("giam sat dau tu",)),
    "reception": Kind("Tiếp công dân", ("tiep dan", "tiep cong dan", "lich tiep")),
    "one_stop": Kind(
        "Bộ phận một cửa", ("mot cua", "hanh chinh cong", "nhan ho so", "tra ket qua")
    ),
    "police": Kind("Công an xã", ("cong an",)),
    "clinic": Kind("Trạm y tế", ("tram y te", "tram xa", "y te xa")),
    "insurance": Kind("Bảo hiểm xã hội", ("bao hiem xa hoi", "bhxh", "bao hiem y te")),
    "association": Kind(
        "Đoàn thể",
        ("hoi phu nu", "phu nu", "doan thanh nien", "hoi nong dan", "nong dan", "cuu chien binh", "mat tran",
         "nguoi cao tuoi"),
    ),
    "utility": Kind("Điện, nước", ("dien luc", "cap nuoc", "nha may nuoc", "mat dien", "cup dien")),
    "officer": Kind(
        "Công chức, lãnh đạo",
        ("chu tich", "pho chu tich", "bi thu", "dia chinh", "tu phap", "ho tich", "van hoa", "chinh sach", "ke toan",
         "xay dung", "moi truong", "phu trach", "can bo", "quan su", "xa doi"),
    ),
}  # fmt: skip
HAMLET = re.compile(r"\b(?:thon|ap|xom|khom|ban|buon|lang|to dan pho|khu pho|to|khu)\s+(?P<name>(?:\w+\s?){1,4})")


def names_hamlet(folded: str) -> bool:
    """Whether a hamlet is named, known or not: "xom 5", but not "truong thon la ai"."""
    return any(found["name"].split()[0] not in _NO_NAME for found in HAMLET.finditer(folded))


_NO_NAME = frozenset(
    re.split(" ", "la toi tui minh em nao ai co o dau cua gi so ten voi va do nay cho de gap sao bay gio hien")
)


def kind_of(words: str) -> str | None:
    """The office that a list names in its own words."""
    folded = fold(words)
    exact = next((kind for kind, each in KINDS.items() if fold(each.label) == folded), None)
    return exact or next(iter(kinds_asked(folded)), None)


def kinds_asked(folded: str) -> tuple[str, ...]:
    """The offices that a message asks for, the narrowest first."""
    said = f" {folded} "
    return tuple(kind for kind, each in KINDS.items() if any(f" {words} " in said for words in each.words))
