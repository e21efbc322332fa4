"""Sổ công khai: what must be public, what is late, where each thing hangs, and the proof."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from wtforms import DateField, Form, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from bot.console import words
from bot.console.forms import BAD_DAY, NEEDED, choices, day, number, text_field, tidy_lines, which_field
from bot.console.pages import ConsolePages, Link, Table
from bot.console.visits import Route, Visit, go
from handlers import disclosures
from handlers.disclosures import FORMS, BadDays, Posting
from handlers.permissions import Act, may_at_all
from knowledge.disclosures import LOUD, duties, term
from storage import disclosures as shelf
from storage import places
from storage.disclosures import Disclosure

DISCLOSURES = "/console/disclosures"
BAD_ORDER = "Ngày công khai phải từ ngày có quyết định trở đi, ngày gỡ phải sau ngày công khai."


class NewDisclosure(Form):
    """Something was decided."""

    duty = SelectField("Việc gì", [NEEDED], choices=choices((one.id, one.label) for one in duties().values()))
    title = text_field("Tên mục", needed=True, most=160, hint="Ví dụ: Dự toán ngân sách xã năm 2027.")
    decided_on = DateField("Ngày có quyết định, văn bản", [InputRequired(BAD_DAY)])
    hamlet = which_field("Của thôn nào", hint="Chỉ cần với danh sách của riêng một thôn.")


class PostingForm(Form):
    """How it was made public."""

    posted_on = DateField("Công khai từ ngày", [Optional()])
    taken_down_on = DateField("Gỡ ngày", [Optional()])
    forms = SelectMultipleField("Công khai bằng", [Optional()], choices=choices(FORMS.items()))
    place = text_field("Chỗ dán cụ thể", most=160)
    link = text_field("Đường dẫn tới bản đầy đủ", most=300, hint="Bắt đầu bằng https://")
    summary = TextAreaField(
        "Nói gọn cho dân hiểu",
        [Optional(), Length(max=240, message="Nhiều nhất 240 ký tự.")],
        filters=[tidy_lines],
        description="Một, hai câu. Không ghi tên người.",
        default="",
    )
    proof = text_field("Bằng chứng", most=200, hint="Số biên bản niêm yết, ai chứng kiến.")

    def validate_link(self, field: Any) -> None:
        """An address of the web, or none."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError("Đường dẫn bắt đầu bằng https://")


