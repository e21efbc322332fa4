""" "Gặp cán bộ": the wish is kept for the officers, and the person learns how to reach one now."""

from __future__ import annotations

from handlers import drafts
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import desk_line
from storage.talks import Talk

TELL = "handoff.tell"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Keep the wish as a draft for the officers; no promise of who will answer or when."""
    if message.verb == "send" and desk.talk.last_body_id is not None:
        await drafts.keep(desk, kind="question", told="asked", body_id=desk.talk.last_body_id)
        text = "Dạ, em đã giữ câu hỏi vừa rồi làm bản nháp để cán bộ xem. "
    elif _tells_more(message, desk.talk):
        await drafts.keep(desk, kind="question", told="told")
        text = "Dạ, em đã ghi thêm cho cán bộ xem. "
    else:
        await drafts.keep(desk, kind="question", told="asked_for_person")
        text = "Dạ, em ghi lại để cán bộ biết anh/chị muốn gặp người. "
    text += (
        f"Muốn nói chuyện ngay, anh/chị {desk_line(desk)}.\n"
        "Anh/chị cần hỏi việc gì thì nhắn luôn ở đây, em ghi kèm cho cán bộ xem trước ạ."
    )
    choices = (Choice("Số điện thoại, giờ làm việc", "directory.show"), Choice("Xem danh mục", "welcome.menu"))
    return Reply(text, action="handoff", choices=choices, asks=TELL)


def takes(message: Incoming, _talk: Talk) -> bool:
    """The person wants a human."""
    return message.meaning.action == "handoff"


def continues(message: Incoming, talk: Talk) -> bool:
    """What we could not answer ourselves is for the officers."""
    return _tells_more(message, talk)


def _tells_more(message: Incoming, talk: Talk) -> bool:
    return talk.asks == TELL and message.meaning.action == "abstain"


FEATURE = Feature("handoff", handle, takes=takes, continues=continues)
