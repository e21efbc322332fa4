"""Drafts of entries: written in a form that checks itself, sent, approved by somebody else, given back, restored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from wtforms import Form

from bot.console import entry_diff, entry_form
from bot.console.entry_form import CONFIDENCE, MOST_ROWS, PARTS, ROWS, SURE, TITLES, Sheet, papi_choices
from bot.console.forms import text_field, typed
from bot.console.knowledge import KNOWLEDGE, VERSIONS, books_of
from bot.console.pages import ConsolePages
from bot.console.visits import LARGE_FORM, Route, Visit, go
from handlers import content_desk
from handlers.content_desk import (
    Books,
    ContentError,
    GroundChanged,
    NeverInForce,
    NothingToDrop,
    NotOpen,
    SameHand,
    Unfit,
)
from handlers.entry_checks import Checked, check_text
from handlers.permissions import Act, may_at_all
from handlers.workplace import Workplace
from knowledge.layers import shipped_text, stamp
from storage import entry_versions, officers
from storage.entry_versions import EVER_IN_FORCE, OPEN, EntryVersion

DRAFTS, VERSIONS_AT = f"{KNOWLEDGE}/drafts", f"{KNOWLEDGE}/versions"
NEEDED = {
    "reason": "Ghi lý do để người duyệt và người sau biết vì sao sửa.",
    "document": "Bản này đổi số liệu, căn cứ hoặc ngày của quy định chung; ghi số văn bản làm căn cứ.",
}
OVERTAKEN = (
    "Một người khác vừa lưu bản này nên phần của anh/chị chưa được lưu, vẫn còn bên dưới. Anh/chị xem bản kia ở trang "
    "khác, chép sang nếu cần, rồi lưu lại."
)
TROUBLES: dict[type[ContentError], str] = {
    SameHand: "Anh/chị đã soạn trong bản này nên cần một người khác duyệt.",
    NotOpen: "Bản này đã có người xử lý rồi. Xem tình trạng bên dưới.",
    GroundChanged: "Bản gốc đã đổi sau khi bản này được soạn. Mở bản nháp mới trên bản gốc hiện nay.",
    NeverInForce: "Chỉ khôi phục được bản từng được duyệt.",
    NothingToDrop: "Xã không có bản riêng nào đang dùng ở mục này.",
    Unfit: "Bản này chưa qua kiểm tra. Mở bản nháp để xem từng chỗ cần sửa.",
}


class NewEntry(Form):
    """The name of an entry that is not there yet."""

    title = text_field("Tên việc", needed=True, most=120, hint="Như người dân gọi, ví dụ: Gửi xe ở chợ xã.")


class Remark(Form):
    """Why a draft is given back, or a text of the commune's goes."""

    remark = text_field("Lý do", needed=True, most=400)


