"""One person on each channel, so that one suite can talk through all of them."""

from __future__ import annotations

import asyncio
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from bot import communes
from bot.assembly import delivery_to
from bot.channels.terminal import Terminal
from storage.communes import ChannelAccount
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from tests.bot.running import Served, Serves, eventually_so
from tests.fakes import telegram, zalo_bot, zalo_oa
from tests.fakes.base import Fake, Fault

BUSY_INBOX, BUSY_OUTBOX = ("waiting",), ("queued", "sending")


@dataclass
class Screen:
    """One message as the person sees it. `presses` are what a button sends, in order."""

    text: str
    presses: list[str] = field(default_factory=list)


class Driver(ABC):
    """What a person can do on any channel. `most`: the longest message the channel takes, in UTF-16 units."""

    name = ""
    most: int | None = None

    def __init__(self, served: Served) -> None:
        self.served = served

    @abstractmethod
    async def says(self, text: str) -> list[Screen]:
        """Write, and what comes back."""

    @abstractmethod
    async def presses(self, press: str) -> list[Screen]:
        """Press a button."""

    @abstractmethod
    async def says_twice(self, text: str) -> list[Screen]:
        """The channel brings the same event twice."""

    async def settled(self) -> None:
        """Everything that came is answered, and everything said is gone."""

        async def quiet() -> bool:
            events, messages = await self.served.rows(InboxEvent), await self.served.rows(OutboxMessage)
            return not any(one.state in BUSY_INBOX for one in events) and not any(
                one.state in BUSY_OUTBOX for one in messages
            )

        await eventually_so(quiet, within=40)

    async def account(self) -> ChannelAccount:
        """The channel account on which this person writes."""
        accounts: list[ChannelAccount] = await self.served.rows(ChannelAccount)
        return next(one for one in accounts if one.channel == self.name)


class WebDriver(Driver):
    """A browser with scripts."""

    name = "webchat"

    def __init__(self, served: Served, session: aiohttp.ClientSession) -> None:
        super().__init__(served)
        self._session = session

    async def says(self, text: str) -> list[Screen]:
        return await self._post(str(uuid.uuid4()), text)

    async def presses(self, press: str) -> list[Screen]:
        return await self.says(press)

    async def says_twice(self, text: str) -> list[Screen]:
        client_id = str(uuid.uuid4())
        first = await self._post(client_id, text)
        assert first == await self._post(client_id, text)
        return first

    async def _post(self, client_id: str, text: str) -> list[Screen]:
        async with self._session.post(
            self.served.url("/x/mau/messages"), json={"client_id": client_id, "text": text}
        ) as answer:
            content = await answer.json()
        if answer.status != 200:
            return [Screen(content["error"])]
        return [Screen(_with_grounds(one), [*one["choices"]]) for one in content["messages"]]


class TerminalDriver(Driver):
    """Somebody at the command line."""

    name = "terminal"

    def __init__(self, served: Served) -> None:
        super().__init__(served)
        self._heard: list[dict[str, Any]] = []
        self._terminal = Terminal(lambda line: self._heard.append(json.loads(line)), as_json=True)

    async def says(self, text: str, *, key: str = "") -> list[Screen]:
        account = await self.account()
        before = len(self._heard)
        await self.served.parts.worker.receive(account, event_key=key or uuid.uuid4().hex, chat_key="toi", raw=text)
        await self._answered()
        await delivery_to(self.served.parts, self._terminal, account).flush()
        return [Screen(one["text"], list(one["choices"])) for one in self._heard[before:]]

    async def presses(self, press: str) -> list[Screen]:
        return await self.says(press)

    async def says_twice(self, text: str) -> list[Screen]:
        heard = await self.says(text, key="zwei")
        return heard + await self.says(text, key="zwei")

    async def account(self) -> ChannelAccount:
        parts = self.served.parts
        commune = await communes.only(parts.database)
        assert commune is not None
        return await communes.account_of(parts.database, commune, "terminal")

    async def _answered(self) -> None:
        async def quiet() -> bool:
            return not any(one.state in BUSY_INBOX for one in await self.served.rows(InboxEvent))

        await eventually_so(quiet)


