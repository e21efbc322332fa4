"""The whole database in one file of neither engine: a zip of JSON lines per table, files, and a manifest with hashes.

Rows come from one view of the data and stand in the order of their keys, so that the same data give the same hashes on
SQLite and PostgreSQL. What is encrypted stays so; the keys are in no table, and so in no archive.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Column, Date, DateTime, LargeBinary, String, Table, TypeDecorator, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage import engines
from storage.database import Database
from storage.errors import ArchiveRefused
from storage.tables import METADATA

FORMAT, VERSION = "danhoi-backup", 1
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 16 * 1024 * 1024
CHUNK = 1_000  # rows that are read or written at once
PIECE = 1024 * 1024  # bytes of a file at once

Told = Callable[[int], None]


@dataclass
class Member:
    """One file in the archive. `rows` of a table; `columns` as they stand in each line."""

    sha256: str
    size: int
    rows: int = 0
    columns: list[str] = field(default_factory=list)


@dataclass
class Manifest:
    """What the archive holds. `revision` of the schema; `key_check`: a keyed hash that tells which key opens it."""

    made_at: str
    revision: str
    engine: str
    key_check: str
    tables: dict[str, Member] = field(default_factory=dict)
    files: dict[str, Member] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())


async def count(database: Database) -> int:
    """How many rows there are, for the bar."""
    async with database.reading() as session:
        connection = await session.connection()
        return sum([await engines.row_count(connection, table) for table in METADATA.sorted_tables])


async def write(
    database: Database, target: Path, *, made_at: datetime, key_check: str, files: Path, told: Told = lambda _rows: None
) -> Manifest:
    """Everything into a new file, while others read and write; `files`: a folder that goes with it, if it is there."""
    manifest = Manifest(made_at.isoformat(), await database.revision(), database.engine.dialect.name, key_check)
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        async with database.reading() as session:
            connection = await session.connection()
            for table in METADATA.sorted_tables:
                columns = [column.name for column in table.columns]
                member = Member("", 0, columns=columns)
                with archive.open(_table_name(table.name), "w", force_zip64=True) as out:
                    seen = hashlib.sha256()
                    async for line in lines_of(connection, table, columns):
                        out.write(line)
                        seen.update(line)
                        member.rows, member.size = member.rows + 1, member.size + len(line)
                        told(1)
                member.sha256 = seen.hexdigest()
                manifest.tables[table.name] = member
        for path in sorted(one for one in files.rglob("*") if one.is_file()):  # noqa: ASYNC240  a few, and ours
            name = path.relative_to(files).as_posix()
            with path.open("rb") as source, archive.open(f"files/{name}", "w", force_zip64=True) as out:
                manifest.files[name] = _copied(iter(lambda: source.read(PIECE), b""), out.write)
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=1))
    return manifest


def check(source: Path, *, known: Sequence[str]) -> Manifest:
    """Read the whole archive and compare every hash. Raises ArchiveRefused. `known`: the revisions that we have."""
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive)
            if manifest.revision not in known:
                raise ArchiveRefused("newer", manifest.revision)
            named = {_table_name(name): member for name, member in manifest.tables.items()}
            named |= {f"files/{name}": member for name, member in manifest.files.items()}
            if sorted(archive.namelist()) != sorted([MANIFEST, *named]):
                raise ArchiveRefused("damaged", MANIFEST)
            if unknown := [name for name in manifest.tables if not _known(name, manifest.tables[name])]:
                raise ArchiveRefused("newer", ", ".join(unknown))
            for name, member in named.items():
                with archive.open(name) as inside:
                    found = _copied(iter(lambda inside=inside: inside.read(PIECE), b""), lambda _piece: None)  # type: ignore[misc]
                if (found.sha256, found.size) != (member.sha256, member.size):
                    raise ArchiveRefused("damaged", name)
            for name in manifest.files:
                if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
                    raise ArchiveRefused("damaged", name)
    except ArchiveRefused:
        raise
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, KeyError, TypeError, NotImplementedError) as fault:
        reason = "damaged" if zipfile.is_zipfile(source) else "foreign"
        raise ArchiveRefused(reason, type(fault).__name__) from fault
    except (zlib.error, RuntimeError) as fault:  # RuntimeError: a bit that was changed says "encrypted"
        raise ArchiveRefused("damaged", type(fault).__name__) from fault
    return manifest


async def load(
    database: Database, source: Path, manifest: Manifest, *, files: Path, told: Told = lambda _rows: None
) -> None:
    """Everything into an empty database, all or nothing; then to the newest schema. Raises ArchiveRefused.

    `manifest` as `check` gave it. What was written is read again and must give the same counts and hashes.
    """
    if await database.revision() not in ("", manifest.revision):
        raise ArchiveRefused("not_empty", "alembic_version")
    await database.migrate(manifest.revision)
    with zipfile.ZipFile(source) as archive:
        async with database.writing() as session:
            connection = await session.connection()
            await _must_be_empty(connection)
            for table in METADATA.sorted_tables:
                if table.name in manifest.tables:
                    await _fill(connection, archive, table, manifest.tables[table.name], told)
            for name, member in manifest.tables.items():
                if await digest(connection, METADATA.tables[name], member.columns) != (member.rows, member.sha256):
                    raise ArchiveRefused("differs", name)
        for name in manifest.files:
            target = files / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with archive.open(f"files/{name}") as inside, target.open("wb") as out:
                _copied(iter(lambda inside=inside: inside.read(PIECE), b""), out.write)  # type: ignore[misc]
    await database.migrate()


async def digest(connection: AsyncConnection, table: Table, columns: Sequence[str]) -> tuple[int, str]:
    """(rows, SHA-256 of their lines) of a table as it stands."""
    seen, rows = hashlib.sha256(), 0
    async for line in lines_of(connection, table, columns):
        seen.update(line)
        rows += 1
    return rows, seen.hexdigest()


async def lines_of(connection: AsyncConnection, table: Table, columns: Sequence[str]) -> AsyncIterator[bytes]:
    """Each row as a line of JSON, in the order of the keys; texts in the order of their bytes, on either engine."""
    keys = [
        key.collate(engines.byte_order(connection)) if isinstance(_kind(key), String) else key
        for key in table.primary_key.columns
    ]
    found = await connection.stream(
        select(*(table.c[name] for name in columns)).order_by(*keys).execution_options(yield_per=CHUNK)
    )
    async for row in found:
        yield (json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True) + "\n").encode()


async def _must_be_empty(connection: AsyncConnection) -> None:
    for table in METADATA.sorted_tables:
        if await engines.row_count(connection, table):
            raise ArchiveRefused("not_empty", table.name)


async def _fill(
    connection: AsyncConnection, archive: zipfile.ZipFile, table: Table, member: Member, told: Told
) -> None:
    columns = [table.c[name] for name in member.columns]
    bare = sql_table(table.name, *(sql_column(each.name, each.type) for each in columns))  # fills in nothing by itself
    with archive.open(_table_name(table.name)) as inside:
        batch: list[dict[str, Any]] = []
        for line in inside:
            values = json.loads(line)
            batch.append({column.name: _value(column, value) for column, value in zip(columns, values, strict=True)})
            if len(batch) == CHUNK:
                await connection.execute(bare.insert(), batch)
                told(len(batch))
                batch = []
        if batch:
            await connection.execute(bare.insert(), batch)
            told(len(batch))
    await engines.count_on(connection, table)


def _known(name: str, member: Member) -> bool:
    """Whether this release has the table and every column of it."""
    return name in METADATA.tables and set(member.columns) <= set(METADATA.tables[name].columns.keys())


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if MANIFEST not in archive.namelist():
        raise ArchiveRefused("foreign", MANIFEST)
    if archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise ArchiveRefused("damaged", MANIFEST)
    content = json.loads(archive.read(MANIFEST))
    if not isinstance(content, dict) or content.pop("format", None) != FORMAT:
        raise ArchiveRefused("foreign", MANIFEST)
    if content.pop("version", None) != VERSION:
        raise ArchiveRefused("newer", MANIFEST)
    tables = {name: Member(**member) for name, member in content.pop("tables").items()}
    files = {name: Member(**member) for name, member in content.pop("files").items()}
    return Manifest(**content, tables=tables, files=files)


def _copied(pieces: Iterator[bytes], put: Callable[[bytes], Any]) -> Member:
    seen, size = hashlib.sha256(), 0
    for piece in pieces:
        seen.update(piece)
        size += len(piece)
        put(piece)
    return Member(seen.hexdigest(), size)


def _table_name(table: str) -> str:
    return f"tables/{table}.jsonl"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


def _value(column: Column[Any], plain: Any) -> Any:
    """What `_plain` made of it, back again; the column knows what it was."""
    if not isinstance(plain, str):
        return plain
    kind = _kind(column)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(plain)
    if isinstance(kind, DateTime):
        return datetime.fromisoformat(plain)
    return date.fromisoformat(plain) if isinstance(kind, Date) else plain


def _kind(column: Column[Any]) -> TypeEngine[Any]:
    """The engine's own type, under a type of ours."""
    return column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
