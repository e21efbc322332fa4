""" "đơn của tôi tới đâu rồi": what this account has with us; a code that we do not know is said to be unknown."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from storage import cases
from storage.talks import Talk

KINDS = {"report": "phản ánh, kiến nghị", "complaint": "việc khiếu nại", "question": "yêu cầu gặp cán bộ"}
FEW_WORDS = 2  # beside a code that is all the message
VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """A named code first, else everything of this person, on whichever of their linked channels it was sent."""
    own = await cases.of_person(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    choices = (Choice("Gửi phản ánh mới", "reports.start"), TO_A_PERSON)
    if message.meaning.codes:
        code = message.meaning.codes[0]
        text = (
            f"Dạ, em không thấy vụ việc nào mang mã {code} ở đây; anh/chị kiểm tra lại mã giúp em. "
            "Hồ sơ thủ tục hành chính thì tra trên Cổng Dịch vụ công quốc gia hoặc hỏi nơi đã nộp."
        )
        return Reply(text, "track", choices=choices)
    if not own:
        text = "Dạ, em chưa thấy vụ việc nào gửi từ tài khoản này. Nếu anh/chị có mã, gõ mã giúp em."
        return Reply(text, "track", choices=choices)
    lines = [
        f"- {KINDS[case.kind]}, nhắn lúc {case.opened_at.astimezone(VIET_NAM):%H:%M ngày %d/%m/%Y}: bản nháp"
        for case in own[:5]
    ]
    text = "\n".join(
        ["Dạ, anh/chị đang có:", *lines, "Bản nháp thì cán bộ xem được nhưng chưa được tiếp nhận, chưa có mã."]
    )
    return Reply(text, "track", choices=choices)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked what became of something that was sent, or named a code of ours."""
    meaning = message.meaning
    return meaning.action == "track" or bool(meaning.codes and meaning.content_words <= FEW_WORDS)


FEATURE = Feature("tracking", handle, takes=takes)
