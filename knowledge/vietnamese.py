"""Vietnamese as typed: tidy text, folded text, syllables in one spelling, money in words that people read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

LANGUAGE = Path(__file__).parent / "content" / "language"

_TONES = {"\u0300": 1, "\u0301": 2, "\u0309": 3, "\u0303": 4, "\u0323": 5}
_LOOKALIKES = str.maketrans({"ð": "đ", "Ð": "Đ", "ɖ": "đ", "Ɖ": "Đ", "’": "'", "‘": "'"})
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BLANKS = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+")
# One spelling for two habits: hoà/hòa, thuý/thúy, and i/y after a single consonant (kĩ/kỹ, lí/lý, qui/quy).
_OPEN_PAIR = re.compile(r"(?:(?<=.)o(?P<oa>[àáảãạèéẻẽẹ])|(?<!q)u(?P<uy>[ỳýỷỹỵ]))$")
_SHORT_I = re.compile(r"^(h|k|l|m|s|t|qu)([iìíỉĩị])$")
_I_TO_Y = str.maketrans("iìíỉĩị", "yỳýỷỹỵ")


def tidy(text: str) -> str:
    """NFC, no control, zero-width or direction characters, blanks joined; the words stay as they were written."""
    composed = unicodedata.normalize("NFC", text).translate(_LOOKALIKES)
    kept = (" " if character.isspace() else character for character in composed)
    return _BLANKS.sub(" ", "".join(c for c in kept if unicodedata.category(c) not in _DROPPED)).strip()


def _fold_letter(letter: str) -> str:
    if letter in "đĐ":
        return "d"
    return "".join(c for c in unicodedata.normalize("NFD", letter) if unicodedata.category(c) != "Mn").lower()


class _Folding(dict[int, str]):
    """A translation table that learns each letter once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold_letter(chr(code))
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """The text without diacritics, in lower case, đ as d: what remains when marks are not typed."""
    return unicodedata.normalize("NFC", text).translate(_FOLDING)


def has_marks(text: str) -> bool:
    """Whether any letter carries a Vietnamese mark."""
    lowered = text.lower()
    return fold(lowered) != lowered


@lru_cache(maxsize=65536)
def one_spelling(syllable: str) -> str:
    """The syllable in the one spelling that we index: tone on the first vowel of an open oa, oe, uy; y for a lone i."""
    found = _OPEN_PAIR.search(syllable)
    if found:
        first, second = ("o", found["oa"]) if found["oa"] else ("u", found["uy"])
        plain, tone = _split_tone(second)
        syllable = syllable[: found.start()] + _with_tone(first, tone) + plain
    return _SHORT_I.sub(lambda m: m[1] + m[2].translate(_I_TO_Y), syllable)


def _split_tone(letter: str) -> tuple[str, int]:
    parts = unicodedata.normalize("NFD", letter)
    tone = next((_TONES[c] for c in parts if c in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(c for c in parts if c not in _TONES)), tone


def _with_tone(letter: str, tone: int) -> str:
    mark = next((c for c, number in _TONES.items() if number == tone), "")
    return unicodedata.normalize("NFC", letter + mark)


def split_tone(syllable: str) -> tuple[str, int]:
    """The syllable without its tone mark (â, ơ, đ stay), and the tone: 0 none, 1 huyền, 2 sắc, 3 hỏi, 4 ngã, 5 nặng."""
    tone, letters = 0, []
    for letter in syllable:
        plain, found = _split_tone(letter)
        letters.append(plain)
        tone = found or tone
    return "".join(letters), tone


def put_tone(syllable: str, tone: int) -> str:
    """The syllable with this tone on the letter that carries it in our one spelling."""
    if not tone:
        return syllable
    start = 2 if syllable.startswith(("qu", "gi")) and re.search(r"^..[aăâeêioôơuưy]", syllable) else 0
    vowels = [i for i in range(start, len(syllable)) if syllable[i] in "aăâeêioôơuưy"]
    if not vowels:
        return syllable
    shaped = [i for i in vowels if syllable[i] in "ăâêôơư"]
    closed = vowels[-1] < len(syllable) - 1
    if shaped:
        at = shaped[-1]
    elif len(vowels) == 1:
        at = vowels[0]
    else:
        at = vowels[1] if closed or len(vowels) > 2 else vowels[0]
    return syllable[:at] + _with_tone(syllable[at], tone) + syllable[at + 1 :]


def words(text: str) -> list[str]:
    """Letters and digits in lower case, split at everything else, each as it was typed."""
    return _WORDS.findall(unicodedata.normalize("NFC", text).translate(_LOOKALIKES).lower())


def syllables(text: str) -> list[str]:
    """The words of a text in the one spelling that we index."""
    return [one_spelling(word) for word in words(text)]


def dong(amount: int) -> str:
    """Money as VOICE writes it: 1366200 gives "1.366.200 đồng"."""
    return f"{amount:,} đồng".replace(",", ".")


@lru_cache(maxsize=1)
def abbreviations() -> Mapping[str, tuple[str, ...]]:
    """Short forms that people type, each with what it may stand for, the likeliest first."""
    listed = yaml.load((LANGUAGE / "abbreviations.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return {str(key): (meant,) if isinstance(meant, str) else tuple(meant) for key, meant in listed.items()}


ABBREVIATIONS: Mapping[str, tuple[str, ...]] = abbreviations()
