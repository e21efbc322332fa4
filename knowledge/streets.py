"""Streets and areas of price tables, found in a message: marks missing, kinds left out, one slip of the finger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from knowledge.repair import decode_keys, is_syllable
from knowledge.vietnamese import fold


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


KINDS = (("duong",), ("pho",), ("dai", "lo"))  # left out of a key: people say "đường" for each of them
NUMBERED = frozenset({"tinh", "lo", "huyen", "so"})  # kinds of roads that are also called by their number alone
CUES = frozenset({"duong", "pho", "lo", "hem", "ngo", "kiet", "tien", "xalo"})  # what stands before a street's name
UNITS_BEFORE = frozenset({"phuong", "xa", "quan", "huyen", "tran", "tinh", "p", "q", "ap", "thon", "khom"})
SEGMENT_CUES = frozenset({"doan", "tu", "khuc", "toi", "den", "ra", "giao", "nga", "qua"})
JOINS = frozenset({"voi", "va", "hay", "hoac", "so"})
STOPS = (
    SEGMENT_CUES
    | JOINS
    | _listed(
        "o tai thuoc ben gia bao nhieu may la thi vi vt nam hien bay gio dat phuong xa quan huyen tinh thanh tp nhieu "
        "co khong the nao do nay kia vay cho hoi mot con tho nha mat tong tien"
    )
)
PLAIN_ROADS = _listed("gi day pho chinh lon nho lang nhua be dat lien truoc duoc tren noi san nuoc sat thuy")
LARGE_ROADS = frozenset({"dai", "quoc", "tinh", "huong", "xa"})
SHORT = {
    "ql": ("quoc", "lo"),
    "tl": ("tinh", "lo"),
    "hl": ("huong", "lo"),
    "dt": ("duong", "tinh"),
    "dh": ("duong", "huyen"),
    "cmt8": ("cach", "mang", "thang", "8"),
    "mt": ("mat", "tien"),
}
DIGITS = {"mot": "1", "hai": "2", "ba": "3", "tu": "4", "nam": "5", "sau": "6", "bay": "7", "tam": "8", "chin": "9",
          "muoi": "10", "gieng": "1", "chap": "12"}  # fmt: skip
SPOKEN_OF = 0.6  # share of what sets a street apart that a message must name
LONGEST = 8  # syllables of a street's name
NEAR = 84  # rapidfuzz ratio from which a misspelt name is recognised
_WORD = re.compile(r"[^\W_]+")
_DAY = re.compile(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})(?![\d/.-])")
_ROAD = re.compile(r"^(ql|tl|hl|dt|dh)(\d+[a-z]?)$")
_TAIL = re.compile(r"\s+[-–]\s+|[(,;:]")


@dataclass(frozen=True, slots=True)
class Street:
    """One street or area as a table prints it, in the units in which it was drawn."""

    name: str
    province: str
    district: str = ""
    commune: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One syllable of a message, folded, and where it stands."""

    said: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NamedStreet:
    """A street that a message names: what it may be, and where the name stands. `sure` False: ask before answering."""

    streets: tuple[Street, ...]
    first: int
    last: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Read:
    """What a message says about streets. `unknown`: it speaks of a street by name, and we hold none of that name."""

    words: tuple[Word, ...]
    named: tuple[NamedStreet, ...] = ()
    unknown: bool = False
    segment_from: int = field(default=0)


def street_key(name: str) -> str:
    """The folded name as it is stored and compared: "Đường Đội Cấn" and "đội cấn" give "doi can"."""
    return " ".join(_without_kind([word.said for word in read_words(name)]))


def read_words(text: str) -> list[Word]:
    """The syllables of a text, folded; short forms of roads, days and Telex keys written out."""
    return list(_read(_DAY.sub(lambda day: f"{day[1]} thang {day[2]}" if int(day[2]) <= 12 else day[0], text)))


