"""Builds each part once, by hand; the only file that knows them all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bot.channels.base import Channel
from bot.channels.terminal import Terminal
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.delivery import Delivery
from bot.pipeline import Tools
from bot.scheduler import Scheduler
from bot.settings import Settings
from bot.worker import Worker
from handlers.price_book import open_book
from knowledge.base import Knowledge
from storage import communes
from storage.bodies import Vault
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
    _loaded: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def clock(self) -> Clock:
        """Business time."""
        return self.settings.clock

    async def ready(self) -> Knowledge:
        """The knowledge, as soon as it is loaded."""
        await self._loaded.wait()
        assert self.knowledge is not None
        return self.knowledge

    async def load_knowledge(self) -> None:
        """Read the content beside the loop; from then on the worker answers."""
        knowledge = await asyncio.to_thread(Knowledge.load, today=self.clock.today(), cache=self.settings.cache_dir)
        await asyncio.to_thread(knowledge.places.mentions, "")  # the tables of names, before the first message asks
        self.take(knowledge)
        await self._open_books()

    async def _open_books(self) -> None:
        """Price tables are read before the first question about one."""
        async with self.database.reading() as session:
            for commune in await communes.all_of_them(session):
                await open_book(session, commune_id=commune.id or 0)

    def take(self, knowledge: Knowledge) -> None:
        """Answer with this knowledge from now on."""
        self.knowledge = knowledge
        self.worker.tools = Tools(self.vault, knowledge, self.clock)
        self._loaded.set()
        self.worker.wake()


@asynccontextmanager
async def assemble(settings: Settings, *, terminal: Terminal | None = None) -> AsyncIterator[Parts]:
    """All parts over a migrated database; given back in order at the end."""
    database = Database(settings.database_url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.close)
        await database.migrate()
        vault = Vault(settings.secret_key)
        channels: dict[str, Channel] = {"webchat": WebChat(), "terminal": terminal or Terminal(print)}
        yield Parts(
            settings=settings,
            database=database,
            vault=vault,
            worker=Worker(database, vault, settings.clock, channels),
            scheduler=Scheduler(database, settings.clock),
        )


def delivery_to(parts: Parts, terminal: Terminal, channel_account_id: int) -> Delivery:
    """The delivery of one terminal's replies."""
    return Delivery(parts.database, parts.vault, parts.clock, {channel_account_id: terminal})
