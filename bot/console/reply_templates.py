"""Reply templates of a commune: the shipped ones to read, its own to write and to end."""

from __future__ import annotations

from aiohttp import web
from wtforms import Form, SelectField
from wtforms.validators import Optional

from bot.console import words
from bot.console.case_forms import words_field
from bot.console.forms import choices, text_field, typed
from bot.console.pages import ConsolePages
from bot.console.visits import Route, Visit, go
from handlers import proposals
from handlers.permissions import Act
from handlers.proposals import BadTemplate
from knowledge import reply_templates
from storage import reply_templates as own

ADDRESS = "/console/templates"


class TemplateForm(Form):
    """A new template."""

    name = text_field("Tên mẫu", needed=True, most=80)
    kind = SelectField(
        "Dùng cho", [Optional()], choices=choices(words.CASE_KINDS.items(), empty="Mọi loại đơn"), default=""
    )
    text = words_field("Lời mẫu", hint="Chỗ điền sẵn ghi trong {ngoặc nhọn}; chỗ điền tay ghi trong [ngoặc vuông].")


class TemplatePages:
    """For the leaders and for who writes the content."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", ADDRESS, self.show, Act.TEMPLATE_EDIT),
            Route("POST", ADDRESS, self.show, Act.TEMPLATE_EDIT),
            Route("POST", f"{ADDRESS}/{{id}}/end", self.end, Act.TEMPLATE_EDIT),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """All templates, and the form for one more."""
        form, trouble = TemplateForm(visit.form), ""
        if visit.form is not None and form.validate():
            try:
                async with visit.work() as work:
                    await proposals.add(
                        work, name=typed(form.name), kind=form.kind.data or "", text=form.text.data or ""
                    )
                return go(ADDRESS, done="da-them")
            except BadTemplate as bad:
                trouble = f"Không có chỗ điền nào tên {{{bad}}}; xem danh sách tên bên dưới."
        async with visit.look() as work:
            mine = await own.in_use(work.session, commune_id=work.commune_id)
        return self._pages.show(
            visit,
            "templates.html",
            form=form,
            mine=mine,
            shipped=reply_templates.shipped(),
            places=reply_templates.PLACES,
            kinds=words.CASE_KINDS,
            trouble=trouble,
            status=200 if visit.form is None else 422,
        )

    async def end(self, visit: Visit) -> web.StreamResponse:
        """A template that is not offered any more."""
        async with visit.work() as work:
            await proposals.end(work, visit.number("id"))
        return go(ADDRESS, done="da-ket-thuc")