def _read(text: str) -> Iterator[Word]:
    before = ""
    for found in _WORD.finditer(text):
        said = fold(found[0])
        road = _ROAD.match(said)
        if road:
            whole: tuple[str, ...] = (*SHORT[road[1]], road[2])
        elif before == "thang" and said in DIGITS:
            whole = (DIGITS[said],)
        elif said.isalpha() and not is_syllable(found[0].lower()):
            whole = SHORT.get(said) or (fold(decode_keys(found[0].lower()) or said),)
        else:
            whole = SHORT.get(said, (said,))
        for syllable in whole:
            yield Word(syllable, found.start(), found.end())
        before = whole[-1]


class Streets:
    """All streets of the tables in use, by their names; built once for a state of the tables."""

    def __init__(self, streets: Iterable[Street]) -> None:
        """`streets` in any order; each may occur once."""
        self._by_head: dict[str, list[Street]] = {}
        self._weak: dict[str, list[Street]] = {}
        self._tails: dict[Street, frozenset[str]] = {}
        self.all = tuple(streets)
        for street in self.all:
            self._take(street)
        self._by_length: dict[int, list[str]] = {}
        for head in self._by_head:
            self._by_length.setdefault(head.count(" ") + 1, []).append(head)

    def _take(self, street: Street) -> None:
        head, *tail = _TAIL.split(street.name, maxsplit=1)
        if "," in street.name and _TAIL.search(street.name)[0] == ",":  # type: ignore[index]
            tail = []  # "Lê Duẩn, phải tuyến": a side of the street, no street of its own
        words = [word.said for word in read_words(head)] or [word.said for word in read_words(street.name)]
        key = _without_kind(words)
        self._by_head.setdefault(" ".join(key), []).append(street)
        self._tails[street] = frozenset(word.said for part in tail for word in read_words(part))
        if len(key) > 1 and key[-1][0].isdigit() and NUMBERED & set(key[:-1]):
            self._weak.setdefault(key[-1], []).append(street)

    def read(self, text: str) -> Read:
        """The streets that a message names, the way it speaks of the segment, and a street we do not have."""
        words = read_words(text)
        spans = self._spans(words)
        segment = self._segment(words, spans)
        own = [span for span in spans if span.first < segment] or spans[-1:]
        named = _joined(own, words)
        unknown = self._speaks_of_another(words, own[0].first if own else len(words), segment)
        if not named or unknown:
            guess = self._guess(words, segment)
            if guess is not None:
                return Read(tuple(words), (guess,), False, segment)
        return Read(tuple(words), () if unknown else tuple(named), unknown, segment)

    def plainest(self, streets: Sequence[Street], words: Iterable[str]) -> tuple[Street, ...]:
        """Of streets of one name: those of which the message says what sets them apart, else those without it."""
        said = set(words)
        shares = {street: len(tail & said) / len(tail) for street in streets if (tail := self._tails[street])}
        best = max(shares.values(), default=0.0)
        spoken = [street for street, share in shares.items() if share == best >= SPOKEN_OF]
        plain = [street for street in streets if not self._tails[street]]
        return tuple(spoken or plain or streets)

    def _spans(self, words: Sequence[Word]) -> list[NamedStreet]:
        """Names that stand in the message, the longest first at each place, from left to right."""
        found: list[NamedStreet] = []
        at = 0
        while at < len(words):
            span = self._span_at(words, at)
            if span is not None:
                found.append(span)
                at = span.last + 1
            else:
                at += 1
        return found

    def _span_at(self, words: Sequence[Word], at: int) -> NamedStreet | None:
        before = words[at - 1].said if at else ""
        if before in UNITS_BEFORE or (before == "pho" and at > 1 and words[at - 2].said == "thanh"):
            return None
        for length in range(min(LONGEST, len(words) - at), 0, -1):
            key = " ".join(word.said for word in words[at : at + length])
            streets = self._by_head.get(key)
            if streets and (before in CUES or not _is_weak(key)):
                return NamedStreet(tuple(streets), at, at + length - 1)
            if length == 1 and before in CUES and key in self._weak:
                return NamedStreet(tuple(self._weak[key]), at, at)
        return None

    def _segment(self, words: Sequence[Word], spans: Sequence[NamedStreet]) -> int:
        """Where the message begins to speak of the segment: the first such word behind a street, else before one."""
        cues = [at for at, word in enumerate(words) if word.said in SEGMENT_CUES and not _in_spans(at, spans)]
        behind = [at for at in cues if spans and at > spans[0].first]
        if behind:
            return behind[0]
        return cues[0] if cues and not spans else len(words)

    def _speaks_of_another(self, words: Sequence[Word], first: int, segment: int) -> bool:
        """ "đường X" before the first street that we know (or where we know none), X being no word of the sentence."""
        for at in range(min(first, segment, len(words)) - 1):
            before, here, following = words[at - 1].said if at else "", words[at].said, words[at + 1].said
            if here == "pho" and before == "thanh":
                continue
            is_cue = here in ("duong", "pho", "hem", "ngo") or (here == "lo" and before in LARGE_ROADS)
            if is_cue and at + 1 < first and following not in STOPS | PLAIN_ROADS:
                return True
        return False

    def _guess(self, words: Sequence[Word], segment: int) -> NamedStreet | None:
        """A name with one slip: behind a word for a street, or around a syllable that Vietnamese does not have."""
        best: tuple[float, NamedStreet] | None = None
        for first, length in _windows(words, segment):
            said = [word.said for word in words[first : first + length]]
            found = process.extractOne(
                " ".join(said), self._by_length.get(length, ()), scorer=fuzz.ratio, score_cutoff=NEAR
            )
            if found is None or not _one_slip(said, found[0].split(" ")):
                continue
            sure = all(
                mine == its or not is_syllable(mine) for mine, its in zip(said, found[0].split(" "), strict=True)
            )
            named = NamedStreet(tuple(self._by_head[found[0]]), first, first + length - 1, sure)
            if best is None or (sure, found[1]) > (best[1].sure, best[0]):
                best = (found[1], named)
        return best[1] if best else None


