"""The desk counts a month's satisfaction slips in the three fields that must be measured."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web
from wtforms import Form, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Regexp

from bot.console import words
from bot.console.forms import NEEDED, choices
from bot.console.pages import ConsolePages, Table, said
from bot.console.visits import Route, Visit, go
from handlers import service_ratings
from handlers.figures import Span
from handlers.permissions import Act
from handlers.service_ratings import TooManySlips

ADDRESS = "/console/service-ratings"
MOST = 100_000
TOO_MANY = "Số phiếu không được nhiều hơn số kết quả đã trả, và tháng không được ở sau tháng này."
FACES = ("1 · Rất không hài lòng", "2 · Không hài lòng", "3 · Bình thường", "4 · Hài lòng", "5 · Rất hài lòng")


def _count(label: str) -> IntegerField:
    checks = [InputRequired("Ô này cần một số, kể cả số 0."), NumberRange(0, MOST, "Từ 0 đến 100.000.")]
    return IntegerField(label, checks, default=0, render_kw={"min": 0, "inputmode": "numeric"})


class Slips(Form):
    """A month's counts in one field."""

    service = SelectField("Lĩnh vực", [NEEDED], choices=choices(words.SERVICES.items()))
    month = StringField(
        "Tháng",
        [NEEDED, Regexp(r"20\d\d-(0[1-9]|1[0-2])$", message="Ghi năm-tháng, ví dụ 2026-11.")],
        description="Năm-tháng, ví dụ 2026-11.",
        default="",
    )
    asked = _count("Số kết quả đã trả")
    one = _count(FACES[0])
    two = _count(FACES[1])
    three = _count(FACES[2])
    four = _count(FACES[3])
    five = _count(FACES[4])


class ServiceRatingPages:
    """For the desk and the leaders."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", ADDRESS, self.show, Act.SERVICE_RATE),
            Route("POST", ADDRESS, self.show, Act.SERVICE_RATE),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """The form, and what was counted this year and the last."""
        form, trouble = Slips(visit.form), ""
        if visit.form is None:
            form.month.data = f"{visit.today:%Y-%m}"
        elif form.validate():
            try:
                async with visit.work() as work:
                    await service_ratings.record(work, **_told(form))
                return go(ADDRESS, done="da-luu")
            except TooManySlips:
                trouble = TOO_MANY
        span = Span(date(visit.today.year - 1, 1, 1), visit.today)
        async with visit.look() as work:
            found = await service_ratings.scores(work.session, commune_id=work.commune_id, span=span)
        heads = ("Tháng", "Lĩnh vực", "Kết quả đã trả", "Phiếu", "Tỷ lệ trả lời (%)", "Điểm (1-5)")
        table = Table(
            heads,
            [
                (
                    f"{one.month:%m/%Y}",
                    words.SERVICES[one.service],
                    *map(said, (one.asked, one.answered, one.share, one.mean)),
                )
                for one in found
            ],
            empty="Chưa ghi tháng nào.",
        )
        return self._pages.show(
            visit,
            "service_ratings.html",
            form=form,
            fields=list(form),
            table=table,
            trouble=trouble,
            status=200 if visit.form is None else 422,
        )


def _told(form: Slips) -> dict[str, Any]:
    faces = [field.data or 0 for field in (form.one, form.two, form.three, form.four, form.five)]
    return {
        "service": form.service.data,
        "month": date.fromisoformat(f"{form.month.data}-01"),
        "asked": form.asked.data or 0,
        "faces": faces,
    }
