"""Small signs in one message: which part of a matter is asked for, a command, a number, a case code, how much is said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import cast

from knowledge.lexicon import Hit, Phrases, as_read, concepts, labelled, listed
from knowledge.meaning import Command, Facet, General
from knowledge.vietnamese import fold, syllables

_NUMBER_WORDS = {
    "một": 1,
    "mot": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "bon": 4,
    "tư": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "tám": 8,
    "chín": 9,
    "nhất": 1,
    "nhì": 2,
    "đầu": 1,
}
_UNMARKED_NUMBERS = {fold(word): number for word, number in _NUMBER_WORDS.items()}
LONGEST_CHOICE = 6  # syllables of a message that only picks a number
MOST_GUESSED = 1  # of its syllables are fillers only if their missing marks are guessed: "dan" may be dẫn or dân
LONGEST_NAMING = 9  # … that only names a matter; a longer one without marks may say more than it seems
_CHOOSING = frozenset(
    [
        "số",
        "chọn",
        "cái",
        "mục",
        "câu",
        "thứ",
        "ý",
        "phương",
        "án",
        "lựa",
        "bấm",
        "phím",
        "nút",
        "đầu",
        "tiên",
        "là",
        "lấy",
        "so",
        "chon",
        "cai",
        "muc",
        "cau",
        "thu",
        "tien",
        "la",
        "lay",
        "bam",
        "phuong",
        "ok",
    ]
)
# Our own case codes (PA-7K2M9, PA-2026-000123) and the dossier codes of one-stop desks (000.00.15.H22-261012-0034).
_CASE = re.compile(r"(?<![\w.])[A-Z]{2}-(?=[A-Z0-9\-]*\d)[A-Z0-9]{4,8}(?:-\d{3,8})?(?![\w-])", re.I)
_DOSSIER = re.compile(r"(?<![\w.])(?:\d{3}\.\d{2}\.\d{2}\.)?[A-Z]\d{2}(?:\.\d{1,3}){0,4}-\d{6}-\d{3,8}(?!\w)", re.I)


def find_facet(said: Sequence[str]) -> Facet | None:
    """Which part of a matter is asked for; of several the longest phrase, then the last one said."""
    hits = labelled("facets").find(said)
    if not hits:
        return None
    return cast(Facet, max(hits, key=lambda hit: (hit.end - hit.start, hit.start)).label)


def asks(said: Sequence[str]) -> bool:
    """Whether a word of asking stands in the message, or a part of a matter is named; "giấy tờ" alone is no part."""
    if any(hit.label in ("asks", "asks_rule") for hit in labelled("signs").find(said)):
        return True
    parts = [" ".join(said[hit.start : hit.end]) for hit in labelled("facets").find(said)]
    return any(fold(part) != "giay to" for part in parts)


def find_command(said: Sequence[str]) -> Command | None:
    """The command that is the whole message, courtesy at either end left out."""
    courtesy = _fillers()[0]
    for dropped in (frozenset[str](), courtesy):
        core = _core(said, dropped)
        if core and (found := _commands().get(" ".join(core)) or _unmarked_command(core)):
            return found
    return None


def _unmarked_command(core: Sequence[str]) -> Command | None:
    joined = " ".join(core)
    return _folded_commands().get(joined) if joined == fold(joined) else None


def _core(said: Sequence[str], dropped: frozenset[str]) -> list[str]:
    core = list(said)
    while core and core[0] in dropped:
        core.pop(0)
    while core and core[-1] in dropped:
        core.pop()
    return core


@lru_cache(maxsize=1)
def _commands() -> Mapping[str, Command]:
    groups = listed("commands")
    pairs = [(as_read(str(phrase).lower()), label) for label, phrases in groups.items() for phrase in phrases]
    return {phrase: cast(Command, label) for phrase, label in reversed(pairs)}


@lru_cache(maxsize=1)
def _folded_commands() -> Mapping[str, Command]:
    return {fold(phrase): command for phrase, command in _commands().items()}


@lru_cache(maxsize=1)
def _fillers() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Courtesy, everything without a subject, and the latter folded."""
    groups = listed("fillers")
    courtesy = frozenset(s for word in groups["courtesy"] for s in syllables(str(word)))
    common = courtesy | frozenset(s for word in groups["common"] for s in syllables(str(word)))
    return courtesy, common, frozenset(fold(s) for s in common)


