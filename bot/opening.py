"""The database of this deployment, migrated, for commands that need nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.settings import Settings
from storage.database import Database


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Brought to the newest schema first."""
    database = Database(settings.database_url)
    try:
        await database.migrate()
        yield database
    finally:
        await database.close()
