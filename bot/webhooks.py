"""Webhooks: proved genuine, stored under their unique key, and only then acknowledged; answering comes later."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from aiohttp import web

from bot.channels.errors import SendFailed
from bot.connections import Connection, Connections
from bot.intake import Intake
from bot.tally import Tally

LARGEST = 262_144  # bytes of one event

log = logging.getLogger(__name__)


class Door:
    """Where events come in, by webhook or by polling: each is stored once, and counted."""

    def __init__(self, intake: Intake, tally: Tally) -> None:
        """`tally` counts what is refused and what is known already."""
        self.tally = tally
        self._intake = intake
        self._running: set[asyncio.Task[None]] = set()

    async def take(self, connection: Connection, raw: str) -> str:
        """Keep one event; says what became of it."""
        platform = connection.platform
        arrived = platform.arrived(raw)
        if arrived is None:
            self.tally.note(platform.name, "unknown")
            return "ignored"
        fresh = await self._intake.accept(
            connection.account, event_key=arrived.event_key, chat_key=arrived.chat_key, raw=raw
        )
        self.tally.note(platform.name, "stored" if fresh else "repeated")
        if fresh:
            self._look_at(connection, raw)
        return "stored" if fresh else "repeated"

    def _look_at(self, connection: Connection, raw: str) -> None:
        received = connection.platform.read(raw)
        if received is None:
            return
        if received.kind == "unsupported":
            self.tally.note(connection.platform.name, "protected")
        if received.kind == "press":
            task = asyncio.create_task(_courtesy(connection, raw))
            self._running.add(task)
            task.add_done_callback(self._running.discard)


async def _courtesy(connection: Connection, raw: str) -> None:
    """What the channel likes to hear of a press; nothing depends on it."""
    with suppress(SendFailed, Exception):
        await connection.platform.acknowledge(raw)


class Webhooks:
    """One address per channel that is on."""

    def __init__(self, connections: Connections, door: Door) -> None:
        """The connections are opened at the start."""
        self._connections, self._door = connections, door

    def table(self) -> list[web.RouteDef]:
        """One address for each channel that is on."""
        return [web.post(f"/webhooks/{each.platform.path}", self.take) for each in self._connections.all]

    async def take(self, request: web.Request) -> web.Response:
        """Verify, store, 200. A fault of ours is a 500, so that the channel sends it again."""
        connection = self._connections.at(request.path.rpartition("/")[2])
        if (request.content_length or 0) > LARGEST:
            return web.Response(status=413)
        body = await request.read()
        verdict = connection.platform.check(request.headers, body)
        if verdict.note:
            self._door.tally.note(connection.platform.name, verdict.note)
        if not verdict.accepted:
            log.warning("webhook of %s refused: %s", connection.platform.name, verdict.note)
            return web.Response(status=401)
        return web.Response(text=await self._door.take(connection, body.decode("utf-8", "replace")))
