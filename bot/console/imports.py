"""Files from the console: price tables, contacts, hamlets, dossiers. Looked at first; then all rows or none."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.uploads import FileRefused, Upload, received, used_up, waiting
from bot.console.visits import Route, Visit, go
from bot.importing import Preview, import_file, preview
from bot.list_files import CONTACTS, HAMLETS, CheckedList, ListForm, check_list, dossier_form
from bot.spreadsheets import UnreadableTable
from handlers import lists_desk
from handlers.lists_desk import ListKind
from handlers.permissions import Act
from knowledge.vietnamese import dong

IMPORTS = "/console/imports"
KINDS = {
    "prices": "Bảng giá đất",
    "contacts": "Danh bạ (trưởng thôn, cán bộ, đại biểu)",
    "places": "Thôn, ấp, tổ dân phố",
    "dossiers": "Hồ sơ một cửa (mã, trạng thái, hạn trả)",
}
LISTS: dict[str, ListKind] = {"contacts": "contacts", "places": "places", "dossiers": "dossiers"}
SHOWN = 20


class ImportPages:
    """For the operator of a commune."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", IMPORTS, self.show, Act.LIST_IMPORT),
            Route("POST", f"{IMPORTS}/check", self.check, Act.LIST_IMPORT, takes_file=True),
            Route("POST", f"{IMPORTS}/load", self.load, Act.LIST_IMPORT),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """What can be sent."""
        return self._pages.show(visit, "imports.html", kinds=KINDS)

    async def check(self, visit: Visit) -> web.StreamResponse:
        """Look at the file, say what it would do; nothing is written yet."""
        try:
            upload = await received(visit, tuple(KINDS))
            found = await looked_at(visit, upload)
        except (FileRefused, UnreadableTable) as bad:
            why = bad.why if isinstance(bad, FileRefused) else str(bad.problem)
            return self._pages.show(visit, "imports.html", kinds=KINDS, trouble=why, status=422)
        if not found.sound:
            upload.path.unlink(missing_ok=True)
        return self._pages.show(
            visit,
            "import_preview.html",
            kind=upload.kind,
            label=KINDS[upload.kind],
            stamp=upload.stamp,
            found=found,
            status=200 if found.sound else 422,
        )

    async def load(self, visit: Visit) -> web.StreamResponse:
        """The yes to a file that was looked at: checked again, then all rows or none."""
        assert visit.form is not None
        kind, stamp = str(visit.form.get("kind", "")), str(visit.form.get("stamp", ""))
        path = waiting(visit, kind, stamp) if kind in KINDS else None
        if path is None:
            trouble = "Tệp đã hết hạn chờ hoặc không phải tệp vừa xem. Anh/chị gửi lại tệp."
            return self._pages.show(visit, "imports.html", kinds=KINDS, trouble=trouble, status=422)
        with used_up(path):
            if kind == "prices":
                await _load_prices(visit, path, replaces=bool(visit.form.get("replaces")))
            else:
                checked = await asyncio.to_thread(check_list, path, form_of(visit, kind))
                async with visit.work() as work:
                    await lists_desk.replace_list(work, LISTS[kind], checked.rows)
        return go(IMPORTS, done="da-nhap")


@dataclass(frozen=True, slots=True)
class Looked:
    """What the preview page shows of any kind of file."""

    sound: bool
    told: tuple[str, ...]
    bad: tuple[str, ...]


async def looked_at(visit: Visit, upload: Upload) -> Looked:
    """Counts and differences, or every bad row; raises UnreadableTable."""
    if upload.kind == "prices":
        officer, _session = visit.signed_in()
        shown = await preview(visit.database, upload.path, commune_id=officer.commune_id, today=visit.today)
        return _of_prices(shown)
    checked = await asyncio.to_thread(check_list, upload.path, form_of(visit, upload.kind))
    return _of_list(checked)


def form_of(visit: Visit, kind: str) -> ListForm:
    """What a list of this kind looks like."""
    officer, _session = visit.signed_in()
    if kind == "dossiers":
        return dossier_form(officer.commune_id, visit.today)
    return CONTACTS if kind == "contacts" else HAMLETS


def _of_prices(shown: Preview) -> Looked:
    checked = shown.checked
    told = [f"Số dòng đọc được: {checked.rows}; cộng cột giá: {dong(checked.total_vnd)}"]
    for (decision, province), rows in checked.tables.items():
        mark = " (chưa xác nhận: mọi câu trả lời sẽ ghi rõ)" if (decision, province) in checked.unconfirmed else ""
        told.append(f"{province}: {decision}: {rows} dòng{mark}")
    told.append(f"{shown.new} dòng mới, {shown.changed} đổi giá, {shown.same} như cũ, {shown.gone} không có trong tệp")
    told += [*shown.examples, *(f"Lưu ý, {remark}" for remark in checked.remarks[:SHOWN])]
    more = [f"… và {checked.more_bad} dòng lỗi nữa"] if checked.more_bad else []
    return Looked(checked.sound, tuple(told), (*map(str, checked.bad), *more))


def _of_list(checked: CheckedList) -> Looked:
    told = (f"Số dòng đọc được: {len(checked.rows)}", "Danh sách này thay toàn bộ danh sách cũ.")
    return Looked(checked.sound, told, tuple(map(str, checked.bad)))


async def _load_prices(visit: Visit, path: Path, *, replaces: bool) -> None:
    """Chunk by chunk beside the answers; the last transaction shows all of it at once."""
    officer, _session = visit.signed_in()
    shown = await preview(visit.database, path, commune_id=officer.commune_id, today=visit.today)
    if not shown.checked.sound:
        raise web.HTTPUnprocessableEntity
    await import_file(
        visit.database,
        path,
        shown.checked,
        commune_id=officer.commune_id,
        clock=visit.parts.clock,
        replaces=replaces,
        told=lambda _rows: None,
    )
    async with visit.work() as work:
        await lists_desk.note_prices(work, shown.checked.rows)
