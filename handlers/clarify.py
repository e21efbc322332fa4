"""Two or three topics are equally likely: one short question with numbered choices, then the answer."""

from __future__ import annotations

from handlers import fallback, topics
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from storage.talks import Talk

WHICH = "clarify.which"
MOST_OFFERED = 4
OTHER = Choice("Việc khác", "clarify.none", aside=True)


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Ask which one; "việc khác" leads on; a number that was not offered is asked again."""
    if message.verb == "none" or (desk.talk.asks == WHICH and message.meaning.command == "none"):
        return fallback.nothing_fits(desk)
    if desk.talk.asks == WHICH and message.meaning.number is not None:
        return _again(desk)
    return ask(message, desk)


def ask(message: Incoming, desk: Desk) -> Reply:
    """The question itself. Choices are the likely entries that have something to say on the day."""
    found = [topic for topic in message.meaning.topics[:MOST_OFFERED] if topics.has_answer(desk, topic.topic)]
    if not found:
        return fallback.dont_know(message, desk)
    offered = tuple(Choice(desk.knowledge.entry(each.topic).title, f"topics.open:{each.topic}") for each in found)
    text = "Dạ, anh/chị muốn hỏi việc nào ạ? (gõ số, hoặc nói rõ thêm)"
    candidates = tuple((each.topic, each.score) for each in message.meaning.topics[:5])
    return Reply(text, "clarify", candidates=candidates, choices=(*offered, OTHER, TO_A_PERSON), asks=WHICH)


def _again(desk: Desk) -> Reply:
    choices = tuple(Choice(each["label"], each["does"], each.get("aside", False)) for each in desk.talk.choices)
    text = f"Dạ, trong danh sách chỉ có từ 1 đến {len(choices)}. Anh/chị chọn lại giúp em, hoặc gõ câu hỏi bằng lời ạ."
    return Reply(text, "clarify", choices=choices, asks=WHICH)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Several topics are likely and none stands out."""
    return message.meaning.action == "clarify"


def continues(message: Incoming, _talk: Talk) -> bool:
    """While the question is open: "none of these", or a number that was not on the list."""
    return message.meaning.command == "none" or message.meaning.number is not None


FEATURE = Feature("clarify", handle, takes=takes, continues=continues)
