"""The day a question is about: "hồi tháng 9 năm 2023", "15/3/2023", "lúc còn huyện". A date that only tells a story is none."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

from knowledge.meaning import AskedDay
from knowledge.vietnamese import fold

Precision = Literal["day", "month", "year"]
Found = tuple[date, Precision]

NO_MORE_DISTRICTS = date(2025, 7, 1)  # two-level government and the mergers of provinces and communes
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_MONTH = r"thang\s*(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?:ngay|mung|mong|hom)\s*(?P<day>3[01]|[12]\d|0?[1-9])"
_BEFORE = r"(?P<before>truoc(?: khi| ngay)?\s+)?"

_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Found | None]], ...] = (
    (re.compile(_BEFORE + r"(?<![\d/])(?P<day>\d{1,2})\s?[/.\-]\s?(?P<month>\d{1,2})\s?[/.\-]\s?" + _YEAR + r"(?![\d/])"), lambda m, on: _exact(m)),
    (re.compile(_BEFORE + _DAY + r"\s*(?:,|/)?\s*" + _MONTH + r"\s*(?:,|/|nam)?\s*(?:nam\s*)?" + _YEAR), lambda m, on: _exact(m)),
    (re.compile(_BEFORE + _MONTH + r"\s*(?:,|/|\-)?\s*(?:nam\s*)?" + _YEAR), lambda m, on: _month(m)),
    (re.compile(_BEFORE + r"(?<![\d/])(?P<month>1[0-2]|0?[1-9])\s?/\s?" + _YEAR + r"(?![\d/])"), lambda m, on: _month(m)),
    (re.compile(r"nam\s*" + _YEAR + r"\s*,?\s*(?:luc\s+)?" + _MONTH), lambda m, on: _month(m)),
    (re.compile(_MONTH + r"\s+nam (?P<ago>ngoai|truoc|roi|kia)"), lambda m, on: _month_ago(m, on)),
    (re.compile(r"(?P<part>dau|giua|cuoi) nam\s*" + _YEAR), lambda m, on: _part(m, int(m["year"]))),
    (re.compile(r"(?P<part>dau|giua|cuoi) nam (?P<ago>ngoai|truoc|roi|kia)"), lambda m, on: _part(m, _ago(m, on))),
    (re.compile(r"(?P<before>truoc\s+)?(?:nam|hoi|luc)\s*(?:nam\s*)?" + _YEAR), lambda m, on: _year(m, on)),
    (re.compile(r"(?<!\d )(?:hoi )?nam (?P<ago>ngoai|truoc|kia)\b"), lambda m, on: (date(_ago(m, on), 7, 1), "year")),
    (re.compile(r"(?:truoc (?:khi |hoi |luc )?|chua |hoi chua |luc chua )(?:sap nhap|sat nhap|nhap tinh|nhap xa|bo huyen|bo cap huyen|giai the huyen)"), lambda m, on: _with_districts()),
    (re.compile(r"(?:luc|hoi|khi|thoi|ngay)(?: ma| do)?(?: van)? con (?:cap )?(?:huyen|quan|thi xa)"), lambda m, on: _with_districts()),
)  # fmt: skip
# A year that belongs to a document or to somebody's life is not the day asked about.
_NOT_ASKED = re.compile(
    r"(?:luat|nghi dinh|phap lenh|nghi quyet|thong tu|quyet dinh|van ban|hien phap|bo luat|so \S+|qh\d+|sinh|de|mat|chet|tu|ke tu|"
    r"toi|den|het|mua|cat|xay|cuoi|ket hon|nhap ngu|o day|vao|ra truong|tot nghiep|doi|thanh lap|ban hanh|ky)\s*(?:vao |hoi |tu |ngay |thang |\d+ )*$"
)
_THEN = re.compile(
    r"\b(?:luc do|luc ay|hoi do|hoi ay|khi do|khi ay|thoi do|nam do|nam ay|luc bay gio|hoi nam|luc nam|tinh theo|theo gia|theo luat cu)\b"
)
_ASKS_VALUE = re.compile(
    r"\b(?:bao nhieu|nhieu|may|muc|gia|tinh sao|the nao|ra sao|quy dinh|thi sao|luat nao|van ban nao|ai|o dau|dong|phai|duoc|(?:huyen|xa|tinh|quan|phuong) hay)\b"
)
_NOW = re.compile(
    r"\b(?:bay gio|gio|hien nay|hien tai|hom nay|nay con|con gia tri|lai duoc|doi lai|xin lai|lam lai|tinh lai|chua co so|den nay|toi nay)\b"
)


_NOW_ALONE = re.compile(r"\b(?:bay gio|hien nay|hien tai|nam nay|hom nay)\b")
SHORT = 8  # words of a message in which "bây giờ" asks for today's rule after one of the past


def find_asked_day(text: str, *, on: date) -> AskedDay | None:
    """The day whose rules are asked for, or None: today's."""
    folded = fold(text)
    for pattern, read in _PATTERNS:
        for found in pattern.finditer(folded):
            meant = read(found, on)
            if meant is None or not date(1945, 9, 2) <= meant[0] <= on.replace(year=on.year + 5, day=1):
                continue
            if _is_asked(folded, found, meant[0], on):
                return AskedDay(meant[0], text[found.start() : found.end()].strip(), meant[1])
    now = _NOW_ALONE.search(folded)
    if now and len(folded.split()) <= SHORT:
        return AskedDay(on, text[now.start() : now.end()].strip(), "day")
    return None


