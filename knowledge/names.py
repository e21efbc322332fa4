"""Names of people in what citizens write: with marks or without, in capitals or not; places named after people stay.

A name begins with a surname. In capitals the whole run is the name; in small letters it is the surname, up to two
middle names and a given name, and something must speak for it: a word of address before it, a usual middle name.
Where that is not enough, underthesea's recogniser is asked about runs of capitals (offline, loaded when needed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from knowledge.vietnamese import fold, has_marks

DATA = Path(__file__).parent / "content" / "language" / "names.yaml"
LONGEST = 5  # syllables of a name
HONOURED = ("ong", "ba", "co")  # "cầu Ông Lãnh", "kênh Bà Lựu"
ROADS = ("cau", "duong", "pho", "hem", "kenh", "rach")  # of the places, those that mean nothing else without marks
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Words:
    """One reviewed list: as written, and folded for text without marks."""

    written: frozenset[str]
    plain: frozenset[str]

    def has(self, token: Token, *, marked: bool) -> bool:
        """Marks count where the syllable has some, or the message around it is written with marks."""
        if marked or has_marks(token.text):
            return token.text.lower() in self.written
        return token.plain in self.plain


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable where it stands. `joined`: only a blank lies between it and the one before."""

    text: str
    plain: str
    start: int
    end: int
    joined: bool

    @property
    def is_capital(self) -> bool:
        """Written like a name: Lan, LAN."""
        return self.text[0].isupper()


@cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return raw


@cache
def _words(*names: str) -> Words:
    written = frozenset(word for name in names for word in str(_raw()[name]).split())
    return Words(written, frozenset(fold(word) for word in written))


@cache
def _raw_set(name: str) -> frozenset[str]:
    return frozenset(_raw()[name])


def find(text: str) -> list[Span]:
    """Where names of people stand, in order, none over another."""
    tokens = list(_tokens(text))
    marked = has_marks(text)
    found: list[Span] = []
    at = 0
    while at < len(tokens):
        length = _name_at(tokens, at, marked=marked)
        if length:
            found.append((tokens[at].start, tokens[at + length - 1].end))
        at += max(length, 1)
    return found


def _name_at(tokens: list[Token], at: int, *, marked: bool) -> int:
    """How many syllables of a name begin here."""
    token = tokens[at]
    before = tokens[at - 1] if at and token.joined else None
    if _after_a_place(tokens, at, marked=marked):
        return 0
    addressed = before is None or _words("address").has(before, marked=marked)
    run = 0 if _all_capitals(tokens) else _capital_run(tokens, at)
    if run < 3 and _is_no_name(tokens, at, run, marked=marked):
        return 0
    if "'" in token.plain or "’" in token.plain:
        return max(run, _highland_name(tokens, at))
    if not _words("strong_surnames", "surnames").has(token, marked=marked):
        rare = run >= 2 and token.text.lower() in _words("rare_surnames").written
        return run if rare else _given_after_address(tokens, at, run) if before is not None and addressed else 0
    return run if run >= 2 else _small_name(tokens, at, addressed=addressed, marked=marked)


def _after_a_place(tokens: list[Token], at: int, *, marked: bool) -> bool:
    """After "đường", "xã", "chợ" a name is a place, also in "cầu Ông Lãnh"; and "đường" itself begins none there."""
    places, surnames = _words("places"), _words("strong_surnames", "surnames")
    before = tokens[at - 1 : at] if tokens[at].joined else []
    if before and places.has(before[0], marked=marked):
        return True
    if at > 1 and before and before[0].joined and before[0].plain in HONOURED:
        in_small = tokens[at - 2].plain in ROADS and not marked
        if in_small or (before[0].is_capital and places.has(tokens[at - 2], marked=marked)):
            return True
    rest = _joined_after(tokens, at)
    begins = _words("strong_surnames") if not marked else surnames
    return bool(rest) and places.has(tokens[at], marked=marked) and begins.has(rest[0], marked=marked)


def _is_no_name(tokens: list[Token], at: int, run: int, *, marked: bool) -> bool:
    """Two syllables that are a word of our field, or a province: "dang ky", "Hà Nội"."""
    pair = _pair(tokens, at)
    return pair in _raw_set("provinces") if run == 2 else not marked and pair in _raw_set("not_names")


def _highland_name(tokens: list[Token], at: int) -> int:
    """ "h'my thuy": the first part holds the surname."""
    known, length = _words("middles", "sure_middles", "givens").plain, 1
    for token in _joined_after(tokens, at)[:2]:
        if token.plain not in known:
            break
        length += 1
    return length


def _small_name(tokens: list[Token], at: int, *, addressed: bool, marked: bool) -> int:
    """Surname, up to two middle names, given name, in small letters or all in capitals."""
    rest = _joined_after(tokens, at)
    middle, sure, given = _words("middles", "sure_middles"), _words("sure_middles"), _words("givens")
    middles = 0
    while middles < 2 and middles + 1 < len(rest) and middle.has(rest[middles], marked=marked):
        middles += 1
    strong = _words("strong_surnames").has(tokens[at], marked=marked)
    if middles:
        spoken_for = addressed or sure.has(rest[0], marked=marked)
        if spoken_for and given.has(rest[middles], marked=marked):
            return middles + 2
        if (addressed or middles == 2) and given.has(rest[middles - 1], marked=marked):
            return middles + 1  # what looked like a middle name was the given one
        if strong and spoken_for:
            return middles + 2
    if not (addressed and rest and given.has(rest[0], marked=marked)):
        return 0
    surname = _words("strong_surnames", "surnames").has(rest[0], marked=marked)
    longer = surname and _small_name(tokens, at + 1, addressed=True, marked=marked) > 2
    return 0 if longer else 2  # "hộ Dương Thị Toàn": the name begins one later


def _given_after_address(tokens: list[Token], at: int, run: int) -> int:
    """ "chị Lan", "ông Ksor Bình": capitals after a word of address, whatever they begin with."""
    if run >= 2:
        return run
    return 1 if run == 1 and tokens[at].plain in _words("givens").plain else 0


def _capital_run(tokens: list[Token], at: int) -> int:
    length = 0
    for token in [tokens[at], *_joined_after(tokens, at)]:
        if not token.is_capital or length == LONGEST:
            break
        length += 1
    return length


def _joined_after(tokens: list[Token], at: int) -> list[Token]:
    after: list[Token] = []
    for token in tokens[at + 1 : at + LONGEST]:
        if not token.joined:
            break
        after.append(token)
    return after


def _pair(tokens: list[Token], at: int) -> str:
    rest = _joined_after(tokens, at)
    return f"{tokens[at].plain} {rest[0].plain}" if rest else ""


def _all_capitals(tokens: list[Token]) -> bool:
    """A message typed in capitals: they say nothing about names."""
    return len(tokens) > 3 and sum(token.text.isupper() for token in tokens) > len(tokens) * 2 / 3


def _tokens(text: str) -> Iterator[Token]:
    end = -1
    for found in _TOKEN.finditer(text):
        joined = end >= 0 and text[end : found.start()].strip(" ") == "" and found.start() - end <= 2
        yield Token(found[0], fold(found[0]), found.start(), found.end(), joined)
        end = found.end()