class DisclosurePages:
    """The register."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", DISCLOSURES, self.listed, Act.DISCLOSURE_READ),
            Route("POST", DISCLOSURES, self.add, Act.DISCLOSURE_EDIT),
            Route("GET", f"{DISCLOSURES}/{{id}}", self.one, Act.DISCLOSURE_READ),
            Route("POST", f"{DISCLOSURES}/{{id}}", self.post, Act.DISCLOSURE_EDIT),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """What is late or due soon first."""
        return await self._listed(visit, NewDisclosure())

    async def add(self, visit: Visit) -> web.StreamResponse:
        """A new item."""
        form = NewDisclosure(visit.form)
        async with visit.look() as work:
            known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        form.hamlet.choices = choices(((one.id, one.name) for one in known), empty="Toàn xã")
        if not form.validate():
            return await self._listed(visit, form, status=422)
        knowledge = await visit.parts.ready()
        async with visit.work() as work:
            disclosure_id = await disclosures.add(
                work,
                knowledge.entries,
                duty=form.duty.data,
                title=form.title.data or "",
                decided_on=day(form.decided_on),
                hamlet_id=number(form.hamlet.data),
            )
        return go(f"{DISCLOSURES}/{disclosure_id}", done="da-them")

    async def one(self, visit: Visit) -> web.StreamResponse:
        """One item."""
        return await self._one(visit)

    async def post(self, visit: Visit) -> web.StreamResponse:
        """It hangs."""
        form = PostingForm(visit.form)
        async with visit.look() as work:
            await disclosures.the_item(work, visit.number("id"))
        if not form.validate():
            return await self._one(visit, form=form, status=422)
        posting = Posting(
            form.posted_on.data,
            form.taken_down_on.data,
            tuple(form.forms.data or ()),
            form.place.data or "",
            form.link.data or "",
            form.summary.data or "",
            form.proof.data or "",
        )
        knowledge = await visit.parts.ready()
        try:
            async with visit.work() as work:
                await disclosures.post(work, knowledge.entries, visit.number("id"), posting)
        except BadDays:
            return await self._one(visit, form=form, trouble=BAD_ORDER, status=422)
        return go(f"{DISCLOSURES}/{visit.number('id')}", done="da-luu")

    async def _listed(self, visit: Visit, form: NewDisclosure, *, status: int = 200) -> web.Response:
        async with visit.look() as work:
            found = await shelf.listed(work.session, commune_id=work.commune_id)
            known = await places.present(work.session, commune_id=work.commune_id, on=work.today)
        form.hamlet.choices = choices(((one.id, one.name) for one in known), empty="Toàn xã")
        found.sort(key=lambda row: (not disclosures.state(row, visit.today).alarms, row.due_on is None, row.due_on))
        missing = [one.label for one in duties().values() if not any(row.duty == one.id for row in found)]
        table = Table(
            ("Mục", "Việc", "Tình trạng", "Hạn công khai", "Dán đến"),
            [_row(row, visit) for row in found],
            empty="Sổ chưa có mục nào.",
        )
        alarms = sum(disclosures.state(row, visit.today).alarms for row in found)
        return self._pages.show(
            visit,
            "disclosures.html",
            table=table,
            form=form,
            alarms=alarms,
            missing=missing,
            edits=visit.person is not None and may_at_all(visit.person, Act.DISCLOSURE_EDIT),
            status=status,
        )

    async def _one(
        self, visit: Visit, *, form: PostingForm | None = None, trouble: str = "", status: int = 200
    ) -> web.Response:
        async with visit.look() as work:
            row = await disclosures.the_item(work, visit.number("id"))
            hamlet = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=row.hamlet_id or 0)
        knowledge = await visit.parts.ready()
        duty = duties()[row.duty]
        loud = term(knowledge.entries, LOUD, visit.today) if duty.loud else None
        facts = [
            ("Việc", duty.label),
            ("Tình trạng", _state(row, visit)),
            ("Thôn", hamlet.name if hamlet else ""),
            ("Có quyết định ngày", f"{row.decided_on:%d/%m/%Y}"),
            ("Phải công khai chậm nhất", f"{row.due_on:%d/%m/%Y}" if row.due_on else ""),
            ("Không được gỡ trước khi hết", f"{row.hangs_until:%d/%m/%Y}" if row.hangs_until else ""),
            ("Dán", "thường xuyên, có thay đổi thì cập nhật" if duty.permanent else ""),
            ("Còn phải", f"phát loa ít nhất {loud.value} {loud.unit}, báo qua trưởng thôn" if loud else ""),
        ]
        return self._pages.show(
            visit,
            "disclosure.html",
            row=row,
            facts=[(label, value) for label, value in facts if value],
            form=form or PostingForm(obj=row),
            forms=list(FORMS.items()),
            ticked=set((form.forms.data if form else row.forms) or ()),
            edits=visit.person is not None and may_at_all(visit.person, Act.DISCLOSURE_EDIT),
            hamlet_only=duty.hamlet_only,
            trouble=trouble,
            status=status,
        )


def _row(row: Disclosure, visit: Visit) -> tuple[object, ...]:
    return (
        Link(row.title, f"{DISCLOSURES}/{row.id}"),
        duties()[row.duty].label,
        _state(row, visit),
        f"{row.due_on:%d/%m/%Y}" if row.due_on else "",
        f"{row.hangs_until:%d/%m/%Y}" if row.hangs_until else "",
    )


def _state(row: Disclosure, visit: Visit) -> str:
    how = disclosures.state(row, visit.today)
    told = words.DISCLOSURE_STATES[how.code]
    if how.code == "late":
        return f"{told} {how.days} ngày"
    return f"{told}, còn {how.days} ngày" if how.code == "due" and row.due_on else told
