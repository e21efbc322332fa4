"""Phản ánh, kiến nghị, khiếu nại, tố cáo: two plain questions tell which it is, what it means and what follows."""

from __future__ import annotations

from handlers import denunciation, petition
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from handlers.people import TO_A_PERSON
from storage.talks import Talk

KINDS = "donthu.phan-biet"
FIRST, OWN, COMMON = "kinds.first", "kinds.own", "kinds.common"
START = Choice("Trả lời hai câu để biết loại nào", "kinds.start")
NOT_SURE = Choice("Chưa rõ, gặp cán bộ", "handoff.ask", aside=True)


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One question, then one of two others, then what it is."""
    match message.verb:
        case "own":
            return _ask_own()
        case "common":
            return _ask_common()
        case "complaint":
            return petition.explain(desk, "Dạ, đó là khiếu nại: xin xem lại một quyết định, việc làm thiệt cho mình.")
        case "denunciation":
            return await denunciation.handle(message, desk)
        case "report":
            return _taken_here(
                desk, "Dạ, đó là phản ánh: báo một việc đang hỏng, đang sai trong đời sống hay trong cách làm của xã."
            )
        case "proposal":
            return _taken_here(desk, "Dạ, đó là kiến nghị: nêu nguyện vọng, đề xuất cách làm tốt hơn để xã xem xét.")
    return _ask_first()


def _ask_first() -> Reply:
    choices = (
        Choice("Việc của một cơ quan, một người cụ thể", OWN),
        Choice("Việc chung, hoặc ý kiến của tôi", COMMON),
        NOT_SURE,
    )
    return Reply("Dạ, em hỏi hai câu. Câu 1: anh/chị muốn nói về việc gì ạ?", "clarify", choices=choices, asks=FIRST)


def _ask_own() -> Reply:
    choices = (
        Choice("Xem lại quyết định, việc làm gây thiệt cho chính tôi", "kinds.complaint"),
        Choice("Báo có người làm trái pháp luật", "kinds.denunciation"),
        NOT_SURE,
    )
    return Reply("Dạ, câu 2: anh/chị muốn điều gì ạ? (xin đừng kể tên mình)", "clarify", choices=choices, asks=FIRST)


def _ask_common() -> Reply:
    choices = (
        Choice("Báo việc đang hỏng, đang sai", "kinds.report"),
        Choice("Đề xuất cách làm, nêu nguyện vọng", "kinds.proposal"),
        NOT_SURE,
    )
    return Reply("Dạ, câu 2: anh/chị muốn điều gì ạ?", "clarify", choices=choices, asks=FIRST)


def _taken_here(desk: Desk, meaning: str) -> Reply:
    """What may be sent in a chat."""
    text = (
        f"{meaning}\nLoại này nhắn ngay ở đây là gửi được, không cần đơn. Gửi rồi hỏi “đơn của tôi tới đâu rồi” "
        "lúc nào cũng được."
    )
    choices = (Choice("Kể việc này", "reports.start"), TO_A_PERSON)
    return Reply(text, "answer", topic=KINDS, choices=choices, sources=grounds(desk, KINDS))


def continues(_message: Incoming, _talk: Talk) -> bool:
    """Only a choice answers: anything else is told in the person's own words, and judged by them."""
    return False


FEATURE = Feature("kinds", handle, continues=continues)
