"""The audit chain: written by several processes at once, it verifies; any change of it is found."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from storage import audit
from storage.audit import Broken
from storage.communes import Commune
from storage.database import Database
from tests.conftest import NINE_O_CLOCK, THE_DAY

WRITER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from storage import audit, tables
from storage.database import Database

async def main(url, commune_id, rows):
    database = Database(url)
    for chunk in range(0, rows, 250):
        async with database.writing() as session:
            for n in range(chunk, min(rows, chunk + 250)):
                await audit.write(
                    session, commune_id=commune_id, at=datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=n),
                    actor="system", act="case.read", object_kind="case", object_id=n,
                )
    await database.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


async def link_all(database: Database, commune: Commune) -> None:
    while True:
        async with database.writing() as session:
            if await audit.link(session, commune_id=commune.id or 0) == 0:
                return


async def verify(database: Database, commune: Commune) -> Broken | None:
    async with database.reading() as session:
        return await audit.verify(session, commune_id=commune.id or 0)


async def write(database: Database, commune: Commune, count: int) -> None:
    async with database.writing() as session:
        for n in range(count):
            await audit.write(
                session,
                commune_id=commune.id or 0,
                at=NINE_O_CLOCK + timedelta(seconds=n),
                actor="system",
                act="case.read",
                object_kind="case",
                object_id=n,
            )


async def test_ten_thousand_rows_of_two_processes_are_one_chain(database: Database, commune: Commune) -> None:
    root = Path(__file__).parents[2]
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, database.url, str(commune.id), "5000", cwd=root
        )
        for _ in range(2)
    ]
    while any(writer.returncode is None for writer in writers):  # the chain is linked while they write
        async with database.writing() as session:
            await audit.link(session, commune_id=commune.id or 0)
        await asyncio.sleep(0.05)
    assert [writer.returncode for writer in writers] == [0, 0]
    await link_all(database, commune)
    async with database.reading() as session:
        assert await audit.count(session, commune_id=commune.id or 0) == (10_000, 10_000)
    assert await verify(database, commune) is None
    async with database.writing() as session:
        await session.exec(text("UPDATE auditrow SET object_id = 0 WHERE seq = 7777"))  # type: ignore[call-overload]
    assert await verify(database, commune) == Broken(7777, "changed")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE auditrow SET officer_id = NULL, act = 'x' WHERE seq = 5", Broken(5, "changed")),
        ("UPDATE auditrow SET at = '2026-11-23 02:00:09.000001' WHERE seq = 9", Broken(9, "changed")),
        ("DELETE FROM auditrow WHERE seq = 1", Broken(1, "missing")),
        ("DELETE FROM auditrow WHERE seq = 12", Broken(12, "missing")),
        ("DELETE FROM auditrow WHERE seq > 15", Broken(20, "missing")),
    ],
)
async def test_a_changed_or_missing_row_is_found(
    database: Database, commune: Commune, statement: str, found: Broken
) -> None:
    await write(database, commune, 20)
    await link_all(database, commune)
    async with database.writing() as session:
        await audit.close_day(session, commune_id=commune.id or 0, day=THE_DAY)
    assert await verify(database, commune) is None
    async with database.writing() as session:
        await session.exec(text(statement))  # type: ignore[call-overload]
    assert await verify(database, commune) == found


async def test_a_chain_made_anew_differs_from_the_days_head(database: Database, commune: Commune) -> None:
    await write(database, commune, 5)
    await link_all(database, commune)
    async with database.writing() as session:
        await audit.close_day(session, commune_id=commune.id or 0, day=THE_DAY)
        await session.exec(text("UPDATE auditrow SET object_id = 99 WHERE seq = 2"))  # type: ignore[call-overload]
        await session.exec(text("UPDATE auditrow SET seq = NULL, hash = NULL"))  # type: ignore[call-overload]
    await link_all(database, commune)
    assert await verify(database, commune) == Broken(5, "head")
