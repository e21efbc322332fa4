"""One case: its words and history, and every act that the officer may do to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from aiohttp import web
from wtforms import Form

from bot.console import case_drafts, words
from bot.console.case_drafts import Drafts
from bot.console.case_forms import (
    PAPI,
    Answer,
    Ask,
    Assign,
    Extend,
    GiveBack,
    NewCase,
    Publish,
    Reclass,
    Refuse,
    Seal,
    Sort,
    Transfer,
)
from bot.console.forms import Subject, choices, day, number, typed
from bot.console.pages import ConsolePages, moment
from bot.console.visits import Route, Visit, go
from handlers import approvals, case_acts, casework, into_seal, outcomes, terms
from handlers.approvals import NothingWaits, OwnWords
from handlers.case_acts import DateTooEarly, NotTheirs, ReasonOwed
from handlers.casebook import is_overdue
from handlers.casework import Line, Listed
from handlers.into_seal import TooFewMayRead
from handlers.lifecycle import EVENTS, Lacking, NotNow
from handlers.permissions import Act, may
from handlers.workplace import Workplace
from knowledge.categories import categories
from knowledge.deadlines import in_words
from storage import cases, officers, offices, places
from storage.cases import Case

CASES = "/console/cases"
WHEN_OWED = ("extend", "answer", "assign", "seal")  # all that can be done to a case that is over its date
OWED = (
    "Vụ việc đã quá hẹn: ghi lý do và hạn mới trước. Khi chưa ghi thì chỉ trả lời người dân hoặc giao người khác được, "
    "việc khác tạm khóa. Người dân sẽ đọc được lý do và hạn mới này."
)
TROUBLES: dict[type[Exception], str] = {
    NotNow: "Vụ việc đã đổi tình trạng nên không làm việc này được nữa. Xem lại bên dưới.",
    Lacking: "Còn thiếu phần bắt buộc.",
    NotTheirs: "Không giao cho người này được: đã nghỉ, không có quyền, hoặc vụ việc nói về họ.",
    OwnWords: "Câu trả lời này do anh/chị soạn nên phải do người khác duyệt.",
    NothingWaits: "Không còn câu trả lời nào chờ duyệt.",
    DateTooEarly: "Hạn mới phải sau hôm nay và sau hạn cũ.",
    ReasonOwed: OWED,
    TooFewMayRead: "Chưa niêm phong được: cần ít nhất hai người giữ khóa mà vụ việc không nói tới. Vụ việc giữ nguyên.",
}
Doing = Callable[[Workplace, int, Any], Awaitable[None]]


async def _assign(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.assign(work, case_id, officer_id=number(form.officer.data) or 0)


async def _begin(work: Workplace, case_id: int, _form: Any) -> None:
    await case_acts.begin(work, case_id)


async def _accept(work: Workplace, case_id: int, _form: Any) -> None:
    await case_acts.accept(work, case_id)


async def _ask(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.ask(work, case_id, words=form.words.data)


async def _answer(work: Workplace, case_id: int, form: Any) -> None:
    form.was_sent = await approvals.answer(
        work,
        case_id,
        words=form.words.data,
        evidence=form.evidence.data,
        document=typed(form.document),
        proposal=getattr(form, "proposal", None),
    )


async def _transfer(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.transfer(
        work,
        case_id,
        body=typed(form.body),
        document=typed(form.document),
        on=day(form.on),
        words=form.words.data or "",
    )


async def _refuse(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.refuse(work, case_id, reason=form.reason.data, words=form.words.data or "")


async def _extend(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.extend(work, case_id, reason=form.reason.data, due_on=day(form.due_on))


async def _sort(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.sort(
        work,
        case_id,
        category=form.category.data,
        papi=int(form.papi.data),
        hamlet_id=number(form.hamlet.data),
        urgency=number(form.urgency.data),
    )


async def _reclass(work: Workplace, case_id: int, form: Any) -> None:
    await case_acts.reclass(work, case_id, kind=form.kind.data, reason=form.reason.data)


async def _seal(work: Workplace, case_id: int, form: Any) -> None:
    await into_seal.seal(work, case_id, reason=form.reason.data)


async def _publish(work: Workplace, case_id: int, form: Any) -> None:
    await outcomes.publish(work, case_id, outcome=form.outcome.data)


async def _close(work: Workplace, case_id: int, _form: Any) -> None:
    await case_acts.close(work, case_id)


# name: the words of its summary and button, the act that it needs, its form, what it does
ACTS: dict[str, tuple[str, str, Act, type[Form], Doing]] = {
    "begin": ("Nhận xử lý", "Bắt đầu xử lý", Act.CASE_WORK, Form, _begin),
    "accept": ("Thụ lý khiếu nại", "Ghi ngày thụ lý là hôm nay", Act.CASE_WORK, Form, _accept),
    "answer": ("Trả lời người dân", "Gửi trả lời", Act.CASE_WORK, Answer, _answer),
    "ask": ("Hỏi thêm người dân", "Gửi câu hỏi", Act.CASE_WORK, Ask, _ask),
    "assign": ("Giao người xử lý", "Giao", Act.CASE_ASSIGN, Assign, _assign),
    "transfer": ("Chuyển cơ quan khác", "Ghi và báo người dân", Act.CASE_WORK, Transfer, _transfer),
    "extend": ("Lùi hạn", "Lùi hạn và báo người dân", Act.CASE_WORK, Extend, _extend),
    "refuse": ("Từ chối", "Từ chối và báo người dân", Act.CASE_WORK, Refuse, _refuse),
    "sort": ("Sửa loại việc, thôn, mức gấp, lĩnh vực PAPI", "Lưu", Act.CASE_SORT, Sort, _sort),
    "reclass": ("Đổi loại đơn", "Đổi và báo người dân", Act.CASE_SORT, Reclass, _reclass),
    "seal": ("Đây là tố cáo", "Niêm phong và báo người gửi", Act.CASE_SORT, Seal, _seal),
    "publish": ("Đăng kết quả công khai", "Duyệt, đăng", Act.CASE_PUBLISH, Publish, _publish),
    "close": ("Khép lại khi người dân chưa xác nhận", "Khép lại", Act.CASE_CLOSE, Form, _close),
}


class CasePage:
    """A case and what can be done to it."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", f"{CASES}/{{id}}", self.one, Act.CASE_READ),
            Route("POST", f"{CASES}/{{id}}/subject", self.subject, Act.CASE_NAME_SUBJECT),
            Route("POST", f"{CASES}/{{id}}/approve", self.approve, Act.CASE_APPROVE),
            Route("POST", f"{CASES}/{{id}}/give-back", self.give_back, Act.CASE_APPROVE),
            *(
                Route("POST", f"{CASES}/{{id}}/{name}", self._doing(name), act)
                for name, (*_, act, _f, _d) in ACTS.items()
            ),
        ]

    async def one(self, visit: Visit) -> web.StreamResponse:
        """A case with the citizen's words."""
        return await self._show(visit)

    async def subject(self, visit: Visit) -> web.StreamResponse:
        """The case is about somebody of ours: they lose sight of it at once."""
        form = Subject(visit.form)
        async with visit.look() as work:
            await fill(work, form, None)
        officer_id, office_id = number(form.officer.data), number(form.office.data)
        if not form.validate() or (officer_id is None) == (office_id is None):
            return await self._show(visit, subject=form, trouble="Chọn một cán bộ hoặc một đơn vị.", status=422)
        async with visit.work() as work:
            await casework.name_subject(work, visit.number("id"), officer_id=officer_id, office_id=office_id)
        return go(CASES, done="da-luu")

    async def approve(self, visit: Visit) -> web.StreamResponse:
        """The head lets an answer go."""
        try:
            async with visit.work() as work:
                await approvals.approve(work, visit.number("id"))
        except tuple(TROUBLES) as refused:
            return await self._show(visit, trouble=TROUBLES[type(refused)], status=422)
        return go(f"{CASES}/{visit.number('id')}", done="da-duyet-gui")

    async def give_back(self, visit: Visit) -> web.StreamResponse:
        """The head wants an answer changed."""
        form = GiveBack(visit.form)
        if not form.validate():
            return await self._show(visit, giving_back=form, status=422)
        try:
            async with visit.work() as work:
                await approvals.give_back(work, visit.number("id"), why=form.why.data or "")
        except tuple(TROUBLES) as refused:
            return await self._show(visit, trouble=TROUBLES[type(refused)], status=422)
        return go(f"{CASES}/{visit.number('id')}", done="da-tra-lai-sua")

    def _doing(self, name: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
        _summary, _button, act, form_class, do = ACTS[name]

        async def handle(visit: Visit) -> web.StreamResponse:
            case_id = visit.number("id")
            form: Any = form_class(visit.form)
            async with visit.look() as work:
                one = await casework.the_case(work, case_id, act)
                await fill(work, form, one)
                if form_class is Answer and form.draft.data:
                    _one, lines = await casework.words_of(work, case_id)
                    drafts = await case_drafts.drafts_for(visit, work, one, lines, form.draft.data)
                    form.proposal = drafts.chosen if drafts is not None else None
            if not form.validate():
                return await self._show(visit, tried=(name, form), status=422)
            try:
                async with visit.work() as work:
                    await do(work, case_id, form)
            except tuple(TROUBLES) as refused:
                return await self._show(visit, tried=(name, form), trouble=TROUBLES[type(refused)], status=422)
            if name == "seal":
                await visit.database.forget_log()  # the keys that were dropped leave the write-ahead log too
                return go(CASES, done="da-luu")
            waits = form_class is Answer and not form.was_sent
            return go(f"{CASES}/{case_id}", done="cho-duyet" if waits else "da-luu")

        return handle

    async def _show(
        self,
        visit: Visit,
        *,
        tried: tuple[str, Form] | None = None,
        subject: Form | None = None,
        giving_back: GiveBack | None = None,
        trouble: str = "",
        status: int = 200,
    ) -> web.Response:
        async with visit.look() as work:
            one = await casework.the_case(work, visit.number("id"), Act.CASE_READ)
            rings = await casework.rings(work, one)
        async with visit.work() as work:  # nothing but this waits for those who write
            await casework.note_opening(work, one, rings=rings)
        async with visit.look() as work:
            one, lines = await casework.words_of(work, visit.number("id"))
            people = {
                each.id: each.name for each in await officers.of_commune(work.session, commune_id=work.commune_id)
            }
            units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
            hamlet = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=one.case.hamlet_id or 0)
            supporters = await cases.supporters(work.session, commune_id=work.commune_id, case_id=one.case.id or 0)
            key = visit.request.query.get("draft", "") if tried is None else ""
            possible = _possible(visit, one)
            drafts = await case_drafts.drafts_for(visit, work, one, lines, key) if "answer" in possible else None
            acts = [await self._act(visit, work, one, name, tried, drafts) for name in possible]
            waiting = await approvals.shown(work, one.case.id or 0)
            others = await case_drafts.also_open(work, one, people)
            naming = subject or Subject()
            await fill(work, naming, one)
        unit_names = {each.id: each.name for each in units}
        about = [people.get(row.officer_id) or unit_names.get(row.office_id) or "" for row in one.about]
        case = one.case
        assert visit.person is not None
        return self._pages.show(
            visit,
            "case.html",
            case=case,
            name=case.code or f"#{case.id}",
            facts=_facts(one, people, hamlet.name if hamlet else "", len(supporters)),
            lines=[_shown(visit, line, people) for line in lines],
            about=about,
            acts=acts,
            owed=OWED if is_overdue(case, visit.now) and acts else "",
            others=others,
            waiting=waiting,
            writer=people.get(waiting.row.officer_id, "") if waiting is not None else "",
            may_approve=may(visit.person, Act.CASE_APPROVE, casework.thing(one)),
            giving_back=giving_back or GiveBack(),
            drafts=case_drafts.links(case.id or 0, drafts) if drafts is not None else [],
            suggestion=drafts.suggestion if drafts is not None else None,
            place=(case.latitude, case.longitude) if case.latitude is not None else None,
            form=naming,
            may_name=may(visit.person, Act.CASE_NAME_SUBJECT, casework.thing(one)),
            trouble=trouble,
            status=status,
        )

    async def _act(
        self,
        visit: Visit,
        work: Workplace,
        one: Listed,
        name: str,
        tried: tuple[str, Form] | None,
        drafts: Drafts | None,
    ) -> dict[str, Any]:
        summary, button, _act, form_class, _do = ACTS[name]
        owed = name == "extend" and is_overdue(one.case, work.now)
        form: Any = tried[1] if tried is not None and tried[0] == name else form_class(data=_known(one))
        await fill(work, form, one)
        begun = drafts.chosen if name == "answer" and drafts is not None else None
        if begun is not None:
            form.words.data, form.draft.data = begun.text, begun.key
        summary = "Ghi lý do trễ và hạn mới" if owed else summary
        is_open = bool(owed or begun or form.errors)
        return {"name": name, "summary": summary, "button": button, "form": form, "open": is_open}


