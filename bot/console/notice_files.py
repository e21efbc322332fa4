"""What officers take away of a notice: the sheet, the certificate, and whom it did not reach, hamlet by hamlet."""

from __future__ import annotations

from aiohttp import web

from bot import notice_papers
from bot.console.exports import safe_file_name
from bot.console.forms import number
from bot.console.notice_view import NOTICES, facts_of, hamlet_names, report_table
from bot.console.pages import ConsolePages
from bot.console.visits import Route, Visit, go
from handlers import notice_report, notice_words, notices
from handlers.permissions import Act
from storage import officers


class NoticeFiles:
    """Three papers."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", f"{NOTICES}/{{id}}/sheet", self.sheet, Act.NOTICE_READ),
            Route("GET", f"{NOTICES}/{{id}}/certificate", self.certificate, Act.NOTICE_READ),
            Route("GET", f"{NOTICES}/{{id}}/unreached", self.unreached, Act.NOTICE_READ),
        ]

    async def sheet(self, visit: Visit) -> web.StreamResponse:
        """For the board of the hamlet house."""
        assert visit.commune is not None
        async with visit.look() as work:
            notice = await notices.the_notice(work, visit.number("id"))
        return _pdf(f"thong-bao-{notice.code}", notice_papers.sheet(notice, visit.commune))

    async def certificate(self, visit: Visit) -> web.StreamResponse:
        """Of the present turn, or of `run`; one that was never sent has none. Every download stands in the audit."""
        assert visit.commune is not None
        async with visit.work() as work:
            notice = await notices.the_notice(work, visit.number("id"))
            if notice.first_sent_at is None:
                return go(f"{NOTICES}/{notice.id}")
            run = min(number(visit.request.query.get("run")) or notice.run, notice.run)
            told = await notice_report.report(work.session, notice, run=run)
            hamlets = await hamlet_names(work)
            people = {one.id: one.name for one in await officers.of_commune(work.session, commune_id=work.commune_id)}
            fingerprint, count = await notice_report.certified(work, notice, run=run)
            at = work.now
        table = report_table(told, hamlets)
        content = notice_papers.certificate(
            notice,
            visit.commune,
            told,
            facts=facts_of(notice, hamlets, people),
            rows=[[str(cell) for cell in row] for row in (table.heads, *table.rows)],
            fingerprint=fingerprint,
            count=count,
            run=run,
            at=at,
        )
        return _pdf(f"xac-nhan-{notice.code}", content)

    async def unreached(self, visit: Visit) -> web.StreamResponse:
        """A page to print: how many people of each hamlet were not reached and why, with room for the hamlet head."""
        async with visit.work() as work:
            notice = await notices.the_notice(work, visit.number("id"))
            told = await notice_report.report(work.session, notice)
            hamlets = await hamlet_names(work)
            await work.note(Act.NOTICE_READ, "notice", notice.id, what="unreached")
        found = [
            (hamlets.get(hamlet, "?"), sum(why.values()), sorted(why.items(), key=lambda each: -each[1]))
            for hamlet, why in sorted(told.unreached.items(), key=lambda each: hamlets.get(each[0], ""))
        ]
        assert visit.commune is not None
        return self._pages.show(
            visit,
            "notice_unreached.html",
            notice=notice,
            title=notice.facts[notice_words.TITLE],
            found=found,
            script=notice_words.script(notice, visit.commune),
        )


def _pdf(name: str, content: bytes) -> web.Response:
    return web.Response(
        body=content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{safe_file_name(name)}.pdf"',
            "Cache-Control": "no-store",
        },
    )
