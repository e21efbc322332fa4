"""What every test may ask for: a citizen who talks, a fixed day, a throw-away database, the real content."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher

from bot import communes as tenants
from bot.assembly import Parts
from bot.channels.base import Channel, Outgoing, outgoing
from bot.channels.terminal import Terminal
from bot.channels.webchat import WebChat
from bot.clock import Clock
from bot.pipeline import Tools
from bot.scheduler import Scheduler
from bot.settings import Settings, read
from bot.worker import Worker
from handlers.wording import words_in
from knowledge.base import Knowledge
from storage import outbox
from storage.bodies import Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.inbox import InboxEvent
from tests.postgres import Server, running

hypothesis.settings.register_profile("danhoi", deadline=None)  # speed is measured by the benchmarks, on a quiet machine
hypothesis.settings.load_profile("danhoi")

# Where the database decides whether we keep our promises: what is stored, what is sent, who waits for whom, and a
# conversation of each kind that writes.
ON_BOTH = (
    "storage.",
    "bot.test_backups",
    "bot.test_bursts",
    "bot.test_delivery",
    "bot.test_worker",
    "conversations.",
)
ON_SERVER = ("bot.test_wire",)  # only a server has replicas
THE_DAY = date(2026, 11, 23)
NINE_O_CLOCK = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Viet Nam


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without chromium the browser tests are left out and said so; in CI they stay, and fail."""
    if shutil.which("chromium") or os.environ.get("CI"):
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


class MovableClock(Clock):
    """A clock that stands still until a test moves it."""

    def now(self) -> datetime:
        """The instant to which the test moved it."""
        return NINE_O_CLOCK + self.moved_by

    moved_by: timedelta = timedelta(0)

    def move(self, **by: int) -> None:
        """`clock.move(minutes=31)`."""
        object.__setattr__(self, "moved_by", self.moved_by + timedelta(**by))


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are slow on purpose; hundreds of officers are hired here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handlers.credentials._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
def clock() -> MovableClock:
    """09:00 on the fixed day."""
    return MovableClock()


