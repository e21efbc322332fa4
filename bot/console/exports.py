"""Files that officers take away: safe names, and cells that no spreadsheet runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from aiohttp import web

from knowledge.vietnamese import fold

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"  # without it Excel reads the letters as another alphabet


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


def safe_cell(value: object) -> str:
    """Text that stays text: a quote in front of what a spreadsheet would take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def safe_file_name(name: str) -> str:
    """Letters, digits and hyphens only: nothing that a header or a disk could take for something else."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:80] or "tep"
