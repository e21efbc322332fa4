"""Sets each platform up, and fetches events from those that are polled; one that is gone is tried again later."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

from bot.channels.errors import ChannelDown, SendFailed, TooFast
from bot.connections import Connection, Connections
from bot.delivery import Delivery
from bot.leases import Lease
from bot.webhooks import Door

SHORTEST_POLL = 0.3  # seconds
OTHERS_TURN = 5.0  # seconds between looks whether the replica that polls is gone
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0  # seconds

LeaseOf = Callable[[str], Lease]

log = logging.getLogger(__name__)


class Polling:
    """One loop per connection, beside the server: nothing here can stop it."""

    def __init__(self, connections: Connections, door: Door, delivery: Delivery, lease_of: LeaseOf) -> None:
        """What cannot be reached is told to `delivery`, which parks the account's messages.

        `lease_of` gives the lease of a name: a platform's events are fetched by one replica at a time.
        """
        self._connections, self._door, self._delivery, self._lease_of = connections, door, delivery, lease_of
        self._parked: set[int] = set()

    async def run(self) -> None:
        """For ever."""
        await asyncio.gather(*(self._serve(each) for each in self._connections.all))

    async def _serve(self, connection: Connection) -> None:
        """A stop gives the lease back, so that another replica goes on at once."""
        lease = self._lease_of(f"poll {connection.account.id}")
        try:
            await self._keep_fetching(connection, lease)
        finally:
            with suppress(Exception):
                await lease.give_back()

    async def _keep_fetching(self, connection: Connection, lease: Lease) -> None:
        """Set up once; then fetch for ever, where the platform is polled at all."""
        is_set_up, wait = False, FIRST_WAIT
        while not is_set_up or connection.platform.polls:
            try:
                if not is_set_up:
                    await connection.platform.set_up()
                    is_set_up = True
                    log.info("channel %s is set up", connection.platform.name)
                elif await lease.held():
                    await self._fetch(connection)
                else:
                    await asyncio.sleep(OTHERS_TURN)
                wait = FIRST_WAIT
                await self._take_back(connection)
            except Exception as fault:
                await self._tell(connection, fault)
                pause = fault.after if isinstance(fault, TooFast) and fault.after else wait
                wait = min(LONGEST_WAIT, wait * 2)
                await asyncio.sleep(pause)

    async def _fetch(self, connection: Connection) -> None:
        """Each event is stored before the next request confirms it."""
        began = time.monotonic()
        for raw in (found := await connection.platform.fetch()):
            await self._door.take(connection, raw)
        connection.platform.confirm()
        if not found:  # a platform that does not wait is not asked without a pause
            await asyncio.sleep(max(0.0, SHORTEST_POLL - (time.monotonic() - began)))

    async def _take_back(self, connection: Connection) -> None:
        """What we parked ourselves works again; a pause that the platform asked for is none of ours."""
        account_id = connection.account.id or 0
        if account_id in self._parked:
            await self._delivery.ledger.free(account_id)
            self._parked.discard(account_id)

    async def _tell(self, connection: Connection, fault: Exception) -> None:
        reason = fault.reason if isinstance(fault, SendFailed) else type(fault).__name__
        log.warning("channel %s: %s; tried again later", connection.platform.name, reason)
        if isinstance(fault, ChannelDown):
            self._parked.add(connection.account.id or 0)
            try:
                await self._delivery.ledger.park(connection.account.id or 0, fault)
            except Exception:
                log.exception("that %s is down cannot be written down now", connection.platform.name)
