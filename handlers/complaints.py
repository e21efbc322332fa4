"""Khiếu nại: a chat message is not one in law; the lawful way first, and the words kept for the officers."""

from __future__ import annotations

from handlers import drafts, petition
from handlers.contract import SAID, Desk, Feature, Incoming, Reply
from storage.talks import Talk


async def handle(_message: Incoming, desk: Desk) -> Reply:
    """Say what this message is not, keep it for the officers, and offer to write the petition that it may become."""
    await drafts.keep(desk, kind="complaint", told="told")
    desk.talk.held = {**desk.talk.held, "what": desk.body_id}
    opening = (
        f"Dạ, em hiểu anh/chị không đồng ý với một quyết định hay việc làm của cơ quan: “{SAID}”\n"
        "Em giữ lời này cho cán bộ biết; gõ “hủy” để xóa."
    )
    return petition.explain(desk, opening, quotes=desk.body_id)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of a decision against the person that they do not accept."""
    return message.meaning.action == "complaint"


FEATURE = Feature("complaints", handle, takes=takes)