def _possible(visit: Visit, one: Listed) -> list[str]:
    """What may follow the case's state, and what this officer may do; over its date, the owed reason comes first."""
    assert visit.person is not None
    return [
        name
        for name in (WHEN_OWED if is_overdue(one.case, visit.now) else ACTS)
        if one.case.state in EVENTS[name][0]
        and may(visit.person, ACTS[name][2], casework.thing(one))
        and (name != "accept" or case_acts.can_accept(one.case))
    ]


def _known(one: Listed) -> dict[str, str]:
    case = one.case
    return {
        "category": case.category or "other",
        "papi": str(case.papi or 3),
        "hamlet": str(case.hamlet_id or ""),
        "urgency": str(case.urgency),
        "kind": case.kind,
        "officer": str(case.officer_id or ""),
    }


async def fill(work: Workplace, form: Form, one: Listed | None) -> None:
    """What a form's lists are today, and what is proposed in it."""
    if isinstance(form, Assign) and one is not None:
        form.officer.choices = choices((each.id, each.name) for each in await case_acts.can_take(work, one))
    if isinstance(form, Publish) and one is not None and not form.outcome.data:
        form.outcome.data = await outcomes.proposed(work, one.case.id or 0)
    if isinstance(form, Sort | NewCase):
        known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        form.hamlet.choices = choices(((each.id, each.name) for each in known), empty="Không rõ")
    if isinstance(form, Subject):
        people = await officers.of_commune(work.session, commune_id=work.commune_id)
        units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
        form.officer.choices = choices(((each.id, each.name) for each in people), empty="Không ghi")
        form.office.choices = choices(((each.id, each.name) for each in units), empty="Không ghi")