class PlatformDriver(Driver):
    """Somebody on a platform, of which a fake stands in the place."""

    def __init__(self, served: Served, fake: Any, person: Any) -> None:
        super().__init__(served)
        self.fake, self.person = fake, person

    @abstractmethod
    def event(self, text: str) -> dict[str, Any]:
        """Writing."""

    async def says(self, text: str) -> list[Screen]:
        return await self.brings(self.event(text))

    async def says_twice(self, text: str) -> list[Screen]:
        event = self.event(text)
        return await self.brings(event, event)

    async def brings(self, *events: dict[str, Any]) -> list[Screen]:
        """Deliver events together, and what comes back for all of them."""
        before = len(self.screens())
        assert set(await asyncio.gather(*(self.fake.deliver(event) for event in events))) == {200}
        await self.settled()
        return self.screens()[before:]

    def screens(self) -> list[Screen]:
        """All that the platform showed this person."""
        return [self.screen(one) for one in self.fake.sent if one["chat_id"] == self.person]

    @abstractmethod
    def screen(self, sent: dict[str, Any]) -> Screen:
        """One message as the platform took it."""

    @abstractmethod
    def photo(self) -> dict[str, Any]:
        """A picture without a word."""

    @abstractmethod
    def strange(self) -> dict[str, Any]:
        """An event that nobody knows."""

    @abstractmethod
    def block(self) -> None:
        """The person wants nothing more of us."""

    @abstractmethod
    def revoke(self) -> Callable[[], None]:
        """Our token is refused from now on; calling what this gives makes it good again."""

    send_method = ""

    def fault(self, kind: str) -> None:
        """The next send meets this fault."""
        self.fake.faults.append(Fault(kind, self.send_method, seconds=1))


class TelegramDriver(PlatformDriver):
    name, most, send_method = "telegram", 4_096, "sendMessage"
    flood, gone = "429", "403 blocked"

    def event(self, text: str) -> dict[str, Any]:
        update: dict[str, Any] = self.fake.text_update(self.person, text)
        return update

    async def presses(self, press: str) -> list[Screen]:
        return await self.brings(self.fake.press_update(self.person, press))

    def screen(self, sent: dict[str, Any]) -> Screen:
        rows = (sent.get("reply_markup") or {}).get("inline_keyboard", [])
        return Screen(sent["text"], [button["callback_data"] for row in rows for button in row])

    def photo(self) -> dict[str, Any]:
        sizes = [{"file_id": name, "file_unique_id": name, "width": 9, "height": 9} for name in ("small", "1.jpg")]
        update: dict[str, Any] = self.fake.message_update(self.person, photo=sizes)
        return update

    def place(self, latitude: float = 10.5, longitude: float = 106.25) -> dict[str, Any]:
        where = {"latitude": latitude, "longitude": longitude}
        update: dict[str, Any] = self.fake.message_update(self.person, location=where)
        return update

    def strange(self) -> dict[str, Any]:
        update: dict[str, Any] = self.fake.update(some_new_thing={"a": 1})
        return update

    def block(self) -> None:
        self.fake.blocked.add(self.person)

    def revoke(self) -> Callable[[], None]:
        good, self.fake.token = self.fake.token, "1:revoked"
        return lambda: setattr(self.fake, "token", good)


class ZaloDriver(PlatformDriver):
    """On both of Zalo's platforms a press is a message."""

    def event(self, text: str) -> dict[str, Any]:
        event: dict[str, Any] = self.fake.text_event(self.person, text)
        return event

    async def presses(self, press: str) -> list[Screen]:
        return await self.says(press)