def _without_kind(words: Sequence[str]) -> list[str]:
    for kind in KINDS:
        if tuple(words[: len(kind)]) == kind and len(words) > len(kind):
            return list(words[len(kind) :])
    return list(words)


def _is_weak(key: str) -> bool:
    """A name that also occurs in sentences: a number, one syllable, "số 5"."""
    words = key.split(" ")
    return len(words) == 1 or words[0] == "so" or all(word.isdigit() for word in words)


def _in_spans(at: int, spans: Sequence[NamedStreet]) -> bool:
    return any(span.first <= at <= span.last for span in spans)


def _joined(spans: Sequence[NamedStreet], words: Sequence[Word]) -> list[NamedStreet]:
    """The first street, and those that are put beside it by "với", "và", a comma: "X với Y"."""
    kept = list(spans[:1])
    for span in spans[1:]:
        between = {word.said for word in words[kept[-1].last + 1 : span.first]}
        if between and between <= JOINS | CUES | {"mat", "con"} and between & JOINS:
            kept.append(span)
    return kept


def _windows(words: Sequence[Word], segment: int) -> Iterator[tuple[int, int]]:
    for at, word in enumerate(words[:segment]):
        behind = at > 0 and words[at - 1].said in CUES and word.said not in STOPS
        odd = word.said.isalpha() and not is_syllable(word.said)
        if behind:
            yield from ((at, length) for length in range(2, 6) if at + length <= len(words))
        elif odd:
            yield from (
                (first, length)
                for length in range(2, 5)
                for first in range(max(0, at - length + 1), at + 1)
                if first + length <= len(words)
            )


def _one_slip(said: Sequence[str], name: Sequence[str]) -> bool:
    """At most one syllable is another, and no number is."""
    apart = [(mine, its) for mine, its in zip(said, name, strict=True) if mine != its]
    return len(apart) == 1 and not any(side[:1].isdigit() for pair in apart for side in pair)
