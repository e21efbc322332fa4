"""What somebody has already said of a trouble: since when, and whether a place can be found by their words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from knowledge.vietnamese import fold

_COUNT = r"(?P<count>\d{1,3}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi|may|vai|ca|hon|nua)"
_UNIT = r"(?P<unit>ngay|bua|hom|dem|toi|tuan|thang|nam)"
_FOR = re.compile(rf"\b(?:ca |hon |gan |khoang |suot |duoc |da )*{_COUNT} {_UNIT}\b(?: (?:nay|roi|qua|lien|troi|gio))?")
_ALL = re.compile(r"\b(?:ca|suot|nguyen) (?P<unit>ngay|tuan|thang|nam)(?: (?:nay|troi|roi))\b")
_SINCE = re.compile(
    r"\b(?:tu |ke tu |hoi )?(?P<when>hom nay|sang nay|trua nay|chieu nay|toi nay|dem qua|toi qua"
    r"|hom qua|hom kia|hom truoc"
    r"|tuan truoc|tuan roi|tuan qua|thang truoc|thang roi|nam ngoai|nam truoc|dau thang|dau nam|dau tuan"
    r"|vua xong|moi day"
    r"|lau nay|lau roi|lau lam roi|tu lau|bay lau|thuong xuyen|dem nao cung|ngay nao cung)\b"
)
_DAY = re.compile(r"\b(?:tu |hom |ngay )+(?P<day>\d{1,2})[/-](?P<month>\d{1,2})(?:[/-](?P<year>\d{4}))?\b")
_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10}
_LENGTHS = {"ngay": 1, "bua": 1, "hom": 1, "dem": 1, "toi": 1, "tuan": 7, "thang": 30, "nam": 365}
_AGO = {
    **dict.fromkeys(("hom nay", "sang nay", "trua nay", "chieu nay", "toi nay", "vua xong", "moi day"), 0),
    **dict.fromkeys(("hom qua", "toi qua", "dem qua"), 1),
    "hom kia": 2,
}
_NUMBERED = re.compile(
    r"\b(?:thon|ap|xom|khom|to|khu pho|lang|ban|buon|duong|hem|ngo|ngach|kiet|so nha|km|khu|doi)\s*(?:so\s*)?\d"
)
_NAMED = re.compile(
    r"\b(?:[Tt]hôn|[Ấấ]p|[Xx]óm|[Kk]hóm|[Tt]ổ|[Kk]hu phố|[Ll]àng|[Bb]ản|[Bb]uôn|[Đđ]ường|[Hh]ẻm"
    r"|[Nn]gõ|[Cc]hợ|[Cc]ầu|[Tt]rường|[Cc]hùa|[Đđ]ình"
    r"|[Nn]gã (?:ba|tư|năm))\s+(?P<first>[^\W\d_])"
)
_LANDMARK = re.compile(
    r"\b(?:truoc|sau|canh|gan|doi dien|ngay|ke|sat|tai|o|cong|dau|cuoi)\s(?:\w+\s)?(?:nha van hoa|uy ban|ubnd|tram y te"
    r"|truong (?:mam non|tieu hoc|cap|thcs|thpt|hoc)|cho|san van dong|nghia trang|buu dien|don cong an|cau|dinh|chua)\b"
)
_WORD = re.compile(r"[^\W_]+")
_ANNOUNCING = frozenset(
    {
        "toi", "em", "minh", "con", "chau", "bac", "co", "chu", "anh", "chi", "muon", "can",
        "xin", "cho", "duoc", "gui", "bao", "len", "voi", "xa", "phuong", "thon", "phan", "kien",
        "nghi", "gop", "y", "de", "xuat", "mot", "viec", "chuyen", "nay", "ad", "bot", "oi",
        "a", "nhe", "nha", "di", "da", "vang", "hoi", "lam", "don",
    }
)  # fmt: skip
Named = TypeVar("Named")


@dataclass(frozen=True, slots=True)
class Since:
    """How it was said, and the day where one can be made out."""

    words: str
    day: date | None


def find_since(text: str, *, on: date) -> Since | None:
    """ "hỏng 3 tuần nay", "từ hôm qua", "từ 12/11": the beginning of the trouble, or None where nothing is said."""
    folded = fold(text)
    if (found := _DAY.search(folded)) is not None:
        return Since(_words(text, found), _day(found, on))
    if (found := _FOR.search(folded) or _ALL.search(folded)) is not None:
        return Since(_words(text, found), _counted(found, on))
    if (found := _SINCE.search(folded)) is not None:
        ago = _AGO.get(found["when"])
        return Since(_words(text, found), on - timedelta(days=ago) if ago is not None else None)
    return None


def names_a_spot(text: str) -> bool:
    """Whether somebody who knows the commune can go there: a street, a numbered hamlet, a landmark."""
    folded = fold(text)
    named = any(found["first"].isupper() for found in _NAMED.finditer(text))
    return named or bool(_NUMBERED.search(folded) or _LANDMARK.search(folded))


def only_announces(text: str) -> bool:
    """ "Tôi muốn phản ánh": nothing is told yet."""
    return set(_WORD.findall(fold(text))) <= _ANNOUNCING


def find_named(text: str, names: Iterable[tuple[str, Named]]) -> Named | None:
    """The thing whose folded name stands in the text, the longest one; a name of two words may drop its kind."""
    folded = " ".join(["", *_WORD.findall(fold(text)), ""])
    best: tuple[int, Named] | None = None
    for name, thing in names:
        bare = name.partition(" ")[2]
        for form in (name, bare if bare.count(" ") else ""):
            if form and f" {form} " in folded and (best is None or len(form) > best[0]):
                best = (len(form), thing)
    return best[1] if best else None


def _words(text: str, found: re.Match[str]) -> str:
    """The same stretch as it was typed; folding keeps the length of a text in composed letters."""
    return text[found.start() : found.end()].strip()


def _counted(found: re.Match[str], on: date) -> date | None:
    count = found.groupdict().get("count")
    length = _LENGTHS[found["unit"]]
    if count is None:
        return on - timedelta(days=length)
    number = int(count) if count.isdigit() else _NUMBERS.get(count)
    return on - timedelta(days=min(number * length, 20_000)) if number else None


def _day(found: re.Match[str], on: date) -> date | None:
    try:
        day = date(int(found["year"] or on.year), int(found["month"]), int(found["day"]))
    except ValueError:
        return None
    return day if day <= on else day.replace(year=day.year - 1) if not found["year"] else None
