"""Who is to be insured, for how long and at which wage, read from a sentence: "nhà 5 người, chồng có thẻ công ty"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.insurance import Kind
from knowledge.money import find_all_money

_ONES = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}
_NUMBER = r"(?P<number>\d{1,2}|mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)"
_PEOPLE = r"(?:nguoi|nhan khau|khau|thanh vien|the|dua|chau|mieng|suat)"
_COUNTED = re.compile(rf"(?<!thu )\b{_NUMBER}\s+(?:dua |nguoi )?{_PEOPLE}\b(?!\s+(?:thu|dau|nay|kia|mot))")
_PAIRS = re.compile(
    rf"\b(?:{_NUMBER}\s+)?(?:vo chong|me con|cha con|bo con|ba con|ong ba|ba chau|ong chau|anh em|chi em)\b"
)
_CHILDREN = re.compile(rf"\b{_NUMBER}\s+(?:con|em|be|nhoc)\b")
_KIN = r"(?:ma|me|bo|cha|tia|ong|ba|vo|chong|noi|ngoai|toi|tui|con gai|con trai)"
_AND_KIN = re.compile(rf"\b{_KIN}(?: (?:noi|ngoai|toi|tui|em|minh))?\s+(?:voi|va|cung)\b|\b(?:voi|va|cung)\s+{_KIN}\b")
_ONE = re.compile(
    rf"\b(?:cho|mua|minh|mot minh)\s+(?:minh )?(?:{_KIN}|em|chau|be)\b"
    r"|\b(?:em|toi|tui|minh|chau) (?:la )?(?:sinh vien|hoc sinh|sv)\b"
)
_CLASSES = re.compile(r"\blop (\d{1,2})\b")
# Those who have a card already, or get one for nothing, are not bought for.
_HAS_CARD = re.compile(
    r"(?P<who>[^,.;]*?)\b(?:co|duoc)\s+(?:the|bhyt|bao hiem)?\s*(?:the )?(?:o |cua |tu |theo )?"
    r"(?:cong ty|co quan|nha nuoc cap|truong|ho ngheo|roi|san)\b|(?P<child>[^,.;]*\bduoi (?:6|sau) tuoi)"
)
_LESS = re.compile(rf"\b(?:bot|tru|giam|bo)\s+(?:di |ra )?(?:{_NUMBER}\b)?")
_MORE = re.compile(rf"\b(?:them|cong them)\s+(?:{_NUMBER}\b)?")
_MONTHS = re.compile(rf"\b{_NUMBER}\s+thang\b(?!\s*\d)")
_YEARS = re.compile(rf"(?<!thang )\b{_NUMBER}\s+nam\b(?!\s*\d)")
_HALF_YEAR = re.compile(r"\bnua nam\b")
_ALL_YEAR = re.compile(r"\b(?:ca nam|mot nam|1 nam|nguyen nam|tron nam|hang nam|moi nam)\b")
_EACH_MONTH = re.compile(r"\b(?:moi|hang|mot|1|tung) thang\b")
STUDENT = re.compile(r"\b(?:hoc sinh|sinh vien|hssv|lop \d{1,2}|bao hiem hs)\b")
NEAR_POOR = re.compile(r"\bcan ngheo\b")
FARM = re.compile(r"\bmuc song trung binh\b")
ALONE = re.compile(r"\b(?:nghi khong luong|tam hoan hop dong|tu dong ngoai ho)\b")
POOR = re.compile(r"\b(?<!can )ho ngheo\b")
MOST_PEOPLE, MOST_MONTHS = 30, 60
LEAST_WAGE = 100_000


@dataclass(frozen=True, slots=True)
class Headcount:
    """What a sentence says; None where it says nothing. `change`: people to add to those counted before."""

    people: int | None = None
    months: int | None = None
    kind: Kind | None = None
    wages_vnd: tuple[int, ...] = ()
    change: int = 0
    each_month: bool = False

    @property
    def says_something(self) -> bool:
        """Whether anything was read at all."""
        return bool(self.people or self.months or self.kind or self.wages_vnd or self.change)


def read_headcount(folded: str) -> Headcount:
    """From the folded words of one message."""
    change = _change(folded)
    people = None if change else _people(folded)
    return Headcount(
        people=people,
        months=_months(folded),
        kind=_kind(folded),
        wages_vnd=_wages(folded),
        change=change,
        each_month=bool(_EACH_MONTH.search(folded)),
    )


def _people(folded: str) -> int | None:
    """All who are spoken of, less those who have a card."""
    without = _HAS_CARD.sub(" ", folded)
    counted = [_number(found["number"]) for found in _COUNTED.finditer(folded)]
    pairs = [max(2, _number(found["number"] or "2")) for found in _PAIRS.finditer(folded)]
    children = [_number(found["number"]) for found in _CHILDREN.finditer(folded)]
    total = max(counted, default=0)
    if not counted or (pairs and not re.search(r"\b(?:nha|ho|gia dinh|ca nha)\b", folded)):
        total = sum(counted[:1]) + sum(pairs[:1]) + (sum(children[:1]) if not counted else 0)
    if counted and not pairs and not re.search(r"\b(?:nha|ho|gia dinh)\b", folded):
        total += len(_AND_KIN.findall(folded))
    if not total:
        total = len(_CLASSES.findall(folded)) or (1 if _ONE.search(without) else 0)
    total -= sum(_excluded(found[0]) for found in _HAS_CARD.finditer(folded)) if total > 1 else 0
    return total if 0 < total <= MOST_PEOPLE else None


def _excluded(clause: str) -> int:
    """How many the clause about a card speaks of: "chồng có thẻ công ty" is one; "chưa ai có thẻ" is none."""
    last = re.split(r"[,.;]", clause)[-1]
    if re.search(r"\b(?:chua|khong|ko)\b", last):
        return 0
    counted = list(_COUNTED.finditer(last)) or list(_CHILDREN.finditer(last))
    if len(counted) == 1 and re.search(r"\b(?:nha|ho)\b", last[: counted[0].start()]):
        counted = []  # "nhà 5 người chồng có thẻ": the five are all of them
    return _number(counted[-1]["number"]) if counted else 1


def _change(folded: str) -> int:
    """ "bớt một đứa": -1; "thêm hai người": 2."""
    for pattern, sign in ((_LESS, -1), (_MORE, 1)):
        found = pattern.search(folded)
        if found and (found["number"] or re.search(_PEOPLE, folded)):
            return sign * _number(found["number"] or "1")
    return 0


def _months(folded: str) -> int | None:
    found = _MONTHS.search(folded)
    if _EACH_MONTH.search(folded) and not (found and _number(found["number"]) > 1):
        return 1
    if found:
        return _bounded(_number(found["number"]))
    if _HALF_YEAR.search(folded):
        return 6
    years = _YEARS.search(folded)
    if _ALL_YEAR.search(folded):
        return 12
    return _bounded(12 * _number(years["number"])) if years and years["number"] != "nam" else None


def _bounded(months: int) -> int | None:
    return months if 0 < months <= MOST_MONTHS else None


def _kind(folded: str) -> Kind | None:
    kinds: tuple[tuple[re.Pattern[str], Kind], ...] = (
        (NEAR_POOR, "near_poor"),
        (FARM, "farm"),
        (STUDENT, "student"),
        (ALONE, "self"),
    )
    named = next((kind for pattern, kind in kinds if pattern.search(folded)), None)
    return named or ("household" if re.search(r"\bho gia dinh\b", folded) else None)


def _wages(folded: str) -> tuple[int, ...]:
    if "luong" not in folded.split() or "luong co so" in folded:
        return ()
    return tuple(vnd for vnd in find_all_money(folded) if vnd >= LEAST_WAGE)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _ONES[word]
