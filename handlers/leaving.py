""" "thôi", "hủy": out of whatever was begun, with nothing left behind."""

from __future__ import annotations

from handlers import drafts, welcome
from handlers.contract import Desk, Feature, Incoming, Reply
from storage.talks import Talk


async def handle(_message: Incoming, desk: Desk) -> Reply:
    """Take back the draft if there is one, then offer the menu."""
    had_draft = await drafts.drop(desk)
    desk.talk.topic = desk.talk.facet = None
    text = (
        "Dạ, em đã hủy và xóa phần anh/chị vừa kể, không gửi đi đâu cả."
        if had_draft
        else "Dạ, em dừng ở đây ạ. Cần gì anh/chị cứ nhắn tiếp."
    )
    return Reply(text, action="menu", choices=welcome.menu_choices(desk), keeps_body=False)


def takes(message: Incoming, _talk: Talk) -> bool:
    """The person wants out."""
    return message.meaning.command == "leave"


FEATURE = Feature("leaving", handle, takes=takes)
