"""How each channel of the commune stands: whether it is parked and why, what waits, what could not be sent."""

from __future__ import annotations

from datetime import datetime

from aiohttp import web

from bot.console import words
from bot.console.pages import ConsolePages, Table, moment
from bot.console.visits import Route, Visit
from handlers.permissions import Act
from storage import lines, outbox
from storage.lines import Line
from storage.outbox import OutboxMessage

CHANNELS = "/console/channels"


class ChannelPages:
    """One page; ids, states and reasons, nobody's words."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [Route("GET", CHANNELS, self.show, Act.CHANNEL_READ)]

    async def show(self, visit: Visit) -> web.StreamResponse:
        """Every channel that is on for this commune, and what it could not bring."""
        now = visit.parts.clock.running()
        rows, unsent, parked = [], [], False
        async with visit.look() as work:
            for account, line in await lines.of_commune(work.session, commune_id=work.commune_id):
                mine = {"commune_id": work.commune_id, "channel_account_id": account.id or 0}
                counts = await outbox.counts(work.session, **mine)
                name = words.CHANNELS.get(account.channel, account.channel)
                parked = parked or line.state(now) != "ok"
                waits = counts.get("queued", 0) + counts.get("sending", 0)
                rows.append((name, _state(line, now), str(waits)))
                unsent += [(name, *_unsent(one)) for one in await outbox.unsent(work.session, **mine)]
        return self._pages.show(
            visit,
            "channels.html",
            channels=Table(("Kênh", "Tình trạng", "Tin chờ gửi"), rows, empty="Chưa nối kênh nào ngoài trang web."),
            unsent=Table(("Kênh", "Tin", "Lúc", "Vì sao"), unsent, empty="Không có tin nào bị kẹt."),
            parked=parked,
        )


def _state(line: Line, now: datetime) -> str:
    """In words that say whether somebody must do something."""
    if line.state(now) == "ok":
        return "đang chạy"
    again = f", thử lại lúc {moment(line.parked_until)}" if line.parked_until and not line.needs_person else ""
    person = "; cần người vận hành xem lại mã truy cập của kênh" if line.needs_person else ""
    return f"đang tạm dừng ({line.parked_because}){again}{person}"


def _unsent(message: OutboxMessage) -> tuple[str, str, str]:
    why = f"{words.UNSENT[message.state]}: {message.error}" if message.error else words.UNSENT[message.state]
    return f"#{message.id}", moment(message.created_at), why
