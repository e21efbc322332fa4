"""Thanks, hello, goodbye: a short polite word, and the door stays open."""

from __future__ import annotations

from handlers import welcome
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from storage.talks import Talk


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Nothing that looks like a joke: the person may just have told us something sad, or be angry with reason."""
    if message.meaning.scolds:
        text = "Dạ, em xin lỗi vì chưa giúp được anh/chị. Anh/chị cần việc gì em nghe đây, hoặc gặp cán bộ ạ."
        return Reply(text, "smalltalk", choices=(TO_A_PERSON,), asks=desk.talk.asks)
    text = (
        "Dạ, em chào anh/chị. Anh/chị cần hỏi việc gì cứ nhắn em ạ."
        if desk.is_first
        else "Dạ, em cảm ơn anh/chị. Cần hỏi gì anh/chị cứ nhắn em ạ."
    )
    return Reply(text, "smalltalk", choices=welcome.menu_choices(desk) if desk.is_first else ())


def takes(message: Incoming, _talk: Talk) -> bool:
    """Only courtesy was said, or the opposite."""
    return message.meaning.scolds or message.meaning.action == "smalltalk"


FEATURE = Feature("smalltalk", handle, takes=takes)
