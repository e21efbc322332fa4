"""All that a database holds, as text: for tests that look for what must stand nowhere."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Database
from storage.tables import METADATA


async def everything_in(database: Database) -> str:
    """Every row of every table, one a line; what is sealed or encrypted shows as it lies there."""
    found = []
    async with database.reading() as session:
        for table in METADATA.sorted_tables:
            rows = await (await session.connection()).execute(select(table))
            found += [f"{table.name} {tuple(row)!r}" for row in rows]
    return "\n".join(found)
