"""A choice that we offered, picked by its number, by its words, or by words that mean it."""

from __future__ import annotations

from typing import Any

from knowledge.cues import subjects
from knowledge.meaning import Meaning
from knowledge.vietnamese import fold, syllables
from storage.talks import Talk

OPENS = "topics.open:"


def pick(meaning: Meaning, talk: Talk) -> str | None:
    """What the picked choice does, or None where the message picks none."""
    offered = talk.choices
    if not offered:
        return None
    if meaning.number is not None:
        return _does(offered[meaning.number - 1]) if 1 <= meaning.number <= len(offered) else None
    said = fold(meaning.text).strip(" .!,")
    for choice in offered:
        if fold(choice["label"]) == said:
            return _does(choice)
    return _by_words(said, offered) or _by_subject(meaning, talk) or _by_meaning(meaning, talk)


def _does(choice: dict[str, Any]) -> str:
    does: str = choice["does"]
    return does


def _by_words(said: str, offered: list[dict[str, Any]]) -> str | None:
    """Two words or more that stand in one label only: "cap lai ban sao" for "Cấp lại bản sao giấy khai sinh"."""
    if len(said.split()) < 2:
        return None
    holding = [choice for choice in offered if f" {said} " in f" {fold(choice['label'])} "]
    return _does(holding[0]) if len(holding) == 1 else None


def _by_subject(meaning: Meaning, talk: Talk) -> str | None:
    """ "khai sinh thôi": the plainest of the topics that we named whose label holds all that the message is about."""
    subject = set(subjects(syllables(meaning.text)))
    if not subject or not _asks_which(talk):
        return None
    named = [choice for choice in talk.choices if choice["does"].startswith(OPENS)]
    holding = [choice for choice in named if subject <= set(syllables(fold(choice["label"])))]
    return _does(min(holding, key=lambda choice: len(choice["label"]))) if holding else None


def _asks_which(talk: Talk) -> bool:
    return (talk.asks or "").startswith("clarify.")


def _by_meaning(meaning: Meaning, talk: Talk) -> str | None:
    """While we ask which of several topics is meant: the likeliest of those that we named, if it is likely at all."""
    if not _asks_which(talk) or meaning.action not in ("answer", "clarify", "abstain"):
        return None
    named = {choice["does"].removeprefix(OPENS) for choice in talk.choices if choice["does"].startswith(OPENS)}
    if meaning.band == "answer" and meaning.topics[0].topic not in named:
        return None
    likely = [found for found in meaning.topics[:3] if found.topic in named]
    return OPENS + likely[0].topic if likely else None
