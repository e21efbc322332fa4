"""Tables that people send: CSV in UTF-8 or Excel; rows of text, each with the number under which Excel shows it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from python_calamine import CalamineError, CalamineWorkbook

from bot.errors import EdgeError

Cells = tuple[str, ...]
EXCEL = (".xlsx", ".xlsm", ".xls", ".ods")
MOST_BYTES = 200 * 1024 * 1024
# Letters of the old TCVN3 (ABC) fonts that are found in no Vietnamese text in Unicode.
_TCVN3 = re.compile(r"[µ¸¶·¹¨»¾¼½Æ©§®¬­¦ªÑÖ×ØÜÞß÷øþ]")


@dataclass(eq=False)
class UnreadableTable(EdgeError):
    """The file as a whole cannot be read."""

    file: str
    problem: str

    def __str__(self) -> str:
        """For whoever sent it."""
        return f"{self.file}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its number, and its cells as text, trimmed."""

    number: int
    cells: Cells


@contextmanager
def opened_table(file: Path) -> Iterator[Iterator[Line]]:
    """The rows of the first sheet, the header first; blank rows are left out. Raises UnreadableTable."""
    if file.stat().st_size > MOST_BYTES:
        raise UnreadableTable(file.name, f"tệp lớn hơn {MOST_BYTES // 1024 // 1024} MB; chia nhỏ rồi nhập từng tệp")
    if file.suffix.lower() in EXCEL:
        yield _excel(file)
        return
    check_encoding(file)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield _csv(file, lines)


def check_encoding(file: Path) -> None:
    """Refuse what is not UTF-8, and name the way out; raises UnreadableTable."""
    number = 0
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if number == 1 and line[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise UnreadableTable(file.name, "tệp ở mã UTF-16; trong Excel chọn Lưu dưới dạng “CSV UTF-8”")
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as bad:
                raise UnreadableTable(
                    file.name,
                    f"dòng {number} không phải UTF-8 (có vẻ là Windows-1258 hoặc TCVN3); "
                    "trong Excel chọn Lưu dưới dạng “CSV UTF-8”, chữ phải gõ bằng Unicode",
                ) from bad
    if not number:
        raise UnreadableTable(file.name, "tệp trống")


def is_old_font(text: str) -> bool:
    """Whether the text is Vietnamese typed in a TCVN3 font, which Unicode programs show as "§−êng"."""
    return len(_TCVN3.findall(text)) >= 2 or bool(re.search(r"[A-Za-z][µ¸¶·¹¨®©ª«¬]", text))


def _csv(file: Path, lines: TextIO) -> Iterator[Line]:
    delimiter = max(";\t,", key=lines.readline().count)  # a tie: "Tên thôn, ấp;Nay là"
    lines.seek(0)
    reader = csv.reader(lines, delimiter=delimiter)
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if any(cell.strip() for cell in cells):
                yield Line(number, tuple(cell.strip() for cell in cells))
    except csv.Error as bad:
        raise UnreadableTable(file.name, f"dòng {reader.line_num}: không đọc được ({bad})") from bad


def _excel(file: Path) -> Iterator[Line]:
    try:
        book = CalamineWorkbook.from_path(file)
        name = book.sheet_names[0]
        sheet = book.get_sheet_by_name(name)
        merged = sheet.merged_cell_ranges
    except (CalamineError, OSError, IndexError) as bad:
        raise UnreadableTable(file.name, f"không mở được bằng Excel ({bad}); lưu lại dưới dạng .xlsx hoặc CSV") from bad
    if merged:
        (top, left), (bottom, right) = merged[0]
        raise UnreadableTable(
            file.name,
            f"trang “{name}” có {len(merged)} vùng ô gộp (vùng đầu: {_cell(top, left)}:{_cell(bottom, right)}); "
            "bỏ gộp ô và điền đủ từng dòng rồi nhập lại",
        )
    start = sheet.start[0] if sheet.start else 0
    for number, row in enumerate(sheet.iter_rows(), start + 1):
        cells = tuple(_text(value) for value in row)
        if any(cells):
            yield Line(number, cells)


def _cell(row: int, column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if value is not None else ""
