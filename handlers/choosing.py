"""A choice that we offered, picked by its number, by its words, or by words that mean it."""

from __future__ import annotations

from typing import Any

from handlers.contract import Desk
from knowledge.cues import subjects
from knowledge.meaning import Meaning
from knowledge.vietnamese import fold, syllables
from storage.talks import Talk

OPENS = "topics.open:"
ASKED_FROM_ANYWHERE = ("track", "handoff")  # "đơn của tôi tới đâu rồi" picks no choice about petitions
OWN_SUBJECT = 0.4  # probability of a topic from which a message is about that, whatever we had asked


def pick(meaning: Meaning, desk: Desk) -> str | None:
    """What the picked choice does, or None where the message picks none."""
    talk = desk.talk
    offered = talk.choices
    if not offered:
        return None
    if meaning.number is not None:
        return _does(offered[meaning.number - 1]) if 1 <= meaning.number <= len(offered) else None
    said = fold(meaning.text).strip(" .!,")
    for choice in offered:
        if fold(choice["label"]) == said:
            return _does(choice)
    if meaning.action in ASKED_FROM_ANYWHERE:
        return None
    return (
        _by_words(said, offered)
        or _by_sure_meaning(meaning, talk)
        or _by_subject(meaning, talk, desk)
        or _by_meaning(meaning, talk)
    )


def holds(title: str, words: str) -> int:
    """How many different syllables of these words stand in a title, marks aside."""
    return len(set(syllables(fold(words))) & set(syllables(fold(title))))


def names(title: str, meaning: Meaning, desk: Desk) -> bool:
    """Whether a message speaks of nothing beyond this title, and the likeliest entry's title says no more of it:
    "khai sinh thôi" names a birth registration, "lam khai tu" does not."""
    subject = set(subjects(syllables(meaning.text)))
    if not subject or not subject <= set(syllables(fold(title))):
        return False
    likeliest = desk.knowledge.entry(meaning.topics[0].topic).title if meaning.topics else ""
    return holds(title, meaning.text) >= holds(likeliest, meaning.text)


def _does(choice: dict[str, Any]) -> str:
    does: str = choice["does"]
    return does


def _by_words(said: str, offered: list[dict[str, Any]]) -> str | None:
    """Two words or more that stand in one label only: "cap lai ban sao" for "Cấp lại bản sao giấy khai sinh"."""
    if len(said.split()) < 2:
        return None
    holding = [choice for choice in offered if f" {said} " in f" {fold(choice['label'])} "]
    return _does(holding[0]) if len(holding) == 1 else None


def _by_subject(meaning: Meaning, talk: Talk, desk: Desk) -> str | None:
    """ "khai sinh thôi": the plainest of the topics that we named whose label holds all that the message is about."""
    if not _asks_which(talk):
        return None
    named = [choice for choice in talk.choices if choice["does"].startswith(OPENS)]
    holding = [choice for choice in named if names(choice["label"], meaning, desk)]
    return _does(min(holding, key=lambda choice: len(choice["label"]))) if holding else None


def _asks_which(talk: Talk) -> bool:
    return (talk.asks or "").startswith("clarify.")


def _by_sure_meaning(meaning: Meaning, talk: Talk) -> str | None:
    """Words that by themselves are answered by one of the topics that we named: "đất ông bà để lại chưa có sổ"."""
    if not _asks_which(talk) or meaning.action != "answer":
        return None
    does = OPENS + meaning.topics[0].topic
    return does if any(choice["does"] == does for choice in talk.choices) else None


def _by_meaning(meaning: Meaning, talk: Talk) -> str | None:
    """While we ask which of several topics is meant: the likeliest of those that we named, if it is likely at all."""
    if not _asks_which(talk) or meaning.action not in ("answer", "clarify", "abstain"):
        return None
    named = {choice["does"].removeprefix(OPENS) for choice in talk.choices if choice["does"].startswith(OPENS)}
    first = meaning.topics[0] if meaning.topics else None
    if first and first.topic not in named and (meaning.band == "answer" or first.score >= OWN_SUBJECT):
        return None  # "làm khai tử ở đâu" picks no birth certificate
    likely = [found for found in meaning.topics[:3] if found.topic in named]
    return OPENS + likely[0].topic if likely else None
