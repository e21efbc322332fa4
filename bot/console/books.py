"""The books of a month, to print and as Excel, and dossiers that come late with the letter that says sorry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiohttp import web

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.exports import Sheet, safe_file_name, xlsx_file
from bot.console.figures import month_asked
from bot.console.forms import LateDossierForm, day, typed
from bot.console.pages import ConsolePages, Link, Table
from bot.console.visits import Route, Visit, go
from bot.documents import FORMS, MIME
from handlers import books, late_dossiers
from handlers.books import PETITIONS, RECEPTION, Entry
from handlers.figures import Span
from handlers.late_dossiers import NotLate
from handlers.permissions import Act, may_at_all
from handlers.wording import words_in
from knowledge.categories import categories
from knowledge.masking import mask
from storage import late_dossiers as letters
from storage import officers, places

BOOKS, LATE = "/console/books", "/console/late-dossiers"
TITLES = {RECEPTION: "Sổ tiếp công dân", PETITIONS: "Sổ đơn thư, phản ánh, kiến nghị"}
BY_HAND = "Họ tên, địa chỉ, giấy tờ tùy thân để trống để ghi tay: phần mềm không giữ. Nội dung đã che tên, số."
# The columns of the reception book as communes keep it today; the petition book adds day, code and path of receipt.
HEADS: dict[str, tuple[tuple[str, int], ...]] = {
    RECEPTION: (
        ("STT", 6),
        ("Ngày tiếp", 12),
        ("Họ tên, địa chỉ", 24),
        ("Số CCCD, hộ chiếu", 16),
        ("Nội dung vụ việc", 48),
        ("Phân loại đơn, số người", 16),
        ("Cơ quan đã giải quyết", 18),
        ("Hướng xử lý: thụ lý để giải quyết", 14),
        ("Hướng xử lý: trả lại đơn và hướng dẫn", 20),
        ("Hướng xử lý: chuyển đơn đến cơ quan có thẩm quyền", 24),
        ("Theo dõi kết quả giải quyết", 24),
        ("Ghi chú", 20),
    ),
    PETITIONS: (
        ("STT", 6),
        ("Ngày nhận", 12),
        ("Mã, nơi nhận", 16),
        ("Họ tên, địa chỉ", 24),
        ("Tóm tắt nội dung", 48),
        ("Phân loại đơn, số người", 16),
        ("Thôn, ấp, tổ", 16),
        ("Cơ quan đã giải quyết", 18),
        ("Hướng xử lý: thụ lý để giải quyết", 14),
        ("Hướng xử lý: trả lại đơn và hướng dẫn", 20),
        ("Hướng xử lý: chuyển đơn đến cơ quan có thẩm quyền", 24),
        ("Theo dõi kết quả giải quyết", 24),
        ("Ghi chú", 20),
    ),
}
LONGEST = 300  # characters of what somebody told
NOT_LATE = "Ngày đã hẹn phải trước hôm nay và ngày hẹn mới phải sau hôm nay."


class BookPages:
    """For the desk, and for who looks after it."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", BOOKS, self.show, Act.BOOK_READ),
            Route("GET", f"{BOOKS}/print", self.printed, Act.BOOK_READ),
            Route("GET", f"{BOOKS}.xlsx", self.as_xlsx, Act.BOOK_READ),
            Route("GET", LATE, self.late, Act.DOSSIER_APOLOGISE),
            Route("POST", LATE, self.late, Act.DOSSIER_APOLOGISE),
            Route("GET", f"{LATE}/{{id}}/letter.pdf", self.letter_pdf, Act.DOSSIER_APOLOGISE),
            Route("GET", f"{LATE}/{{id}}/letter.docx", self.letter_docx, Act.DOSSIER_APOLOGISE),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Which book, which month."""
        assert visit.person is not None
        apologises, rates = (may_at_all(visit.person, act) for act in (Act.DOSSIER_APOLOGISE, Act.SERVICE_RATE))
        return self._pages.show(
            visit,
            "books.html",
            books=TITLES,
            month=f"{visit.today:%Y-%m}",
            by_hand=BY_HAND,
            apologises=apologises,
            rates=rates,
        )

    async def printed(self, visit: Visit) -> web.StreamResponse:
        """The book as a page to print."""
        book, span, rows = await self._rows(visit, what="printed")
        heads = [head for head, _width in HEADS[book]]
        table = Table(heads, rows, empty="Tháng này chưa có dòng nào.")
        title = f"{TITLES[book]} tháng {span.since:%m/%Y}"
        whole = sum(width for _head, width in HEADS[book])
        widths = [f"{100 * width / whole:.1f}%" for _head, width in HEADS[book]]
        return self._pages.show(visit, "book_print.html", table=table, title=title, by_hand=BY_HAND, widths=widths)

    async def as_xlsx(self, visit: Visit) -> web.StreamResponse:
        """The book as an Excel file."""
        book, span, rows = await self._rows(visit, what="exported")
        assert visit.commune is not None
        title = f"{TITLES[book]} tháng {span.since:%m/%Y}"
        heads, widths = zip(*HEADS[book], strict=True)
        sheet = Sheet(TITLES[book], title, heads, rows, (f"UBND {visit.commune.name}", BY_HAND), widths)
        return await asyncio.to_thread(xlsx_file, f"{title} {visit.commune.code}", [sheet])

    async def late(self, visit: Visit) -> web.StreamResponse:
        """Dossiers that come late, and the form for one more."""
        form, trouble = LateDossierForm(visit.form), ""
        if visit.form is not None and form.validate():
            try:
                async with visit.work() as work:
                    late_id = await late_dossiers.register(
                        work,
                        code=typed(form.code),
                        due_on=day(form.due_on),
                        new_due_on=day(form.new_due_on),
                        reason=typed(form.reason),
                    )
                return go(LATE, done="da-them", new=str(late_id))
            except NotLate:
                trouble = NOT_LATE
        async with visit.look() as work:
            found = await letters.newest(work.session, commune_id=work.commune_id)
        table = Table(
            ("Ghi lúc", "Hẹn trả", "Hẹn mới", "Lý do", "Người ký", "Thư"),
            [
                (
                    f"{row.at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}",
                    f"{row.due_on:%d/%m/%Y}",
                    f"{row.new_due_on:%d/%m/%Y}",
                    row.reason,
                    row.head,
                    Link(f"Thư số {row.id} (PDF)", f"{LATE}/{row.id}/letter.pdf"),
                )
                for row in found
            ],
            empty="Chưa ghi hồ sơ trễ hẹn nào.",
        )
        newest = visit.request.query.get("new", "")
        return self._pages.show(
            visit,
            "late_dossiers.html",
            form=form,
            table=table,
            newest=newest if any(str(row.id) == newest for row in found) else "",
            trouble=trouble,
            status=200 if visit.form is None else 422,
        )

    async def letter_pdf(self, visit: Visit) -> web.StreamResponse:
        """The letter to sign."""
        return await self._letter(visit, "pdf")

    async def letter_docx(self, visit: Visit) -> web.StreamResponse:
        """The same to go on writing in."""
        return await self._letter(visit, "docx")

    async def _letter(self, visit: Visit, kind: str) -> web.Response:
        async with visit.work() as work:
            letter = await late_dossiers.letter(work, visit.number("id"))
        body = await asyncio.to_thread(FORMS[kind], letter.draft)
        name = safe_file_name(f"thu xin loi {letter.row.id}")
        return web.Response(
            body=body,
            content_type=MIME[kind],
            headers={
                "Content-Disposition": f'attachment; filename="{name}.{kind}"',
                "Cache-Control": "no-store",
            },
        )

    async def _rows(self, visit: Visit, *, what: str) -> tuple[str, Span, list[tuple[object, ...]]]:
        book = visit.request.query.get("book", "")
        book = book if book in TITLES else RECEPTION
        span = month_asked(visit)
        async with visit.work() as work:
            found = await books.entries(work, book, span, what=what)
            people = {one.id: one.name for one in await officers.of_commune(work.session, commune_id=work.commune_id)}
            known = await places.hamlets(work.session, commune_id=work.commune_id)
        names = {one.id: one.name for one in known}
        told = [_words(visit, each) for each in found]
        masked = await asyncio.to_thread(_masked, told)
        rows = [
            _row(book, number, each, text, people.get(each.received_by, ""), names.get(each.case.hamlet_id, ""))
            for number, (each, text) in enumerate(zip(found, masked, strict=True), 1)
        ]
        return book, span, rows


def _words(visit: Visit, entry: Entry) -> str:
    """What somebody told, out of what their channel gave; what was erased or sealed says so itself."""
    ours = words_in(entry.raw)
    if ours is not None or entry.channel is None:
        return ours if ours is not None else entry.raw
    return visit.parts.worker.words(entry.channel, entry.raw) or ""


def _masked(told: Sequence[str]) -> list[str]:
    return [mask(each[:LONGEST]) for each in told]


def _row(book: str, number: int, entry: Entry, told: str, by: str, hamlet: str) -> tuple[object, ...]:
    case = entry.case
    category = categories().get(case.category or "")
    about = f"{category.label}: {told}" if category is not None and category.id != "other" else told
    received = f"{case.received_at.astimezone(VIET_NAM):%d/%m/%Y}" if case.received_at else ""
    kind = f"{words.CASE_KINDS.get(case.kind, case.kind)}, 1 người"
    taken = "" if entry.transferred or entry.refused else "x"
    ways = (taken, entry.refused, entry.transferred)
    if book == RECEPTION:
        note = f"{case.code}. Người tiếp: {by}" if by else str(case.code)
        return (number, received, "", "", about, kind, "", *ways, entry.result, note)
    origin = f"{case.code}, {words.ORIGINS.get(case.origin, case.origin)}"
    return (number, received, origin, "", about, kind, hamlet, "", *ways, entry.result, "")
