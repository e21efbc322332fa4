"""What citizens asked and the bot could not answer: masked, alike ones together."""

from __future__ import annotations

from aiohttp import web

from bot.console.pages import ConsolePages, Table
from bot.console.visits import Route, Visit
from bot.gaps import cluster
from handlers.permissions import Act
from storage import questions

NEWEST = 2_000
SHOWN = 100


class GapPages:
    """For those who write and approve the content."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [Route("GET", "/console/gaps", self.listed, Act.GAP_READ)]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """The most asked first."""
        async with visit.look() as work:
            work.demand(Act.GAP_READ)
            asked = await questions.gaps(work.session, commune_id=work.commune_id, limit=NEWEST)
        found = cluster(asked)[:SHOWN]
        table = Table(
            ("Số lần", "Bị chê", "Cách hỏi (đã che thông tin riêng)"),
            [(len(gap.questions), gap.disliked, " · ".join(gap.examples)) for gap in found],
            empty="Chưa có câu nào bot không trả lời được.",
        )
        return self._pages.show(visit, "gaps.html", table=table)
