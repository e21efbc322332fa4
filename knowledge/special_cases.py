"""Topics that are a special case of another: "khai sinh có yếu tố nước ngoài" is one of "đăng ký khai sinh".

A question that uses no word that only the special case knows is about the plain one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from knowledge.cues import subjects
from knowledge.search import Index, Postings, folded_terms
from knowledge.vietnamese import fold, syllables

IN_BRACKETS = re.compile(r"\([^)]*\)")
SHORTEST = 2  # syllables of a name that can be found in another one
CLEARLY = 0.8  # of the language model's score, in natural logarithms
OFFICES = frozenset({"xa", "phuong", "huyen", "quan", "tinh", "=cap_xa", "=cap_huyen", "=cap_tinh"})  # where, not what
MOST_BEFORE = 2  # syllables before the first telling one
FADED = 0.8  # of the plain topic's score is left to a special case of which the question says nothing


class SpecialCases:
    """Which topics are a special case of which, by their names; positions are those of the index."""

    def __init__(self, names: Sequence[str], index: Index) -> None:
        """Names (see `name_of`) in the order of the index's topics."""
        self._folded: Postings = index.folded
        self._names = names
        self._plain: Mapping[int, tuple[int, ...]] = {
            at: found
            for at, name in enumerate(names)
            if (found := tuple(other for other, start in enumerate(names) if start and name.startswith(start + " ")))
        }

    def plain(self, topic: int) -> tuple[int, ...]:
        """The topics of which this one is a special case."""
        return self._plain.get(topic, ())

    def is_named(self, said: Sequence[str], special: int, plain: int) -> bool:
        """Whether the question has a word of the special name beyond the plain one, or one that tells more of it."""
        shared = set(self._names[plain].split())
        own = set(self._names[special].split()) - shared
        telling = set(subjects(said))
        terms = {each for each in folded_terms(said) if "_" in each or each in telling} - shared - OFFICES
        return bool(own & telling) or any(self._tells_more(term, special, plain) for term in terms)

    def is_meant(self, said: Sequence[str], special: int, plain: int) -> bool:
        """Whether the question has another word for what only the special name says: "vợ bên Campuchia", nước ngoài."""
        meant = (each[1:].replace("_", " ") for each in folded_terms(said) if each.startswith("="))
        return any(each in self._names[special] and each not in self._names[plain] for each in meant)

    def _tells_more(self, term: str, special: int, plain: int) -> bool:
        """Whether a term is clearly likelier in the texts of the special case."""
        return self._folded.likelihood(term, special) - self._folded.likelihood(term, plain) > CLEARLY


def name_of(title: str) -> str:
    """What a title names, folded: without what stands in brackets and without the words before its first telling one.

    Empty for a name of one syllable (too many titles begin so) and behind more than "đăng ký", "xin cấp".
    """
    said = [fold(each) for each in syllables(IN_BRACKETS.sub(" ", title))]
    telling = set(subjects(said))
    first = next((at for at, syllable in enumerate(said) if syllable in telling), len(said))
    name = said[first:]
    return " ".join(name) if first <= MOST_BEFORE and len(name) >= SHORTEST else ""
