"""A commune with people on several channels, for the tests of notices; its platforms take down what they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from bot.assembly import Parts
from bot.channels.base import Limits, Outgoing, Received
from bot.channels.errors import SendFailed
from bot.delivery import Delivery as Line
from bot.ledger import Outlet
from bot.notice_sender import NoticeSender
from bot.notice_ways import Bounds, Ways
from handlers import notices
from handlers.notices import Draft
from handlers.permissions import Held, Person, Role
from handlers.workplace import Workplace
from storage import accounts, links, outbox, places, reach, wishes
from storage.accounts import Account
from storage.communes import ChannelAccount, Commune
from storage.deliveries import Delivery
from storage.notice_reach import Way
from storage.notices import Notice
from storage.outbox import OutboxMessage
from storage.places import Hamlet
from tests.conftest import THE_DAY

FACTS: dict[str, Any] = {
    "title": "Ngừng điện để thay trạm biến áp",
    "place": "Ấp Đông",
    "starts": "2026-11-24T07:30:00+07:00",
    "ends": "2026-11-24T11:00:00+07:00",
    "contact": "Điện lực, 0900 000 000 (số mẫu)",
    "reason": "Thay trạm biến áp",
    "details": "Bà con tắt cầu dao trước giờ trên.",
}
DRAFT = Draft("power", FACTS)


class Platform:
    """Takes down what it is sent; a test says who has blocked us."""

    greets = foreign = outside = False

    def __init__(self, name: str, limits: Limits) -> None:
        self.name, self.limits = name, limits
        self.sent: list[tuple[str, str]] = []
        self.fails: dict[str, Exception] = {}

    def read(self, raw: str) -> Received:
        return Received(raw)

    async def send(self, chat_key: str, message: Outgoing) -> None:
        if chat_key in self.fails:
            raise self.fails[chat_key]
        self.sent.append((chat_key, message.printed))


@dataclass
class FixedWays(Ways):
    """Channels as a test wants them."""

    ways: list[Way] = field(default_factory=list)
    by_name: dict[str, Bounds] = field(default_factory=dict)

    async def of(self, commune: Commune) -> list[Way]:
        return self.ways

    def bounds(self, channel: str) -> Bounds:
        return self.by_name.get(channel, Bounds())

    def text(self, notice: Notice, commune: Commune, channel: str) -> str:
        from handlers.notice_words import message

        return message(notice, commune, most=self.bounds(channel).text)


class Village:
    """The sample commune with an OA, a Zalo Bot and its web chat, and an officer who sends notices."""

    def __init__(self, parts: Parts, commune: Commune) -> None:
        self.parts, self.commune = parts, commune
        self.platforms: dict[str, Platform] = {}
        self.channel: dict[str, ChannelAccount] = {}
        self.ways = FixedWays()
        self.told: list[tuple[int, str]] = []
        self.officers: dict[int, Any] = {}
        self.hamlets: list[int] = []

    async def opens(self, officers: Sequence[int]) -> None:
        """Make the channels and two hamlets."""
        self.ids = list(officers)
        async with self.parts.database.writing() as session:
            for name in ("zalo_oa", "zalo_bot"):
                row = ChannelAccount(commune_id=self.commune.id or 0, channel=name, external_id=f"{name}-mau")
                session.add(row)
                await session.flush()
                self.channel[name] = row
            for name in ("webchat", "terminal"):
                found = select(ChannelAccount).where(
                    col(ChannelAccount.commune_id) == self.commune.id, col(ChannelAccount.channel) == name
                )
                self.channel[name] = (await session.exec(found)).one()
            for name in ("Ấp Đông", "Ấp Tây"):
                hamlet = Hamlet(
                    commune_id=self.commune.id or 0, name=name, key=name.lower(), now=name, valid_from=THE_DAY
                )
                self.hamlets.append(await places.keep(session, hamlet))
        self.platforms = {
            "zalo_oa": Platform("zalo_oa", Limits(text=1_800)),
            "zalo_bot": Platform("zalo_bot", Limits(text=1_800, buttons=0)),
            "terminal": Platform("terminal", Limits()),
        }
        id_of = {name: account.id or 0 for name, account in self.channel.items()}
        self.ways.ways = [
            Way(id_of["zalo_oa"], "zalo_oa", 0, timedelta(days=7)),
            Way(id_of["zalo_bot"], "zalo_bot", 2),
            Way(id_of["terminal"], "terminal", 3),
            Way(id_of["webchat"], "webchat", 4),
        ]
        self.sender = NoticeSender(
            self.parts.database, self.parts.clock, self.ways, lambda account, chat: self.told.append((account, chat))
        )
        outlets = {id_of[name]: Outlet(self.channel[name], each) for name, each in self.platforms.items()}
        self.line = Line(self.parts.database, self.parts.vault, self.parts.clock, outlets)

    async def person(
        self, name: str, channel: str, *, hamlet: int | None = None, seen: datetime | None = None, same_as: str = ""
    ) -> Account:
        """Somebody who wrote once. `same_as`: the same person as that one."""
        async with self.parts.database.writing() as session:
            account = await accounts.find_or_add(
                session,
                commune_id=self.commune.id or 0,
                channel_account_id=self.channel[channel].id or 0,
                chat_key=name,
            )
            if same_as:
                other = (await session.exec(select(Account).where(col(Account.chat_key) == same_as))).one()
                account.citizen_id = other.citizen_id
                session.add(account)
            if channel.startswith("zalo"):
                row = await reach.of(session, commune_id=self.commune.id or 0, account_id=account.id or 0)
                row.last_seen_at = seen or self.parts.clock.now()
                await reach.keep(session, row)
            if hamlet is not None:
                await wishes.live_in(session, account, hamlet_id=hamlet, at=self.parts.clock.now())
            return account

    def at_desk(self, session: Any, officer: int = 0, **bounds: Any) -> Workplace:
        """Where one of the officers works."""
        person = Person(self.ids[officer], self.commune.id or 0, holds=(Held(Role.BROADCASTER, **bounds),))
        clock = self.parts.clock
        return Workplace(session, person, self.parts.vault, clock.now(), clock.today())

    async def sends(self, draft: Draft = DRAFT, **how: Any) -> int:
        """Write a notice and send it; its id."""
        async with self.parts.database.writing() as session:
            work = self.at_desk(session)
            notice_id = await notices.write(work, draft)
            await notices.send(work, notice_id, self.ways.ways, **how)
        return notice_id

    async def runs(self) -> None:
        """Everything that can go now goes."""
        for _ in range(50):
            busy = await self.sender.work()
            sent = await self.line.flush()
            if not busy and not sent:
                return

    async def notice(self, notice_id: int) -> Notice:
        """As it stands now."""
        async with self.parts.database.reading() as session:
            return await session.get_one(Notice, notice_id)

    async def rows(self, notice_id: int) -> list[Delivery]:
        """Its ledger."""
        async with self.parts.database.reading() as session:
            found = select(Delivery).where(col(Delivery.notice_id) == notice_id).order_by(col(Delivery.id))
            return list(await session.exec(found))

    async def ledger(self, notice_id: int) -> dict[str, str]:
        """State and reason by the chat's key, of the newest turn."""
        async with self.parts.database.reading() as session:
            keys = {each.id: each.chat_key for each in await session.exec(select(Account))}
        rows = await self.rows(notice_id)
        last = max((row.run for row in rows), default=1)
        return {keys[row.account_id]: f"{row.state} {row.reason}".strip() for row in rows if row.run == last}


__all__ = ["DRAFT", "FACTS", "OutboxMessage", "Platform", "SendFailed", "Village", "links", "outbox"]
