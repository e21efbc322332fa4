"""What one message says: the words repaired, what is wanted, the entries that may be meant, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from knowledge.actions import rank_actions
from knowledge.asked_day import find_asked_day
from knowledge.cues import asks, count_content, find_codes, find_command, find_facet, find_number
from knowledge.emergencies import find_emergency
from knowledge.entry import Entry
from knowledge.meaning import Band, Found, Meaning
from knowledge.ranking import Ranked
from knowledge.repair import Repair
from knowledge.training import Trained, trained
from knowledge.vietnamese import fold

MOST_TOPICS = 8
FEW_WORDS = 4  # content syllables of a message that may be too short to decide between two topics
POSSIBLE = 0.04  # probability of being ours below which a message is not even asked about
WHOLE = 0.999  # share of what is asked about that a topic speaks of, rounding aside
SHORT, FEWER_WORDS = 7, 2  # syllables of a short message; content syllables of one that asks, yet is vague
RIVAL, NEAR_RIVAL = 0.6, 0.68  # the second topic's score beside the first one's: of a bare mention, of a vague question
STEEPNESS = 6.0  # how quickly the probability falls from the first topic to the next


class Understanding:
    """Asked once per message; made of parts that are trained from the entries and kept between starts."""

    def __init__(self, entries: Mapping[str, Entry], *caches: Path) -> None:
        """`caches` are folders where trained parts may lie; the first one takes what is trained anew."""
        self._parts: Trained = trained(entries, *caches)
        self._ranker = self._parts.ranker

    @property
    def repair(self) -> Repair:
        """How a message is read into syllables."""
        return self._parts.repair

    def understand(self, text: str, *, on: date) -> Meaning:
        """All that the message says by itself."""
        parts = self._parts
        said = parts.repair.read(text)
        ranked = self._ranker.rank(said, most=MOST_TOPICS)
        actions = rank_actions(parts.actions, said)
        emergency = find_emergency(said, likelihood=dict(actions).get("emergency", 0.0))
        if emergency is None:  # the rules decide; the classifier's suspicion alone is no alarm
            actions = tuple(each for each in actions if each[0] != "emergency")
        band, right, ours = parts.confidence.band(ranked.signs)
        content_words, facet = count_content(said), find_facet(said)
        return Meaning(
            text=text,
            folded=" ".join(fold(syllable) for syllable in said),
            actions=actions,
            topics=_found(ranked, right),
            band=_asked_back(band, ranked, ours, said, content_words),
            asked_day=find_asked_day(text, on=on),
            facet=facet,
            command=find_command(said),
            number=find_number(said),
            codes=find_codes(text),
            emergency=emergency,
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


def _asked_back(band: Band, ranked: Ranked, ours: float, said: Sequence[str], content_words: int) -> Band:
    """A few words that name a matter but ask nothing are asked about; so are a few that our topics speak of at all."""
    if not 0 < content_words <= FEW_WORDS:
        return band
    if band == "abstain":
        return "clarify" if ranked.covered >= WHOLE and ours >= POSSIBLE else band
    bare = not asks(said)
    second = ranked.scores[1] / ranked.scores[0] if len(ranked.scores) > 1 else 0.0
    vague = second >= (RIVAL if bare else NEAR_RIVAL) and (bare or content_words <= FEWER_WORDS)
    return "clarify" if vague and len(said) <= SHORT else band
