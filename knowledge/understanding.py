"""What one message says: the words repaired, what the person wants, the entries that may be meant, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from knowledge.asked_day import find_asked_day
from knowledge.cues import count_content, find_codes, find_command, find_facet, find_number
from knowledge.emergencies import find_emergency
from knowledge.entry import Entry
from knowledge.meaning import Band, Found, Meaning
from knowledge.ranking import Ranked
from knowledge.training import Trained, trained
from knowledge.vietnamese import fold
from knowledge.wishes import rank_wishes

MOST_TOPICS = 8
FEW_WORDS = 4  # content syllables of a message that may be too short to decide between two topics
TOO_NEAR = 0.9  # the second topic's score beside the first one's, from which a short message is asked about
STEEPNESS = 6.0  # how quickly the probability falls from the first topic to the next


class Understanding:
    """Asked once per message; made of parts that are trained from the entries and kept between starts."""

    def __init__(self, entries: Mapping[str, Entry], *, cache: Path | None) -> None:
        """`cache` is a folder for the trained parts; without one they are trained anew."""
        self._parts: Trained = trained(entries, cache)

    def understand(self, text: str, *, on: date) -> Meaning:
        """All that the message says by itself."""
        parts = self._parts
        said = parts.repair.read(text)
        ranked = parts.ranker.rank(said, most=MOST_TOPICS)
        actions = rank_wishes(parts.wishes, said)
        band, right, ours = parts.confidence.band(ranked.signs)
        content_words = count_content(said)
        return Meaning(
            text=text,
            folded=" ".join(fold(syllable) for syllable in said),
            actions=actions,
            topics=_found(ranked, right),
            band=_asked_back(band, ranked, content_words),
            asked_day=find_asked_day(text, on=on),
            facet=find_facet(said),
            command=find_command(said),
            number=find_number(said),
            codes=find_codes(text),
            emergency=find_emergency(said, likelihood=dict(actions).get("emergency", 0.0)),
            content_words=content_words,
            in_scope=ours,
        )


def _found(ranked: Ranked, right: float) -> tuple[Found, ...]:
    best = ranked.scores[0]
    return tuple(
        Found(topic, round(right * (max(score, 0.0) / best) ** (STEEPNESS if at else 0.0), 4))
        for at, (topic, score) in enumerate(zip(ranked.topics, ranked.scores, strict=True))
        if score > 0
    )


def _asked_back(band: Band, ranked: Ranked, content_words: int) -> Band:
    """A few words that fit two topics alike are asked about, however well they fit."""
    near = len(ranked.scores) > 1 and ranked.scores[1] >= TOO_NEAR * ranked.scores[0]
    return "clarify" if band == "answer" and near and content_words <= FEW_WORDS else band
