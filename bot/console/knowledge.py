"""The knowledge base at the console: search it, read an entry, try a question, see what changes when and by what."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from wtforms import DateField, Form
from wtforms.validators import Optional

from bot.ask import Asked, counter
from bot.console import entry_diff
from bot.console.case_forms import PAPI
from bot.console.forms import number, text_field, typed
from bot.console.pages import ConsolePages, Link, Table
from bot.console.visits import Route, Visit
from handlers import content_desk, library
from handlers.content_desk import Books
from handlers.permissions import Act, may_at_all
from knowledge.answers import Answer, answer
from knowledge.entry import Entry
from knowledge.errors import ContentFaulty, NothingInForce, UnknownEntry
from knowledge.fields import in_words
from knowledge.layers import read_text, shipped_text
from storage import communes, officers
from storage.entry_versions import OPEN, EntryVersion

KNOWLEDGE = "/console/knowledge"
PAGE = 50
SHOWS = {
    "": "Tất cả các mục",
    "own": "Mục của xã và mục xã đã sửa",
    "waiting": "Bản nháp và bản chờ duyệt",
    "suspended": "Bản của xã đang tạm dừng vì bản gốc đã đổi",
    "unchecked": "Quá 6 tháng chưa kiểm tra lại",
}
VERSIONS = {
    "draft": "đang soạn",
    "waiting": "chờ duyệt",
    "returned": "bị trả lại",
    "published": "đang dùng",
    "replaced": "đã thay",
}


class TryOut(Form):
    """A question as a citizen would put it, on a day."""

    q = text_field("Câu hỏi", most=500, hint="Gõ như người dân hỏi, không dấu cũng được.")
    on = DateField("Hỏi vào ngày", [Optional()], description="Để trống là hôm nay.")


@dataclass(frozen=True, slots=True)
class Screen:
    """An entry as citizens read it on a day; `answer` None: it says nothing then."""

    entry: Entry
    on: date
    answer: Answer | None


async def books_of(visit: Visit) -> Books:
    """What is shipped, and what this commune answers with; waits while the server is still starting."""
    shipped = await visit.parts.ready()
    officer, _session = visit.signed_in()
    return Books(shipped, visit.parts.knowledge_of(officer.commune_id))


class KnowledgePages:
    """For everybody who answers citizens."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", KNOWLEDGE, self.listed, Act.KNOWLEDGE_READ),
            Route("GET", f"{KNOWLEDGE}/try", self.tried, Act.KNOWLEDGE_READ),
            Route("GET", f"{KNOWLEDGE}/calendar", self.calendar, Act.KNOWLEDGE_READ),
            Route("GET", f"{KNOWLEDGE}/documents", self.documents, Act.KNOWLEDGE_READ),
            Route("GET", f"{KNOWLEDGE}/entries/{{entry}}", self.entry, Act.KNOWLEDGE_READ),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """Search and browse; what waits for somebody stands above."""
        books, query = await books_of(visit), visit.request.query
        q, shows = query.get("q", "")[:200], query.get("shows", "")
        async with visit.look() as work:
            shelf = await library.shelf(work, books)
        found = await asyncio.to_thread(library.search, shelf, q, books, on=visit.today) if q.strip() else shelf.rows
        rows = [row for row in found if library.is_shown(row, shows)]
        first = number(query.get("from")) or 0
        more = urlencode({"q": q, "shows": shows, "from": first + PAGE}) if len(rows) > first + PAGE else ""
        table = Table(
            ("Tên việc", "Bản nào", "Kiểm tra ngày", "Lĩnh vực"),
            [
                (
                    Link(row.title, f"{KNOWLEDGE}/entries/{row.entry_id}"),
                    row.states_in_words,
                    f"{row.checked_on:%d/%m/%Y}" if row.checked_on else "",
                    PAPI.get(row.papi, ""),
                )
                for row in rows[first : first + PAGE]
            ],
            empty="Không thấy mục nào như vậy. Thử từ khác, không dấu cũng được.",
            next=f"{KNOWLEDGE}?{more}" if more else "",
        )
        return self._pages.show(
            visit,
            "knowledge.html",
            table=table,
            q=q,
            shows=shows,
            kinds=SHOWS,
            count=len(rows),
            tasks=shelf.tasks,
            may_write=_may(visit, Act.KNOWLEDGE_WRITE),
        )

    async def tried(self, visit: Visit) -> web.StreamResponse:
        """ "Hỏi thử": what a citizen would read, from which sources, and why that entry won."""
        form = TryOut(visit.request.query)
        if not form.q.data or not form.validate():
            return self._pages.show(visit, "knowledge_try.html", form=form, given=None, why=None)
        books, on = await books_of(visit), form.on.data or visit.today
        async with visit.look() as work:
            commune = await communes.get(work.session, commune_id=work.commune_id)
        own = {commune.id or 0: books.mine}
        async with counter(books.shipped, visit.parts.clock, [commune], visit.database, own) as desk:
            given = await desk.ask(Asked(typed(form.q), None, on))
        why = await asyncio.to_thread(library.why, books.mine, typed(form.q), on=on)
        return self._pages.show(visit, "knowledge_try.html", form=form, given=given.reply, why=why, on=on)

    async def calendar(self, visit: Visit) -> web.StreamResponse:
        """What begins, what ends, and what nobody checked, in the coming six months."""
        books = await books_of(visit)
        turns = library.turns(books.mine, today=visit.today)
        table = Table(
            ("Ngày", "Mục", "Điều gì"),
            [(f"{turn.day:%d/%m/%Y}", _link(turn.entry), turn.what) for turn in turns],
            empty="Trong 6 tháng tới không có quy định nào bắt đầu hoặc hết áp dụng.",
        )
        old = [entry for entry in books.mine.entries.values() if library.is_unchecked(entry, visit.today)]
        unchecked = Table(
            ("Mục", "Kiểm tra lần cuối"),
            [(_link(entry), f"{entry.checked_on:%d/%m/%Y}") for entry in sorted(old, key=lambda one: one.checked_on)],
            empty="Không có mục nào quá 6 tháng chưa kiểm tra.",
        )
        return self._pages.show(visit, "knowledge_calendar.html", table=table, unchecked=unchecked)

    async def documents(self, visit: Visit) -> web.StreamResponse:
        """Every entry that leans on a document: what to look at when it is repealed."""
        books, q = await books_of(visit), visit.request.query.get("q", "")[:100].strip()
        if not q:
            rows = [
                (Link(name, f"{KNOWLEDGE}/documents?{urlencode({'q': name})}"), count)
                for name, count in library.documents(books.mine)
            ]
            table = Table(("Văn bản", "Số mục dựa vào"), rows, empty="Chưa có văn bản nào.")
        else:
            touched = library.touched_by(books.mine, q)
            table = Table(
                ("Mục", "Chỗ dựa vào văn bản này"),
                [(_link(entry), "; ".join(where)) for entry, where in touched],
                empty="Không có mục nào dựa vào văn bản này. Gõ số hiệu như in trên văn bản, ví dụ 120/2025/NĐ-CP.",
            )
        return self._pages.show(visit, "knowledge_documents.html", table=table, q=q)

    async def entry(self, visit: Visit) -> web.StreamResponse:
        """One entry: what it says on a day, its numbers and sources, its versions."""
        return await show_entry(self._pages, visit, visit.request.match_info["entry"])


