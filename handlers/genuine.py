""" "Tin này có phải của xã không?": a forwarded text beside the register of sent notices, and signs of a swindle."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from handlers import notice_words
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from knowledge.deadlines import VIET_NAM
from knowledge.vietnamese import fold
from storage import notices
from storage.notices import Notice
from storage.talks import Talk

ASKS = "genuine.text"
LOOKED_AT = 500  # the newest notices of the register
SAME = 90.0  # of 100: the forwarded words stand in a notice of ours
ENOUGH = 25  # characters of a text that can be compared at all
AGAIN = Choice("Kiểm tra tin khác", "genuine.start")

_CODE = re.compile(r"\bTB-?([A-Z0-9]{5})\b", re.IGNORECASE)
_TOLD = r"(?:tin nhan|tin|thong bao|giay|bai|cai)"
_OURS = r"(?:xa|phuong|uy ban|ubnd|chinh quyen|nha nuoc|thon|ap)"
_ASKS = re.compile(
    rf"{_TOLD} (?:nay|do|kia|em moi nhan|toi moi nhan|moi nhan|toi nhan duoc|em nhan duoc)(?: \w+){{0,4}}? ?"
    rf"(?:(?:co )?(?:phai|dung)(?: la)?(?: tin| thong bao)?(?: that)?(?: cua| do| tu)(?: \w+){{0,2}}? {_OURS}"
    r"|(?:co )?(?:phai )?(?:la )?(?:lua dao|tin gia|gia mao)|that (?:hay|khong|ko)|co that (?:khong|ko))[^\n]{0,40}"
    rf"|co phai (?:la )?{_TOLD} (?:that )?(?:cua|do) {_OURS}[^\n]{{0,30}}"
    rf"|{_OURS} co (?:gui|nhan|thong bao|dang) {_TOLD} (?:nay|do)[^\n]{{0,30}}"
    rf"|kiem tra (?:giup |ho )?(?:toi |em )?{_TOLD} (?:nay|do|that gia|lua dao)[^\n]{{0,30}}"
)
_LINK = re.compile(r"https?://|www\.|\b[\w-]+\.(?:com|net|org|info|top|xyz|vip|cc|me|site|online|apk|shop|vn)\b", re.I)
_NUMBER = re.compile(r"\d[\d.\s]{4,}\d")
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("có đường dẫn để bấm", _LINK),
    ("đòi chuyển tiền, nộp tiền qua tài khoản", re.compile(r"chuyen (?:khoan|tien)|so tai khoan|\bstk\b|nap tien")),
    ("hỏi mã OTP, mật khẩu, số thẻ", re.compile(r"\botp\b|mat khau|so the|ma xac (?:nhan|thuc|minh)|\bpin\b|\bcvv\b")),
    ("bảo cài ứng dụng lạ", re.compile(r"cai (?:dat )?(?:ung dung|app|phan mem)|tai (?:ung dung|app)|\bapk\b")),
    (
        "dọa hoặc giục làm ngay",
        re.compile(r"khoa (?:tai khoan|sim|the)|phong toa|bat giam|trong (?:24|48|2|12) ?(?:gio|h)\b"),
    ),
    (
        "xin ảnh căn cước, thông tin cá nhân",
        re.compile(r"(?:anh|chup|gui|cung cap) (?:\w+ ){0,3}(?:cccd|can cuoc|cmnd)"),
    ),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """The notice that a text is most like. `score`: 0 to 100; `adds`: what is in the text and not in the notice."""

    notice: Notice
    score: float
    adds: tuple[str, ...]


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Ask for the text, or look it up."""
    text = message.text if desk.talk.asks == ASKS and message.verb != "start" else _forwarded(message.text)
    code = _CODE.search(text)
    if message.verb == "start" or (len(text) < ENOUGH and code is None):
        ask = "Dạ, anh/chị chép hoặc chuyển tiếp nguyên văn tin đó vào đây, em đối chiếu với sổ thông báo xã đã gửi ạ."
        return Reply(ask, "clarify", choices=(TO_A_PERSON,), asks=ASKS)
    found = await _likest(text, desk)
    if found is None or found.score < SAME:
        named = await _named(code, desk)
        if named is not None and len(text) < ENOUGH:
            return _ours(named, desk)
        return _not_found(text, desk, named)
    if found.adds:
        return _changed(found, desk)
    return _ours(found.notice, desk)


def signs(text: str) -> list[str]:
    """What in a text is usual in swindles, in words."""
    said = fold(text)
    return [words for words, pattern in _SIGNS if pattern.search(text if pattern is _LINK else said)]


