"""The database, and the only ways to a session: `writing()`, `turn()` and `reading()`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import engines
from storage.engines import IN_MEMORY as IN_MEMORY
from storage.errors import MigrationLostRows
from storage.turns import Turn

MIGRATIONS = Path(__file__).parent / "migrations"
DOOR = 0  # stands for a commune where officers sign in, who name none yet
LOG_TRIES, LOG_WAIT = 5, 0.05  # how often, and how many seconds apart, the log is tried to be emptied


class Database:
    """One database of ours. SQLite writers of this process queue on a lock instead of spinning on the file's."""

    def __init__(self, url: str) -> None:
        """Connects lazily; `url` such as sqlite:////var/lib/danhoi/danhoi.db or postgresql://danhoi@db/danhoi."""
        self.url = url
        self.engine = engines.create(url)
        self._readers = engines.looking(self.engine)
        self._steady = engines.steady(self.engine)
        self._turn = Turn() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded engine."""
        return self.engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def writing(
        self, *, commune_id: int | None = None, beside: bool = False, first: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """One write transaction: committed at the end of the block, rolled back when the block raises.

        Nobody else writes meanwhile: in this commune, or anywhere where none is named. `beside`: others may, on
        PostgreSQL; only for what locks each row that it reads and then changes, or changes it in one statement.
        `first`: before all who wait already; for what somebody outside waits for.
        """
        async with self._transaction(self.engine, first=first) as session:
            if not beside:
                await engines.write_alone(session, commune_id=commune_id)
            yield session

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncSession]:
        """One write transaction of a conversation, beside those of others: see `engines.write_beside`.

        On PostgreSQL it may end in a conflict (`engines.is_conflict`): then nothing of it was done.
        """
        async with self._transaction(self._steady) as session:
            yield session

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, *, first: bool = False) -> AsyncIterator[AsyncSession]:
        async with AsyncExitStack() as stack:
            if self._turn is not None:
                await stack.enter_async_context(self._turn.taken(first=first))
            session = await stack.enter_async_context(AsyncSession(engine, expire_on_commit=False))
            await stack.enter_async_context(session.begin())
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One consistent view of the data; nothing written in it is kept."""
        async with AsyncSession(self._readers, expire_on_commit=False) as session:
            yield session

    async def migrate(self, revision: str = "head") -> None:
        """Bring the schema to the newest migration, or up to this one; safe to call at every start."""
        async with self.engine.connect() as connection, _without_foreign_keys(connection), connection.begin():
            await connection.run_sync(_upgrade, revision)

    async def revision(self) -> str:
        """The migration at which the schema stands; empty where there is none yet."""
        async with self.engine.connect() as connection:
            found = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
        return found or ""

    async def forget_log(self) -> None:
        """Keys that were dropped leave the write-ahead log too; what a reader still needs of it goes the next time."""
        for _ in range(LOG_TRIES if self._turn is not None else 0):
            if await self._empty_log():
                return
            await asyncio.sleep(LOG_WAIT)

    async def _empty_log(self) -> bool:
        """Whether the log is empty now; a reader in the middle of its work keeps it."""
        assert self._turn is not None
        async with self._turn.taken(), self.engine.connect() as connection:
            raw = await connection.get_raw_connection()  # begins nothing: no log is emptied in a transaction
            driver: Any = raw.driver_connection
            await (await driver.execute("PRAGMA busy_timeout=200")).close()
            answer = await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, _pages, _moved = await answer.fetchone()
            await answer.close()
            await (await driver.execute("PRAGMA busy_timeout=10000")).close()
        return not is_busy

    async def close(self) -> None:
        """Give back all connections."""
        await self.engine.dispose()


@asynccontextmanager
async def _without_foreign_keys(connection: AsyncConnection) -> AsyncIterator[None]:
    """SQLite changes a table by making it anew, which its keys forbid while rows point at it; they are checked after.

    The switch works outside a transaction only, so it is told to the driver itself.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        await driver.execute("PRAGMA foreign_keys=ON")


def alembic_config() -> Config:
    """Alembic's settings without a file: the migrations lie beside this module."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def revisions() -> list[str]:
    """All migrations that this release has, oldest first."""
    return [each.revision for each in ScriptDirectory.from_config(alembic_config()).walk_revisions()][::-1]


def _upgrade(connection: Connection, revision: str) -> None:
    engines.migrate_alone(connection)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
    if connection.dialect.name == "sqlite":
        lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if lost:
            raise MigrationLostRows(sorted({str(row[0]) for row in lost}))
