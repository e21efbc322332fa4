"""Sums of money as people type them: "2 triệu", "1tr5", "350 nghìn", "3.825.360 đồng", "ba triệu rưỡi"."""

from __future__ import annotations

import re
from decimal import Decimal

LEAST = 1_000  # đồng: less is no sum that somebody pays
_ONES = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "lam": 5}
_UNITS = {
    "ty": 1_000_000_000, "ti": 1_000_000_000,
    "trieu": 1_000_000, "tr": 1_000_000, "cu": 1_000_000,
    "nghin": 1_000, "ngan": 1_000, "k": 1_000,
    "dong": 1, "d": 1,
}  # fmt: skip
_SPELT = r"(?:(?:mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|lam|muoi|chuc|tram)(?:\s+|(?=\W|$)))+"
_SUM = re.compile(
    rf"(?<![\w.,])(?P<number>\d{{1,3}}(?:\.\d{{3}})+|\d+(?:,\d+)?|{_SPELT})\s*"
    r"(?P<unit>ty|ti|trieu|tr|cu|nghin|ngan|k|dong|d)(?P<more>\s?(?:ruoi|\d{1,3}(?!\d|\s?(?:thang|nam|nguoi))))?(?![a-z])"
)


def find_money(folded: str) -> int | None:
    """The first sum in the folded text, in whole đồng; None where there is none."""
    return next(iter(find_all_money(folded)), None)


def find_all_money(folded: str) -> tuple[int, ...]:
    """Every sum in the folded text, in whole đồng, in its order."""
    return tuple(vnd for found in _SUM.finditer(folded) if (vnd := _vnd(found)) >= LEAST)


def _vnd(found: re.Match[str]) -> int:
    unit = _UNITS[found["unit"]]
    return int(_value(found["number"].strip()) * unit + _more((found["more"] or "").strip(), unit))


def _value(number: str) -> Decimal:
    if number[0].isdigit():
        return Decimal(number.replace(".", "").replace(",", "."))
    value = 0
    for word in number.split():
        if word in ("muoi", "chuc"):
            value = (value or 1) * 10 if value < 100 else value // 100 * 100 + (value % 100 or 1) * 10
        elif word == "tram":
            value = (value or 1) * 100
        else:
            value += _ONES[word]
    return Decimal(value)


def _more(words: str, unit: int) -> Decimal:
    """ "1tr5" and "ba triệu rưỡi": a half, or what stands behind the unit as its decimals."""
    if not words:
        return Decimal(0)
    if words == "ruoi":
        return Decimal(unit) / 2
    return Decimal(words) * unit / Decimal(10 ** len(words))
