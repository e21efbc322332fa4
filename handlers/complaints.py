"""Khiếu nại: a chat message is not one in law; the lawful way first, and the words kept for the officers."""

from __future__ import annotations

from handlers import drafts
from handlers.contract import SAID, Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from handlers.people import TO_A_PERSON
from storage.talks import Talk

FORM, DEADLINE, KINDS = "khieunai.hinh-thuc", "khieunai.thoi-hieu-va-thu-ly", "donthu.phan-biet"


async def handle(_message: Incoming, desk: Desk) -> Reply:
    """Say what this message is not, keep it as a draft, and point to the form and the deadline."""
    await drafts.keep(desk, kind="complaint", told="told")
    desk.talk.topic = DEADLINE
    text = (
        f"Dạ, em hiểu anh/chị không đồng ý với một quyết định hay việc làm của cơ quan: “{SAID}”\n"
        "Tin nhắn này chưa phải là đơn khiếu nại theo luật: anh/chị cần gửi đơn hoặc đến trình bày trực tiếp, "
        "và phải trong thời hiệu. Em giữ lời này làm bản nháp cho cán bộ biết; gõ “hủy” để xóa."
    )
    choices = (
        Choice("Cách gửi đơn khiếu nại", f"topics.open:{FORM}"),
        Choice("Còn bao lâu để khiếu nại", f"topics.open:{DEADLINE}"),
        Choice("Khiếu nại khác phản ánh chỗ nào", f"topics.open:{KINDS}"),
        TO_A_PERSON,
    )
    return Reply(text, "complaint", choices=choices, sources=grounds(desk, FORM, DEADLINE), quotes=desk.body_id)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of a decision against the person that they do not accept."""
    return message.meaning.action == "complaint"


FEATURE = Feature("complaints", handle, takes=takes)
