"""What citizens asked and the bot could not answer: masked, alike ones together, a draft for each in one tap."""

from __future__ import annotations

from aiohttp import web

from bot.console.drafts import DRAFTS
from bot.console.knowledge import books_of
from bot.console.pages import ConsolePages
from bot.console.visits import Route, Visit, go
from handlers import gap_desk
from handlers.permissions import Act, may_at_all

GAPS = "/console/gaps"


class GapPages:
    """For those who write and approve the content."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", GAPS, self.listed, Act.GAP_READ),
            Route("POST", f"{GAPS}/{{id}}/draft", self.draft, Act.KNOWLEDGE_WRITE),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """The most asked first."""
        async with visit.look() as work:
            found = await gap_desk.gaps(work)
        may_write = visit.person is not None and may_at_all(visit.person, Act.KNOWLEDGE_WRITE)
        return self._pages.show(visit, "gaps.html", gaps=found, may_write=may_write, drafts=DRAFTS)

    async def draft(self, visit: Visit) -> web.StreamResponse:
        """Begin to write the answer, with the ways in which people asked."""
        books = await books_of(visit)
        async with visit.work() as work:
            version = await gap_desk.draft(work, visit.number("id"), books)
        return go(f"{DRAFTS}/{version.id}")
