"""Several real `danhoi serve` on one PostgreSQL, and what can be done to them: kill, stop, go on, cut their lines."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
from sqlalchemy.engine import make_url

PATIENCE = 90.0  # seconds until a replica listens, on a busy machine


class Replica:
    """One `danhoi serve` after the other on the same port."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """`folder` holds its log; the environment says where the database is."""
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"serve-{self.port}.log"
        self._environment = {**os.environ, "DANHOI_CLOCK": "", "DANHOI_SAMPLE": "1", **environment}
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it; `listens` waits until it does."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )

    async def listens(self, *, supervised: bool = False) -> None:
        """Wait until it answers, and can answer citizens. `supervised`: somebody starts it again when it ends."""
        began = time.monotonic()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            while time.monotonic() - began < PATIENCE:
                assert self.process is not None
                if self.process.poll() is not None and not supervised:
                    break
                with suppress(aiohttp.ClientError, TimeoutError):
                    async with session.get(f"{self.base}/readyz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise SystemExit(f"serve did not start; see {self.log}")

    @property
    def is_alive(self) -> bool:
        """Whether the process is there at all."""
        return self.process is not None and self.process.poll() is None

    def send(self, signal_: signal.Signals) -> None:
        """SIGKILL as a power cut would, SIGSTOP as a machine that hangs, SIGCONT when it comes back."""
        assert self.process is not None
        self.process.send_signal(signal_)
        if signal_ is signal.SIGKILL:
            self.process.wait()

    def end(self) -> None:
        """For good."""
        if self.is_alive:
            self.send(signal.SIGKILL)


class Proxy:
    """Stands between the replicas and PostgreSQL's socket, and can cut every line at once."""

    def __init__(self, server_socket: Path, folder: Path) -> None:
        """Replicas connect to `folder` as if the server were there."""
        self._server, self.folder = server_socket, folder
        self._lines: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen."""
        self._listening = await asyncio.start_unix_server(self._serve, self.folder / self._server.name)

    def cut(self) -> int:
        """Drop every line as it is; gives how many there were."""
        cut = len(self._lines)
        for line in list(self._lines):
            line.transport.abort()
        return cut

    async def stop(self) -> None:
        """No more lines."""
        if self._listening is not None:
            self._listening.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            far_reader, far_writer = await asyncio.open_unix_connection(self._server)
        except OSError:
            writer.transport.abort()
            self._tasks.discard(task)
            return
        both = (writer, far_writer)
        self._lines.update(both)
        try:
            done, rest = await asyncio.wait(
                [asyncio.create_task(_pump(reader, far_writer)), asyncio.create_task(_pump(far_reader, writer))],
                return_when=asyncio.FIRST_COMPLETED,
            )
            for one in rest:
                one.cancel()
            await asyncio.gather(*done, *rest, return_exceptions=True)
        finally:
            for line in both:
                self._lines.discard(line)
                line.transport.abort()
            self._tasks.discard(task)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()


def through(url: str, proxy: Proxy) -> str:
    """The same database by way of the proxy."""
    return make_url(url).update_query_dict({"host": str(proxy.folder)}).render_as_string(hide_password=False)


@asynccontextmanager
async def serving(
    count: int, folder: Path, url: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Sequence[Replica]]:
    """So many replicas that answer, until the block ends."""
    given = {
        "DANHOI_DATA_DIR": str(folder),
        "DANHOI_DATABASE_URL": url,
        "DANHOI_SECRET_KEY": secrets.token_hex(32),
        "DANHOI_BURST_SECONDS": "0",
        "DANHOI_MESSAGES_PER_MINUTE": "0",
        **(environment or {}),
    }
    replicas = [Replica(folder, given) for _ in range(count)]
    try:
        for replica in replicas:
            replica.launch()
        await asyncio.gather(*(replica.listens() for replica in replicas))
        yield replicas
    finally:
        for replica in replicas:
            replica.end()
