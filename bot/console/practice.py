"""The quiz at the console: ten questions on one page, right after it what was right and why; scores for the trainer."""

from __future__ import annotations

from aiohttp import web

from bot.console.forms import number
from bot.console.knowledge import books_of
from bot.console.pages import ConsolePages, Link, Table, moment
from bot.console.visits import Route, Visit, go
from handlers import practice
from handlers.permissions import Act, may_at_all
from storage import officers
from storage.practice import PracticeRound

PRACTICE = "/console/practice"


class PracticePages:
    """For every officer."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", PRACTICE, self.show, Act.PRACTICE_TAKE),
            Route("POST", PRACTICE, self.begin, Act.PRACTICE_TAKE),
            Route("GET", f"{PRACTICE}/scores", self.scores, Act.PRACTICE_SEE),
            Route("GET", f"{PRACTICE}/{{id}}", self.round, Act.PRACTICE_TAKE),
            Route("POST", f"{PRACTICE}/{{id}}", self.hand_in, Act.PRACTICE_TAKE),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """One's own scores, and the way into a new round."""
        async with visit.look() as work:
            mine = await practice.my_rounds(work)
        table = Table(
            ("Lúc", "Đúng"),
            [(Link(moment(row.begun_at), f"{PRACTICE}/{row.id}"), _score(row)) for row in mine],
            empty="Anh/chị chưa làm lượt nào.",
        )
        sees = visit.person is not None and may_at_all(visit.person, Act.PRACTICE_SEE)
        return self._pages.show(visit, "practice.html", table=table, sees=sees)

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """Ten new questions."""
        books = await books_of(visit)
        async with visit.work() as work:
            row = await practice.begin(work, books.mine)
        return go(f"{PRACTICE}/{row.id}")

    async def round(self, visit: Visit) -> web.StreamResponse:
        """The questions; after handing in, what was right and why."""
        async with visit.look() as work:
            row = await practice.the_round(work, visit.number("id"))
        return self._pages.show(visit, "practice_round.html", row=row, score=_score(row) if row.ended_at else "")

    async def hand_in(self, visit: Visit) -> web.StreamResponse:
        """What was chosen is counted once."""
        assert visit.form is not None
        given = [number(str(visit.form.get(f"q{at}", ""))) for at in range(practice.QUESTIONS)]
        async with visit.work() as work:
            row = await practice.hand_in(work, visit.number("id"), given)
        return go(f"{PRACTICE}/{row.id}")

    async def scores(self, visit: Visit) -> web.StreamResponse:
        """Everybody's scores, for the trainer."""
        async with visit.work() as work:
            rows = await practice.all_rounds(work)
            people = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
        table = Table(
            ("Cán bộ", "Lúc", "Đúng"),
            [(people.get(row.officer_id, ""), moment(row.begun_at), _score(row)) for row in rows],
            empty="Chưa ai làm lượt nào.",
        )
        return self._pages.show(visit, "practice_scores.html", table=table)


def _score(row: PracticeRound) -> str:
    return f"{row.score or 0}/{len(row.questions)}"
