"""The audit for inspectors: who did what and when, filters, the check of the chain, the file to take away."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiDict

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.exports import csv_file
from bot.console.forms import AuditFilter, choices, number
from bot.console.pages import ConsolePages, Table, moment
from bot.console.visits import Route, Visit
from handlers.permissions import Act, may_at_all
from handlers.workplace import Workplace
from storage import audit, officers
from storage.audit import AuditRow

AUDIT = "/console/audit"
A_PAGE, A_FILE = 100, 50_000
HEADS = ("Lúc", "Ai", "Việc", "Đối tượng", "Lý do", "Số trong chuỗi")
DAYS_OF_HEADS = 7
BROKEN = {"changed": "đã bị sửa", "missing": "bị thiếu", "head": "khác mã chốt ngày"}


class AuditPages:
    """Only reads; and every reading of it is a row of its own."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", AUDIT, self.listed, Act.AUDIT_READ),
            Route("POST", f"{AUDIT}/verify", self.verify, Act.AUDIT_READ),
            Route("GET", f"{AUDIT}.csv", self.export, Act.AUDIT_EXPORT),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """The newest first."""
        return await self._listed(visit)

    async def verify(self, visit: Visit) -> web.StreamResponse:
        """Walk the whole chain and say whether it holds."""
        async with visit.look() as work:
            broken = await audit.verify(work.session, commune_id=work.commune_id)
            whole, linked = await audit.count(work.session, commune_id=work.commune_id)
        async with visit.work() as work:
            await work.note(Act.AUDIT_READ, "audit", what="verified")
        told = (
            f"Chuỗi nguyên vẹn: {linked} dòng đã nối, {whole - linked} dòng mới đang chờ nối."
            if broken is None
            else f"CHUỖI BỊ ĐỨT: dòng số {broken.seq} {BROKEN[broken.what]}. Báo ngay lãnh đạo xã và cơ quan quản lý."
        )
        return await self._listed(visit, told=told, alarm=broken is not None)

    async def export(self, visit: Visit) -> web.StreamResponse:
        """The rows that fit the filter, as a file."""
        form = await self._filter(visit)
        async with visit.work() as work:
            rows = await self._rows(work, form, limit=A_FILE)
            names = await _names(work)
            await work.note(Act.AUDIT_EXPORT, "audit")
        assert visit.commune is not None
        name = f"nhat-ky-{visit.commune.code}-{visit.today:%Y-%m-%d}"
        return csv_file(name, HEADS, (_cells(row, names) for row in rows))

    async def _listed(self, visit: Visit, *, told: str = "", alarm: bool = False) -> web.Response:
        form = await self._filter(visit)
        before = number(visit.request.query.get("before"))
        async with visit.work() as work:
            rows = await self._rows(work, form, limit=A_PAGE, before_id=before)
            names = await _names(work)
            heads = await audit.heads(work.session, commune_id=work.commune_id, limit=DAYS_OF_HEADS)
            await work.note(Act.AUDIT_READ, "audit")
        query = {name: field.data for name, field in form._fields.items() if field.data}
        table = Table(
            HEADS,
            [_cells(row, names) for row in rows],
            empty="Không có dòng nào.",
            next=_address(query | {"before": rows[-1].id}) if len(rows) == A_PAGE else "",
        )
        exports = visit.person is not None and may_at_all(visit.person, Act.AUDIT_EXPORT)
        return self._pages.show(
            visit,
            "audit.html",
            table=table,
            form=form,
            heads=heads,
            told=told,
            alarm=alarm,
            file=_address(query).replace(AUDIT, f"{AUDIT}.csv", 1) if exports else "",
        )

    async def _filter(self, visit: Visit) -> AuditFilter:
        asked = MultiDict(visit.request.query)
        form = AuditFilter(asked)
        async with visit.look() as work:
            people = await officers.of_commune(work.session, commune_id=work.commune_id)
        form.officer.choices = choices(((one.id, one.name) for one in people), empty="Tất cả")
        form.act.choices = choices((words.ACTS | words.AT_THE_DOOR).items(), empty="Tất cả")
        if not form.validate():
            form = AuditFilter()
        return form

    async def _rows(
        self, work: Workplace, form: AuditFilter, *, limit: int, before_id: int | None = None
    ) -> list[AuditRow]:
        since, until = form.since.data, form.until.data
        return await audit.page(
            work.session,
            commune_id=work.commune_id,
            limit=limit,
            before_id=before_id,
            officer_id=number(form.officer.data),
            act=form.act.data or None,
            since=datetime.combine(since, datetime.min.time(), VIET_NAM) if since else None,
            until=datetime.combine(until + timedelta(days=1), datetime.min.time(), VIET_NAM) if until else None,
        )


async def _names(work: Workplace) -> dict[int | None, str]:
    known = await officers.of_commune(work.session, commune_id=work.commune_id)
    return {one.id: one.name for one in known}


def _cells(row: AuditRow, names: dict[int | None, str]) -> tuple[object, ...]:
    who = names.get(row.officer_id) or words.ACTORS[row.actor]
    stands = f" (thay {names.get(row.stands_for, '')})" if row.stands_for else ""
    what = f"{words.OBJECTS.get(row.object_kind, row.object_kind)} {row.object_id or ''}".strip()
    return (moment(row.at), who + stands, words.act(row.act), what, row.why, row.seq or "chờ nối")


def _address(query: dict[str, object]) -> str:
    return f"{AUDIT}?{urlencode(query)}" if query else AUDIT
