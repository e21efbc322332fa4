"""Administrative units by their old and new names: province > commune since 01/07/2025, districts only as old names.

Source: the two CSV files (statistics office's unit list; old-to-new mapping, state of 30/04/2026). A commune of which
only a part moved somewhere gives several candidates: the name alone does not decide.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

from knowledge.errors import AmbiguousPlace, UnknownPlace
from knowledge.vietnamese import fold, has_marks, one_spelling, syllables

COMMUNES, PROVINCES = "communes_2025.csv", "provinces_2025.csv"
KINDS = ("thi tran", "thi xa", "thanh pho", "dac khu", "phuong", "huyen", "quan", "tinh", "xa")
KIND_STARTS = frozenset(kind.split()[0] for kind in KINDS)
SHORT_KINDS = {"tp": "thanh pho", "tt": "thi tran", "tx": "thi xa", "p": "phuong", "q": "quan", "h": "huyen", "x": "xa"}
SHORT_NAMES = {"tphcm": "thanh pho ho chi minh", "hcm": "ho chi minh", "sg": "ho chi minh", "hn": "ha noi"}
WHERE = frozenset({"o", "tai", "ve", "que", "ben", "duoi", "tu", "tren", "gan"})  # words that a place name may follow
WORD = re.compile(r"[^\W_]+")
NUMBERED = re.compile(r"([pq])(\d+)")
REMARK = re.compile(r"\s*\([^)]*\)")
UNCHANGED = "Không sáp nhập"  # what the list says of a commune that was not merged
LONGEST_NAME = 7  # syllables, with the word for the kind
MOST_NAMED = 6  # candidates that a person is asked to choose from


@dataclass(frozen=True, slots=True)
class Province:
    """One province or centrally run city of today, with the names of those that were joined into it."""

    name: str
    kind: str
    old_names: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """ "thành phố Cần Thơ"."""
        return self.name if fold(self.name).startswith("thanh pho ") else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Place:
    """One commune of today. `code`: five digits of the statistics office; `old_…`: as they were before 01/07/2025."""

    code: str
    name: str
    kind: str
    province: str
    old_province: str
    old_districts: tuple[str, ...]
    old_communes: tuple[str, ...]
    seat: str = ""
    above: frozenset[str] = field(default=frozenset(), compare=False)  # bare names of what it lies or lay in

    @property
    def full_name(self) -> str:
        """ "Phường Mỹ Xuyên"."""
        return f"{self.kind.capitalize()} {self.name}"

    @property
    def today(self) -> str:
        """ "phường Mỹ Xuyên, Cần Thơ"."""
        return f"{self.kind} {self.name}, {self.province}"

    @property
    def told_apart(self) -> str:
        """The name with what tells it from its namesakes."""
        return f"{self.full_name} ({self.province}, mã {self.code})"


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit named in a message: how it was written, whether that name is old, and what stands there today.

    `places` are today's communes, all of them where the name does not decide; a province has none. `now` is what to
    call it today: "phường Mỹ Xuyên, thành phố Cần Thơ".
    """

    words: str
    is_old: bool
    places: tuple[Place, ...]
    now: str


@dataclass(frozen=True, slots=True)
class _Token:
    """One syllable of a message, folded, and where it stands."""

    said: str
    typed: str
    start: int
    end: int


Named = TypeVar("Named")


class _Names(Generic[Named]):
    """Things by folded name, and by the same name without the word for the kind."""

    def __init__(self, pairs: Iterable[tuple[str, Named]]) -> None:
        self.full: dict[str, list[Named]] = {}
        self.bare: dict[str, list[Named]] = {}
        for name, thing in pairs:
            key = _key(name)
            _add(self.full, key, thing)
            _add(self.bare, _bare(key), thing)


