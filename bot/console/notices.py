"""Thông báo: the list, the form of each kind, the preview, sending, a second person's yes, cancelling the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.console import words
from bot.console.forms import choices, number
from bot.console.notice_files import NoticeFiles
from bot.console.notice_forms import NoticeForm, SendForm, filled, form_of
from bot.console.notice_view import NOTICES, NoticeView
from bot.console.pages import ConsolePages, Link, Table, moment
from bot.console.visits import Route, Visit, go
from bot.notice_ways import CHANNELS, Ways
from handlers import notices
from handlers.notice_kinds import KINDS
from handlers.notice_words import TITLE
from handlers.notices import NeedsAnother, NoSuchHamlet, NotNow, TooLate
from handlers.permissions import Act, NotAllowed, may_at_all
from handlers.workplace import Workplace
from storage import places
from storage.notices import OPEN, Notice

TROUBLES: dict[type[Exception], str] = {
    NotNow: "Thông báo đã đổi tình trạng nên không làm việc này được nữa. Xem lại bên dưới.",
    NeedsAnother: "Người soạn không tự duyệt được; cần một cán bộ khác.",
    TooLate: "Thời gian của thông báo đã qua, hoặc giờ gửi sau giờ đó. Sửa giờ rồi gửi lại.",
    NoSuchHamlet: "Có thôn trong danh sách không còn nữa; chọn lại.",
    NotAllowed: "Anh/chị chỉ được gửi tới thôn của mình.",
}


class NoticePages:
    """What the commune sends."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages
        self._view, self._files = NoticeView(pages), NoticeFiles(pages)

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", NOTICES, self.listed, Act.NOTICE_READ),
            Route("GET", f"{NOTICES}/new", self.kinds, Act.NOTICE_SEND),
            *(
                Route(method, f"{NOTICES}/new/{code}", self._writing(code), Act.NOTICE_SEND)
                for code in KINDS
                for method in ("GET", "POST")
            ),
            Route("GET", f"{NOTICES}/{{id}}", self._view.show, Act.NOTICE_READ),
            Route("GET", f"{NOTICES}/{{id}}/edit", self.edit, Act.NOTICE_SEND),
            Route("POST", f"{NOTICES}/{{id}}/edit", self.edit, Act.NOTICE_SEND),
            Route("POST", f"{NOTICES}/{{id}}/send", self.send, Act.NOTICE_SEND),
            Route("POST", f"{NOTICES}/{{id}}/approve", self.approve, Act.NOTICE_APPROVE),
            Route("POST", f"{NOTICES}/{{id}}/cancel", self.cancel, Act.NOTICE_SEND),
            *self._files.table(),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """The newest first."""
        async with visit.look() as work:
            found, more = await notices.listed(work, skip=number(visit.request.query.get("skip")) or 0)
        table = Table(
            ("Mã", "Nội dung", "Loại", "Tình trạng", "Lúc"),
            [_row(one) for one in found],
            empty="Chưa có thông báo nào.",
            next=f"{NOTICES}?skip={more}" if more is not None else "",
        )
        writes = visit.person is not None and may_at_all(visit.person, Act.NOTICE_SEND)
        return self._pages.show(visit, "notices.html", table=table, writes=writes)

    async def kinds(self, visit: Visit) -> web.StreamResponse:
        """Which kind of notice."""
        return self._pages.show(visit, "notice_kinds.html", kinds=list(KINDS.values()))

    async def edit(self, visit: Visit) -> web.StreamResponse:
        """The form of a notice that has not gone yet."""
        async with visit.look() as work:
            notice = await notices.the_notice(work, visit.number("id"), Act.NOTICE_SEND)
        if notice.state not in OPEN:
            return await self._view.show(visit, trouble=TROUBLES[NotNow], status=422)
        if visit.form is None:
            form = form_of(notice.kind)(data=filled(notice))
            return await self._form(visit, notice.kind, form, to=f"{NOTICES}/{notice.id}/edit")
        return await self._take(visit, notice.kind, notice)

    def _writing(self, code: str) -> Callable[[Visit], Awaitable[web.StreamResponse]]:
        async def handle(visit: Visit) -> web.StreamResponse:
            if visit.form is None:
                return await self._form(visit, code, form_of(code)(), to=f"{NOTICES}/new/{code}")
            return await self._take(visit, code, None)

        return handle

    async def _take(self, visit: Visit, code: str, before: Notice | None) -> web.StreamResponse:
        form = form_of(code)(visit.form)
        to = f"{NOTICES}/{before.id}/edit" if before else f"{NOTICES}/new/{code}"
        async with visit.look() as work:
            await _fill(work, form)
        if not form.validate():
            return await self._form(visit, code, form, to=to, status=422)
        draft = form.draft(KINDS[code], now=visit.now)
        try:
            async with visit.work() as work:
                if before is None:
                    notice_id = await notices.write(work, draft)
                else:
                    notice_id = before.id or 0
                    await notices.change(work, notice_id, draft)
        except (NotNow, NoSuchHamlet, NotAllowed) as refused:
            return await self._form(visit, code, form, to=to, trouble=TROUBLES[type(refused)], status=422)
        return go(f"{NOTICES}/{notice_id}", done="da-luu")

    async def _form(
        self, visit: Visit, code: str, form: NoticeForm, *, to: str, trouble: str = "", status: int = 200
    ) -> web.Response:
        async with visit.look() as work:
            await _fill(work, form)
            everybody = Notice(commune_id=work.commune_id, code="", kind=code, papi=KINDS[code].papi, made_at=work.now)
            assert visit.commune is not None
            reached = await notices.audience(work, everybody, await Ways(visit.parts).of(visit.commune))
        per_hamlet = {hamlet: _reach(reached.by, hamlet) for hamlet, _channel in reached.by}
        boxes = [(value, label, per_hamlet.get(int(value), "chưa tới ai")) for value, label in _boxes(form)]
        return self._pages.show(
            visit,
            "notice_form.html",
            kind=KINDS[code],
            form=form,
            to=to,
            own=[form[ask.name] for ask in KINDS[code].asks],
            boxes=boxes,
            ticked=set(form.hamlets.data or []),
            everybody=reached.people,
            nowhere=sum(count for (hamlet, _name), count in reached.by.items() if hamlet is None),
            trouble=trouble,
            status=status,
        )

    async def send(self, visit: Visit) -> web.StreamResponse:
        """Now, or at a time."""
        form, notice_id = SendForm(visit.form), visit.number("id")
        if not form.validate():
            return await self._view.show(visit, form=form, status=422)
        assert visit.commune is not None
        ways = await Ways(visit.parts).of(visit.commune)
        return await self._does(
            visit,
            lambda work: notices.send(work, notice_id, ways, at=form.wanted(), urgent_why=form.urgent_why.data or ""),
        )

    async def approve(self, visit: Visit) -> web.StreamResponse:
        """The second person."""
        return await self._does(visit, lambda work: notices.approve(work, visit.number("id")))

    async def cancel(self, visit: Visit) -> web.StreamResponse:
        """What is left does not go."""
        return await self._does(visit, lambda work: notices.cancel(work, visit.number("id")))

    async def _does(self, visit: Visit, act: Callable[[Workplace], Awaitable[Any]]) -> web.StreamResponse:
        try:
            async with visit.work() as work:
                await act(work)
        except (NotNow, NeedsAnother, TooLate) as refused:
            return await self._view.show(visit, trouble=TROUBLES[type(refused)], status=422)
        return go(f"{NOTICES}/{visit.number('id')}", done="da-luu")


async def _fill(work: Workplace, form: NoticeForm) -> None:
    known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
    form.hamlets.choices = choices((one.id, one.name) for one in known)


def _boxes(form: NoticeForm) -> list[tuple[str, str]]:
    return [(value, label) for value, label, *_rest in form.hamlets.iter_choices()]


def _reach(by: dict[tuple[int | None, str], int], hamlet: int | None) -> str:
    """ "Zalo OA 12 · Trang chat của xã 3"."""
    return " · ".join(f"{CHANNELS.get(name, name)} {count}" for (where, name), count in sorted(by.items(), key=str)
                      if where == hamlet)  # fmt: skip


def _row(one: Notice) -> tuple[object, ...]:
    at = one.first_sent_at or one.send_at or one.made_at
    state = words.NOTICE_STATES[one.state] + (" · khẩn" if one.urgent else "")
    return Link(one.code, f"{NOTICES}/{one.id}"), one.facts[TITLE], KINDS[one.kind].label, state, moment(at)
