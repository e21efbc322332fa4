"""Cases: what leads to the list and to one case, what is entered at the desk, and the officer's bell."""

from __future__ import annotations

from aiohttp import web

from bot.console import words
from bot.console.case_forms import NewCase
from bot.console.case_page import CASES, CasePage, fill
from bot.console.forms import number, typed
from bot.console.pages import ConsolePages, Link, Table, moment
from bot.console.visits import Route, Visit, go
from bot.console.work_list import WorkList
from handlers import desk_entry, officer_chat, terms
from handlers.desk_entry import NotAtTheDesk
from handlers.permissions import Act
from knowledge.deadlines import in_words
from storage import case_alerts


class CasePages:
    """What citizens told us."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages
        self._page = CasePage(pages)
        self._list = WorkList(pages)

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            *self._list.table(),
            Route("GET", "/console/bell", self.bell, Act.ACCOUNT_OWN),
            Route("POST", "/console/bell/link", self.link, Act.ACCOUNT_OWN),
            Route("POST", "/console/bell/unlink", self.unlink, Act.ACCOUNT_OWN),
            Route("GET", f"{CASES}/new", self.new, Act.CASE_ADD),
            Route("POST", f"{CASES}/new", self.new, Act.CASE_ADD),
            *self._page.table(),
            Route("GET", f"{CASES}/{{id}}/slip", self.slip, Act.CASE_ADD),
        ]

    async def new(self, visit: Visit) -> web.StreamResponse:
        """Somebody without a phone, at the desk."""
        form = NewCase(visit.form)
        async with visit.look() as work:
            await fill(work, form, None)
        if visit.form is None or not form.validate():
            return self._pages.show(visit, "case_new.html", form=form, status=200 if visit.form is None else 422)
        async with visit.work() as work:
            case_id = await desk_entry.add(
                work,
                kind=form.kind.data,
                words=form.words.data or "",
                place=typed(form.place),
                hamlet_id=number(form.hamlet.data),
            )
        return go(f"{CASES}/{case_id}/slip")

    async def slip(self, visit: Visit) -> web.StreamResponse:
        """A page to print: code, three words, the day, where to ask."""
        async with visit.look() as work:
            try:
                slip = await desk_entry.slip(work, visit.number("id"))
            except NotAtTheDesk:
                return go(f"{CASES}/{visit.number('id')}")
        due = in_words(slip.case.due_on) if slip.case.due_on else ""
        is_law = terms.is_law(slip.case)
        return self._pages.show(
            visit,
            "case_slip.html",
            slip=slip,
            due=due,
            due_words="Hạn xem xét thụ lý theo luật" if is_law else "Xã hẹn trả lời",
        )

    async def link(self, visit: Visit) -> web.StreamResponse:
        """A code to type into one's own chat."""
        async with visit.work() as work:
            code = await officer_chat.show_code(work)
            await work.note(Act.ACCOUNT_OWN, "officer", work.person.officer_id, what="chat")
        return await self._bell(visit, code=code)

    async def unlink(self, visit: Visit) -> web.StreamResponse:
        """No news in a chat any more."""
        async with visit.work() as work:
            await officer_chat.unlink(work)
        return go("/console/bell", done="da-ket-thuc")

    async def bell(self, visit: Visit) -> web.StreamResponse:
        """What happened to this officer's cases since they last looked; looking at a case silences it."""
        return await self._bell(visit)

    async def _bell(self, visit: Visit, *, code: str = "") -> web.StreamResponse:
        assert visit.person is not None
        async with visit.look() as work:
            rung = await case_alerts.unseen(
                work.session, commune_id=work.commune_id, officer_id=visit.person.officer_id
            )
            chat = await officer_chat.where(work)
        table = Table(
            ("Vụ việc", "Có gì", "Lúc"),
            [
                (
                    Link(f"#{one.case_id}", f"{CASES}/{one.case_id}"),
                    words.ALERTS.get(one.kind, one.kind),
                    moment(one.at),
                )
                for one in rung
            ],
            empty="Không có gì mới.",
        )
        return self._pages.show(visit, "bell.html", table=table, code=code, chat=chat)
