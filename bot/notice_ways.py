"""By which channels notices go in this deployment, and within which limits: taken from the channels' own files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.assembly import Parts
from bot.channels.parts import utf16_length
from bot.channels.zalo_oa import WINDOW
from handlers.notice_words import message
from storage import communes
from storage.communes import Commune
from storage.notice_reach import Way
from storage.notices import Notice

RANKS = {"zalo_oa": 0, "telegram": 1, "zalo_bot": 2, "webchat": 3}  # a person's chats in this order, one of them
CHANNELS = {"zalo_oa": "Zalo OA", "telegram": "Telegram", "zalo_bot": "Zalo Bot", "webchat": "Trang chat của xã"}
KEPT_FOR_REPLIES = 0.1  # share of a monthly plan that notices leave to answers


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a channel allows a notice. `per_month`: messages of the plan that notices may use; None: no such limit."""

    text: int | None = None
    per_month: int | None = None


class Ways:
    """Asked by the sender and by the console: both see the same."""

    def __init__(self, parts: Parts) -> None:
        """Looks at the connections that are on."""
        self._parts = parts

    async def of(self, commune: Commune) -> list[Way]:
        """Every channel account that can bring this commune's notices now."""
        found = [
            Way(each.account.id or 0, each.platform.name, RANKS[each.platform.name], self._window(each.platform.name))
            for each in self._parts.connections.all
        ]
        async with self._parts.database.reading() as session:
            web = await communes.channel_account(session, commune_id=commune.id or 0, channel="webchat")
        if web is not None:
            found.append(Way(web.id or 0, "webchat", RANKS["webchat"]))
        return found

    def bounds(self, channel: str) -> Bounds:
        """The limits of a channel that is on; our own page has none."""
        for each in self._parts.connections.all:
            if each.platform.name == channel:
                month = each.platform.limits.per_month
                usable = None if month is None else int(month * (1 - KEPT_FOR_REPLIES))
                return Bounds(each.platform.limits.text, usable)
        return Bounds()

    def text(self, notice: Notice, commune: Commune, channel: str) -> str:
        """The notice as this channel shows it."""
        base = self._parts.settings.public_url
        link = f"{base}/x/{commune.code}/thong-bao/{notice.code}" if base else ""
        return message(notice, commune, most=self.bounds(channel).text, length=utf16_length, link=link)

    def _window(self, channel: str) -> timedelta | None:
        if channel != "zalo_oa":
            return None
        oa = self._parts.settings.channels.zalo_oa
        return None if oa is not None and oa.notice_template else WINDOW