def _ours(notice: Notice, desk: Desk) -> Reply:
    at = notice.first_sent_at
    sent = f" gửi lúc {at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}" if at else ""
    text = (
        f"Dạ, đúng là thông báo {notice.code} của UBND {desk.commune.name},{sent}: "
        f"{notice.facts[notice_words.TITLE]}.\nNơi: {notice.facts[notice_words.PLACE]}. "
        f"Thời gian: {notice_words.when(notice.facts)}.\nLiên hệ: {notice.facts[notice_words.CONTACT]}."
    )
    if notice.state == "cancelled":
        text += "\nLưu ý: sau đó xã đã ngừng gửi thông báo này; anh/chị hỏi lại xã cho chắc."
    return Reply(text, "answer", choices=(AGAIN, TO_A_PERSON), keeps_body=False)


def _changed(found: Compared, desk: Desk) -> Reply:
    text = (
        f"Dạ, COI CHỪNG: tin này giống thông báo {found.notice.code} của xã nhưng đã bị thêm hoặc sửa "
        f"({', '.join(found.adds)}). Bản xã gửi không có phần đó.\n{_advice(desk)}"
    )
    return Reply(text, "answer", choices=(AGAIN, TO_A_PERSON), keeps_body=False)


def _not_found(text: str, desk: Desk, named: Notice | None) -> Reply:
    found = signs(text)
    first = "Dạ, em không thấy tin này trong sổ thông báo xã đã gửi qua em."
    if named is not None:
        title = named.facts[notice_words.TITLE]
        first = f"Dạ, mã {named.code} là của thông báo khác ({title}); lời trong tin này không phải của xã."
    elif not found:
        first += " Chưa chắc là tin giả: xã còn báo bằng loa, bằng giấy."
    warns = f"\nTin có dấu hiệu lừa đảo: {'; '.join(found)}." if found else ""
    return Reply(f"{first}{warns}\n{_advice(desk)}", "answer", choices=(AGAIN, TO_A_PERSON), keeps_body=False)


def _advice(desk: Desk) -> str:
    return (
        "Anh/chị đừng bấm đường dẫn, đừng chuyển tiền, đừng đọc mã cho ai, cũng đừng chuyển tiếp; "
        f"hỏi lại xã: {desk_line(desk)}. Đã lỡ chuyển tiền: gọi ngân hàng và công an 113 ngay."
    )


async def _likest(text: str, desk: Desk) -> Compared | None:
    said = _plain(text)
    best: tuple[float, Notice, str] | None = None
    for notice in await notices.sent(desk.session, commune_id=desk.commune_id, limit=LOOKED_AT):
        ours = notice_words.message(notice, desk.commune, most=None)
        score = _alike(said, _plain(ours))
        if best is None or score > best[0]:
            best = (score, notice, ours)
    if best is None:
        return None
    return Compared(best[1], best[0], _added(text, best[2]))


def _alike(said: str, ours: str) -> float:
    """How much of the shorter text stands in the longer one, in order; a few words alone prove nothing."""
    if min(len(said), len(ours)) < ENOUGH:
        return 0.0
    return float(fuzz.partial_ratio(said, ours))


def _added(text: str, ours: str) -> tuple[str, ...]:
    """What a swindler adds to a true notice: a link, numbers, what else `signs` knows."""
    own = set(signs(ours))
    added = [words for words in signs(text) if words not in own]
    numbers = {re.sub(r"\D", "", each) for each in _NUMBER.findall(text)}
    known = re.sub(r"\D", "", ours)
    if any(each not in known for each in numbers):
        added.append("có số không có trong bản của xã")
    return tuple(added)


async def _named(code: re.Match[str] | None, desk: Desk) -> Notice | None:
    if code is None:
        return None
    return await notices.by_code(desk.session, commune_id=desk.commune_id, code=f"TB-{code[1].upper()}")


def _forwarded(text: str) -> str:
    """The message without the question in it; folding keeps every place, so the words are cut as they were typed."""
    said = fold(text)
    found = _ASKS.search(said)
    if found is None or len(said) != len(text):
        return "" if found else text
    return (text[: found.start()] + " " + text[found.end() :]).strip(' \n:?.,"“”')


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked whether something is ours, or named the code of a notice."""
    return _ASKS.search(fold(message.text)) is not None or _CODE.fullmatch(message.text.strip()) is not None


def continues(message: Incoming, _talk: Talk) -> bool:
    """The forwarded text; a command of a word or two is none."""
    return message.meaning.command is None and message.meaning.action not in ("handoff", "menu")


FEATURE = Feature("genuine", handle, takes=takes, continues=continues)
