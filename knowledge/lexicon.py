"""Reviewed word lists under content/language, and how their phrases are found in a message with or without marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from knowledge.vietnamese import LANGUAGE, fold, syllables

GAP = "*"  # in a phrase: up to three syllables of any kind
WIDEST_GAP = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """One phrase found: what it stands for and the syllables it covers, `end` not included.

    `guesses`: how far it is guessed: 0 typed as listed, 1 marks were left out, 2 and a gap besides.
    """

    label: str
    start: int
    end: int
    guesses: int = 0


class Phrases:
    """Finds many phrases at once. A typed syllable without marks fits any syllable with the same letters.

    A phrase of one syllable is too short for that: "chay" may be cháy, chạy or chay; it must be typed as it is listed.
    """

    def __init__(self, listed: Iterable[tuple[str, str]]) -> None:
        """Pairs of phrase and label."""
        self._last: tuple[tuple[str, ...], list[Hit]] | None = None
        self._starting: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = {}
        for phrase, label in listed:
            parts = tuple(GAP if part == GAP else part for word in phrase.split() for part in _parts(word))
            if parts:
                folded = tuple(fold(part) for part in parts)
                self._starting.setdefault(folded[0], []).append((parts, folded, label))

    def find(self, said: Sequence[str]) -> list[Hit]:
        """Every phrase in these syllables, in the order they begin; several readers ask about one message in a row."""
        asked = tuple(said)
        if self._last is None or self._last[0] != asked:
            self._last = (asked, list(self._all(asked, [fold(syllable) for syllable in asked])))
        return self._last[1]

    def _all(self, said: Sequence[str], plain: Sequence[str]) -> Iterator[Hit]:
        for at, key in enumerate(plain):
            after = plain[at + 1] if at + 1 < len(plain) else ""
            for parts, folded, label in self._starting.get(key, ()):
                if len(parts) > 1 and folded[1] not in (after, GAP):
                    continue  # most phrases part here, before anything is compared with care
                end = _match(parts, folded, said, plain, at)
                if end and (len(parts) > 1 or said[at] == parts[0]):
                    yield Hit(label, at, end, _guesses(parts, said, at, end))


def _parts(word: str) -> list[str]:
    return [GAP] if word == GAP else syllables(word)


def _guesses(parts: Sequence[str], said: Sequence[str], at: int, end: int) -> int:
    """Marks left out count one, a gap in such a phrase one more: "cho tha rong chay" is no "chợ ... cháy"."""
    typed = set(said[at:end])
    if all(part == GAP or part in typed for part in parts):
        return 0
    return 2 if GAP in parts else 1


def _match(parts: Sequence[str], folded: Sequence[str], said: Sequence[str], plain: Sequence[str], at: int) -> int:
    """Where the phrase that begins at `at` ends, 0 when it does not stand there."""
    for number, part in enumerate(parts):
        if part == GAP:
            rest = (parts[number + 1 :], folded[number + 1 :])
            return next((end for skip in range(WIDEST_GAP + 1) if (end := _match(*rest, said, plain, at + skip))), 0)
        if at >= len(said) or not (said[at] == part or said[at] == plain[at] == folded[number]):
            return 0
        at += 1
    return at


@lru_cache(maxsize=32)
def listed(name: str) -> Any:
    """One word list as it stands in its file."""
    return yaml.load((LANGUAGE / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)


@lru_cache(maxsize=1)
def listed_syllables() -> frozenset[str]:
    """Every syllable that stands in a word list."""
    return frozenset(each for file in LANGUAGE.glob("*.yaml") for each in syllables(file.read_text("utf-8")))


@lru_cache(maxsize=32)
def labelled(name: str, *, as_typed: bool = False) -> Phrases:
    """The phrases of a list of `label: [phrase, …]`, in the words of `spoken` or `as_typed`."""
    groups: Mapping[str, Sequence[str]] = listed(name)
    pairs = ((str(phrase), label) for label, phrases in groups.items() for phrase in phrases)
    return Phrases(dict.fromkeys((phrase if as_typed else as_read(phrase), label) for phrase, label in pairs))


@lru_cache(maxsize=1)
def concepts() -> Phrases:
    """Colloquial, regional and outdated words with the official one that they stand for; the official one fits too."""
    groups: Mapping[str, Sequence[str]] = listed("synonyms")
    return Phrases((str(p), official) for official, phrases in groups.items() for p in (official, *phrases))


def concepts_in(said: Sequence[str]) -> list[str]:
    """The official words meant by these syllables, each once, marked so that they cannot be taken for words."""
    found = concepts().find(said)
    return ["=" + label.replace(" ", "_") for label in dict.fromkeys(hit.label for hit in found)]


@lru_cache(maxsize=4)
def _regional(*sections: str) -> Mapping[str, tuple[str, ...]]:
    """Regional words with the standard ones, each in the one spelling that we index."""
    return {
        s: tuple(syllables(str(meant).replace("_", " ")))
        for section in sections
        for word, meant in listed("dialect")[section].items()
        for s in syllables(word)
    }


@lru_cache(maxsize=1)
def _regional_phrases() -> Phrases:
    """Regional phrases, each labelled with the standard one; those that need their marks are found with them only."""
    groups = listed("dialect")
    return Phrases(
        (str(phrase), f"{section} {meant}")
        for section in ("phrases", "marked_phrases")
        for phrase, meant in groups[section].items()
    )


def standard(said: Sequence[str]) -> list[str]:
    """The same with regional words in standard ones: what a delta farmer and a northern clerk both find."""
    regional = _regional("spoken", "alone", "words")
    return [word for syllable in said for word in regional.get(syllable, (syllable,))]


def spoken(said: Sequence[str]) -> list[str]:
    """The same with regional phrases, and the words in which people ask, in standard ones; names of things stay."""
    regional = _regional("spoken", "alone")
    read: list[str] = []
    at = 0
    for hit in sorted(_regional_phrases().find(said), key=lambda hit: (hit.start, -hit.end)):
        section, _, meant = hit.label.partition(" ")
        if hit.start < at or (hit.guesses and section == "marked_phrases"):
            continue  # a shorter one, or one that begins inside the last; or a guess too many
        read += [word for syllable in said[at : hit.start] for word in regional.get(syllable, (syllable,))]
        read += _as_typed(meant, said[hit.start : hit.end])
        at = hit.end
    return [*read, *(word for syllable in said[at:] for word in regional.get(syllable, (syllable,)))]


def as_read(phrase: str) -> str:
    """A listed phrase in the words of `spoken`, so that a list may hold any region's."""
    return " ".join(spoken([part for word in phrase.split() for part in _parts(word)]))


def _as_typed(phrase: str, typed: Sequence[str]) -> list[str]:
    """A standard phrase with marks where marks were typed, without where none were."""
    marked = any(fold(syllable) != syllable for syllable in typed)
    return syllables(phrase if marked else fold(phrase))
