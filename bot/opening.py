"""The database of this deployment, migrated, for commands that need nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.exc import DBAPIError

from bot.errors import NoDatabase
from bot.settings import Settings
from storage.database import Database
from storage.engines import is_unreachable, url_of


async def bring_up(database: Database) -> None:
    """Migrate it. Raises NoDatabase where it cannot be reached or does not let us in, without saying its password."""
    try:
        await database.migrate()
    except (OSError, DBAPIError) as fault:
        if database.is_sqlite or not is_unreachable(fault):
            raise
        raise NoDatabase(url_of(database.url).render_as_string()) from None


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Brought to the newest schema first."""
    database = Database(settings.database_url)
    try:
        await bring_up(database)
        yield database
    finally:
        await database.close()