class Places:
    """All units. Loading is put off until the first question about one."""

    def __init__(self, content: Path) -> None:
        """`content` holds the two files."""
        self._content = content

    @cached_property
    def all(self) -> tuple[Place, ...]:
        """The communes of today."""
        with (self._content / COMMUNES).open(encoding="utf-8", newline="") as lines:
            return tuple(_place(row) for row in csv.DictReader(lines))

    @cached_property
    def provinces(self) -> tuple[Province, ...]:
        """The provinces of today."""
        joined: dict[tuple[str, str], list[str]] = {}
        with (self._content / PROVINCES).open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                joined.setdefault((row["new_name"], row["new_type_from_2025_07_01"]), []).append(row["old_name"])
        return tuple(Province(name, kind, tuple(old)) for (name, kind), old in joined.items())

    def province(self, name: str) -> Province | None:
        """Today's province for an old or new name."""
        return self._provinces.get(_bare(_key(name)))

    def find(self, name: str) -> tuple[Place, ...]:
        """Today's communes for a code or a name, new names before old ones; empty when nothing has that name.

        What stands above narrows: "phường 1, Tân An, Long An". A province gives all its communes.
        """
        if name.strip() in self._by_code:
            return (self._by_code[name.strip()],)
        tokens = _tokens(name)
        for length in range(len(tokens), 0, -1):
            above = tokens[length:]
            found, read, _ = _narrowed(
                self._candidates(_joined(tokens[:length]), newest_first=not above, alike=True), above
            )
            if found and read == len(above):
                return found
        province = self.province(_joined(tokens))
        if province is not None:
            return tuple(place for place in self.all if place.province == province.name)
        return next((mention.places for mention in self.mentions(name)), ())

    def one(self, name: str) -> Place:
        """The only commune of that name; raises UnknownPlace or AmbiguousPlace."""
        found = self.find(name)
        if not found:
            raise UnknownPlace(name)
        if len(found) > 1:
            raise AmbiguousPlace(name, tuple(place.told_apart for place in found[:MOST_NAMED]))
        return found[0]

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Units that a message names, in its order, each with what it is called now.

        A name counts after a word for its kind ("xã Đại Tâm", "tp can tho"); without one it must have two syllables, be
        the only one of its name, and be written as a name or follow a word for a place ("quê Đại Tâm", "o soc trang").
        """
        text = unicodedata.normalize("NFC", text)
        tokens = _tokens(text)
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            length, mention = self._mention_at(text, tokens, at)
            if mention is not None:
                found.append(mention)
            at += length
        return tuple(found)

    def _mention_at(self, text: str, tokens: Sequence[_Token], at: int) -> tuple[int, Mention | None]:
        """How many syllables from here name a unit (the longest name counts) or stand for themselves, and the unit."""
        first = tokens[at]
        behind = at > 0 and tokens[at - 1].said in WHERE
        if not (behind or first.typed[:1].isupper() or first.said in KIND_STARTS):
            return 1, None  # most syllables of most messages: no name begins here
        for length in range(min(LONGEST_NAME, len(tokens) - at), 1, -1):
            named = tokens[at : at + length]
            key = _joined(named)
            words = text[named[0].start : named[-1].end]
            has_kind = key.startswith(tuple(f"{kind} " for kind in KINDS))
            bare = not has_kind and self._stands_as_name(tokens, at, length)
            province = self._province_named(key, has_kind=has_kind, bare=bare)
            if province is not None and self._marked_alike(named, has_kind=has_kind):
                is_old = _bare(key) != _bare(_key(province.name))
                return length, Mention(words, is_old, (), province.full_name)
            places = self._candidates(key, newest_first=False) if has_kind or bare else ()
            if places and (has_kind or len(places) == 1):
                narrowed, _, more = _narrowed(places, tokens[at + length :])
                is_old = key not in (self._new.full if has_kind else self._new.bare)
                return length + more, Mention(words, is_old, narrowed, self.called_now(narrowed))
        return 1, None

    def _marked_alike(self, named: Sequence[_Token], *, has_kind: bool) -> bool:
        """Whether the marks that were typed are those of a province: "Thạnh Hóa" is not Thanh Hóa."""
        if has_kind:
            return True
        typed = " ".join(one_spelling(token.typed.lower()) for token in named)
        return not has_marks(typed) or typed in self._province_spellings

    def called_now(self, places: Sequence[Place]) -> str:
        """What to call these communes today, with their province where it is one."""
        provinces = dict.fromkeys(place.province for place in places)
        names = [f"{place.kind} {place.name}" for place in places[:MOST_NAMED]]
        names += ["..."] if len(places) > MOST_NAMED else []
        if len(provinces) > 1:
            return "; ".join(f"{place.kind} {place.name} ({place.province})" for place in places[:MOST_NAMED])
        above = [found.full_name for name in provinces if (found := self.province(name))]
        return ", ".join([*names, *above])

    def _province_named(self, key: str, *, has_kind: bool, bare: bool) -> Province | None:
        """A province after "tỉnh" or "thành phố", or by its bare name; a "thành phố" may also be an old district."""
        if key.startswith("tinh ") or (key.startswith("thanh pho ") and key not in self._old.full) or bare:
            return self._provinces.get(_bare(key) if has_kind else key)
        return None

    def _candidates(self, key: str, *, newest_first: bool, alike: bool = False) -> tuple[Place, ...]:
        """The communes of today that have or had this name, with or without the word for its kind.

        `alike`: also those whose name begins like such a word, "Phượng Dực" beside "Phường Đúc".
        """
        has_kind = key.startswith(tuple(f"{kind} " for kind in KINDS))
        names = (self._new.full, self._old.full) if has_kind else (self._new.bare, self._old.bare)
        new, old = (known.get(key, []) for known in names)
        if new and newest_first:
            return tuple(new)
        begins = self._new.bare.get(key, []) if alike and has_kind and not (old and newest_first) else []
        return tuple(dict.fromkeys([*new, *old, *begins]))

    def _stands_as_name(self, tokens: Sequence[_Token], at: int, length: int) -> bool:
        """Written with capitals, or behind a word for a place; marks that were typed must be those of the name."""
        named = tokens[at : at + length]
        behind = at > 0 and tokens[at - 1].said in WHERE
        if not behind and not all(token.typed[:1].isupper() for token in named):
            return False
        typed = " ".join(one_spelling(token.typed.lower()) for token in named)
        return not has_marks(typed) or typed in self._spellings

    @cached_property
    def _spellings(self) -> frozenset[str]:
        """Every name with its marks, in our one spelling, without the word for its kind."""
        units = (name for place in self.all for name in (*place.old_communes, *place.old_districts))
        kinds = re.compile(r"^(?:thị trấn|thị xã|thành phố|đặc khu|phường|huyện|quận|xã|tỉnh) ")
        names = chain(units, (place.name for place in self.all), chain(*(one.old_names for one in self.provinces)))
        return frozenset(kinds.sub("", " ".join(syllables(name))) for name in names)

    @cached_property
    def _province_spellings(self) -> frozenset[str]:
        names = (name for one in self.provinces for name in (one.name, *one.old_names))
        spelt = (" ".join(syllables(name)) for name in names)
        return frozenset(form for name in spelt for form in (name, name.removeprefix("thành phố ")))

    @cached_property
    def _by_code(self) -> dict[str, Place]:
        return {place.code: place for place in self.all}

    @cached_property
    def _provinces(self) -> dict[str, Province]:
        return {_bare(_key(name)): one for one in self.provinces for name in (one.name, *one.old_names)}

    @cached_property
    def _new(self) -> _Names[Place]:
        return _Names((place.full_name, place) for place in self.all)

    @cached_property
    def _old(self) -> _Names[Place]:
        return _Names((name, place) for place in self.all for name in chain(place.old_communes, place.old_districts))


def _place(row: dict[str, str]) -> Place:
    districts = _names(row["old_districts"])
    return Place(
        code=row["code"],
        name=row["new_name"],
        kind=row["type"],
        province=row["new_province"],
        old_province=row["old_province"],
        old_districts=districts,
        old_communes=_names(row["merged_from"]),
        seat=row["seat"],
        above=frozenset(_known_bare(name) for name in (row["new_province"], row["old_province"], *districts)),
    )


@lru_cache(maxsize=2048)
def _known_bare(name: str) -> str:
    """Districts and provinces stand in many rows."""
    return _bare(_key(name))


def _names(listed: str) -> tuple[str, ...]:
    names = (REMARK.sub("", part).strip() for part in listed.split(";"))
    return tuple(name for name in names if name and name != UNCHANGED)


def _tokens(text: str) -> list[_Token]:
    """The syllables of a text, short forms of kinds written out ("tp", "p1")."""
    found: list[_Token] = []
    for word in WORD.finditer(text):
        if text[word.end() : word.end() + 1] in ("'", "’"):  # "Ea H'Leo" lies in no huyện
            found.append(_Token(fold(word[0]), word[0], word.start(), word.end()))
        else:
            found += _spelt_out(word[0], word.start(), word.end())
    return found


def _spelt_out(typed: str, start: int, end: int) -> Iterator[_Token]:
    folded = fold(typed)
    numbered = NUMBERED.fullmatch(folded)
    if numbered:
        yield _Token(SHORT_KINDS[numbered[1]], typed, start, start + 1)
        yield _Token(numbered[2], typed, start + 1, end)
        return
    whole = SHORT_KINDS.get(folded) or SHORT_NAMES.get(folded) or _key(folded)
    for said in whole.split(" "):
        yield _Token(said, typed, start, end)


def _joined(tokens: Sequence[_Token]) -> str:
    return " ".join(token.said for token in tokens)


def bare_name(name: str) -> str:
    """The folded name without the word for its kind, by which names are compared: "Quận Ninh Kiều", "ninh kieu"."""
    return _bare(_joined(_tokens(name)))


def _key(name: str) -> str:
    return " ".join(syllables(fold(name)))


def _bare(key: str) -> str:
    """The name without the word for its kind; a name that is only a number keeps it ("phuong 1")."""
    for kind in KINDS:
        rest = key.removeprefix(kind + " ")
        if rest != key:
            return key if rest.isdigit() else rest
    return key


def _narrowed(places: tuple[Place, ...], above: Sequence[_Token]) -> tuple[tuple[Place, ...], int, int]:
    """Those that lie in the units named right behind; how many syllables that read, and how many before a kind word.

    Of several readings the one that reads most counts: "Tân Phú, Đồng Nai" is not "Tân Phú Đông".
    """
    best = (places, 0, 0)
    for size in range(min(LONGEST_NAME, len(above)), 0, -1):
        key = _joined(above[:size])
        name = _bare(key)
        inside = tuple(place for place in places if name in place.above)
        if inside:
            left, read, bare = _narrowed(inside, above[size:])
            if size + read > best[1]:
                best = (left, size + read, size + bare if name == key else 0)
    return best


def _add(names: dict[str, list[Named]], key: str, thing: Named) -> None:
    known = names.setdefault(key, [])
    if thing not in known:
        known.append(thing)
