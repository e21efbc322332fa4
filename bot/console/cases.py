"""Cases so far: the list, one case with its words (whose reading is written down), and whom it is about."""

from __future__ import annotations

from aiohttp import web

from bot.console import words
from bot.console.forms import Subject, choices, number
from bot.console.pages import ConsolePages, Link, Table, moment
from bot.console.visits import Route, Visit, go
from handlers import casework
from handlers.casework import A_PAGE, Line, Listed
from handlers.permissions import Act, may_at_all
from storage import officers, offices

CASES = "/console/cases"


class CasePages:
    """What citizens told us."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", CASES, self.listed, Act.CASE_LIST),
            Route("GET", f"{CASES}/{{id}}", self.one, Act.CASE_READ),
            Route("POST", f"{CASES}/{{id}}/subject", self.subject, Act.CASE_NAME_SUBJECT),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """The newest first, a page at a time, by kind if one is wanted."""
        kind = visit.request.query.get("kind", "")
        kind = kind if kind in words.CASE_KINDS else ""
        async with visit.look() as work:
            found = await casework.listed(work, kind=kind or None, before_id=number(visit.request.query.get("before")))
        opens = visit.person is not None and may_at_all(visit.person, Act.CASE_READ)
        table = Table(
            ("Số", "Loại", "Nhận lúc", "Tình trạng"),
            [_row(one, opens=opens) for one in found],
            empty="Chưa có vụ việc nào.",
            next=f"{CASES}?kind={kind}&before={found[-1].case.id}" if len(found) == A_PAGE else "",
        )
        return self._pages.show(visit, "cases.html", table=table, kinds=words.CASE_KINDS, kind=kind)

    async def one(self, visit: Visit) -> web.StreamResponse:
        """A case with the citizen's words."""
        return await self._one(visit)

    async def subject(self, visit: Visit) -> web.StreamResponse:
        """The case is about somebody of ours: they lose sight of it at once."""
        form = Subject(visit.form)
        await self._fill(visit, form)
        officer_id, office_id = number(form.officer.data), number(form.office.data)
        if not form.validate() or (officer_id is None) == (office_id is None):
            return await self._one(visit, form=form, trouble="Chọn một cán bộ hoặc một đơn vị.", status=422)
        async with visit.work() as work:
            await casework.name_subject(work, visit.number("id"), officer_id=officer_id, office_id=office_id)
        return go(CASES, done="da-luu")

    async def _one(
        self, visit: Visit, *, form: Subject | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        async with visit.work() as work:
            case, lines = await casework.opened(work, visit.number("id"))
            people = await officers.of_commune(work.session, commune_id=work.commune_id)
            units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
        names = {row.id: row.name for row in people}, {row.id: row.name for row in units}
        about = [names[0].get(row.officer_id) or names[1].get(row.office_id) or "" for row in case.about]
        if form is None:
            form = Subject()
            await self._fill(visit, form)
        assert visit.person is not None
        return self._pages.show(
            visit,
            "case.html",
            case=case.case,
            kind=words.CASE_KINDS.get(case.case.kind, case.case.kind),
            lines=[
                (words.CASE_EVENTS.get(line.kind, line.kind), moment(line.at), _text(visit, line)) for line in lines
            ],
            about=about,
            form=form,
            may_name=may_at_all(visit.person, Act.CASE_NAME_SUBJECT),
            trouble=trouble,
            status=status,
        )

    async def _fill(self, visit: Visit, form: Subject) -> None:
        async with visit.look() as work:
            people = await officers.of_commune(work.session, commune_id=work.commune_id)
            units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
        form.officer.choices = choices(((one.id, one.name) for one in people), empty="Không ghi")
        form.office.choices = choices(((one.id, one.name) for one in units), empty="Không ghi")


def _text(visit: Visit, line: Line) -> str | None:
    if line.channel is None or line.raw is None:
        return line.raw
    return visit.parts.worker.words(line.channel, line.raw)


def _row(one: Listed, *, opens: bool) -> tuple[object, ...]:
    case = one.case
    return (
        Link(f"#{case.id}", f"{CASES}/{case.id}") if opens else f"#{case.id}",
        words.CASE_KINDS.get(case.kind, case.kind),
        moment(case.opened_at),
        words.CASE_STATES.get(case.state, case.state),
    )
