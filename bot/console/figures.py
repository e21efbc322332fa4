"""Figures: a list of them, each with its drawing, table, range of days and files; and the report of a month."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot import charts
from bot.console.exports import Sheet, csv_file, safe_file_name, xlsx_file
from bot.console.figure_list import FIGURES, Figure, ranges
from bot.console.grids import Grid
from bot.console.pages import ConsolePages, Table, said
from bot.console.visits import Route, Visit
from bot.documents import MIME
from handlers.figures import Span
from handlers.permissions import Act, Thing, may
from handlers.work_list import scope_of
from handlers.workplace import Workplace
from storage import audit, communes, work_list

ADDRESS = "/console/figures"
KEPT = 60.0  # seconds for which the same figure is not counted again
MOST_KEPT = 500
SHADES = 5  # of a heat map
WHOLE_FACES = 5.0
BAD_RANGE = "Khoảng ngày chưa đúng: từ ngày đứng trước đến ngày, không dài quá ba năm."
IN_REPORT = (
    "units",
    "people",
    "fields",
    "satisfaction",
    "satisfaction-fields",
    "satisfaction-mandatory",
    "papi-hamlets",
    "hours",
    "outcomes",
    "channels",
    "warnings",
)


class FigurePages:
    """For those who lead and those who look after them."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages
        self._kept: dict[tuple[Any, ...], tuple[float, Grid]] = {}

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", ADDRESS, self.show, Act.FIGURE_READ),
            Route("GET", f"{ADDRESS}.csv", self.as_csv, Act.FIGURE_READ),
            Route("GET", f"{ADDRESS}.xlsx", self.as_xlsx, Act.FIGURE_READ),
            Route("GET", f"{ADDRESS}/report.pdf", self.report_pdf, Act.FIGURE_READ),
            Route("GET", f"{ADDRESS}/report.docx", self.report_docx, Act.FIGURE_READ),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The list, or one figure."""
        name = visit.request.query.get("view", "")
        if name in FIGURES:
            return await self._one(visit, name)
        whole = _sees_whole(visit)
        shown = [(each, one) for each, one in FIGURES.items() if whole or not one.whole]
        return self._pages.show(visit, "figures.html", shown=shown, month=f"{visit.today:%Y-%m}", whole=whole)

    async def as_csv(self, visit: Visit) -> web.StreamResponse:
        """One figure as a CSV file."""
        name, span, _trouble = _asked(visit)
        grid = await self._counted(visit, name, span, what="exported")
        return csv_file(_file_name(visit, FIGURES[name], span), grid.heads, grid.rows)

    async def as_xlsx(self, visit: Visit) -> web.StreamResponse:
        """One figure as an Excel file."""
        name, span, _trouble = _asked(visit)
        grid = await self._counted(visit, name, span, what="exported")
        figure = FIGURES[name]
        assert visit.commune is not None
        notes = (f"UBND {visit.commune.name}, {_range(span)}", figure.says)
        sheet = Sheet("Số liệu", figure.title, grid.heads, grid.rows, notes, _widths(grid))
        return xlsx_file(_file_name(visit, figure, span), [sheet])

    async def report_pdf(self, visit: Visit) -> web.StreamResponse:
        """The report of a month, to print."""
        from bot.console.report_files import as_pdf

        return await self._report(visit, "pdf", as_pdf)

    async def report_docx(self, visit: Visit) -> web.StreamResponse:
        """The same to go on writing in."""
        from bot.console.report_files import as_docx

        return await self._report(visit, "docx", as_docx)

    async def _one(self, visit: Visit, name: str) -> web.Response:
        name, span, trouble = _asked(visit)
        figure = FIGURES[name]
        grid = await self._counted(visit, name, span)
        query = {"view": name, "since": span.since.isoformat(), "until": span.until.isoformat()}
        table = Table(grid.heads, [[said(cell) for cell in row] for row in grid.rows], empty="Chưa có số liệu nào.")
        return self._pages.show(
            visit,
            "figure.html",
            name=name,
            figure=figure,
            span=span,
            table=table,
            heat=_heat(name, grid) if figure.kind == "heat" else None,
            drawing=_drawing(figure, grid),
            alt=_alt(figure, grid),
            ranges=[(label, f"{ADDRESS}?{_query(name, one)}", one == span) for label, one in ranges(visit.today)],
            files=urlencode(query),
            trouble=trouble,
            status=422 if trouble else 200,
        )

    async def _counted(self, visit: Visit, name: str, span: Span, *, what: str = "") -> Grid:
        """The table of a figure, not counted again within a minute; `what` leaves a trace."""
        if what:
            async with visit.work() as work:
                grid = await self._grid(work, name, span)
                await work.note(Act.FIGURE_READ, "figures", what=what)
                return grid
        async with visit.look() as work:
            return await self._grid(work, name, span)

    async def _grid(self, work: Workplace, name: str, span: Span) -> Grid:
        figure = FIGURES[name]
        if figure.whole:
            work.demand(Act.FIGURE_READ)
        scope = scope_of(work.person, Act.FIGURE_READ)
        if not await work_list.is_told_of(work.session, commune_id=work.commune_id, scope=scope):
            scope = replace(scope, officer_id=0, office_id=None)  # the same for all who see so far
        key = (work.commune_id, scope, name, span, work.today)
        known, now = self._kept.get(key), time.monotonic()
        if known is None or now - known[0] > KEPT:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            known = self._kept[key] = (now, await figure.grid(work, span))
        return known[1]

    async def _report(self, visit: Visit, kind: str, make: Callable[..., bytes]) -> web.Response:
        from bot.console.report_files import Report, Section

        span = month_asked(visit)
        whole = _sees_whole(visit)
        async with visit.work() as work:
            names = [name for name in IN_REPORT if whole or not FIGURES[name].whole]
            grids = [(FIGURES[name], await self._grid(work, name, span)) for name in names]
            commune = await communes.get(work.session, commune_id=work.commune_id)
            heads = await audit.heads(work.session, commune_id=work.commune_id, limit=1, until=span.until)
            await work.note(Act.FIGURE_READ, "figures", what="report")
        sections = [
            Section(one.title, one.says, grid.heads, [[said(cell) for cell in row] for row in grid.rows])
            for one, grid in grids
        ]
        head = heads[0] if heads else None
        report = Report(commune.name, span, visit.now, sections, head.day if head else None, head.hash if head else "")
        body = await asyncio.to_thread(make, report)
        name = safe_file_name(f"bao cao {commune.code} {span.since:%Y-%m}")
        return web.Response(
            body=body,
            content_type=MIME[kind],
            headers={
                "Content-Disposition": f'attachment; filename="{name}.{kind}"',
                "Cache-Control": "no-store",
            },
        )


def _asked(visit: Visit) -> tuple[str, Span, str]:
    """Which figure, of which days (this month where none are named), and what is wrong with them."""
    query = visit.request.query
    name = query.get("view", "")
    usual = Span.month_of(visit.today)
    try:
        since = date.fromisoformat(query["since"]) if query.get("since") else usual.since
        until = date.fromisoformat(query["until"]) if query.get("until") else usual.until
        span = Span(since, until)
    except (ValueError, OverflowError):
        span = None
    if span is None or not span.is_sound:
        return name if name in FIGURES else "units", usual, BAD_RANGE
    return name if name in FIGURES else "units", span, ""


def month_asked(visit: Visit) -> Span:
    """The month in the address, this one where none is named."""
    try:
        return Span.month_of(date.fromisoformat(f"{visit.request.query.get('month', '')}-01"))
    except (ValueError, OverflowError):
        return Span.month_of(visit.today)


def _sees_whole(visit: Visit) -> bool:
    assert visit.person is not None
    return may(visit.person, Act.FIGURE_READ, Thing(visit.person.commune_id))


def _drawing(figure: Figure, grid: Grid) -> str:
    """As an address for an `img`; empty where there is nothing to draw."""
    if not figure.drawn or not any(row[at] for row in grid.rows for at in figure.drawn):
        return ""
    series = []
    for at in figure.drawn:
        values = tuple(_as_number(row[at]) for row in grid.rows)
        series.append((grid.heads[at], values))
    return charts.drawn(figure.kind, tuple(str(row[0]) for row in grid.rows), tuple(series))


def _as_number(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def _alt(figure: Figure, grid: Grid) -> str:
    """What the drawing shows, for who cannot see it; every number stands in the table."""
    drawn = ", ".join(grid.heads[at].lower() for at in figure.drawn)
    return f"Biểu đồ {figure.title.lower()}: {drawn}, {len(grid.rows)} dòng. Số liệu ở bảng bên dưới."


def _heat(name: str, grid: Grid) -> list[list[tuple[str, int]]]:
    """Each cell with its shade, 0 to 5: of the most there is, of five for faces."""
    numbers = [float(cell) for row in grid.rows for cell in row[1:] if isinstance(cell, int | float)]
    most = WHOLE_FACES if name.endswith("ratings") else max(numbers, default=0.0)
    return [[(said(cell), _shade(cell, most)) for cell in row[1:]] for row in grid.rows]


def _shade(cell: object, most: float) -> int:
    """0 for nothing, 5 for the most."""
    return math.ceil(SHADES * cell / most) if isinstance(cell, int | float) and most else 0


def _widths(grid: Grid) -> list[int]:
    return [36, *([16] * (len(grid.heads) - 1))]


def _range(span: Span) -> str:
    return f"từ {span.since:%d/%m/%Y} đến {span.until:%d/%m/%Y}"


def _query(name: str, span: Span) -> str:
    return urlencode({"view": name, "since": span.since.isoformat(), "until": span.until.isoformat()})


def _file_name(visit: Visit, figure: Figure, span: Span) -> str:
    assert visit.commune is not None
    return f"{figure.title} {visit.commune.code} {span.since} {span.until}"
