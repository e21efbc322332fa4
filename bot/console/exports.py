"""Files that officers take away: safe names, and cells that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiohttp import web

from knowledge.vietnamese import fold

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # without it Excel reads the letters as another alphabet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9  # Excel's number of this paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its tab, the title and notes above the table, heads, rows, and widths in letters."""

    name: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()
    widths: Sequence[int] = ()


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> web.Response:
    """A CSV file to save; `name` is a title in words."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return web.Response(
        body=(BOM + lines.getvalue()).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{safe_file_name(name)}.csv"',
            "Cache-Control": "no-store",
        },
    )


def xlsx_file(name: str, sheets: Sequence[Sheet]) -> web.Response:
    """An Excel file to save: numbers as numbers, text as text whatever it begins with."""
    return web.Response(
        body=xlsx(sheets),
        content_type=XLSX,
        headers={
            "Content-Disposition": f'attachment; filename="{safe_file_name(name)}.xlsx"',
            "Cache-Control": "no-store",
        },
    )


def xlsx(sheets: Sequence[Sheet]) -> bytes:
    """The same as bytes; XlsxWriter is loaded with the first file."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "border": 1, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    for each in sheets:
        page = book.add_worksheet(_sheet_name(each.name))
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        first = 0
        for first, line in enumerate((each.title, *each.notes, ""), 1):
            page.write_string(first - 1, 0, line, title if first == 1 else None)
        page.repeat_rows(first)
        page.freeze_panes(first + 1, 0)
        for at, (label, width) in enumerate(zip(each.heads, each.widths or (18,) * len(each.heads), strict=True)):
            page.set_column(at, at, width)
            page.write_string(first, at, label, head)
        for row, cells in enumerate(each.rows, first + 1):
            for at, cell in enumerate(cells):
                if isinstance(cell, int | float):
                    page.write_number(row, at, cell, plain)
                else:
                    page.write_string(row, at, "" if cell is None else str(cell), plain)
    book.close()
    return held.getvalue()


def _sheet_name(name: str) -> str:
    """At most 31 letters, none that Excel refuses."""
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("' ") or "Bảng"


def safe_cell(value: object) -> str:
    """Text that stays text: a quote in front of what a spreadsheet would take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def safe_file_name(name: str) -> str:
    """Letters, digits and hyphens only: nothing that a header or a disk could take for something else."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:80] or "tep"
