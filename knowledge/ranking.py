"""Which entries a question may mean, and the figures from which we read how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.classifier import Ridge
from knowledge.cues import subjects
from knowledge.lexicon import concepts, standard
from knowledge.search import Floats, Index, folded_terms
from knowledge.special_cases import FADED, SpecialCases
from knowledge.titles import Titles
from knowledge.vietnamese import fold

MODEL_SHARE = 0.7  # of the language model's score beside BM25F
WEIGHED = 3  # of the likeliest topics are looked at as special cases of another
NEAR = 0.6  # of the special case's score that the plain topic must have by itself
OURS, OUTSIDE = "ours", "?"  # the classes of the classifier: asked about our topics, or about anything else


@dataclass(frozen=True, slots=True)
class Ranked:
    """Topics best first with their added scores, and the signs from which confidence is read.

    `covered`: how much of what the message is about the first topic speaks of, 0 to 1; `titled`: its title alone.
    """

    topics: tuple[str, ...]
    scores: tuple[float, ...]
    signs: tuple[float, ...]
    covered: float
    titled: float


def features_of(said: Sequence[str]) -> list[str]:
    """Folded syllables, their pairs, and the official words meant."""
    return folded_terms(said)


def _asked_about(said: Sequence[str]) -> list[list[str]]:
    """What a message is about, syllable by syllable: each with the official words that its phrase stands for."""
    plain = standard(said)
    wanted = set(subjects(plain))
    found: dict[str, list[str]] = {}
    for syllable in plain:
        if (folded := fold(syllable)) in wanted:
            found.setdefault(folded, [folded])
    for hit in concepts().find(said):
        official = fold("=" + hit.label.replace(" ", "_"))
        for syllable in standard(said[hit.start : hit.end]):
            if fold(syllable) in found:
                found[fold(syllable)].append(official)
    return list(found.values())


class Ranker:
    """Built over one set of entries; asked once per message."""

    def __init__(self, index: Index, scope: Ridge, titles: Sequence[str], names: Sequence[str]) -> None:
        """The index ranks; the classifier tells questions of ours from all others; titles, names in its order."""
        self._index, self._scope, self._titles = index, scope, Titles(titles, index)
        self._special = SpecialCases(names, index)

    def rank(self, said: Sequence[str], *, most: int, question: Sequence[str] = ()) -> Ranked:
        """The likeliest `most` topics. `question`: the sentence of a long message that asks; it counts once more."""
        outside = float(self._scope.scores(features_of(said))[0])
        if question:
            outside = min(outside, float(self._scope.scores(features_of(question))[0]))
        return self.judge(said, outside, most=most, question=question, fading=True)

    def judge(
        self, said: Sequence[str], outside: float, *, most: int, question: Sequence[str] = (), fading: bool = False
    ) -> Ranked:
        """The same with a given score of the classifier: how calibration asks about questions that were left out.

        `fading`: special cases give way, which makes a ranking surer; calibration learns from rankings without it.
        """
        found = self._index.scores(said)
        if question:
            found = (found + self._index.scores(question)) / np.float32(2)
        added = found[:, 0] + np.float32(MODEL_SHARE) * found[:, 1] + self._titles.likeness(question or said)
        if fading:
            self._fade_special_cases(added, question or said)
        order = np.argsort(-added, kind="stable")[: max(most, 6)]
        best = [float(added[at]) for at in order]
        top = int(order[0])
        asked = _asked_about(question or said)
        covered, titled = self._index.covered(asked, top), self._titles.named(asked, top)
        # What each figure is worth is fitted in knowledge/confidence.py. The length of the message is none of them:
        # our out-of-scope examples are shorter than people's questions.
        signs = (
            float(found[top, 0]),
            float(found[top, 1]),
            best[0] - best[1],
            best[0] - sum(best[1:6]) / 5,
            covered,
            self._index.shared_pairs(said, top),
            outside,
        )
        return Ranked(tuple(self._index.topics[at] for at in order[:most]), tuple(best[:most]), signs, covered, titled)

    def _fade_special_cases(self, added: Floats, said: Sequence[str]) -> None:
        """A special case gives way to the plain topic if the question says nothing of it, and goes first if it does."""
        for at in np.argsort(-added, kind="stable")[:WEIGHED]:
            for plain in self._special.plain(int(at)):
                if self._special.is_meant(said, int(at), plain):
                    if added[plain] > added[at]:
                        added[at], added[plain] = added[plain], FADED * added[plain]
                    break
                if added[plain] >= NEAR * added[at] and not self._special.is_named(said, int(at), plain):
                    added[plain] = max(added[plain], added[at])
                    added[at] = FADED * added[plain]
                    break
