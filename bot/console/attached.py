"""Photos and documents of a case, each behind a link that ends."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.console.pages import ConsolePages, moment
from bot.console.visits import Route, Visit
from bot.files.errors import WORDS
from bot.files.links import LIFETIME
from handlers import case_files
from handlers.permissions import Act
from storage.files import AttachedFile

CASE = "/console/cases/{id}"
STATES = {
    "arriving": "đang lưu",
    "offered": "người dân chưa chọn gửi",
    "waiting": "đang lấy từ ứng dụng của người dân",
    "erased": "đã xóa",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One file on the page; `address` is empty where it cannot be opened."""

    kind: str
    at: str
    told: str
    address: str = ""


class AttachedPages:
    """One page for each case."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [Route("GET", f"{CASE}/files", self.show, Act.CASE_READ)]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All that came with the case."""
        case_id = visit.number("id")
        async with visit.work() as work:
            rows = await case_files.attached(work, case_id)
        shown, minutes = [_shown(visit, row) for row in rows], int(LIFETIME.total_seconds() // 60)
        return self._pages.show(visit, "attached.html", case_id=case_id, files=shown, minutes=minutes)


def _shown(visit: Visit, row: AttachedFile) -> Shown:
    at = moment(row.created_at)
    if row.state == "refused":
        return Shown(row.kind, at, f"không giữ được: {WORDS[row.why]}")
    if row.state != "kept":
        return Shown(row.kind, at, STATES[row.state])
    address = visit.parts.links.to(commune_id=row.commune_id, file_id=row.id or 0, now=visit.now)
    return Shown(row.kind, at, f"{max(1, row.size // 1024)} KB", address)
