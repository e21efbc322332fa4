"""What one process of all does at a time: leased in the database, and taken over when its holder is gone."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from bot.clock import Clock
from storage import jobs
from storage.database import Database

LEASE = timedelta(seconds=60)  # longer than the longest wait of a platform that is polled


def own_name() -> str:
    """What this process calls itself in leases: never the same twice."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Lease:
    """Something that one process of all does at a time, such as asking a platform for its events."""

    def __init__(self, database: Database, clock: Clock, holder: str, name: str) -> None:
        """`name` is the same in every replica, `holder` in this one only."""
        self._database, self._clock = database, clock
        self._holder, self._name = holder, name

    async def held(self) -> bool:
        """Whether it is ours for the next while; a holder that is silent for longer loses it.

        The embedded database has one process: whoever held it before is dead.
        """
        if self._database.is_sqlite:
            return True
        async with self._database.writing(beside=True) as session:
            return await jobs.hold(
                session, name=self._name, holder=self._holder, now=self._clock.running(), lease=LEASE
            )

    async def give_back(self) -> None:
        """The next one need not wait."""
        if self._database.is_sqlite:
            return
        async with self._database.writing(beside=True) as session:
            await jobs.let_go(session, name=self._name, holder=self._holder)
