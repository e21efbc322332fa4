"""Phản ánh, kiến nghị, góp ý: kept as a draft for the officers from the first sentence."""

from __future__ import annotations

from handlers import drafts
from handlers.contract import SAID, Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from storage.talks import Talk

WHAT, PLACE = "reports.what", "reports.place"
STILL_A_DRAFT = "Đây mới là bản nháp cho cán bộ xem, chưa phải tiếp nhận, chưa có mã."
CANCEL = Choice("Hủy, xóa bản nháp", "leaving.now", aside=True)
# What a person may say in the middle of a report that is not the answer to our question.
OTHER_WISHES = ("handoff", "menu", "track", "directory", "complaint", "price", "premium", "answer")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Ask for what is missing, one question at a time; each answer is kept as it comes."""
    if message.verb == "start":
        return Reply("Dạ, anh/chị kể giúp em: việc gì, ở đâu ạ?", "report", asks=WHAT, choices=(CANCEL, TO_A_PERSON))
    if desk.talk.asks == PLACE and message.meaning.action != "report":
        return await _place(message, desk)
    known = desk.talk.draft_id is not None
    await drafts.keep(desk, kind="report", told="told")
    opening = "Dạ, em ghi thêm" if known else "Dạ, em ghi nhận"
    text = f"{opening}: “{SAID}”\nChỗ đó ở thôn, ấp nào ạ? (gõ tên, hoặc “bỏ qua”)\n{STILL_A_DRAFT}"
    choices = (Choice("Bỏ qua", "reports.skip"), CANCEL, TO_A_PERSON)
    return Reply(text, "report", choices=choices, asks=PLACE, quotes=desk.body_id)


async def _place(message: Incoming, desk: Desk) -> Reply:
    skipped = message.verb == "skip" or message.meaning.command in ("skip", "none", "no")
    if not skipped:
        await drafts.keep(desk, kind="report", told="place")
    text = (
        "Dạ, em đã giữ bản nháp." if skipped else f"Dạ, em ghi chỗ: “{SAID}”. Em đã giữ bản nháp."
    ) + f"\n{STILL_A_DRAFT} Việc gấp, anh/chị {desk_line(desk)}. Nhắn thêm chi tiết thì em ghi tiếp ạ."
    choices = (Choice("Xem những gì tôi đã gửi", "tracking.show"), CANCEL, TO_A_PERSON)
    return Reply(text, "report", choices=choices, quotes=None if skipped else desk.body_id)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of something wrong, or of a wish for the commune."""
    return message.meaning.action == "report"


def continues(message: Incoming, _talk: Talk) -> bool:
    """A place, a detail, "bỏ qua": all but a clear other wish."""
    return message.meaning.action not in OTHER_WISHES


FEATURE = Feature("reports", handle, takes=takes, continues=continues)
