"""The working calendar: its special days, a day that was decided late, the approval of a year."""

from __future__ import annotations

from aiohttp import web

from bot.console.forms import CalendarDayForm, CalendarYearForm, day, number, typed
from bot.console.pages import ConsolePages, Table
from bot.console.visits import Route, Visit, go
from handlers import calendar_desk
from handlers.calendar_desk import FIRST_YEAR, LAST_YEAR
from handlers.permissions import Act
from knowledge.deadlines import in_words

CALENDAR = "/console/calendar"


class CalendarPages:
    """For those who answer for the commune's deadlines."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", CALENDAR, self.show, Act.CALENDAR_EDIT),
            Route("POST", f"{CALENDAR}/days", self.add_day, Act.CALENDAR_EDIT),
            Route("POST", f"{CALENDAR}/years", self.approve, Act.CALENDAR_EDIT),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """One year: this one, or the one in the address."""
        return await self._show(visit)

    async def add_day(self, visit: Visit) -> web.StreamResponse:
        """A day off, or one that is worked after all."""
        form = CalendarDayForm(visit.form)
        if not form.validate():
            return await self._show(visit, form=form, status=422)
        changed = day(form.day)
        async with visit.work() as work:
            await calendar_desk.change(work, changed, is_off=form.is_off.data == "off", why=typed(form.why))
        return go(CALENDAR, year=str(changed.year), done="da-doi-lich")

    async def approve(self, visit: Visit) -> web.StreamResponse:
        """The officer's name stands behind the year from now on."""
        form = CalendarYearForm(visit.form)
        if not form.validate() or form.year.data is None:
            return await self._show(visit, status=422)
        async with visit.work() as work:
            await calendar_desk.approve(work, form.year.data)
        return go(CALENDAR, year=str(form.year.data), done="da-duyet-lich")

    async def _show(
        self, visit: Visit, *, form: CalendarDayForm | None = None, status: int = 200
    ) -> web.StreamResponse:
        asked = number(visit.request.query.get("year")) or visit.today.year
        knowledge = visit.parts.knowledge
        shipped = knowledge.calendar_changes if knowledge else ()
        async with visit.look() as work:
            year = await calendar_desk.year(work, min(max(asked, FIRST_YEAR), LAST_YEAR), shipped)
        rows = [
            (
                in_words(each.day),
                "làm việc" if each.is_worked else "nghỉ",
                each.why + ("" if each.confirmed else " (chưa thấy văn bản, cần xác nhận)"),
            )
            for each in year.days
        ]
        table = Table(("Ngày", "Thế nào", "Vì sao"), rows, empty="Năm này chưa có ngày nào khác thường.")
        return self._pages.show(
            visit, "calendar.html", year=year, table=table, form=form or CalendarDayForm(), status=status
        )
