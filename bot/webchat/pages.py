"""The pages of the web chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiohttp import web

from bot.channels.webchat import LONGEST_TEXT
from bot.site import Site
from bot.webchat.conversation import Option, Picture, Said, Told, clock_time
from handlers.welcome import PRIVACY
from knowledge.vietnamese import fold
from storage.communes import Commune

SEARCHABLE = 8  # more communes than this get a search box

# What a newcomer can press instead of typing; said as if typed.
STARTERS = (
    Option("Làm giấy khai sinh cho con cần gì?", aside=False),
    Option("Mua bảo hiểm y tế hộ gia đình ở đâu?", aside=False),
    Option("Giá đất tra ở đâu?", aside=False),
    Option("Tôi muốn gửi phản ánh", aside=False),
    Option("Xem danh mục", aside=True),
    Option("Gặp cán bộ", aside=True),
    Option("Dữ liệu của tôi", aside=True),
)


class Pages:
    """Every page of the web chat."""

    def __init__(self, site: Site) -> None:
        """Draws with the site's templates."""
        self._site = site
        site.environment.filters["clock"] = clock_time

    def chat(
        self,
        commune: Commune,
        messages: Sequence[Said | Told],
        attached: Mapping[int, Sequence[Picture]],
        *,
        status: int = 200,
        notice: str = "",
        trouble: str = "",
        kept: str = "",
    ) -> web.Response:
        """The commune's chat. `attached` by event id; `kept` is what could not be taken, `trouble` says why."""
        facts = {
            "commune": commune,
            "messages": messages,
            "attached": attached,
            "waiting": any(isinstance(one, Said) and one.waiting for one in messages),
            "last_id": max((one.id for one in messages if isinstance(one, Told)), default=0),
            "starters": STARTERS,
            "privacy": PRIVACY,
            "longest": LONGEST_TEXT,
            "notice": notice,
            "trouble": trouble,
            "kept": kept,
        }
        return self._site.page("chat.html", facts, status=status)

    def chooser(self, communes: Sequence[Commune], q: str) -> web.Response:
        """Which commune, where there are several."""
        wanted = fold(q).strip()
        facts = {
            "communes": [one for one in communes if wanted in fold(f"{one.name} {one.province}")],
            "sample": any(one.is_sample for one in communes),
            "searchable": len(communes) > SEARCHABLE or bool(q),
            "q": q,
        }
        return self._site.page("chooser.html", facts)
