"""Tố cáo: stop before identity is typed, tell the lawful way, keep nothing of what was written."""

from __future__ import annotations

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from storage.talks import Talk

HOW, ANONYMOUS, PROTECTION = "tocao.hinh-thuc-va-rut-don", "tocao.nac-danh", "tocao.bao-ve-nguoi-to-cao"
NEXT = "denunciation.next"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The first and only message of this conversation: the rest are sourced answers.

    There is no sealed letter box yet, so the words are erased at once (Luật Tố cáo 2018 forbids exposing them).
    """
    desk.talk.topic = HOW
    again = desk.talk.asks == NEXT and message.meaning.action != "denunciation"
    lines = [
        "Dạ, việc này không gửi qua đây được ạ: tố cáo phải bằng đơn hoặc trình bày trực tiếp."
        if again
        else "Dạ, việc anh/chị kể có thể là tố cáo. Để an toàn, xin đừng gửi họ tên, địa chỉ hay giấy tờ "
        "của mình ở đây.",
        "Theo luật, tố cáo gửi bằng đơn hoặc trình bày trực tiếp tại nơi tiếp công dân; "
        "thông tin người tố cáo được giữ bí mật.",
        "Em đã xóa lời vừa nhắn khỏi máy chủ, không chuyển cho ai; anh/chị nên xóa cả trên máy mình.",
    ]
    choices = (
        Choice("Nơi và cách gửi đơn tố cáo", f"topics.open:{HOW}"),
        Choice("Báo tin không nêu tên", f"topics.open:{ANONYMOUS}"),
        Choice("Được bảo vệ thế nào", f"topics.open:{PROTECTION}"),
        Choice("Số điện thoại", "directory.show"),
    )
    return Reply(
        "\n".join(lines),
        "denunciation",
        choices=choices,
        sources=grounds(desk, HOW, PROTECTION),
        asks=NEXT,
        keeps_body=False,
    )


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of wrongdoing by somebody in office."""
    return message.meaning.action == "denunciation"


def continues(message: Incoming, _talk: Talk) -> bool:
    """What follows is about the same matter unless it is clearly something else."""
    meaning = message.meaning
    return meaning.content_words <= 1 or meaning.action in ("abstain", "clarify", "denunciation", "report")


FEATURE = Feature("denunciation", handle, takes=takes, continues=continues)
