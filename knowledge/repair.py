"""A small repair of a question's words: short forms, raw Telex or VNI keys, words run together, one slip of the finger.

Only a word that is neither in our vocabulary nor a possible Vietnamese syllable is touched, so no known word is harmed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from math import sqrt

from knowledge.lexicon import listed_syllables
from knowledge.vietnamese import ABBREVIATIONS, fold, one_spelling, put_tone, split_tone, words

_ONSET = r"(?:b|ch|c|d|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x)?"
_RIME = (
    r"(?:a(?:ch|c|i|m|ng|nh|n|o|p|t|u|y)?|e(?:ch|c|m|ng|nh|n|o|p|t|u)?|i(?:a|ch|c|em|eng|en|ep|et|ec|eu|m|ng|nh|n|p|t|u)?"
    r"|o(?:a(?:ch|c|i|m|ng|nh|n|o|p|t|y)?|e(?:n|o|t)?|c|i|m|ng|n|p|t)?|u(?:a|an|ang|at|ay|ac|e(?:ch|nh|n|t|u)?|c|i|m|ng|n|p|t|u"
    r"|o(?:c|i|m|ng|n|p|t|u)?|y(?:a|en|et|ch|nh|n|t|u|p)?)?|y(?:eu|em|en|et|nh|t)?)"
)
_SYLLABLE = re.compile(f"{_ONSET}{_RIME}")
_STOPPED = re.compile(r"(?:ch|[cpt])$")
_AMOUNT = re.compile(r"(\d+)(k|tr|h|g|ng|m|tuoi|t|thang|nam|nguoi|ng)(\d*)$")
_UNITS = {"k": "nghìn", "tr": "triệu", "h": "giờ", "g": "giờ", "ng": "người", "m": "mét", "t": "tháng"}
_DOCUMENT = re.compile(r"(nq|nd|tt|qd|ttlt)(\d{1,4})$")
_DOCUMENTS = {"nq": "nghị quyết", "nd": "nghị định", "tt": "thông tư", "qd": "quyết định", "ttlt": "thông tư liên tịch"}
_WEEKDAY = re.compile(r"t([2-7])$")
_WEEKDAYS = {"2": "hai", "3": "ba", "4": "tư", "5": "năm", "6": "sáu", "7": "bảy"}
_CONSONANTS = re.compile(r"^[bcdđghklmnpqrstvx]{2,}$")
_HEAD = re.compile(
    r"^([bcdđghklmnpqrstvx]{1,3})([^bcdđghklmnpqrstvx].*|[bcdđghklmnpqrstvx]{1,3}[^bcdđghklmnpqrstvx].*)$"
)


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """Whether this can be a Vietnamese syllable, typed with or without its marks."""
    if not _SYLLABLE.fullmatch(fold(word)):
        return False
    tone = split_tone(word)[1]
    return tone in (0, 2, 5) or not _STOPPED.search(word)


_TONE_KEYS = {"f": 1, "s": 2, "r": 3, "x": 4, "j": 5, "2": 1, "1": 2, "3": 3, "4": 4, "5": 5}
_HAT = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"a": "ă", "o": "ơ", "u": "ư"}


def decode_keys(word: str) -> str | None:
    """What the Telex or VNI keys in a word would have shown, None where there are none: "dduowcj" gives "được"."""
    letters, tone, changed = list[str](), split_tone(word)[1], False
    for key in split_tone(word)[0]:
        vowel_seen = any(letter in "aăâeêioôơuưy" for letter in letters)
        if key in _TONE_KEYS and vowel_seen:
            tone, changed = _TONE_KEYS[key], True
        elif key == "z" and vowel_seen:
            tone, changed = 0, True
        elif _shape(letters, key):
            changed = True
        elif key.isdigit():
            return None
        else:
            letters.append(key)
    return one_spelling(put_tone("".join(letters), tone)) if changed else None


def _shape(letters: list[str], key: str) -> bool:
    """Apply a key that changes the shape of an earlier letter; tells whether it did."""
    if key in ("d", "9") and letters[:1] == ["d"] and (key == "9" or len(letters) > 0):
        letters[0] = "đ"
        return True
    if key in ("w", "7", "8"):
        for at in range(len(letters) - 1, -1, -1):
            if letters[at] in _HORN and not (key == "8" and letters[at] != "a"):
                letters[at] = _HORN[letters[at]]
                if letters[at] == "ơ" and at and letters[at - 1] == "u" and letters[:at] != ["q", "u"]:
                    letters[at - 1] = "ư"
                if letters[at] == "ư" and letters[at + 1 : at + 2] == ["o"]:
                    letters[at + 1] = "ơ"
                return True
        if key == "w":
            letters.append("ư")
            return True
        return False
    wanted = "aeo" if key == "6" else key if key in _HAT else ""
    for at in range(len(letters) - 1, -1, -1):
        if wanted and letters[at] in wanted:
            letters[at] = _HAT[letters[at]]
            return True
    return False


class Repair:
    """Knows the vocabulary of everything we hold; reads a message into syllables."""

    def __init__(self, counts: Mapping[str, int], pairs: Mapping[str, int]) -> None:
        """`counts`: syllables in our spelling and how often; `pairs`: neighbouring folded syllables, "khai_sinh"."""
        self.counts = counts
        self.pairs = pairs
        self._folded: dict[str, int] = {}
        for syllable, count in counts.items():
            key = fold(syllable)
            self._folded[key] = self._folded.get(key, 0) + count
        self._near: dict[str, list[str]] = {}
        for syllable in self._folded:
            if syllable.isalpha() and len(syllable) > 2:
                for cut in _cuts(syllable):
                    self._near.setdefault(cut, []).append(syllable)

    def read(self, text: str) -> list[str]:
        """The syllables that a message means, repaired where a word is unknown."""
        typed = words(text)
        read: list[str] = []
        for at, word in enumerate(typed):
            following = next(iter(ABBREVIATIONS.get(w, (w,))[0].split()[:1] for w in typed[at + 1 : at + 2]), [])
            read += self._word(word, read[-1] if read else "", following[0] if following else "")
        return read

    def knows(self, word: str) -> bool:
        """Whether a word stands in our texts or could be Vietnamese."""
        return one_spelling(word) in self.counts or fold(word) in self._folded or is_syllable(word)

    def _word(self, word: str, before: str, after: str) -> list[str]:
        meant = ABBREVIATIONS.get(word)
        if meant is None and not self.knows(word):
            meant = ABBREVIATIONS.get(fold(word))
        if meant:
            return self._fitting(meant, before, after)
        document = _DOCUMENT.match(fold(word))
        if document:  # "nq254"
            return [*_DOCUMENTS[document[1]].split(), document[2]]
        if word.isdigit() or self.knows(word):
            return [self._marked(one_spelling(word))]
        mended = _amount(word) or self._decoded(word) or self._initials(word, before, after)
        return mended or self._split(word) or self._one_slip(word, before, after) or [word]

    def _marked(self, syllable: str) -> str:
        """Marks that none of our texts has on these letters are a slip ("chiéu"): read as if none had been typed."""
        plain = fold(syllable)
        spelt = syllable in self.counts or syllable in listed_syllables()
        return syllable if spelt or plain not in self._folded else plain

    def _fitting(self, meant: tuple[str, ...], before: str, after: str) -> list[str]:
        """Of several meanings the one that our texts use beside these neighbours, else the first."""
        if len(meant) == 1:
            return [one_spelling(s) for s in meant[0].split()]
        best = max(range(len(meant)), key=lambda i: (self._fit(meant[i].split(), before, after) / (1 + i), -i))
        return [one_spelling(s) for s in meant[best].split()]

    def _fit(self, middle: list[str], before: str, after: str) -> float:
        joined = [fold(before), *(fold(s) for s in middle), fold(after)]
        left = self.pairs.get(f"{joined[0]}_{joined[1]}", 0) / (1 + self._folded.get(joined[0], 0))
        right = self.pairs.get(f"{joined[-2]}_{joined[-1]}", 0) / (1 + self._folded.get(joined[-1], 0))
        return 10 * left + 10 * right + sqrt(0.001 * self._folded.get(joined[1], 0))

    def _decoded(self, word: str) -> list[str]:
        decoded = decode_keys(word)
        if not decoded:
            return []
        if decoded in self.counts or fold(decoded) in self._folded:
            return [decoded] if decoded in self.counts else [fold(decoded)]
        return [decoded] if not re.search(r"\d", word) and is_syllable(decoded) else []

    def _initials(self, word: str, before: str, after: str) -> list[str]:
        """ "dchủ" is "dân chủ": the first letters of a syllable, then a whole one, seen as a pair in our texts."""
        found = _HEAD.match(word)
        if not found or _CONSONANTS.match(word):
            return []
        folded = fold(word)
        best, count = "", 0
        for cut in (1, 2, 3):
            head, tail = folded[:cut], folded[cut:]
            if tail not in self._folded or (
                cut > 1 and head not in ("ch", "gh", "gi", "kh", "ng", "ngh", "nh", "ph", "qu", "th", "tr")
            ):
                continue
            for first in self._beginning_with(head):
                seen = self.pairs.get(f"{first}_{tail}", 0)
                if seen > count:
                    best, count = f"{first} {tail}", seen
        return best.split() if count > 1 else []

    @lru_cache(maxsize=256)  # noqa: B019 - lives as long as the index
    def _beginning_with(self, head: str) -> tuple[str, ...]:
        return tuple(s for s in self._folded if s.startswith(head) and s.isalpha())

    def _split(self, word: str) -> list[str]:
        """Words run together, "khaisinh": cut where both sides are known, best where our texts have them side by side."""
        folded = fold(word)
        best: tuple[int, list[str]] = (0, [])
        for parts in _pieces(word, folded, 4):
            if all(fold(p) in self._folded for p in parts):
                seen = min(self.pairs.get(f"{fold(a)}_{fold(b)}", 0) for a, b in pairwise(parts))
                best = max(best, (seen, [one_spelling(p) for p in parts]), key=lambda scored: scored[0])
        return best[1]

    def _one_slip(self, word: str, before: str, after: str) -> list[str]:
        """One letter too many, too few, wrong or swapped: the known syllable that fits its neighbours best."""
        folded = fold(word)
        if len(folded) < 3 or not folded.isalpha():
            return []
        near = {s for cut in _cuts(folded) for s in self._near.get(cut, ()) if _within_one(s, folded)}
        if not near:
            return []
        return [max(sorted(near), key=lambda s: (self._fit([s], before, after), self._folded[s]))]


def _amount(word: str) -> list[str]:
    folded = fold(word)
    weekday = _WEEKDAY.match(folded)
    if weekday:
        return ["thứ", _WEEKDAYS[weekday[1]]]
    found = _AMOUNT.match(folded)
    if not found:
        return []
    return [found[1], _UNITS.get(found[2], found[2]), *([found[3]] if found[3] else [])]


def _cuts(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _within_one(a: str, b: str) -> bool:
    """At most one insertion, deletion, substitution, or swap of two neighbours."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        wrong = [i for i in range(len(a)) if a[i] != b[i]]
        swapped = (
            len(wrong) == 2 and wrong[1] == wrong[0] + 1 and a[wrong[0]] == b[wrong[1]] and a[wrong[1]] == b[wrong[0]]
        )
        return len(wrong) < 2 or swapped
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _pieces(word: str, folded: str, most: int) -> Iterable[list[str]]:
    """Every cut of a word into two to `most` possible syllables."""
    if len(word) > 24:
        return
    for at in range(1, len(word)):
        if not is_syllable(folded[:at]):
            continue
        if is_syllable(folded[at:]):
            yield [word[:at], word[at:]]
        if most > 2:
            for rest in _pieces(word[at:], folded[at:], most - 1):
                yield [word[:at], *rest]
