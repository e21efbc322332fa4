"""What one message says: the words repaired, what is wanted, the entries that may be meant, and how sure we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from knowledge.actions import rank_actions
from knowledge.asked_day import find_asked_day
from knowledge.cues import asks, count_content, find_codes, find_command, find_facet, find_number, find_umbrella
from knowledge.emergencies import find_emergency
from knowledge.entry import Entry
from knowledge.lexicon import spoken
from knowledge.meaning import Band, Found, Meaning
from knowledge.ranking import Ranked
from knowledge.repair import Repair
from knowledge.rough import only_scolds
from knowledge.sentences import find_question
from knowledge.training import Trained, key_of, trained
from knowledge.vietnamese import fold

MOST_TOPICS = 8
FEW_WORDS = 4  # content syllables of a message that may be too short to decide between two topics
SUSPECT, CALM = 0.5, 0.3  # from that probability of being ours the classifier may not raise an alarm by itself
LIKELY = 0.35  # … from which a question in the words of a title alone is answered
TELLING = 3  # content syllables of such a question
POSSIBLE = 0.04  # probability of being ours below which a message is not even asked about
CLEAR_WISH = 0.6  # share of the likeliest action from which it is not doubted
LOOKED_UP = ("directory", "premium")  # what is looked up or computed needs a question of ours; a street needs none
CHATTY = 0.6  # probability of small talk below which words that our topics speak of are no small talk
WHOLE = 0.999  # share of what is asked about that a topic speaks of, rounding aside
SHORT = 7  # syllables of a short message
RIVAL = 0.6  # the second topic's score beside the first one's, from which a bare mention is asked about
STEEPNESS = 6.0  # how quickly the probability falls from the first topic to the next


class Understanding:
    """Asked once per message; made of parts that are trained from the entries and kept between starts."""

    def __init__(self, entries: Mapping[str, Entry], *caches: Path) -> None:
        """`caches` are folders where trained parts may lie; the first one takes what is trained anew."""
        self._parts: Trained = trained(entries, *caches)
        self.key = key_of(entries)
        self._entries = frozenset(entries)
        self._ranker = self._parts.ranker

    @property
    def topics(self) -> frozenset[str]:
        """The ids of all entries that it may find."""
        return self._entries

    @property
    def repair(self) -> Repair:
        """How a message is read into syllables."""
        return self._parts.repair

    def understand(self, text: str, *, on: date) -> Meaning:
        """All that the message says by itself."""
        parts = self._parts
        said = parts.repair.read(text)
        question = find_question(text, said, parts.repair)
        ranked = self._ranker.rank(said, most=MOST_TOPICS, question=question)
        heard = spoken(said)  # for what is wanted; the index knows the words of each region by itself
        actions = rank_actions(parts.actions, heard, spoken(question))
        band, right, ours = parts.confidence.band(ranked.signs)
        suspicion = dict(actions).get("emergency", 0.0)
        emergency = find_emergency(
            said, likelihood=min(suspicion, CALM) if ours > SUSPECT or asks(heard) else suspicion
        )
        if emergency is None:  # the rules decide; the classifier's suspicion alone is no alarm
            actions = tuple(each for each in actions if each[0] != "emergency")
        wish, share = actions[0]
        if (
            ours < POSSIBLE and wish in LOOKED_UP and share < CLEAR_WISH
        ):  # "tối nay đá với ai" is none for our directory
            actions = tuple(each for each in actions if each[0] not in LOOKED_UP)
        content_words, facet, found = count_content(heard), find_facet(heard), _found(ranked, right)
        (first, likelihood), *_ = actions
        if first == "smalltalk" and likelihood < CHATTY and content_words and band != "abstain":
            actions = tuple(each for each in actions if each[0] != "smalltalk")  # "đất" is no courtesy
        band = _asked_back(band, ranked, ours, heard, content_words)
        general = find_umbrella(heard)
        if general and set(general.entries) <= self._entries:  # what it may stand for is asked, whatever ranks first
            band, found = "clarify", _gathered(found, general.entries)
        return Meaning(
            text=text,
            folded=" ".join(fold(syllable) for syllable in said),
            actions=actions,
            topics=found,
            band=band,
            asked_day=find_asked_day(text, on=on),
            facet=facet,
            command=find_command(heard),
            number=find_number(heard),
            codes=find_codes(text),
            emergency=emergency,
            content_words=content_words,
            in_scope=ours,
            general=general,
            scolds=emergency is None and only_scolds(text),
        )


def _found(ranked: Ranked, right: float) -> tuple[Found, ...]:
    best = ranked.scores[0]
    return tuple(
        Found(topic, round(right * (max(score, 0.0) / best) ** (STEEPNESS if at else 0.0), 4))
        for at, (topic, score) in enumerate(zip(ranked.topics, ranked.scores, strict=True))
        if score > 0
    )


def _gathered(found: tuple[Found, ...], meant: Sequence[str]) -> tuple[Found, ...]:
    """What a general name may stand for, as it is listed and equally likely, then the other topics found."""
    likely = max((each.score for each in found if each.topic in meant), default=found[0].score if found else 0.0)
    share = round(likely / len(meant), 4)
    return (*(Found(topic, share) for topic in meant), *(each for each in found if each.topic not in meant))


def _asked_back(band: Band, ranked: Ranked, ours: float, said: Sequence[str], content_words: int) -> Band:
    """A few words that name a matter but ask nothing are asked about; so are a few that our topics speak of at all."""
    if not 0 < content_words <= FEW_WORDS:
        return band
    if band == "abstain":
        named = ranked.titled >= WHOLE and content_words > 1
        return "clarify" if ranked.covered >= WHOLE and (named or ours >= POSSIBLE) else band
    if band == "clarify" and ours >= LIKELY and content_words >= TELLING and ranked.titled >= WHOLE and asks(said):
        return "answer"  # "trưởng thôn do ai bầu" asks for what the title says, word for word
    second = ranked.scores[1] / ranked.scores[0] if len(ranked.scores) > 1 else 0.0
    return "clarify" if second >= RIVAL and len(said) <= SHORT and not asks(said) else band
