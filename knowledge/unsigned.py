"""A tip without its writer: what tells who wrote it is taken out; those whom it tells of stay in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from knowledge import names
from knowledge.masking import mask_numbers
from knowledge.vietnamese import fold

TAKEN_OUT = "[đã xóa]"
MOST_OF_A_NAME, MOST_OF_A_PLACE = 5, 10  # syllables
_MASK = re.compile(r"\[(?:số điện thoại|số giấy tờ|số thẻ|dãy số|mã hồ sơ|thư điện tử)\]")
_ME = r"(?:toi|tui|em|chau|con|minh|tao)"
_RELATIVE = r"(?:con|vo|chong|em|anh|chi|chau|me|bo|cha|ba|ma|dau|re|hang xom)"
_HONOUR = r"(?:ong|ba|anh|chi|co|chu|bac|cau|thim|duong)"
# All on the folded text. After these a name follows, whatever it is made of.
_NAME_FOLLOWS = re.compile(
    rf"\b(?:{_ME} ten(?: la)?|ten (?:cua )?{_ME}(?: la)?|(?:ho va ten|ho ten|ten day du)(?: cua {_ME})?(?: la)?|"
    r"(?:nguoi (?:viet|gui|bao tin|bao|to cao|lam don|to giac)|ky ten|nguoi ky)(?: la)?)\s*[:\-]?\s*"
)
# After these a name may follow: taken out where one stands.
_MAYBE_NAME = re.compile(
    rf"\b(?:{_ME}(?: day)?(?: la)?|day la|{_ME} la {_RELATIVE}(?: cua)?(?: {_HONOUR})?|"
    rf"(?:vo|chong|bo|cha|me|ma|ba|con|anh|chi|em) {_ME}(?: la| ten)?)\s*[,:]?\s*"
)
_PLACE_FOLLOWS = re.compile(
    rf"\b(?:nha (?:cua )?{_ME}(?: o| so| tai| ngay| canh| gan)*|{_ME} (?:dang |hien )?(?:o|song o|ngu o|cu tru o)|"
    rf"(?:dia chi|cho o|noi o)(?: (?:cua )?(?:{_ME}|nha))?(?: la)?|"
    r"(?:thuong tru|cu ngu|tam tru|hien ngu)(?: tai| o)?|so nha)(?!\w)\s*:?\s*"
)
# "con là con bà Mười": one word of a relative's name tells enough.
_KIN = re.compile(rf"\b{_ME} la {_RELATIVE}(?: ruot| cua)* {_HONOUR} ")
_AND_LIVES = re.compile(r"\s*[,;\-]?\s*(?:nha |hien |dang |song )*o (?=\S)")
_MORE_OF_A_PLACE = re.compile(
    r"\s*[,;\-]\s*(?=(?:so|ap|thon|xom|khom|to|khu|xa|phuong|thi tran|huyen|quan|tinh|thanh pho|tp|duong|hem|ngo|"
    r"ban|buon|lang)\b)"
)
_BORN = re.compile(r"\b(?:sinh (?:nam|ngay)|nam sinh|ngay sinh|sn)\s*:?\s*[\d/.\- ]{4,12}")
# Here a name or a place ends and the story goes on.
_GOES_ON = re.compile(
    r"(?:thay|nghe|biet|bi|da|muon|xin|thi|nhung|nen|ong|ba|anh|chi|hien|sinh|sdt|so dien thoai|dien thoai|"
    r"chung kien|can bo|chu tich|pho chu|bi thu|ke toan|truong (?:ap|thon|cong an)|cong an|to cao|to giac|bao tin|"
    r"phan anh|khieu nai|co (?:ong|ba|can|mot|nguoi)|va (?:ong|ba)|o (?!$))\b"
)
_END = re.compile(r"[,;.!?\n]")


def without_writer(text: str) -> tuple[str, int]:
    """The text without numbers, e-mails, and what says who wrote it and where they live; how much was taken out."""
    shown = mask_numbers(unicodedata.normalize("NFC", text))
    spans = _merged(sorted(_spans(shown)))
    for start, end in reversed(spans):
        shown = shown[:start] + TAKEN_OUT + shown[end:]
    shown, numbers = _MASK.subn(TAKEN_OUT, shown)
    return shown, numbers + len(spans)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    plain = _plain(text)
    named = names.find(text)
    starts = dict(named)
    own: list[tuple[int, int]] = []
    for cue in _NAME_FOLLOWS.finditer(plain):
        own.append((cue.end(), starts.get(cue.end()) or _end_of(plain, cue.end(), MOST_OF_A_NAME)))
    for cue in _MAYBE_NAME.finditer(plain):
        end = starts.get(cue.end()) or _capitals(text, cue.end())
        if end:
            own.append((cue.end(), end))
    for cue in _KIN.finditer(plain):
        own.append((cue.end(), _capitals(text, cue.end()) or _end_of(plain, cue.end(), 1)))
    own += [span for span in named if _stands_alone(text, span)]
    yield from own
    homes = [cue.end() for cue in _PLACE_FOLLOWS.finditer(plain)]
    homes += [lives.end() for _start, end in own if (lives := _AND_LIVES.match(plain, end))]
    for home in homes:
        yield home, _end_of_place(plain, home)
    for cue in _BORN.finditer(plain):
        yield cue.span()


def _end_of_place(plain: str, start: int) -> int:
    """The clause, and those after it that go on with the address: ", ấp 3, xã Bình An"."""
    end = _end_of(plain, start, MOST_OF_A_PLACE)
    while more := _MORE_OF_A_PLACE.match(plain, end):
        end = _end_of(plain, more.end(), MOST_OF_A_PLACE)
    return end


def _stands_alone(text: str, span: tuple[int, int]) -> bool:
    """A name that is a clause by itself, such as a signature, or stands beside a number that was masked."""
    before, after = text[: span[0]].rstrip(" "), text[span[1] :].lstrip(" ")
    begins = not before or _END.match(before[-1]) is not None
    ends = not after or _END.match(after[0]) is not None or _MASK.match(after.lstrip(" ,:-(")) is not None
    return begins and ends


def _end_of(plain: str, start: int, most: int) -> int:
    """Where the clause ends that begins there: punctuation, a word with which the story goes on, or so many words."""
    end = start
    for count, word in enumerate(re.finditer(r"\S+", plain[start:])):
        if count == most or (count and _GOES_ON.match(plain, start + word.start())):
            break
        end = start + word.start() + len(word[0].rstrip(",;.!?"))
        if _END.search(plain[end : end + 1]):
            break
    return end


def _capitals(text: str, start: int) -> int | None:
    """The end of two capitalised words or more that begin there."""
    found = re.match(r"(?:[^\W\d_]+ ){1,4}[^\W\d_]+", text[start:])
    run = 0
    for word in re.finditer(r"[^\W\d_]+", found[0]) if found else ():
        if not word[0][0].isupper():
            break
        run = word.end() if word.start() else 0
    return start + run if run else None


def _plain(text: str) -> str:
    """Folded letter by letter, so that places in it are places in the text."""
    return "".join((fold(letter) or letter)[0] for letter in text)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
