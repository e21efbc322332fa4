"""Old names of communes, districts and provinces: what stands there today (two levels since 01/07/2025)."""

from __future__ import annotations

import re
from datetime import date

from handlers.contract import Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from knowledge.places import Mention
from knowledge.vietnamese import fold
from storage.talks import Talk

SINCE = date(2025, 7, 1)  # Nghị quyết 202/2025/QH15 and the commune mergers; the list is of the statistics office
CHECKED_ON = date(2026, 11, 22)
LIST = "Danh mục đơn vị hành chính của cơ quan thống kê"
KINDS = ("xa ", "phuong ", "dac khu ", "tinh ")
FEW_WORDS = 3  # beside the name
# What such a message may be taken for when only a place is named in it.
PLAIN = ("answer", "clarify", "abstain", "directory")


_CALLED_OLD = r"(?:\s+(?:\(?cũ\)?|cu|trước đây|truoc day|ngày trước|ngay truoc|hồi trước|hoi truoc)(?!\w))?"


async def handle(message: Incoming, _desk: Desk) -> Reply:
    """One line a name; where the old name alone does not decide, all that came of it."""
    lines = [note(mention) for mention in message.places if mention.is_old]
    text = (
        "Dạ, "
        + "\n".join(lines)
        + "\nAnh/chị cần làm giấy tờ gì thì nhắn tiếp, xã nào cũng làm theo hai cấp xã và tỉnh."
    )
    source = Source(LIST, since=SINCE, until=None, checked_on=CHECKED_ON)
    choices = (Choice("Xem danh mục", "welcome.menu"), TO_A_PERSON)
    return Reply(text, "directory", choices=choices, sources=(source,))


def note(mention: Mention) -> str:
    """ "“huyện Mỹ Xuyên” không còn từ 01/07/2025, nay là …"."""
    return f"“{mention.words}” không còn từ {SINCE:%d/%m/%Y}, nay là {mention.now}."


def without(words: str, places: tuple[Mention, ...]) -> str:
    """The message without the names of units in it, old ones or with their kind: "xã Bình An" says nothing of what
    is asked."""
    for mention in places:
        if mention.is_old or fold(mention.words).startswith(KINDS):
            words = re.sub(re.escape(mention.words) + _CALLED_OLD, " ", words, count=1)
    return " ".join(words.split()) or words


def takes(message: Incoming, _talk: Talk) -> bool:
    """An old name is nearly all that the message is about, and no entry answers the rest for sure."""
    meaning = message.meaning
    named = any(mention.is_old for mention in message.places)
    return named and meaning.content_words <= FEW_WORDS and meaning.band != "answer" and meaning.action in PLAIN


FEATURE = Feature("old_names", handle, takes=takes)
