"""Reply templates: what may be filled in, what is still open in a text, and the ones that we ship."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "content" / "reply_templates.yaml"
# What a case fills in, and how it is explained to who writes a template.
PLACES = {
    "loi_chao": "lời chào của xã",
    "xung_ho": "cách gọi người dân",
    "ma_vu_viec": "mã vụ việc",
    "loai_don": "loại đơn",
    "loai_viec": "loại việc",
    "noi": "thôn, ấp, tổ",
    "han_tra_loi": "hạn trả lời",
    "can_cu": "căn cứ của mục tri thức gợi ý",
    "noi_dung": "nội dung của mục tri thức gợi ý",
    "dien_thoai": "điện thoại một cửa",
}
_PLACE = re.compile(r"\{([a-z_]{1,40})\}")
_OPEN = re.compile(r"\{[^{}\n]{0,60}\}|\[[^\[\]\n]{0,80}\]|\.{4,}|…{2,}|_{3,}")


@dataclass(frozen=True, slots=True)
class Template:
    """One template; `kinds`: of which cases it is for, empty for all."""

    id: str
    label: str
    kinds: tuple[str, ...]
    text: str


@lru_cache(maxsize=1)
def shipped() -> tuple[Template, ...]:
    """Those that come with the program."""
    listed = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return tuple(Template(each["id"], each["label"], tuple(each["kinds"]), each["text"]) for each in listed)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with everything filled in that is known; the rest stays open and can be seen."""
    return _PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def unknown_places(text: str) -> list[str]:
    """Names in braces that nothing ever fills in."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name not in PLACES]


def still_open(text: str) -> str:
    """The first place that was not filled in: braces, square brackets, a line of dots; empty where there is none."""
    found = _OPEN.search(text)
    return found[0] if found is not None else ""
