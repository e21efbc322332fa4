"""Old names of communes, districts and provinces: what stands there today (two levels since 01/07/2025)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from handlers.contract import Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from knowledge.places import Mention, Place
from knowledge.vietnamese import fold
from storage.talks import Talk

SINCE = date(2025, 7, 1)  # Nghị quyết 202/2025/QH15 and the commune mergers; the list is of the statistics office
CHECKED_ON = date(2026, 11, 22)
LIST = "Danh mục đơn vị hành chính của cơ quan thống kê"
KINDS = ("xa ", "phuong ", "dac khu ", "tinh ")
WHICH = "old_names.which"
NOW = " (nay là "
MOST_OFFERED = 9
FEW_WORDS = 3  # beside the name
# What such a message may be taken for when only a place is named in it.
PLAIN = ("answer", "clarify", "abstain", "directory")


_CALLED_OLD = r"(?:\s+(?:\(?cũ\)?|cu|trước đây|truoc day|ngày trước|ngay truoc|hồi trước|hoi truoc)(?!\w))?"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One line a name; a name in several provinces is asked about, and what came of it is not guessed."""
    if message.verb == "in" or desk.talk.asks == WHICH:
        picked = _picked(message, desk)
        if picked:
            return _tell([Mention(desk.talk.held["words"], True, picked, desk.knowledge.places.called_now(picked))])
    unsure = next((mention for mention in message.places if is_ambiguous(mention)), None)
    if unsure is not None:
        return ask_province(unsure, desk)
    return _tell([mention for mention in message.places if mention.is_old])


def _tell(mentions: Sequence[Mention]) -> Reply:
    seats = [f"Trụ sở {place.full_name}: {place.seat}" for each in mentions for place in each.places[:1] if place.seat]
    lines = [note(mention) for mention in mentions]
    last = "Anh/chị cần làm giấy tờ gì thì nhắn tiếp, xã nào cũng làm theo hai cấp xã và tỉnh."
    text = "Dạ, " + "\n".join([*lines, *(seats if len(mentions) == 1 and len(mentions[0].places) == 1 else []), last])
    source = Source(LIST, since=SINCE, until=None, checked_on=CHECKED_ON)
    choices = (Choice("Xem danh mục", "welcome.menu"), TO_A_PERSON)
    return Reply(text, "directory", choices=choices, sources=(source,))


def is_ambiguous(mention: Mention) -> bool:
    """Whether communes of several provinces have or had this name."""
    return len({place.old_province for place in mention.places}) > 1


def ask_province(mention: Mention, desk: Desk) -> Reply:
    """Which province, old names with today's beside them; its name can be typed too."""
    by_province: dict[str, list[str]] = {}
    for place in mention.places:
        by_province.setdefault(_province(place), []).append(place.code)
    desk.talk.held = {"words": mention.words, "codes": list(by_province.values()), "provinces": list(by_province)}
    shown = list(by_province)[:MOST_OFFERED]
    more = " (còn nữa, gõ tên tỉnh)" if len(by_province) > len(shown) else ""
    text = f"Dạ, nhiều tỉnh có tên “{mention.words}”. Anh/chị hỏi nơi thuộc tỉnh nào ạ?{more}"
    choices = tuple(Choice(name, f"old_names.in:{at}") for at, name in enumerate(shown))
    return Reply(text, "directory", choices=(*choices, TO_A_PERSON), asks=WHICH)


def _province(place: Place) -> str:
    same = place.old_province == place.province
    return place.old_province if same else f"{place.old_province}{NOW}{place.province})"


def _picked(message: Incoming, desk: Desk) -> tuple[Place, ...]:
    """The communes of the province that was picked or typed."""
    codes, provinces = desk.talk.held.get("codes", []), desk.talk.held.get("provinces", [])
    if message.argument.isdigit() and int(message.argument) < len(codes):
        at = int(message.argument)
    else:
        named = _named_province(message.text, provinces)
        if named is None:
            return ()
        at = named
    return tuple(place for code in codes[at] for place in desk.knowledge.places.find(code))


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


def _named_province(text: str, provinces: Sequence[str]) -> int | None:
    """Which of the offered provinces a message names: by its old name, else by today's."""
    said = f" {fold(text)} "
    for part in (0, 2):
        for at, name in enumerate(provinces):
            known = name.partition(NOW)[part].rstrip(")")
            if known and f" {fold(known)} " in said:
                return at
    return None


def takes(message: Incoming, _talk: Talk) -> bool:
    """An old or doubtful name is nearly all that the message is about, and no entry answers the rest for sure."""
    meaning = message.meaning
    named = any(
        mention.is_old or (is_ambiguous(mention) and meaning.action == "directory") for mention in message.places
    )
    return named and meaning.content_words <= FEW_WORDS and meaning.band != "answer" and meaning.action in PLAIN


def continues(message: Incoming, talk: Talk) -> bool:
    """The province that we asked for."""
    return _named_province(message.text, talk.held.get("provinces", [])) is not None


FEATURE = Feature("old_names", handle, takes=takes, continues=continues)
