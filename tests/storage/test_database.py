"""The two SQLite events: rollback reaches around savepoints, no update is lost; one head of schema."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlmodel import select

from storage.columns import UtcDateTime
from storage.communes import Commune
from storage.database import Database, alembic_config
from storage.tables import METADATA
from tests.conftest import NINE_O_CLOCK, THE_DAY


def a_commune(code: str) -> Commune:
    return Commune(code=code, name=f"Xã {code}", checked_on=THE_DAY, created_at=NINE_O_CLOCK)


async def codes(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.exec(select(Commune.code)))


class Stop(Exception):
    """Raised to leave a transaction."""


async def test_an_outer_rollback_takes_a_released_savepoint_back(database: Database) -> None:
    with pytest.raises(Stop):
        async with database.writing() as session:
            session.add(a_commune("ngoai"))
            async with session.begin_nested():
                session.add(a_commune("trong"))
            raise Stop
    assert await codes(database) == set()


async def test_a_rolled_back_savepoint_leaves_the_rest(database: Database) -> None:
    async with database.writing() as session:
        session.add(a_commune("giu"))
        await session.flush()
        savepoint = await session.begin_nested()
        session.add(a_commune("bo"))
        await session.flush()
        await savepoint.rollback()
    assert await codes(database) == {"giu"}


async def test_two_tasks_that_read_and_then_write_lose_no_update(database: Database) -> None:
    async with database.writing() as session:
        session.add(a_commune("dem"))

    async def add_ten() -> None:
        for _ in range(10):
            async with database.writing() as session:
                commune = (await session.exec(select(Commune).with_for_update())).one()
                await asyncio.sleep(0)
                commune.answer_days += 1
                session.add(commune)

    await asyncio.gather(add_ten(), add_ten())
    async with database.reading() as session:
        assert (await session.exec(select(Commune.answer_days))).one() == 5 + 20


async def test_two_processes_lose_no_update(tmp_path: Path) -> None:
    """The lock is the file's, not only ours: two `Database` objects share no turn."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'hai.db'}"
    first, second = Database(url), Database(url)
    await first.migrate()
    async with first.writing() as session:
        session.add(a_commune("dem"))

    async def add_ten(database: Database) -> None:
        for _ in range(10):
            async with database.writing() as session:
                commune = (await session.exec(select(Commune))).one()
                await asyncio.sleep(0.001)
                commune.answer_days += 1
                session.add(commune)

    await asyncio.gather(add_ten(first), add_ten(second))
    async with first.reading() as session:
        assert (await session.exec(select(Commune.answer_days))).one() == 5 + 20
    await first.close()
    await second.close()


@pytest.mark.embedded
async def test_sqlite_is_set_up_as_designed(database: Database) -> None:
    async with database.engine.connect() as connection:
        values = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


async def test_the_migrations_give_the_schema_of_the_models(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_migrations_have_one_head() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


async def test_migrating_twice_changes_nothing(database: Database) -> None:
    async with database.writing() as session:
        session.add(a_commune("con"))
    await database.migrate()
    assert await codes(database) == {"con"}


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001


async def test_instants_come_back_aware(database: Database) -> None:
    async with database.writing() as session:
        session.add(a_commune("gio"))
    async with database.reading() as session:
        kept = (await session.exec(select(Commune.created_at))).one()
    assert kept == NINE_O_CLOCK and kept.tzinfo is UTC


@pytest.mark.parametrize("first", ["storage.tables", "storage.archives", "storage.database"])
def test_the_tables_are_gathered_whichever_module_comes_first(first: str) -> None:
    code = f"import {first}; from storage.tables import METADATA; assert len(METADATA.tables) > 40"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