def find_number(said: Sequence[str]) -> int | None:
    """The number that is the whole message: "2", "số 2", "chọn cái thứ hai", "cai dau tien"; a longer one tells a story."""
    if len(said) > LONGEST_CHOICE:
        return None
    courtesy = _fillers()[0]
    polite = (courtesy | {fold(s) for s in courtesy}) - _NUMBER_WORDS.keys() - {"nay"}  # "năm nay" is no five
    core = [s for s in _core(said, polite) if s not in _CHOOSING]
    if not core and len(said) > 1:  # "cái đầu tiên", "so mot nha": nothing but words of choosing
        core = [s for s in said if s in _NUMBER_WORDS or s in _UNMARKED_NUMBERS][:2]
    if len(core) != 1:
        return None
    word = core[0]
    if word.isascii() and word.isdigit() and len(word) <= 3:
        return int(word)
    if len(said) > 1 and word in _UNMARKED_NUMBERS and any(s in _CHOOSING for s in said):
        return _UNMARKED_NUMBERS[word]
    return _NUMBER_WORDS.get(word) if word != "đầu" or len(said) > 1 else None


def find_codes(text: str) -> tuple[str, ...]:
    """Codes of cases and dossiers, in capitals."""
    found = [*_DOSSIER.finditer(text), *_CASE.finditer(text)]
    return tuple(dict.fromkeys(match[0].upper() for match in found))


def subjects(said: Sequence[str]) -> list[str]:
    """The folded syllables that may carry a subject, each once: no filler, no number, no "thôi" at the end."""
    _, _, folded = _fillers()
    plain = [fold(s) for s in said]
    if plain and plain[-1] == "thoi":  # anywhere else it may be "thời"
        plain.pop()
    return [s for s in dict.fromkeys(plain) if s not in folded and not s.isdigit()]


def count_content(said: Sequence[str]) -> int:
    """How many syllables carry a subject: no courtesy, no filler, no word that names a part or a day."""
    named = {at for hit in labelled("facets").find(said) for at in range(hit.start, hit.end)}
    return sum(at not in named and says_something(syllable) for at, syllable in enumerate(said))


def find_umbrella(said: Sequence[str]) -> General | None:
    """A general name with what it may stand for, where nothing else is named: "làm sổ đỏ", "thuế đất bao nhiêu"."""
    hits = _umbrellas().find(said) if len(said) <= LONGEST_NAMING else []
    if not hits:
        return None
    widest = max(hits, key=lambda hit: (hit.end - hit.start, -hit.guesses))
    named = {at for hit in labelled("facets").find(said) for at in range(hit.start, hit.end)}
    named |= set(range(widest.start, widest.end))
    if any(_wider(known, widest) for known in concepts().find(said)):
        return None  # "chung thuc chu ky" is more than "chung thuc"
    rest = [syllable for at, syllable in enumerate(said) if at not in named]
    courtesy, common, _ = _fillers()
    polite = courtesy | {fold(syllable) for syllable in courtesy}
    guessed = [syllable for syllable in rest if syllable not in common and syllable not in polite]
    if len(guessed) > MOST_GUESSED or any(says_something(syllable) for syllable in rest):
        return None
    group = listed("umbrellas")[int(widest.label)]
    return General(tuple(str(entry) for entry in group["entries"]), bool(group.get("leans")))


def _wider(one: Hit, other: Hit) -> bool:
    """Whether one phrase holds the other and more."""
    return one.start <= other.start and other.end <= one.end and one.end - one.start > other.end - other.start


@lru_cache(maxsize=1)
def _umbrellas() -> Phrases:
    return Phrases((as_read(name), str(at)) for at, group in enumerate(listed("umbrellas")) for name in group["names"])


def says_something(syllable: str) -> bool:
    """Whether this may carry a subject: no number, no courtesy, no filler; typed without marks it may be a filler."""
    _, common, folded = _fillers()
    return not (syllable.isdigit() or syllable in common or (syllable == fold(syllable) and syllable in folded))