class DraftPages:
    """For those who write the content and those who approve it."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        writes, approves = Act.KNOWLEDGE_WRITE, Act.KNOWLEDGE_APPROVE
        return [
            Route("GET", f"{KNOWLEDGE}/new", self.new, writes),
            Route("POST", f"{KNOWLEDGE}/new", self.new, writes),
            Route("POST", f"{KNOWLEDGE}/entries/{{entry}}/draft", self.begin, writes),
            Route("GET", f"{DRAFTS}/{{id}}", self.edit, writes),
            Route("POST", f"{DRAFTS}/{{id}}", self.save, writes, largest=LARGE_FORM),
            Route("POST", f"{DRAFTS}/{{id}}/check", self.check, writes, largest=LARGE_FORM),
            Route("POST", f"{DRAFTS}/{{id}}/drop", self.drop, writes),
            Route("GET", f"{VERSIONS_AT}/{{id}}", self.version, Act.KNOWLEDGE_READ),
            Route("POST", f"{VERSIONS_AT}/{{id}}/approve", self.approve, approves),
            Route("POST", f"{VERSIONS_AT}/{{id}}/return", self.give_back, approves),
            Route("POST", f"{VERSIONS_AT}/{{id}}/restore", self.restore, approves),
            Route("POST", f"{VERSIONS_AT}/{{id}}/withdraw", self.withdraw, approves),
        ]

    async def new(self, visit: Visit) -> web.StreamResponse:
        """An entry of the commune's own."""
        form = NewEntry(visit.form)
        if visit.form is None or not form.validate():
            return self._pages.show(visit, "knowledge_new.html", form=form, status=200 if visit.form is None else 422)
        books = await books_of(visit)
        async with visit.work() as work:
            version = await content_desk.new_entry(work, typed(form.title), books)
        return go(f"{DRAFTS}/{version.id}")

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """Open the draft of an entry, or the one that is open already."""
        books = await books_of(visit)
        async with visit.work() as work:
            version = await content_desk.open_draft(work, visit.request.match_info["entry"], books)
        return go(f"{DRAFTS}/{version.id}")

    async def edit(self, visit: Visit) -> web.StreamResponse:
        """The form as it was kept."""
        async with visit.look() as work:
            version = await content_desk.the_version(work, visit.number("id"), Act.KNOWLEDGE_WRITE)
        if version.state not in OPEN:
            return go(f"{VERSIONS_AT}/{version.id}")
        looked = "checked" in visit.request.query
        return await self._form(visit, version, entry_form.from_text(version.text, version.entry_id), tells=looked)

    async def save(self, visit: Visit) -> web.StreamResponse:
        """Keep what was typed, faults and all; then add a row, show the faults, or send it to the approver."""
        assert visit.form is not None
        version_id, pressed = visit.number("id"), str(visit.form.get("press", "keep"))
        books = await books_of(visit)
        try:
            async with visit.work() as work:
                version = await content_desk.the_version(work, version_id, Act.KNOWLEDGE_WRITE)
                sheet = _typed_in(visit.form, version)
                if str(visit.form.get("seen", "")) not in ("", stamp(version.text)):
                    return await self._form(visit, version, sheet, tells=True, trouble=OVERTAKEN, status=422)
                version = await content_desk.write(work, version_id, **_columns(visit.form, sheet))
            if pressed == "send":
                checked = await _checked(version, books, visit)
                async with visit.work() as work:
                    await content_desk.send(work, version_id, checked)
        except NotOpen:
            return go(f"{VERSIONS_AT}/{version_id}")
        except Unfit:
            return await self._form(visit, version, sheet, tells=True, status=422)
        if pressed.startswith("more-"):
            kind = pressed.removeprefix("more-")
            return await self._form(visit, version, sheet, extra=kind if kind in ROWS else "")
        if pressed == "send":
            return go(f"{VERSIONS_AT}/{version_id}", done="da-gui-duyet")
        return go(f"{DRAFTS}/{version_id}", done="da-luu-nhap", checked="1")

    async def check(self, visit: Visit) -> web.StreamResponse:
        """The faults of what is typed, by box, for the page's script; nothing is kept."""
        assert visit.form is not None
        books = await books_of(visit)
        async with visit.look() as work:
            version = await content_desk.the_version(work, visit.number("id"), Act.KNOWLEDGE_WRITE)
        sheet = _typed_in(visit.form, version)
        boxes, _checked = await _looked_at(sheet, _with(version, visit.form), books, visit)
        return web.json_response({"boxes": boxes}, headers={"Cache-Control": "no-store"})

    async def drop(self, visit: Visit) -> web.StreamResponse:
        """Nobody writes on it any more."""
        try:
            async with visit.work() as work:
                await content_desk.drop(work, visit.number("id"))
        except NotOpen:
            return go(f"{VERSIONS_AT}/{visit.number('id')}")
        return go(KNOWLEDGE, done="da-bo-nhap")

    async def version(self, visit: Visit) -> web.StreamResponse:
        """What a version changes, who wrote and approved it, and what may be done with it."""
        return await self._version(visit)

    async def approve(self, visit: Visit) -> web.StreamResponse:
        """Somebody else's yes: the bot answers with it, and those who asked are told."""
        books, told = await books_of(visit), 0
        checked = await _checked(await self._found(visit), books, visit)

        async def doing(work: Workplace, version_id: int) -> None:
            nonlocal told
            told = await content_desk.approve(work, version_id, books, checked)

        return await self._act(visit, doing, lambda: "da-duyet-va-bao" if told else "da-duyet")

    async def give_back(self, visit: Visit) -> web.StreamResponse:
        """Not yet, and why."""
        form = Remark(visit.form)
        if not form.validate():
            return await self._version(visit, form=form, status=422)

        async def doing(work: Workplace, version_id: int) -> None:
            await content_desk.give_back(work, version_id, remark=typed(form.remark))

        return await self._act(visit, doing, lambda: "da-tra-lai")

    async def restore(self, visit: Visit) -> web.StreamResponse:
        """A version that was in force is so again, in one act."""
        books = await books_of(visit)
        checked = await _checked(await self._found(visit), books, visit)

        async def doing(work: Workplace, version_id: int) -> None:
            await content_desk.restore(work, version_id, books, checked)

        return await self._act(visit, doing, lambda: "da-khoi-phuc")

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        """The shipped text answers again."""
        form = Remark(visit.form)
        if not form.validate():
            return await self._version(visit, form=form, status=422)

        async def doing(work: Workplace, version_id: int) -> None:
            await content_desk.withdraw(work, version_id, reason=typed(form.remark))

        return await self._act(visit, doing, lambda: "da-bo-ban-xa")

    async def _found(self, visit: Visit) -> EntryVersion:
        async with visit.look() as work:
            return await content_desk.the_version(work, visit.number("id"))

    async def _act(
        self, visit: Visit, doing: Callable[[Workplace, int], Awaitable[None]], done: Callable[[], str]
    ) -> web.StreamResponse:
        version_id = visit.number("id")
        try:
            async with visit.work() as work:
                version = await content_desk.the_version(work, version_id, Act.KNOWLEDGE_APPROVE)
                await doing(work, version_id)
        except tuple(TROUBLES) as wrong:
            return await self._version(visit, trouble=TROUBLES[type(wrong)], status=422)
        visit.parts.worker.wake()
        return go(f"{KNOWLEDGE}/entries/{version.entry_id}", done=done())

    async def _version(
        self, visit: Visit, *, form: Remark | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        books = await books_of(visit)
        async with visit.look() as work:
            version = await content_desk.the_version(work, visit.number("id"))
            known = await entry_versions.of_entry(work.session, commune_id=work.commune_id, entry_id=version.entry_id)
            people = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
        checked = await _checked(version, books, visit) if version.text else Checked("", None, ())
        earlier = (one for one in known if one.number < version.number and one.state in EVER_IN_FORCE)
        before = next(earlier, None)
        shipped = shipped_text(books.shipped.entries, version.entry_id)
        old = (before.text if before and before.text else "") or version.shipped or shipped
        person = visit.person
        return self._pages.show(
            visit,
            "knowledge_version.html",
            version=version,
            state=VERSIONS.get(version.state, version.state),
            against=f"bản {before.number}" if before and before.text else "bản gốc" if old else "",
            changes=entry_diff.changes(old, version.text or shipped, version.entry_id),
            authors=", ".join(people.get(each, "") for each in version.authors),
            approver=people.get(version.approver_id, ""),
            national=checked.national,
            faults=sorted({entry_form.in_form_words(fault.problem) for fault in checked.faults}),
            stale=content_desk.is_stale(version, books.shipped),
            mine=person is not None and person.officer_id in version.authors,
            may_write=person is not None and may_at_all(person, Act.KNOWLEDGE_WRITE),
            may_approve=person is not None and may_at_all(person, Act.KNOWLEDGE_APPROVE),
            form=form or Remark(),
            is_open=version.state in OPEN,
            was_in_force=version.state == "replaced" and bool(version.text),
            trouble=trouble,
            status=status,
        )

    async def _form(
        self,
        visit: Visit,
        version: EntryVersion,
        sheet: Sheet,
        *,
        tells: bool = False,
        extra: str = "",
        trouble: str = "",
        status: int = 200,
    ) -> web.Response:
        books = await books_of(visit)
        boxes, checked = await _looked_at(sheet, version, books, visit)
        counts = {kind: min(sheet.rows.get(kind, 0) + (extra == kind), MOST_ROWS) or 1 for kind in ROWS}
        return self._pages.show(
            visit,
            "knowledge_draft.html",
            version=version,
            sheet=sheet,
            rows=ROWS,
            titles=TITLES,
            counts=counts,
            extra=extra,
            boxes=boxes if tells or version.state == "returned" else {},
            national=checked.national,
            lists={"part": PARTS, "confidence": CONFIDENCE, "sure": SURE},
            papi=papi_choices(),
            tabled=sheet.kept.get("tabled", {}),
            seen=stamp(version.text),
            trouble=trouble,
            stale=content_desk.is_stale(version, books.shipped),
            status=status,
        )


def _typed_in(form: Mapping[str, Any], version: EntryVersion) -> Sheet:
    return entry_form.from_post(form, entry_form.from_text(version.text, version.entry_id))


def _columns(form: Mapping[str, Any], sheet: Sheet) -> dict[str, str]:
    return {
        "text": entry_form.write(sheet).text,
        "title": sheet.values["title"].strip()[:200],
        "reason": str(form.get("reason", "")).strip()[:400],
        "document": str(form.get("document", "")).strip()[:120],
    }


def _with(version: EntryVersion, form: Mapping[str, Any]) -> EntryVersion:
    """The version as it would be with what is typed beside the text; never kept."""
    return EntryVersion(
        commune_id=version.commune_id,
        entry_id=version.entry_id,
        number=version.number,
        title=version.title,
        text=version.text,
        author_id=version.author_id,
        made_at=version.made_at,
        reason=str(form.get("reason", "")),
        document=str(form.get("document", "")),
    )


async def _checked(version: EntryVersion, books: Books, visit: Visit) -> Checked:
    """In a thread: all questions of all entries are compared."""
    return await asyncio.to_thread(content_desk.check, version, books, today=visit.today)


async def _looked_at(sheet: Sheet, version: EntryVersion, books: Books, visit: Visit) -> tuple[dict[str, str], Checked]:
    """Every fault by its box; in a thread, since all questions of all entries are compared."""
    written = entry_form.write(sheet)

    def look() -> Checked:
        return check_text(written.text, version.entry_id, shipped=books.shipped, mine=books.mine, today=visit.today)

    checked = await asyncio.to_thread(look)
    boxes = written.beside(checked.faults)
    boxes |= {name: NEEDED[name] for name in content_desk.missing(version, checked)}
    return boxes, checked
