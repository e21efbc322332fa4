""" "Đúng ý" / "Chưa đúng": one press under an answer; a disliked answer becomes a gap."""

from __future__ import annotations

from handlers import fallback
from handlers.contract import Desk, Feature, Incoming, Reply
from storage import questions
from storage.talks import Talk


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Keep the rating with the question it is about."""
    liked = message.verb == "right" or (not message.verb and message.meaning.command == "right")
    if desk.talk.last_question_id is not None:
        await questions.rate(
            desk.session,
            commune_id=desk.commune_id,
            question_id=desk.talk.last_question_id,
            rating="right" if liked else "wrong",
        )
    if liked:
        return Reply("Dạ, em cảm ơn anh/chị. Cần hỏi thêm gì anh/chị cứ nhắn ạ.", "smalltalk")
    return fallback.nothing_fits(desk)


def takes(message: Incoming, talk: Talk) -> bool:
    """Said of the answer that stands last in this talk."""
    return message.meaning.command in ("right", "wrong") and talk.last_question_id is not None


FEATURE = Feature("rating", handle, takes=takes)
