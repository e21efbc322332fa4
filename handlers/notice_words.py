"""One text for every way of telling it: a message within each channel's limit, the loudspeaker's script, the sheet."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers import notice_times
from handlers.notice_kinds import KINDS
from storage.communes import Commune
from storage.notices import Notice

TITLE, PLACE, STARTS, ENDS, CONTACT, DETAILS = "title", "place", "starts", "ends", "contact", "details"
SYLLABLES_PER_SECOND = 3.2  # an announcer's slow, clear reading; figures take longer, see `seconds`
SYLLABLES_OF_A_DIGIT = 1.4  # "2026": hai nghìn không trăm hai mươi sáu
PAUSE = 0.5  # seconds at the end of each sentence
STOP = "Không muốn nhận tin loại này: nhắn “dừng”."


@dataclass(frozen=True, slots=True)
class Script:
    """What the announcer reads, and how many seconds it takes."""

    text: str
    seconds: int


def when(facts: dict[str, Any]) -> str:
    """The time in words."""
    start = datetime.fromisoformat(facts[STARTS])
    return notice_times.in_words(start, datetime.fromisoformat(facts[ENDS]) if facts.get(ENDS) else None)


def lines(notice: Notice) -> list[tuple[str, str]]:
    """Label and words of everything that was filled in, in the order in which people need it."""
    facts, kind = notice.facts, KINDS[notice.kind]
    own = [(ask.label, str(facts.get(ask.name) or "")) for ask in kind.asks]
    found = [("Nơi", str(facts[PLACE])), ("Thời gian", when(facts)), *own, ("Liên hệ", str(facts[CONTACT]))]
    return [(label, words) for label, words in found if words]


def message(
    notice: Notice, commune: Commune, *, most: int | None, length: Callable[[str], int] = len, link: str = ""
) -> str:
    """What a chat shows. `most`: the channel's limit as `length` counts; what is longer is told in short, with where
    the whole stands (`link`: its public page)."""
    kind, facts = KINDS[notice.kind], notice.facts
    head = f"THÔNG BÁO của UBND {commune.name} · {kind.label}\n{facts[TITLE]}"
    body = "\n".join(f"{label}: {words}" for label, words in lines(notice))
    tail = f"Mã {notice.code}. {STOP}"
    details = str(facts.get(DETAILS) or "")
    whole = _nfc("\n".join(part for part in (head, body, details, tail) if part))
    if most is None or length(whole) <= most:
        return whole
    where = f"Xem đủ: {link}" if link else f"Xem đủ tại {commune.address or 'UBND xã'}."
    for sentences in range(len(_sentences(details)), -1, -1):
        short = _nfc("\n".join(p for p in (head, body, " ".join(_sentences(details)[:sentences]), where, tail) if p))
        if length(short) <= most:
            return short
    return short[:most]


def script(notice: Notice, commune: Commune) -> Script:
    """For the loudspeaker: who speaks, what, and once more what must not be missed."""
    kind, facts = KINDS[notice.kind], notice.facts
    told = ". ".join(f"{label}: {words.rstrip('.')}" for label, words in lines(notice))
    details = str(facts.get(DETAILS) or "")
    text = (
        f"Ủy ban nhân dân {commune.name} thông báo: {kind.label}. {facts[TITLE].rstrip('.')}.\n{told}.\n"
        + (f"{details}\n" if details else "")
        + f"Xin nhắc lại: {facts[TITLE].rstrip('.')}. {when(facts)}, tại {facts[PLACE].rstrip('.')}.\n"
        "Đề nghị bà con lưu ý. Xin cảm ơn."
    )
    text = _nfc(text)
    return Script(text, seconds(text))


def seconds(text: str) -> int:
    """How long reading it aloud takes: an estimate by syllables, digits and the ends of sentences."""
    words = re.findall(r"[^\W\d_]+|\d", text)
    spoken = sum(SYLLABLES_OF_A_DIGIT if word.isdigit() else 1.0 for word in words)
    return round(spoken / SYLLABLES_PER_SECOND + PAUSE * len(_sentences(text)))


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text) if part.strip()]


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