async def show_entry(
    pages: ConsolePages, visit: Visit, entry_id: str, *, trouble: str = "", status: int = 200
) -> web.Response:
    """The page of an entry. Raises NoSuchVersion."""
    books = await books_of(visit)
    with suppress(UnknownEntry):  # one of the commune's own that is not approved, or no longer
        entry_id = books.mine.entry(entry_id).id
    async with visit.look() as work:
        known = await content_desk.versions(work, entry_id, books)
        people = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
    on = _day(visit.request.query.get("on", "")) or visit.today
    live = next((one for one in known if one.state == "published" and one.text), None)
    stale = live is not None and content_desk.is_stale(live, books.shipped)
    entry = _readable(entry_id, known, books)
    corrected = []
    if stale and live is not None:
        corrected = entry_diff.changes(live.shipped, shipped_text(books.shipped.entries, entry_id), entry_id)
    table = Table(
        ("Bản", "Tình trạng", "Người soạn", "Người duyệt", "Lý do"),
        [_version_row(one, people, stale=stale and one is live) for one in known],
        empty="Xã chưa sửa mục này; bot trả lời theo bản gốc.",
    )
    return pages.show(
        visit,
        "knowledge_entry.html",
        entry_id=entry_id,
        title=entry.title if entry else known[0].title,
        screen=_screen(entry, on, visit.today) if entry else None,
        numbers=_numbers(entry, on) if entry else None,
        versions=table,
        live=live,
        open=next((one for one in known if one.state in OPEN), None),
        is_own=entry_id not in books.shipped.entries,
        stale=stale,
        corrected=corrected,
        papi=PAPI.get(entry.papi, "") if entry else "",
        on=on,
        may_write=_may(visit, Act.KNOWLEDGE_WRITE),
        may_approve=_may(visit, Act.KNOWLEDGE_APPROVE),
        trouble=trouble,
        status=status,
    )


def _readable(entry_id: str, known: Iterable[EntryVersion], books: Books) -> Entry | None:
    """The entry that answers now, else the newest text of it that can be read."""
    if entry_id in books.mine.entries:
        return books.mine.entries[entry_id]
    for version in known:
        try:
            return read_text(version.text, entry_id, books.shipped.parameters) if version.text else None
        except ContentFaulty:
            continue
    return None


def _screen(entry: Entry, on: date, today: date) -> Screen:
    try:
        return Screen(entry, on, answer(entry, on, max(on, today)))
    except NothingInForce:
        return Screen(entry, on, None)


def _numbers(entry: Entry, on: date) -> Table:
    rows = []
    for name, values in entry.fields.items():
        for value in values:
            since = f"{value.since:%d/%m/%Y}" if value.since else "chưa rõ"
            until = f"{value.until:%d/%m/%Y}" if value.until else ""
            now = " (đang dùng)" if entry.holds(value, on) else ""
            rows.append((name, in_words(value.value, value.unit) + now, since, until, value.source.cite))
    return Table(("Ô", "Giá trị", "Từ ngày", "Đến hết ngày", "Nguồn"), rows, empty="Mục này không có số liệu.")


def _version_row(one: EntryVersion, people: dict[int | None, str], *, stale: bool) -> tuple[object, ...]:
    state = "tạm dừng vì bản gốc đã đổi" if stale else VERSIONS.get(one.state, one.state)
    if not one.text:
        state += " (trở về bản gốc)"
    again = f", khôi phục bản {one.restores}" if one.restores else ""
    authors = ", ".join(people.get(each, "") for each in one.authors)
    reason = " · ".join(part for part in (one.reason, one.document) if part)
    return (
        Link(f"Bản {one.number}", f"{KNOWLEDGE}/versions/{one.id}"),
        state + again,
        authors,
        people.get(one.approver_id, ""),
        reason,
    )


def _link(entry: Entry) -> Link:
    return Link(entry.title, f"{KNOWLEDGE}/entries/{entry.id}")


def _may(visit: Visit, act: Act) -> bool:
    return visit.person is not None and may_at_all(visit.person, act)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