def _is_asked(folded: str, found: re.Match[str], day: date, on: date) -> bool:
    before, after = folded[: found.start()], folded[found.end() :]
    if _NOT_ASKED.search(before) or after.lstrip()[:1] == "/":
        return False
    rest = f"{before} {after}"
    if _NOW.search(rest) or re.search(r"\b(?:19|20)\d{2}\b", rest):
        return False
    short = len(rest.split()) <= 6
    return (
        short
        or bool(_THEN.search(folded))
        or (bool(_ASKS_VALUE.search(_clause(before, after))) and not _tells(before, after))
    )


def _clause(before: str, after: str) -> str:
    """What stands between the commas around the date, and the next clause when the date stands alone."""
    own = re.split(r"[,.;]", before)[-1] + " " + re.split(r"[,.;]", after)[0]
    return own if len(own.split()) > 2 else f"{before} {after}"


def _tells(before: str, after: str) -> bool:
    """A full sentence ends between the date and the end: the date belongs to the story, the question comes later."""
    return bool(re.search(r"[.!?;]\s*\S+\s+\S+", after)) or bool(re.search(r"[.!?;]\s*$", before) and "?" not in after)


def _exact(found: re.Match[str]) -> Found | None:
    try:
        day = date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return (day - timedelta(days=1) if found.groupdict().get("before") else day), "day"


def _month(found: re.Match[str]) -> Found | None:
    year, month = int(found["year"]), int(found["month"])
    if found.groupdict().get("before"):
        return date(year, month, 1) - timedelta(days=1), "month"
    return date(year, month, 15), "month"


def _month_ago(found: re.Match[str], on: date) -> Found:
    return date(_ago(found, on), int(found["month"]), 15), "month"


def _ago(found: re.Match[str], on: date) -> int:
    return on.year - (2 if found["ago"] == "kia" else 1)


def _part(found: re.Match[str], year: int) -> Found:
    month = {"dau": 1, "giua": 7, "cuoi": 12}[found["part"]]
    return date(year, month, min(15, calendar.monthrange(year, month)[1])), "month"


def _year(found: re.Match[str], on: date) -> Found | None:
    year = int(found["year"])
    if found.groupdict().get("before"):
        return date(year - 1, 12, 31), "year"
    return None if year == on.year else (date(year, 7, 1), "year")


def _with_districts() -> Found:
    return NO_MORE_DISTRICTS - timedelta(days=1), "day"
