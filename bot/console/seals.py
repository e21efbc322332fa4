"""Niêm phong: who holds keys, tips without a name, their sealed packages, and answers. No words of anybody."""

from __future__ import annotations

from aiohttp import web

from bot.console.exports import safe_file_name
from bot.console.forms import SealAnswer, SealKey, typed
from bot.console.pages import ConsolePages, Link, Table, days_left, moment
from bot.console.visits import Route, Visit, go
from handlers import sealed_tips
from handlers.permissions import Act, may_at_all
from handlers.sealed_tips import KeyInUse, NoPhraseYet, Tip
from storage.sealing import FEWEST, BadKey

SEALS = "/console/seals"
BAD_KEY = "Dòng này không phải khóa công khai, hoặc chép thiếu. Chép cả dòng bắt đầu bằng dhseal1."
USED_KEY = "Khóa này đã có người dùng. Mỗi người tự tạo khóa của mình bằng danhoi seal new-holder."


NO_PHRASE = "Người gửi chưa nhận câu bí mật nên chưa ai đọc được lời trả lời; trả lời sau khi họ nhận."


class SealPages:
    """What holders and inspectors see."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", SEALS, self.listed, Act.SEAL_READ),
            Route("POST", f"{SEALS}/key", self.key, Act.SEAL_HOLD),
            Route("GET", f"{SEALS}/{{id}}", self.one, Act.SEAL_READ),
            Route("GET", f"{SEALS}/{{id}}/package", self.package, Act.SEAL_HOLD),
            Route("POST", f"{SEALS}/{{id}}/answer", self.answer, Act.SEAL_HOLD),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """Keys and tips."""
        return await self._listed(visit)

    async def key(self, visit: Visit) -> web.StreamResponse:
        """A holder pastes the key that was made on their own machine."""
        form, trouble = SealKey(visit.form), ""
        if form.validate():
            try:
                async with visit.work() as work:
                    await sealed_tips.add_key(work, typed(form.key))
                return go(SEALS, done="da-luu")
            except BadKey:
                trouble = BAD_KEY
            except KeyInUse:
                trouble = USED_KEY
        return await self._listed(visit, form=form, trouble=trouble, status=422)

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One tip: how much of it there is, and when it was answered."""
        return await self._one(visit)

    async def package(self, visit: Visit) -> web.StreamResponse:
        """The sealed package as a file; every download stands in the audit."""
        async with visit.work() as work:
            code, content = await sealed_tips.package(work, visit.number("id"))
        return web.Response(
            body=content.encode(),
            content_type="application/json",
            headers={
                "Content-Disposition": f'attachment; filename="niem-phong-{safe_file_name(code)}.json"',
                "Cache-Control": "no-store",
            },
        )

    async def answer(self, visit: Visit) -> web.StreamResponse:
        """What the person behind the phrase will read."""
        form = SealAnswer(visit.form)
        if not form.validate():
            return await self._one(visit, form=form, status=422)
        mailbox_id = visit.number("id")
        try:
            async with visit.work() as work:
                await sealed_tips.answer(work, mailbox_id, typed(form.text))
        except NoPhraseYet:
            return await self._one(visit, form=form, trouble=NO_PHRASE, status=422)
        return go(f"{SEALS}/{mailbox_id}", done="da-luu")

    async def _listed(
        self, visit: Visit, *, form: SealKey | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        async with visit.look() as work:
            holders = await sealed_tips.holders(work)
            tips = await sealed_tips.listed(work)
        table = Table(
            ("Số", "Nhận ngày", "Số phần", "Xã hẹn trả lời", "Trả lời"),
            [
                (
                    Link(tip.mailbox.code, f"{SEALS}/{tip.mailbox.id}"),
                    f"{tip.mailbox.opened_on:%d/%m/%Y}",
                    len(tip.texts),
                    days_left(tip.due_on, visit.today) if tip.due_on else "",
                    _answered(tip),
                )
                for tip in tips
            ],
            empty="Chưa có tin báo nào.",
        )
        return self._pages.show(
            visit,
            "seals.html",
            holders=holders,
            needed=FEWEST,
            table=table,
            form=form or SealKey(),
            may_hold=_may_hold(visit),
            trouble=trouble,
            status=status,
        )

    async def _one(
        self, visit: Visit, *, form: SealAnswer | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        async with visit.look() as work:
            tip = await sealed_tips.opened(work, visit.number("id"))
        return self._pages.show(
            visit,
            "seal.html",
            tip=tip,
            form=form or SealAnswer(),
            may_hold=_may_hold(visit) and tip.is_mine,
            no_phrase="" if tip.can_be_answered else NO_PHRASE,
            trouble=trouble,
            status=status,
        )


def _may_hold(visit: Visit) -> bool:
    return visit.person is not None and may_at_all(visit.person, Act.SEAL_HOLD)


def _answered(tip: Tip) -> str:
    return f"lần gần nhất {moment(tip.answers[-1].answered_at)}" if tip.answers else "chưa"