def _facts(one: Listed, people: dict[int | None, str], hamlet: str, supporters: int) -> list[tuple[str, str]]:
    """What stands in the row, in words."""
    case = one.case
    category = categories().get(case.category or "")
    found = [
        ("Loại đơn", words.CASE_KINDS.get(case.kind, case.kind)),
        ("Tình trạng", words.CASE_STATES.get(case.state, case.state)),
        ("Mức gấp", words.URGENCY[str(case.urgency)] if case.urgency else ""),
        ("Loại việc", category.label if category else ""),
        ("Lĩnh vực PAPI", PAPI.get(case.papi or 0, "")),
        ("Thôn, ấp, tổ", hamlet),
        ("Nhận lúc", moment(case.received_at or case.opened_at)),
        ("Đến từ", words.ORIGINS.get(case.origin, case.origin)),
        ("Hạn theo luật" if terms.is_law(case) else "Hẹn trả lời", _due(case)),
        ("Hẹn lúc đầu", in_words(case.promised_on) if case.promised_on and case.promised_on != case.due_on else ""),
        ("Người xử lý", people.get(case.officer_id, "") or words.ROLES.get(case.held_by, "")),
        ("Người cùng gặp", str(supporters) if supporters else ""),
    ]
    return [(label, value) for label, value in found if value]


