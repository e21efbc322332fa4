"""What differs between the two engines: how a connection is set up, how a transaction begins, who writes alone.

SQLite has one writer at a time, and our code leans on that. On PostgreSQL the same is held by advisory locks that end
with their transaction: a writer is alone in its commune, or in the whole deployment; a turn of a conversation shares
its commune with other turns; what locks each row that it changes needs neither.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, event, func, inspect, make_url, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

IN_MEMORY = "sqlite+aiosqlite:///:memory:"
READ_ONLY = "danhoi_read_only"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
LEASE = 20  # seconds: a replica that is silent in the middle of a transaction for longer loses it, and its claims
CONNECTIONS, MORE_CONNECTIONS = 8, 8  # of one process: kept, and for a moment
EVERYBODY, MIGRATING, COMMUNES = 0, 1, 2  # kinds of advisory locks, the first of their two keys
UNREACHABLE = frozenset({"08", "28", "3D", "57"})  # classes of SQLSTATE
CONFLICTS = frozenset({"40001", "40P01"})  # serialization failure, deadlock: nothing was done, the same may be tried


def url_of(given: str) -> URL:
    """With our asynchronous drivers, whatever driver was named. Raises ArgumentError where it is no such address."""
    url = make_url(given)
    return url.set(drivername=DRIVERS.get(url.get_backend_name(), url.drivername))


def create(given: str) -> AsyncEngine:
    """An engine that connects lazily; an error in a log shows nobody's words."""
    url = url_of(given)
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, hide_parameters=True, **_POSTGRES)
    options: dict[str, Any] = {"poolclass": StaticPool} if given == IN_MEMORY else {}
    engine = create_async_engine(url, hide_parameters=True, **options)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


_POSTGRES: dict[str, Any] = {
    "pool_size": CONNECTIONS,
    "max_overflow": MORE_CONNECTIONS,
    "pool_pre_ping": True,  # a server that was restarted costs nobody an error
    "connect_args": {
        "timeout": 10,
        "server_settings": {
            "application_name": "danhoi",
            "timezone": "UTC",
            "jit": "off",  # our statements are short: compiling them takes longer than running them
            "idle_in_transaction_session_timeout": f"{LEASE}s",
            "tcp_keepalives_idle": "10",  # a machine that vanished gives back what it held
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "2",
            "tcp_user_timeout": f"{LEASE}s",
        },
    },
}
STEADY = {"isolation_level": "REPEATABLE READ"}  # one view; a row that another changed meanwhile is a conflict
LOOKING = {READ_ONLY: True, **STEADY, "postgresql_readonly": True}


def looking(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for those who only read: one consistent view of the data."""
    options = LOOKING if engine.dialect.name == "postgresql" else {READ_ONLY: True}
    return engine.execution_options(**options)


def steady(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for a writer who must lose no update of another, though others write beside it."""
    return engine.execution_options(**STEADY) if engine.dialect.name == "postgresql" else engine


async def write_alone(session: AsyncSession, *, commune_id: int | None) -> None:
    """Until the transaction ends nobody else writes in this commune; in no commune at all where none is named."""
    if not _is_postgres(session):
        return
    if commune_id is None:
        await (await session.connection()).execute(text("SELECT pg_advisory_xact_lock(:a, 0)"), {"a": EVERYBODY})
    else:
        both = "SELECT pg_advisory_xact_lock_shared(:a, 0), pg_advisory_xact_lock(:c, :commune)"
        await (await session.connection()).execute(text(both), {"a": EVERYBODY, "c": COMMUNES, "commune": commune_id})


async def write_beside(session: AsyncSession, *, commune_id: int) -> None:
    """Until the transaction ends nobody writes alone in this commune; others may write beside."""
    if _is_postgres(session):
        both = "SELECT pg_advisory_xact_lock_shared(:a, 0), pg_advisory_xact_lock_shared(:c, :commune)"
        await (await session.connection()).execute(text(both), {"a": EVERYBODY, "c": COMMUNES, "commune": commune_id})


async def add_if_missing(session: AsyncSession, row: SQLModel) -> None:
    """Store the row unless one with its key is there, perhaps since this very moment."""
    table = row.__table__  # type: ignore[attr-defined]
    insert = postgresql.insert if _is_postgres(session) else sqlite.insert
    values = {column.key: getattr(row, column.key) for column in table.columns}
    await (await session.connection()).execute(insert(table).values(values).on_conflict_do_nothing())


async def row_count(connection: AsyncConnection, table: Table) -> int:
    """How many rows a table has; 0 where the schema does not know it yet."""
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(table.name)):
        return 0
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def count_on(connection: AsyncConnection, table: Table) -> None:
    """After rows were stored under keys of their own, the next key is a free one; SQLite sees to it by itself."""
    key = table.autoincrement_column
    if connection.dialect.name != "postgresql" or key is None or key.foreign_keys:
        return
    named = connection.dialect.identifier_preparer.quote(table.name)
    newest = select(func.setval(func.pg_get_serial_sequence(named, key.name), func.max(key))).where(key.is_not(None))
    if await row_count(connection, table):
        await connection.execute(newest)


def byte_order(connection: AsyncConnection) -> str:
    """The collation that compares texts by their bytes."""
    return "C" if connection.dialect.name == "postgresql" else "BINARY"


def migrate_alone(connection: Connection) -> None:
    """Of replicas that start together one migrates, the others find it done."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:m, 0)"), {"m": MIGRATING})


def is_conflict(fault: BaseException) -> bool:
    """Whether two writers met and this one was taken back whole; trying again is safe and helps."""
    return isinstance(fault, DBAPIError) and getattr(fault.orig, "sqlstate", None) in CONFLICTS


def is_cut(fault: BaseException) -> bool:
    """Whether the line to the server broke: no fault of what was being done; looking again tells what was kept."""
    return isinstance(fault, DBAPIError) and fault.connection_invalidated


def is_twin(fault: BaseException) -> bool:
    """Whether another wrote a row with the same key at the same moment: looking again finds it."""
    return isinstance(fault, IntegrityError)


def is_unreachable(fault: BaseException) -> bool:
    """Whether the server is not there, is going down, knows no such database, or does not let us in."""
    if isinstance(fault, OSError):
        return True
    state = getattr(fault.orig, "sqlstate", None) if isinstance(fault, DBAPIError) else None
    return str(state)[:2] in UNREACHABLE


def _is_postgres(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """Switch off the driver's own transaction start: with it, savepoints survive an outer rollback (measured)."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged event survives a power cut
        "foreign_keys=ON",
        "secure_delete=ON",  # an erased body leaves no trace in free pages
        "busy_timeout=10000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once, so that a read followed by a write never loses an update."""
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")
