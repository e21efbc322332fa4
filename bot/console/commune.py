"""What the commune tells about itself: settings, units, hamlets."""

from __future__ import annotations

from aiohttp import web

from bot.caller import CALLER
from bot.console import words
from bot.console.forms import CommuneSettings, Hamlets, OfficeForm, answer_terms_form, typed
from bot.console.pages import ConsolePages
from bot.console.visits import Route, Visit, go
from handlers import townhall
from handlers.permissions import Act, may_at_all
from handlers.townhall import BadSettingValue, HamletTwice
from storage import answer_terms, communes, offices, places

COMMUNE = "/console/commune"
SENTENCES = {
    "portal": "Địa chỉ trang của xã phải có dạng https://tên-miền, không có gì phía sau, nhiều nhất 4 trang.",
    "hamlets": "Danh sách chưa nhận: cần từ 1 đến 200 thôn, mỗi tên không quá 100 ký tự.",
}


class CommunePages:
    """Settings, units and hamlets."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", COMMUNE, self.show, Act.COMMUNE_READ),
            Route("GET", f"{COMMUNE}/settings", self.settings, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/settings", self.settings, Act.COMMUNE_EDIT),
            Route("GET", f"{COMMUNE}/terms", self.terms, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/terms", self.terms, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/offices", self.add_office, Act.COMMUNE_EDIT),
            Route("GET", f"{COMMUNE}/offices/{{id}}", self.office, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/offices/{{id}}", self.office, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/offices/{{id}}/close", self.close_office, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/hamlets", self.add_hamlets, Act.COMMUNE_EDIT),
            Route("POST", f"{COMMUNE}/hamlets/{{id}}/close", self.close_hamlet, Act.COMMUNE_EDIT),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All of it on one page."""
        return await self._show(visit)

    async def settings(self, visit: Visit) -> web.StreamResponse:
        """What citizens are shown about the commune."""
        async with visit.look() as work:
            row = await communes.get(work.session, commune_id=work.commune_id)
        form, trouble = CommuneSettings(visit.form, obj=row), ""
        if visit.form is not None and form.validate():
            try:
                async with visit.work() as work:
                    await townhall.change(work, {name: form.data[name] for name in townhall.SETTINGS})
                return go(COMMUNE, done="da-luu")
            except BadSettingValue as bad:
                trouble = SENTENCES.get(bad.field, f"Ô “{form[bad.field].label.text}” chưa dùng được.")
        status = 422 if visit.form is not None else 200
        return self._pages.show(visit, "commune_settings.html", form=form, trouble=trouble, status=status)

    async def terms(self, visit: Visit) -> web.StreamResponse:
        """In how many working days the commune promises an answer, field by field."""
        async with visit.look() as work:
            row = await communes.get(work.session, commune_id=work.commune_id)
            days = await answer_terms.in_force(work.session, commune_id=work.commune_id, on=work.today)
        form = answer_terms_form(visit.form, days)
        if visit.form is not None and form.validate():
            async with visit.work() as work:
                await townhall.promise(work, form.data)
            return go(COMMUNE, done="da-luu")
        status = 422 if visit.form is not None else 200
        return self._pages.show(visit, "commune_terms.html", form=form, usual=row.answer_days, status=status)

    async def add_office(self, visit: Visit) -> web.StreamResponse:
        """One more unit."""
        form = OfficeForm(visit.form)
        if not form.validate():
            return await self._show(visit, office=form, status=422)
        async with visit.work() as work:
            await townhall.keep_office(
                work, office_id=None, name=typed(form.name), phone=typed(form.phone), hours=typed(form.hours)
            )
        return go(COMMUNE, done="da-them")

    async def office(self, visit: Visit) -> web.StreamResponse:
        """Change a unit."""
        office_id = visit.number("id")
        async with visit.look() as work:
            row = await offices.office(work.session, commune_id=work.commune_id, office_id=office_id)
        if row is None:
            raise townhall.NoSuchUnit
        form = OfficeForm(visit.form, obj=row)
        if visit.form is not None and form.validate():
            async with visit.work() as work:
                await townhall.keep_office(
                    work, office_id=office_id, name=typed(form.name), phone=typed(form.phone), hours=typed(form.hours)
                )
            return go(COMMUNE, done="da-luu")
        return self._pages.show(visit, "office.html", form=form, row=row, status=422 if visit.form is not None else 200)

    async def close_office(self, visit: Visit) -> web.StreamResponse:
        """A unit that is no more."""
        async with visit.work() as work:
            await townhall.close_office(work, visit.number("id"))
        return go(COMMUNE, done="da-dong")

    async def add_hamlets(self, visit: Visit) -> web.StreamResponse:
        """A list of hamlets: all or none."""
        form, trouble = Hamlets(visit.form), ""
        if form.validate():
            try:
                async with visit.work() as work:
                    await townhall.add_hamlets(work, typed(form.names))
                return go(COMMUNE, done="da-them")
            except HamletTwice as twice:
                trouble = f"“{twice.name}” đã có hoặc được ghi hai lần; chưa thêm thôn nào."
            except BadSettingValue as bad:
                trouble = SENTENCES[bad.field]
        return await self._show(visit, hamlets=form, trouble=trouble, status=422)

    async def close_hamlet(self, visit: Visit) -> web.StreamResponse:
        """A hamlet that is no more."""
        async with visit.work() as work:
            await townhall.close_hamlet(work, visit.number("id"))
        return go(COMMUNE, done="da-dong")

    async def _show(
        self,
        visit: Visit,
        *,
        office: OfficeForm | None = None,
        hamlets: Hamlets | None = None,
        trouble: str = "",
        status: int = 200,
    ) -> web.Response:
        async with visit.look() as work:
            row = await communes.get(work.session, commune_id=work.commune_id)
            units = await offices.offices(work.session, commune_id=work.commune_id, on=work.today)
            days = await answer_terms.in_force(work.session, commune_id=work.commune_id, on=work.today)
            villages = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        form = CommuneSettings(obj=row)
        return self._pages.show(
            visit,
            "commune.html",
            told=[(field.label.text, field.data) for field in form],
            checked_on=row.checked_on,
            terms=[(label, days[code]) for code, label in words.FIELDS.items() if code in days],
            usual=row.answer_days,
            units=units,
            places=villages,
            office=office or OfficeForm(),
            hamlets=hamlets or Hamlets(),
            may_edit=visit.person is not None and may_at_all(visit.person, Act.COMMUNE_EDIT),
            bubble=_tag(visit, row.code) if row.portal else "",
            sites=row.portal.replace(" ", ", "),
            trouble=trouble,
            status=status,
        )


def _tag(visit: Visit, code: str) -> str:
    """The one line that shows the chat on the commune's own site."""
    seen = visit.request[CALLER]
    base = visit.parts.settings.public_url or f"{'https' if seen.https else 'http'}://{seen.host}"
    return f'<script src="{base}/embed.js" data-commune="{code}" async></script>'
