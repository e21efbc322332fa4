"""Cases: the list (late ones first), and one case with its words, whose reading is written down."""

from __future__ import annotations

from datetime import date

from aiohttp import web

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.case_forms import CaseFilter, NewCase
from bot.console.case_page import CASES, CasePage, fill
from bot.console.forms import choices, number, typed
from bot.console.pages import ConsolePages, Link, Table, moment
from bot.console.visits import Route, Visit, go
from handlers import casework, desk_entry, officer_chat, terms
from handlers.casework import Listed
from handlers.desk_entry import NotAtTheDesk
from handlers.permissions import Act, may_at_all
from knowledge.categories import categories
from knowledge.deadlines import in_words
from storage import case_alerts, case_lists, officer_chats, officers, places
from storage.case_lists import RUNNING, Wanted


class CasePages:
    """What citizens told us."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages
        self._page = CasePage(pages)

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", CASES, self.listed, Act.CASE_LIST),
            Route("GET", "/console/bell", self.bell, Act.ACCOUNT_OWN),
            Route("POST", "/console/bell/link", self.link, Act.ACCOUNT_OWN),
            Route("POST", "/console/bell/unlink", self.unlink, Act.ACCOUNT_OWN),
            Route("GET", f"{CASES}/new", self.new, Act.CASE_ADD),
            Route("POST", f"{CASES}/new", self.new, Act.CASE_ADD),
            *self._page.table(),
            Route("GET", f"{CASES}/{{id}}/slip", self.slip, Act.CASE_ADD),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """A page at a time, by kind, hamlet and state if one is wanted."""
        query = visit.request.query
        form = CaseFilter(query)
        async with visit.look() as work:
            hamlets = await places.present(work.session, commune_id=work.commune_id, on=work.today)
            form.hamlet.choices = choices(((one.id, one.name) for one in hamlets), empty="Tất cả")
            wanted = Wanted(
                kind=_known(query.get("kind"), words.CASE_KINDS),
                hamlet_id=number(query.get("hamlet")),
                state=_known(query.get("state"), words.CASE_FILTERS),
            )
            page = await casework.listed(work, wanted=wanted, skip=number(query.get("skip")) or 0)
            people = await officers.of_commune(work.session, commune_id=work.commune_id)
            first = not query
            came = await case_lists.counts(work.session, commune_id=work.commune_id) if first else []
        opens = visit.person is not None and may_at_all(visit.person, Act.CASE_READ)
        names = {one.id: one.name for one in people}, {one.id: one.name for one in hamlets}
        keep = f"kind={wanted.kind or ''}&hamlet={wanted.hamlet_id or ''}&state={wanted.state or ''}"
        table = Table(
            ("Mã", "Việc", "Thôn", "Tình trạng", "Hạn", "Người xử lý"),
            [_row(one, names, visit.today, opens=opens) for one in page.rows],
            empty="Không có vụ việc nào.",
            next=f"{CASES}?{keep}&skip={page.next_skip}" if page.next_skip is not None else "",
        )
        filtered = bool(wanted.kind or wanted.hamlet_id or wanted.state)
        adds = visit.person is not None and may_at_all(visit.person, Act.CASE_ADD)
        return self._pages.show(
            visit, "cases.html", table=table, form=form, adds=adds, filtered=filtered, came=_came(came)
        )

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
            await officer_chats.forget(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
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
            chat = await officer_chats.of(work.session, commune_id=work.commune_id, officer_id=visit.person.officer_id)
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
        return self._pages.show(visit, "bell.html", table=table, code=code, linked=chat is not None and chat.account_id)


def _came(counts: list[tuple[str, str, int]]) -> str:
    """ "trang chat 12 · tại quầy 3": every path in the same numbers."""
    by_origin: dict[str, int] = {}
    for origin, _kind, count in counts:
        by_origin[origin] = by_origin.get(origin, 0) + count
    return " · ".join(f"{words.ORIGINS.get(origin, origin)} {count}" for origin, count in sorted(by_origin.items()))


def _known(value: str | None, words_of: dict[str, str]) -> str | None:
    return value if value in words_of else None


Names = tuple[dict[int | None, str], dict[int | None, str]]


def _row(one: Listed, names: Names, today: date, *, opens: bool) -> tuple[object, ...]:
    case = one.case
    name = case.code or f"#{case.id}"
    category = categories().get(case.category or "")
    kind = words.CASE_KINDS.get(case.kind, case.kind)
    held = words.ROLES.get(case.held_by, "") if case.held_by else ""
    return (
        Link(name, f"{CASES}/{case.id}") if opens else name,
        f"{kind} · {category.label}" if category and category.id != "other" else kind,
        names[1].get(case.hamlet_id, ""),
        words.CASE_STATES.get(case.state, case.state),
        _due(case.due_on, case.state, today)
        or f"nhận {(case.received_at or case.opened_at).astimezone(VIET_NAM):%d/%m}",
        names[0].get(case.officer_id, "") or held,
    )


def _due(due_on: date | None, state: str, today: date) -> str:
    """ "02/12, còn 3 ngày", "20/11, TRỄ 3 ngày"; nothing for what rests."""
    if due_on is None or state not in RUNNING:
        return ""
    left = (due_on - today).days
    told = f"TRỄ {-left} ngày" if left < 0 else "hôm nay" if left == 0 else f"còn {left} ngày"
    return f"{due_on:%d/%m}, {told}"
