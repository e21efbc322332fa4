"""Builds each part once, by hand; the only file that knows them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.admission import House
from bot.channels.base import Channel
from bot.channels.telegram import Telegram
from bot.channels.terminal import Terminal
from bot.channels.webchat import WebChat
from bot.channels.zalo_bot import ZaloBotEvents
from bot.channels.zalo_oa import ZaloOaEvents
from bot.clock import Clock
from bot.connections import Connections
from bot.delivery import Delivery
from bot.files.keeping import FileKeeper
from bot.files.links import Links
from bot.intake import Intake
from bot.layering import Layers
from bot.ledger import Outlet
from bot.opening import bring_up
from bot.pipeline import Tools
from bot.scheduler import Scheduler, jobs_of
from bot.settings import Settings
from bot.tally import Tally
from bot.webchat.hub import Hub
from bot.webhooks import Door
from bot.worker import Worker
from handlers.price_book import open_book
from knowledge.base import Knowledge
from storage import communes
from storage.blobs import FolderBlobs
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database


@dataclass(slots=True)
class Parts:
    """One running deployment. `knowledge` is None until it is loaded; `ready()` waits for it."""

    settings: Settings
    database: Database
    vault: Vault
    worker: Worker
    scheduler: Scheduler
    knowledge: Knowledge | None = None
    tally: Tally = field(default_factory=Tally)
    connections: Connections = field(default_factory=Connections)
    own: dict[int, Knowledge] = field(default_factory=dict)  # of communes with approved texts of their own
    files: FileKeeper = field(init=False)
    links: Links = field(init=False)
    layers: Layers = field(init=False)
    hub: Hub = field(default_factory=Hub)
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        """What follows from the rest; the layers look at these very parts."""
        blobs = FolderBlobs(self.settings.files_dir)
        self.files = FileKeeper(self.database, self.vault, self.settings.clock, blobs)
        self.links = Links(self.settings.secret_key)
        self.layers = Layers(self)

    @property
    def clock(self) -> Clock:
        """Business time."""
        return self.settings.clock

    def knowledge_of(self, commune_id: int) -> Knowledge:
        """What a commune answers with, once the knowledge is loaded."""
        assert self.knowledge is not None
        return self.own.get(commune_id, self.knowledge)

    async def ready(self) -> Knowledge:
        """The knowledge, as soon as it is loaded."""
        await self._loaded.wait()
        assert self.knowledge is not None
        return self.knowledge

    async def load_knowledge(self) -> None:
        """Read the content beside the loop; from then on the worker answers."""
        knowledge = await asyncio.to_thread(Knowledge.load, today=self.clock.today(), cache=self.settings.cache_dir)
        await asyncio.to_thread(
            knowledge.places.mentions, "xã Đại Tâm, Mỹ Xuyên"
        )  # the tables of names, before the first message asks
        self.take(knowledge, await self.layers.over(knowledge))
        await self.open_books()

    async def open_books(self) -> None:
        """Price tables are read before the first question about one."""
        async with self.database.reading() as session:
            for commune in await communes.all_of_them(session):
                await open_book(session, commune_id=commune.id or 0)

    def take_own(self, commune_id: int, knowledge: Knowledge | None) -> None:
        """A commune answers with this from now on; None: with what is shipped."""
        self.own.pop(commune_id, None)
        if knowledge is not None:
            self.own[commune_id] = knowledge

    def take(self, knowledge: Knowledge, own: Mapping[int, Knowledge] | None = None) -> None:
        """Answer with this knowledge from now on, and with the communes' layers over it."""
        self.knowledge, self.own = knowledge, dict(own or {})
        rules = self.settings.channels
        house = House(rules.per_minute, rules.burst, rules.officer_silence)
        url, unproven = self.settings.public_url, rules.unproven
        self.worker.tools = Tools(self.vault, knowledge, self.clock, house, url, unproven, self.own)
        self._loaded.set()
        self.worker.wake()


@asynccontextmanager
async def assemble(settings: Settings, *, terminal: Terminal | None = None) -> AsyncIterator[Parts]:
    """All parts over a migrated database; given back in order at the end."""
    database = Database(settings.database_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await bring_up(database)
        vault = Vault(settings.secret_key)
        known = (WebChat(), terminal or Terminal(print), Telegram(), ZaloBotEvents(), ZaloOaEvents())
        channels: dict[str, Channel] = {channel.name: channel for channel in known}
        yield Parts(
            settings=settings,
            database=database,
            vault=vault,
            worker=Worker(database, vault, settings.clock, channels),
            scheduler=Scheduler(database, settings.clock, jobs_of(settings.public_url)),
        )


def delivery_of(parts: Parts) -> Delivery:
    """The delivery of every platform that is on."""
    outlets = {each.account.id or 0: Outlet(each.account, each.platform) for each in parts.connections.all}
    on = parts.settings.channels
    return Delivery(parts.database, parts.vault, parts.clock, outlets, in_flight=on.in_flight, pace=on.pace)


def door_of(parts: Parts) -> Door:
    """Where the platforms' events come in."""
    return Door(Intake(parts.database, parts.vault, parts.clock, parts.worker.wake), parts.tally)


def delivery_to(parts: Parts, terminal: Terminal, account: ChannelAccount) -> Delivery:
    """The delivery of one terminal's replies."""
    return Delivery(parts.database, parts.vault, parts.clock, {account.id or 0: Outlet(account, terminal)})
