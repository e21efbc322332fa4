""" "I don't know" is an answer: say so, offer near topics and a person, and let the question become a gap."""

from __future__ import annotations

from handlers import topics
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from storage.talks import Talk

SEND = Choice("Gửi câu hỏi cho cán bộ", "handoff.send")
PHONES = Choice("Số điện thoại, giờ làm việc", "directory.show", aside=True)
MENU = Choice("Xem danh mục", "welcome.menu", aside=True)
NEAR = 0.12  # a topic less likely than this is not offered as "near"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The last in the list of features: whatever nobody else took."""
    if not any(letter.isalnum() for letter in message.text):
        text = "Dạ, em chưa đọc được chữ nào trong tin này. Anh/chị gõ câu hỏi bằng chữ giúp em, không dấu cũng được ạ."
        return Reply(text, "abstain", choices=(MENU, TO_A_PERSON))
    return dont_know(message, desk)


def dont_know(message: Incoming, desk: Desk) -> Reply:
    """No promise and no guess; after two answers that did not help, the way to a person comes first."""
    near = [
        Choice(desk.knowledge.entry(found.topic).title, f"topics.open:{found.topic}")
        for found in message.meaning.topics[:3]
        if found.score >= NEAR and topics.has_answer(desk, found.topic)
    ][:2]
    text = "Dạ, câu này em chưa có căn cứ để trả lời chắc chắn nên không dám nói bừa. Em đã ghi lại để cán bộ xem."
    if near:
        text += "\nCó việc gần giống, anh/chị xem thử bên dưới."
    if desk.talk.unhelped:
        text += f"\nAnh/chị có thể {desk_line(desk)}."
    candidates = tuple((each.topic, each.score) for each in message.meaning.topics[:5])
    choices = (SEND, *near, PHONES, MENU, TO_A_PERSON)
    return Reply(text, "abstain", candidates=candidates, choices=choices, unhelpful=True)


def nothing_fits(desk: Desk) -> Reply:
    """None of what we offered was meant."""
    text = (
        "Dạ, em xin lỗi, em chưa hiểu đúng ý. Anh/chị nói lại bằng cách khác giúp em (việc gì, của ai, để làm gì), "
        f"hoặc {desk_line(desk)}."
    )
    return Reply(text, "clarify", choices=(SEND, PHONES, MENU, TO_A_PERSON), unhelpful=True)


def takes(_message: Incoming, _talk: Talk) -> bool:
    """Everything."""
    return True


FEATURE = Feature("fallback", handle, takes=takes)
