"""Expand first, contract a release later: while replicas are changed one by one, old ones write on the new schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage.database import Database, alembic_config
from tests.postgres import Server

LAST_ALONE = "0006"  # up to here one process was stopped and started; from then on replicas overlap
Schema = dict[str, dict[str, tuple[str, bool, bool]]]


def revisions() -> list[str]:
    """From the last one of the single process to the newest, oldest first."""
    script = ScriptDirectory.from_config(alembic_config())
    names = [one.revision for one in script.walk_revisions()][::-1]
    return names[names.index(LAST_ALONE) :]


def upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def schema(connection: Connection) -> Schema:
    """By table and column: the type, whether it may be empty, whether the database fills it in by itself."""
    seen = inspect(connection)
    return {
        table: {
            column["name"]: (
                str(column["type"]),
                bool(column["nullable"]),
                column["default"] is not None or bool(column.get("autoincrement")) or column["name"] == "id",
            )
            for column in seen.get_columns(table)
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def hindrances(before: Schema, after: Schema) -> list[str]:
    """What an old replica would stumble over."""
    found = [f"{table} is gone" for table in before.keys() - after.keys()]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        found += [f"{table}.{name} is gone" for name in old.keys() - new.keys()]
        for name in old.keys() & new.keys():
            if old[name][0] != new[name][0]:
                found.append(f"{table}.{name} has another type")
            if old[name][1] and not new[name][1]:
                found.append(f"{table}.{name} must be filled in now")
        for name in new.keys() - old.keys():
            _type, may_be_empty, fills_itself = new[name]
            if not (may_be_empty or fills_itself):
                found.append(f"{table}.{name} is new and has no server_default")
    return found


async def test_each_migration_only_expands(on_server: Server | None, tmp_path: Path) -> None:
    url = await on_server.make("danhoi_len_doi") if on_server else f"sqlite:///{tmp_path / 'len-doi.db'}"
    database = Database(url)
    async with database.engine.connect() as connection, connection.begin():
        await connection.run_sync(upgrade, LAST_ALONE)
        before = await connection.run_sync(schema)
        for revision in revisions()[1:]:
            await connection.run_sync(upgrade, revision)
            after = await connection.run_sync(schema)
            assert hindrances(before, after) == [], revision
            before = after
    await database.close()
    if on_server:
        await on_server.drop("danhoi_len_doi")


@pytest.mark.parametrize(
    ("after", "found"),
    [
        ({}, ["t is gone"]),
        ({"t": {}}, ["t.a is gone"]),
        ({"t": {"a": ("TEXT", True, False)}}, ["t.a has another type"]),
        ({"t": {"a": ("INTEGER", False, False)}}, ["t.a must be filled in now"]),
        ({"t": {"a": ("INTEGER", True, False), "b": ("TEXT", False, False)}}, ["t.b is new and has no server_default"]),
        ({"t": {"a": ("INTEGER", True, False), "b": ("TEXT", False, True)}, "u": {"a": ("TEXT", False, False)}}, []),
    ],
)
def test_what_an_old_replica_would_stumble_over_is_named(after: Schema, found: list[str]) -> None:
    assert hindrances({"t": {"a": ("INTEGER", True, False)}}, after) == found
