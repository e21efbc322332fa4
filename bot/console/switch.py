"""The stop switch at the console: what stands still, since when and why; one act to begin it and one to end it."""

from __future__ import annotations

from aiohttp import web
from wtforms import Form, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from bot.console import words
from bot.console.forms import NEEDED, choices, text_field, tidy_lines, typed
from bot.console.pages import ConsolePages, Table, moment
from bot.console.visits import Route, Visit, go
from handlers import pausing
from handlers.permissions import Act
from storage import officers, pauses

SWITCH = "/console/switch"


class PauseForm(Form):
    """What stands still, why, and what citizens read."""

    what = SelectField("Tạm dừng việc gì", [NEEDED], choices=choices(words.PAUSES.items()))
    reason = text_field("Lý do (cán bộ đọc)", needed=True, most=300)
    notice = TextAreaField(
        "Lời báo người dân",
        [Optional(), Length(max=300, message="Nhiều nhất 300 ký tự.")],
        filters=[tidy_lines],
        description="Để trống thì dùng lời có sẵn. Số điện thoại của xã và số khẩn cấp được thêm vào sau.",
    )


class SwitchPages:
    """For the leader and the operator of a commune."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", SWITCH, self.show, Act.SWITCH_USE),
            Route("POST", f"{SWITCH}/pause", self.pause, Act.SWITCH_USE),
            Route("POST", f"{SWITCH}/resume", self.resume, Act.SWITCH_USE),
        ]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """How the three stand, and what stood still before."""
        return await self._show(visit, PauseForm())

    async def pause(self, visit: Visit) -> web.StreamResponse:
        """Stand still."""
        form = PauseForm(visit.form)
        if not form.validate():
            return await self._show(visit, form, status=422)
        async with visit.work() as work:
            await pausing.pause(work, form.what.data, reason=typed(form.reason), notice=form.notice.data or "")
        return go(SWITCH, done="da-tam-dung")

    async def resume(self, visit: Visit) -> web.StreamResponse:
        """Go on."""
        assert visit.form is not None
        async with visit.work() as work:
            await pausing.resume(work, str(visit.form.get("what", "")))
        visit.parts.worker.wake()
        return go(SWITCH, done="da-mo-lai")

    async def _show(self, visit: Visit, form: PauseForm, *, status: int = 200) -> web.Response:
        async with visit.look() as work:
            switches = await pausing.switches(work)
            before = await pauses.of_commune(work.session, commune_id=work.commune_id)
            people = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
        rows = [
            (
                words.PAUSES[row.what],
                f"{moment(row.begun_at)} {people.get(row.begun_by, '')}",
                f"{moment(row.ended_at)} {people.get(row.ended_by, '')}" if row.ended_at else "chưa",
                row.reason,
            )
            for row in before
        ]
        table = Table(("Việc", "Dừng lúc", "Mở lại lúc", "Lý do"), rows, empty="Chưa lần nào tạm dừng.")
        return self._pages.show(
            visit, "switch.html", switches=switches, names=words.PAUSES, form=form, table=table, status=status
        )