@pytest.fixture(scope="session")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    """The real content, loaded once."""
    return Knowledge.load(today=THE_DAY, cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture
def vault() -> Vault:
    """A vault whose key is known to nobody else."""
    return Vault(bytes(range(32)))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file that went through the migrations once; each test gets a copy."""
    file = tmp_path_factory.mktemp("migrated") / "danhoi.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL of this test process, with a migrated database that each test copies."""
    with running() as server:
        asyncio.run(server.make(template()))
        asyncio.run(_migrate(server.at(template())))
        yield server
        asyncio.run(server.drop(template()))


def template() -> str:
    """The name of this test process's migrated database: two may share one server."""
    return f"danhoi_mau_{os.getpid()}"


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What stands or falls with the database runs on both engines; the rest once, on the embedded one."""
    if "engine" in metafunc.fixturenames:
        name = metafunc.module.__name__.removeprefix("tests.")
        both = name.startswith(ON_BOTH) and not metafunc.definition.get_closest_marker("embedded")
        engines = ["sqlite", "postgresql"] if both else ["postgresql" if name.startswith(ON_SERVER) else "sqlite"]
        metafunc.parametrize("engine", engines, ids=str)


@pytest.fixture
def on_server(engine: str, request: pytest.FixtureRequest) -> Server | None:
    """The PostgreSQL of a test that runs there; no server is started for those that need none."""
    found: Server | None = request.getfixturevalue("postgres") if engine == "postgresql" else None
    return found


@pytest.fixture
async def database_url(on_server: Server | None, migrated: Path, tmp_path: Path) -> AsyncIterator[str]:
    """A migrated throw-away database: a file as in production, or one on a real PostgreSQL."""
    if on_server is None:
        shutil.copy(migrated, tmp_path / "danhoi.db")
        yield f"sqlite:///{tmp_path / 'danhoi.db'}"
        return
    name = f"danhoi_thu_{os.getpid()}"
    yield await on_server.make(name, like=template())
    await on_server.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The same, opened."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def commune(database: Database) -> Commune:
    """The sample commune."""
    return await tenants.seed_sample(database, now=NINE_O_CLOCK)


@pytest.fixture
async def webchat_account(database: Database, commune: Commune) -> ChannelAccount:
    """The web chat of the sample commune."""
    return await tenants.account_of(database, commune, "webchat")


@pytest.fixture
async def terminal_account(database: Database, commune: Commune) -> ChannelAccount:
    """The terminal of the sample commune."""
    return await tenants.account_of(database, commune, "terminal")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """As on a fresh machine with the sample commune."""
    return read({"DANHOI_DATA_DIR": str(tmp_path), "DANHOI_SAMPLE": "1"})


@pytest.fixture
async def worker(database: Database, vault: Vault, clock: MovableClock, knowledge: Knowledge) -> Worker:
    """The real worker; a test runs it by `work_one`."""
    channels: dict[str, Channel] = {"webchat": WebChat(), "terminal": Terminal(lambda _text: None)}
    worker = Worker(database, vault, clock, channels)
    worker.tools = Tools(vault, knowledge, clock)
    return worker


@pytest.fixture
async def parts(
    settings: Settings, database: Database, vault: Vault, clock: MovableClock, worker: Worker, knowledge: Knowledge
) -> Parts:
    """A whole deployment over the throw-away database."""
    parts = Parts(replace(settings, clock=clock), database, vault, worker, Scheduler(database, clock), knowledge)
    parts.take(knowledge)
    return parts


@dataclass
class Heard:
    """What a citizen reads in answer to one message: several bubbles count as one."""

    bubbles: list[Outgoing] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All bubbles, with their sources."""
        return "\n".join(part for bubble in self.bubbles for part in (bubble.text, bubble.grounds) if part)

    @property
    def action(self) -> str | None:
        """The last action that was named."""
        return next((bubble.action for bubble in reversed(self.bubbles) if bubble.action), None)

    @property
    def topic(self) -> str | None:
        """The last topic that was named."""
        return next((bubble.topic for bubble in reversed(self.bubbles) if bubble.topic), None)

    @property
    def choices(self) -> tuple[str, ...]:
        """The choices of the last bubble."""
        return self.bubbles[-1].choices

    @property
    def sources(self) -> tuple[Any, ...]:
        """The sources of the last bubble."""
        return self.bubbles[-1].sources


class Citizen:
    """Talks through the whole pipeline: stored, worked, read back from the outbox."""

    def __init__(self, worker: Worker, database: Database, vault: Vault, account: ChannelAccount, name: str) -> None:
        self._worker, self._database, self._vault = worker, database, vault
        self._account, self.name = account, name
        self._said = 0

    async def says(self, text: str) -> Heard:
        """One message, and what comes back."""
        self._said += 1
        event = await self._worker.receive(
            self._account, event_key=f"{self.name}-{self._said}", chat_key=self.name, raw=text
        )
        while await self._worker.work_one():
            pass
        async with self._database.reading() as session:
            event = await session.get_one(InboxEvent, event.id)  # a shared account's may have moved to a commune
            rows = await outbox.answering(session, commune_id=event.commune_id, event_id=event.id or 0)
            quoted = [row.quotes_body_id for row in rows if row.quotes_body_id]
            words = await self._vault.read(session, commune_id=event.commune_id, body_ids=quoted)
        return Heard([outgoing(row, _quoted(words, row.quotes_body_id)) for row in rows])


def _quoted(bodies: dict[int, str], body_id: int | None) -> str | None:
    """What stands in a body: typed at the terminal, or put together by us."""
    raw = bodies.get(body_id or 0)
    return words_in(raw) or raw if raw is not None else None


@pytest.fixture
async def citizen(worker: Worker, database: Database, vault: Vault, terminal_account: ChannelAccount) -> Citizen:
    """Somebody at the sample commune."""
    return Citizen(worker, database, vault, terminal_account, "ba-nam")


@pytest.fixture
async def neighbour(worker: Worker, database: Database, vault: Vault, terminal_account: ChannelAccount) -> Citizen:
    """Somebody else at the same commune."""
    return Citizen(worker, database, vault, terminal_account, "ong-tu")
