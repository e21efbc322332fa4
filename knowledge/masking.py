"""What must not stay readable in a log: phones, papers, cards, accounts, dossier codes, e-mails, names after a cue."""

from __future__ import annotations

import re
import unicodedata

from knowledge import names

_GAP = r"[\s.\-–_()/]{0,3}"  # what people put between the digits of one number
_EMAIL = re.compile(r"[\w.+\-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w\-]{1,64}(?:\s?\.\s?[\w\-]{2,24}){1,4}", re.I)
_DOSSIER = re.compile(
    r"(?<!\w)(?:(?:\d{3}\.){0,2}(?:\d{2}\.){0,3}[A-Z]\d{2,3}(?:[.\-]\d{1,6}){1,6}|[A-Z]{2,4}-(?=[A-Z0-9\-]*\d)[A-Z0-9]{4,12}(?:-\d{3,8})?)(?!\w)",
    re.I,
)
_CARD = re.compile(r"(?<!\w)[A-Z]{2}" + _GAP + r"\d" + rf"(?:{_GAP}\d){{12}}(?!\d)", re.I)
_LONG_NUMBER = re.compile(rf"(?<![\w])(?:\+{_GAP})?\d(?:{_GAP}\d){{7,}}(?!\d)")
_MONEY_AFTER = re.compile(r"\s*(?:đ\b|đồng|dong\b|vnđ|vnd|vnd\b|triệu|tỷ|nghìn|m2|m²|mét)", re.I)
_THOUSANDS = re.compile(r"^[1-9]\d{0,2}(?:[.,]\d{3})+$")
_DATE = re.compile(r"(?<!\d)\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:19|20)\d{2}(?!\d)")
_LAW = re.compile(r"(?<!\d)\d{1,4}/\d{4}/[A-ZĐ][A-ZĐ0-9\-]*\d*", re.I)
_PROCEDURE = re.compile(r"(?<!\d)[1-3]\.\d{6}(?!\d)")
_SPOKEN = ("không", "một", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín", "linh", "mốt")
_SPOKEN_RUN = re.compile(rf"(?<!\w)(?:(?:{'|'.join(_SPOKEN)})[\s,.\-]+){{7,}}(?:{'|'.join(_SPOKEN)})(?!\w)", re.I)
_KEPT = re.compile(f"{_LAW.pattern}|{_DATE.pattern}|{_PROCEDURE.pattern}", re.I)

# A name that is told as such, whatever it is made of: "họ tên: ...", "tôi tên ...".
_TOLD_NAME = re.compile(
    r"(?P<cue>(?:họ\s(?:và\s)?tên|ho\s(?:va\s)?ten|tên\s(?:tôi|em|mình)?\s?là|ten\s(?:toi|em|minh)?\s?la|tôi\stên|toi\sten|em\stên|em\sten)"
    r"\s*:?\s*)(?P<name>[^\W\d_]+(?:\s[^\W\d_]+){1,3})",
    re.I,
)

PHONE, PAPER, CARD, NUMBER = "[số điện thoại]", "[số giấy tờ]", "[số thẻ]", "[dãy số]"
DOSSIER, EMAIL, PERSON = "[mã hồ sơ]", "[thư điện tử]", "[tên người]"


def mask(text: str) -> str:
    """The text with everything that points to one person replaced by what it was."""
    return _mask_names(mask_numbers(text))


def mask_numbers(text: str) -> str:
    """The text without the numbers and e-mails that point to one person; names stay."""
    shown = unicodedata.normalize("NFC", _plain_digits(text))
    return _around(_KEPT, _EMAIL.sub(EMAIL, shown), _mask_numbers)


def _plain_digits(text: str) -> str:
    """Digits of other scripts and full-width ones as 0-9, so that none slips through."""
    return "".join(
        str(unicodedata.digit(c)) if not c.isascii() and unicodedata.category(c) == "Nd" else c for c in text
    )


def _mask_numbers(part: str) -> str:
    part = _CARD.sub(CARD, part)
    part = _DOSSIER.sub(DOSSIER, part)
    part = _LONG_NUMBER.sub(_kind_of_number, part)
    return _SPOKEN_RUN.sub(NUMBER, part)


def _kind_of_number(found: re.Match[str]) -> str:
    written, digits = found[0], re.sub(r"\D", "", found[0])
    money = _THOUSANDS.match(written.strip()) and (
        _MONEY_AFTER.match(found.string, found.end()) or len(digits) not in (9, 10, 12)
    )
    if money:
        return written
    if (
        "+" in written
        or (digits.startswith("0") and len(digits) in (10, 11))
        or (digits.startswith("84") and len(digits) == 11)
    ):
        return PHONE
    if digits.startswith(("1800", "1900")) and len(digits) <= 10:
        return written  # a hotline is nobody's own number
    return PAPER if len(digits) in (9, 12) else CARD if len(digits) in (10, 13, 15) else NUMBER


def _around(kept: re.Pattern[str], text: str, change: object) -> str:
    """Change what stands between the kept pieces: law numbers, dates and procedure codes stay readable."""
    assert callable(change)
    parts, last = [], 0
    for found in kept.finditer(text):
        parts += [change(text[last : found.start()]), found[0]]
        last = found.end()
    return "".join([*parts, change(text[last:])])


def _mask_names(text: str) -> str:
    for start, end in reversed(names.find(text)):
        text = text[:start] + PERSON + text[end:]
    return _TOLD_NAME.sub(lambda told: told["cue"] + PERSON, text)