class ZaloBotDriver(ZaloDriver):
    name, most, send_method = "zalo_bot", 2_000, "sendMessage"
    flood, gone = "429", "404 chat"

    def screen(self, sent: dict[str, Any]) -> Screen:
        """There are no buttons: what can be chosen are the numbers of the lines."""
        lines = sent["text"].split("\n")
        return Screen(sent["text"], [line.partition(". ")[0] for line in lines if line.partition(". ")[0].isdigit()])

    def photo(self) -> dict[str, Any]:
        event: dict[str, Any] = self.fake.event(
            self.person, "message.image.received", photo_url=f"{self.fake.base}/held/1.jpg"
        )
        return event

    def strange(self) -> dict[str, Any]:
        event: dict[str, Any] = self.fake.event(self.person, "message.some_new_thing.received")
        return event

    def block(self) -> None:
        self.fake.chats.discard(self.person)

    def revoke(self) -> Callable[[], None]:
        good, self.fake.token = self.fake.token, "1:revoked"
        return lambda: setattr(self.fake, "token", good)


class ZaloOaDriver(ZaloDriver):
    name, most, send_method = "zalo_oa", 2_000, "/v3.0/oa/message/cs"
    flood, gone = "-32", "zalo -213"

    def screen(self, sent: dict[str, Any]) -> Screen:
        buttons = sent["message"].get("attachment", {}).get("payload", {}).get("buttons", [])
        return Screen(sent["text"], [button["payload"] for button in buttons])

    def photo(self) -> dict[str, Any]:
        attachments = [{"type": "image", "payload": {"url": f"{self.fake.base}/held/1.jpg"}}]
        event: dict[str, Any] = self.fake.event(self.person, "user_send_image", message={"attachments": attachments})
        return event

    def place(self, latitude: float = 10.5, longitude: float = 106.25) -> dict[str, Any]:
        where = {"location": {"latitude": str(latitude), "longitude": str(longitude)}}
        event: dict[str, Any] = self.fake.event(self.person, "user_send_location", message=where)
        return event

    def strange(self) -> dict[str, Any]:
        event: dict[str, Any] = self.fake.event(self.person, "some_new_thing", message={})
        return event

    def block(self) -> None:
        self.fake.blocked.add(self.person)

    def revoke(self) -> Callable[[], None]:
        """The refresh token is dead as well, so that a person must mend it."""
        tokens, self.fake.refresh_tokens, self.fake.access_token = self.fake.refresh_tokens, set(), "revoked"
        return lambda: setattr(self.fake, "refresh_tokens", tokens)


@asynccontextmanager
async def driving(name: str, serves: Serves) -> AsyncIterator[Any]:
    """One person on that channel of a running server."""
    if name in ("webchat", "terminal"):
        async with serves() as served, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            yield WebDriver(served, session) if name == "webchat" else TerminalDriver(served)
        return
    fake, driver, person = faked(name)
    await fake.start()
    try:
        async with serves(**fake.settings) as served:
            fake.target = served.url("/webhooks/" + name.replace("_", "-"))
            yield driver(served, fake, person)
    finally:
        await fake.stop()


def faked(name: str) -> tuple[Fake, type[PlatformDriver], Any]:
    """The fake of that platform, not started yet, the driver that talks to it, and the person who does."""
    match name:
        case "telegram":
            return telegram.FakeTelegram(), TelegramDriver, 7
        case "zalo_bot":
            return zalo_bot.FakeZaloBot(), ZaloBotDriver, "aa11"
    fake = zalo_oa.FakeZaloOa(moved=datetime(2026, 11, 23, 2, 0, tzinfo=UTC) - datetime.now(UTC))
    return fake, ZaloOaDriver, "2000000000000000002"


def _with_grounds(message: dict[str, Any]) -> str:
    cites = "; ".join(source["cite"] for source in message["sources"])
    return f"{message['text']}\nCăn cứ: {cites}" if cites else str(message["text"])