def _due(case: Case) -> str:
    """The day, and while it is the first one, how many days by which rule."""
    term = terms.of_case(case)
    if case.due_on is None or term is None:
        return in_words(case.due_on) if case.due_on else ""
    rule = ", ".join(part for part in (term.words, term.cite) if part)
    return in_words(case.due_on) + (f" ({rule})" if case.due_on == case.promised_on else "")


def _shown(visit: Visit, line: Line, people: dict[int | None, str]) -> dict[str, Any]:
    """One line of the history as the page has it."""
    text = line.raw
    if line.channel is not None and line.raw is not None:
        text = visit.parts.worker.words(line.channel, line.raw)
    by = people.get(line.officer_id, "") if line.officer_id else ""
    what = words.CASE_EVENTS.get(line.kind, line.kind)
    return {
        "what": what + (f" · {by}" if by else ""),
        "at": moment(line.at),
        "text": text,
        "facts": _told(line, people),
        "replies": line.replies,
        "proposed": line.proposed,
    }


def _told(line: Line, people: dict[int | None, str]) -> str:
    """The facts of an event that are worth reading."""
    facts = line.facts
    parts = [
        people.get(facts.get("officer_id"), "") if line.kind == "assign" else "",
        words.EVIDENCE.get(facts.get("evidence", ""), "") if line.kind == "answer" else "",
        case_drafts.kept_words(facts),
        str(facts.get("body") or ""),
        str(facts.get("document") or ""),
        _dates(facts),
    ]
    return " · ".join(part for part in parts if part)


def _dates(facts: dict[str, Any]) -> str:
    """ "hạn 07/12/2026", and the date before where one was moved."""
    if not facts.get("due_on"):
        return ""
    days = [f"{date.fromisoformat(facts[name]):%d/%m/%Y}" for name in ("before", "due_on") if facts.get(name)]
    return f"hạn {' → '.join(days)}"
