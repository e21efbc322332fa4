"""Each figure as a table in words, the one source of its page, its drawing, its files and the monthly report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.console import words
from bot.console.case_forms import PAPI
from bot.console.pages import moment
from handlers import figures, service_ratings
from handlers.figures import Row, Satisfied, Span
from handlers.workplace import Workplace
from knowledge.categories import categories
from storage import figures as counted
from storage import officers, offices, places
from storage.figures import Cell
from storage.officers import Officer

Value = str | int | float | None
NOBODY, NOWHERE, NO_FIELD = "Chưa giao ai", "Không rõ thôn", "Khác"
WORK = ("Nhận", "Đang mở", "Trễ hẹn", "Đã trả lời", "Đúng hẹn", "Số ngày (trung vị)", "Mở lại")
MANY_DAYS = 45  # from which days are put together into months
OUTCOMES = {"answered": "Trả lời", "clarified": "Hỏi lại", "abstained": "Chưa trả lời được", "other": "Việc khác"}


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of one figure. Numbers are numbers; the first cell of a row is its name."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


async def units(work: Workplace, span: Span) -> Grid:
    """By unit."""
    found = await _work(work, span, lambda each: each.office_id)
    known = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
    names = {one.id: one.name for one in known}
    return _work_grid("Đơn vị", ((names.get(key, "Chưa thuộc đơn vị nào"), row) for key, row in found.items()))


async def people(work: Workplace, span: Span) -> Grid:
    """By officer."""
    found = await _work(work, span, lambda each: each.officer_id)
    names = await _officers(work)
    return _work_grid("Cán bộ", ((names.get(key, NOBODY), row) for key, row in found.items()))


async def fields(work: Workplace, span: Span) -> Grid:
    """By field of work."""
    found = await _work(work, span, lambda each: each.field)
    return _work_grid("Lĩnh vực", ((words.FIELDS.get(key or "", NO_FIELD), row) for key, row in found.items()))


async def satisfaction(work: Workplace, span: Span) -> Grid:
    """By unit, with how many answered at all."""
    rated = await counted.faces(work.session, figures.between(work, span))
    known = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
    names = {one.id: one.name for one in known}
    found = figures.satisfied(rated, lambda each: each.office_id)
    return _faces_grid("Đơn vị", ((names.get(key, "Chung toàn xã"), row) for key, row in found.items()))


async def satisfaction_by_field(work: Workplace, span: Span) -> Grid:
    """By field of work."""
    rated = await counted.faces(work.session, figures.between(work, span))
    found = figures.satisfied(rated, lambda each: each.field)
    return _faces_grid("Lĩnh vực", ((words.FIELDS.get(key or "", NO_FIELD), row) for key, row in found.items()))


async def mandatory(work: Workplace, span: Span) -> Grid:
    """The three fields that must be measured, by month."""
    found = await service_ratings.scores(work.session, commune_id=work.commune_id, span=span)
    heads = ("Lĩnh vực, tháng", "Kết quả đã trả", "Phiếu", "Tỷ lệ trả lời (%)", "Điểm (1-5)")
    named = ((f"{words.SERVICES[one.service]}, {one.month:%m/%Y}", one) for one in found)
    return Grid(heads, tuple((name, one.asked, one.answered, one.share, one.mean) for name, one in named))


def papi_by_hamlet(source: str) -> Callable[[Workplace, Span], Awaitable[Grid]]:
    """Eight dimensions across, hamlets down."""

    async def grid(work: Workplace, span: Span) -> Grid:
        found = await figures.cells(work.session, figures.between(work, span, whole=True), source)
        known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        names = {one.id: one.name for one in known}
        return _heat("Thôn, ấp, tổ", source, found, lambda each: names.get(each.hamlet_id, NOWHERE))

    return grid


def papi_by_month(source: str) -> Callable[[Workplace, Span], Awaitable[Grid]]:
    """Eight dimensions across, months down."""

    async def grid(work: Workplace, span: Span) -> Grid:
        found = await figures.cells(work.session, figures.between(work, span, whole=True), source)
        return _heat("Tháng", source, found, lambda each: _month(each.month))

    return grid


async def hours(work: Workplace, span: Span) -> Grid:
    """Questions by the hour."""
    found = await counted.by_hour(work.session, figures.between(work, span, whole=True))
    return Grid(("Giờ", "Số câu hỏi"), tuple((f"{hour} giờ", found.get(hour, 0)) for hour in range(24)))


async def outcomes(work: Workplace, span: Span) -> Grid:
    """What became of the questions, by day or month."""
    found = await counted.actions(work.session, figures.between(work, span, whole=True))
    by_month = span.days > MANY_DAYS
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for day, action, count in sorted(found):
        sums[f"{day:%m/%Y}" if by_month else f"{day:%d/%m}"][figures.outcome_of(action)] += count
    heads = ("Tháng" if by_month else "Ngày", *OUTCOMES.values(), "Tỷ lệ trả lời (%)")
    return Grid(heads, tuple((name, *(c[each] for each in OUTCOMES), _share(c)) for name, c in sums.items()))


async def channels(work: Workplace, span: Span) -> Grid:
    """How each channel does."""
    found = await counted.channels(work.session, figures.between(work, span, whole=True))
    heads = ("Kênh", "Tin đến", "Đã gửi", "Chờ gửi", "Chưa rõ đã tới", "Hỏng", "Đang nghỉ vì")
    rows = []
    for one in found:
        name, state = words.ORIGINS.get(one.channel, one.channel), one.parked or "hoạt động"
        rows.append((name, one.received, one.sent, one.waiting, one.unknown, one.failed, state))
    return Grid(heads, tuple(rows))


async def warnings(work: Workplace, _span: Span) -> Grid:
    """Early warnings: of the last seven days, whatever the span."""
    found = await figures.warnings(work)
    known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
    names = {one.id: one.name for one in known}
    rows = [
        (f"{categories()[category].label} · {names.get(hamlet, NOWHERE)}", count, moment(at))
        for category, hamlet, count, at in sorted(found, key=lambda each: -each[2])
        if category in categories()
    ]
    return Grid(("Việc lặp lại", "Số lần trong 7 ngày", "Lần cuối"), tuple(rows))


async def _work(work: Workplace, span: Span, key: Callable[[Any], Any]) -> dict[Any, Row]:
    asked = figures.between(work, span)
    return figures.by_key(await counted.work(work.session, asked), await counted.took(work.session, asked), key)


async def _officers(work: Workplace) -> dict[int | None, str]:
    known: Sequence[Officer] = await officers.of_commune(work.session, commune_id=work.commune_id)
    return {one.id: one.name for one in known}


def _work_grid(head: str, named: Iterable[tuple[str, Row]]) -> Grid:
    """Whoever has most that is late first."""
    ordered = sorted(named, key=lambda one: (-one[1].late, -one[1].running, one[0]))
    return Grid((head, *WORK), tuple((name, *_cells(row)) for name, row in ordered))


def _cells(row: Row) -> tuple[Value, ...]:
    return (row.received, row.running, row.late, row.answered, row.in_time, row.days, row.reopened)


def _faces_grid(head: str, named: Iterable[tuple[str, Satisfied]]) -> Grid:
    """Where most was closed first."""
    ordered = sorted(named, key=lambda one: (-one[1].closed, one[0]))
    heads = (head, "Việc đã xong", "Người chấm", "Tỷ lệ trả lời (%)", "Điểm (1-5)")
    rows = ((name, row.closed, row.rated, round(100 * row.rated / row.closed), row.mean) for name, row in ordered)
    return Grid(heads, tuple(rows))


def _heat(head: str, source: str, found: Iterable[Cell], name_of: Callable[[Cell], str]) -> Grid:
    """Counts; of ratings alone, the mean of the faces."""
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    totals: dict[str, Counter[int]] = defaultdict(Counter)
    for each in found:
        counts[name_of(each)][each.papi] += each.count
        totals[name_of(each)][each.papi] += each.total

    def cell(name: str, papi: int) -> Value:
        count = counts[name][papi]
        return (round(totals[name][papi] / count, 1) if count else None) if source == "ratings" else count

    rows = ((name, *(cell(name, papi) for papi in PAPI)) for name in sorted(counts))
    return Grid((head, *PAPI.values()), tuple(rows))


def _share(counts: Mapping[str, int]) -> float | None:
    asked = counts["answered"] + counts["clarified"] + counts["abstained"]
    return round(100 * counts["answered"] / asked, 1) if asked else None


def _month(written: str) -> str:
    year, month = written.split("-")
    return f"{month}/{year}"
