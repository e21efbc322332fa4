"""What must not stay readable in a log: phones, papers, cards, accounts, dossier codes, e-mails, names after a cue."""

from __future__ import annotations

import re
import unicodedata

from knowledge.vietnamese import fold

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

_SURNAMES = frozenset(
    [
        "nguyen",
        "tran",
        "le",
        "pham",
        "hoang",
        "huynh",
        "phan",
        "vu",
        "vo",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "ly",
        "dinh",
        "trinh",
        "dao",
        "lam",
        "truong",
        "mai",
        "luong",
        "ha",
        "luu",
        "thach",
        "danh",
        "kim",
        "son",
        "chau",
        "to",
        "ta",
        "thai",
        "cao",
        "doan",
        "quach",
        "nong",
        "ma",
        "trieu",
        "lo",
        "quang",
        "giang",
        "than",
        "vuong",
        "phung",
        "kieu",
        "mac",
        "tong",
        "tang",
    ]
)
_CAPITAL = r"[A-ZÀ-ỸĐ][a-zà-ỹđ]*"
_NAME = rf"{_CAPITAL}(?:\s{_CAPITAL}){{1,5}}"
_CUE = re.compile(
    r"(?P<cue>(?:[Hh]ọ\s(?:và\s)?tên|[Tt]ên(?:\s(?:tôi|em|mình|là|cháu|con))*|[Tt]ôi\s(?:tên\s)?là|[Ee]m\s(?:tên\s)?là|[Ôô]ng|[Bb]à|"
    rf"[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Cc]on|[Cc]háu|[Vv]ợ|[Cc]hồng|[Bb]ố|[Mm]ẹ|[Bb]a|[Mm]á)\s*:?\s+)(?P<name>{_NAME})"
)
_TOLD_NAME = re.compile(
    r"(?P<cue>(?:họ\s(?:và\s)?tên|ho\s(?:va\s)?ten|tên\s(?:tôi|em|mình)?\s?là|ten\s(?:toi|em|minh)?\s?la|tôi\stên|toi\sten|em\stên|em\sten)"
    r"\s*:?\s*)(?P<name>[^\W\d_]+(?:\s[^\W\d_]+){1,3})",
    re.I,
)
_BARE_NAME = re.compile(
    rf"(?<![\w\s])\s*(?P<name>{_CAPITAL}(?:\s{_CAPITAL}){{2,4}})|(?<=\s)(?P<inner>{_CAPITAL}(?:\s{_CAPITAL}){{2,4}})"
)

PHONE, PAPER, CARD, NUMBER = "[số điện thoại]", "[số giấy tờ]", "[số thẻ]", "[dãy số]"
DOSSIER, EMAIL, PERSON = "[mã hồ sơ]", "[thư điện tử]", "[tên người]"


def mask(text: str) -> str:
    """The text with everything that points to one person replaced by what it was."""
    shown = unicodedata.normalize("NFC", _plain_digits(text))
    shown = _EMAIL.sub(EMAIL, shown)
    shown = _around(_KEPT, shown, _mask_numbers)
    return _mask_names(shown)


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
    text = _TOLD_NAME.sub(lambda m: m["cue"] + PERSON, text)
    text = _CUE.sub(
        lambda m: m["cue"] + PERSON if _may_be_name(m["name"]) or len(m["name"].split()) > 1 else m[0], text
    )
    return _BARE_NAME.sub(_bare_name, text)


def _bare_name(found: re.Match[str]) -> str:
    name = found["name"] or found["inner"]
    return found[0].replace(name, PERSON) if _may_be_name(name) else found[0]


def _may_be_name(name: str) -> bool:
    return fold(name.split()[0]) in _SURNAMES
