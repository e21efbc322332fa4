"""A long message in parts within a channel's limit: cut at paragraphs, then sentences, never inside a citation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

GLUE = "\x00"  # stands for a blank that must not be cut at
MARK = len("(99/99) ")  # room for the number of a part

_CITATION = re.compile(
    r"(?:(?:Luật|Bộ luật|Nghị định|Nghị quyết|Thông tư|Quyết định)[^.;\n]{0,60}?)?"
    r"\d+/\d{4}/[\w-]+(?:,? (?:Điều|điều|khoản|Khoản|điểm|Điểm|Phụ lục|phụ lục) [\w.-]+)*"
    r"|(?:Điều|điều|khoản|Khoản|điểm|Điểm) [\w.-]+(?:,? (?:Điều|điều|khoản|Khoản|điểm|Điểm|của) [\w.-]+)*"
)
_SENTENCE = re.compile(r"(?<=[.!?;:]) +")


def split(text: str, most: int | None) -> list[str]:
    """The parts of a text, each of at most `most` UTF-16 units with its number "(1/3) " in front."""
    whole = unicodedata.normalize("NFC", text)
    if most is None or utf16_length(whole) <= most:
        return [whole]
    glued = _CITATION.sub(lambda found: found.group().replace(" ", GLUE), whole)
    parts = _pack(list(_pieces(glued, most - MARK)), most - MARK)
    total = len(parts)
    return [f"({number}/{total}) {part.replace(GLUE, ' ')}" for number, part in enumerate(parts, 1)]


def numbered(choices: Sequence[str], start: int = 1) -> str:
    """Choices as lines to answer by their number."""
    return "\n".join(f"{number}. {label}" for number, label in enumerate(choices, start))


def utf16_length(text: str) -> int:
    """Length in UTF-16 units, the stricter reading of a channel's "characters"."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(text: str, most: int) -> Iterator[tuple[str, str]]:
    """(what stands before it, piece): whole paragraphs where they fit, else sentences, else words, else letters."""
    for paragraph in text.split("\n"):
        yield from _fitting(paragraph, most, "\n", (_SENTENCE, re.compile(r" +"), re.compile(GLUE)))


def _fitting(piece: str, most: int, joint: str, cuts: tuple[re.Pattern[str], ...]) -> Iterator[tuple[str, str]]:
    if utf16_length(piece) <= most:
        yield joint, piece
        return
    if not cuts:
        for start in range(0, len(piece), most // 2):  # half: a letter outside the first plane counts twice
            yield (joint if start == 0 else ""), piece[start : start + most // 2]
        return
    for number, smaller in enumerate(cuts[0].split(piece)):
        yield from _fitting(smaller, most, joint if number == 0 else " ", cuts[1:])


def _pack(pieces: list[tuple[str, str]], most: int) -> list[str]:
    parts = [pieces[0][1]]
    for joint, piece in pieces[1:]:
        together = parts[-1] + joint + piece
        if utf16_length(together) <= most:
            parts[-1] = together
        else:
            parts.append(piece)
    return [part.strip("\n") for part in parts if part.strip()]
