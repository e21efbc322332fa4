"""Two texts of an entry side by side: what was there, what is there now, in the words of the form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from bot.console.entry_form import PARTS, SURE, Sheet, from_text
from knowledge.errors import ContentFaulty


@dataclass(frozen=True, slots=True)
class Change:
    """One stretch that differs: the lines that went, and those that came."""

    gone: tuple[str, ...]
    come: tuple[str, ...]


def changes(before: str, after: str, entry_id: str) -> list[Change]:
    """Every difference in order; an empty text has no lines."""
    old, new = lines_of(before, entry_id), lines_of(after, entry_id)
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    return [Change(tuple(old[a:b]), tuple(new[c:d])) for kind, a, b, c, d in steps if kind != "equal"]


def lines_of(text: str, entry_id: str) -> list[str]:
    """An entry in lines that a person reads."""
    if not text:
        return []
    try:
        return list(_lines(from_text(text, entry_id)))
    except ContentFaulty:  # a draft in the middle of being typed
        return text.splitlines()


def _lines(sheet: Sheet) -> Iterator[str]:
    values = sheet.values
    yield f"Tên việc: {values['title']}"
    yield f"Kiểm tra ngày: {values['checked_on']}"
    for _number, row in sheet.filled("said"):
        words = " · ".join([row["text"], *row["items"].splitlines()]).strip(" ·")
        yield f"{PARTS.get(row['part'], row['part'])}: {words} ({_days(row)}; nguồn: {row['sources'] or 'chưa có'})"
    for _number, row in sheet.filled("field"):
        yield f"Số liệu {row['name']}: {row['value']} {row['unit']} ({_days(row)}; nguồn: {row['source'] or 'chưa có'})"
    for name, points in sheet.kept.get("tabled", {}).items():
        yield f"Số liệu {name}: theo bảng tham số “{points.get('parameter')}”"
    for _number, row in sheet.filled("source"):
        yield f"Nguồn {row['key']}: {row['cite']} ({SURE.get(row['confidence'], row['confidence'])}) {row['read_at']}"
    for _number, row in sheet.filled("doubt"):
        yield f"Điều chưa xác nhận: {row['text']} (hỏi {row['ask']})"
    if values["related"]:
        yield f"Mục liên quan: {values['related']}"
    for variant in values["variants"].splitlines():
        yield f"Cách hỏi: {variant}"


def _days(row: dict[str, str]) -> str:
    since = f"từ {row['from']}" if row["from"] else "chưa rõ ngày bắt đầu"
    return f"{since} đến hết {row['to']}" if row["to"] else since
