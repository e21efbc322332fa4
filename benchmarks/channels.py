"""Every platform in a storm: `danhoi bench channels`, against the fakes of tests/fakes.

Many chats write at once while 5 % of the calls to the platform fail (timeouts, 429, 5xx, resets) and 5 % of the
webhooks come twice; the server is killed (SIGKILL) at random moments and started again. When the faults stop, each
person writes once more. Then database and platform are read: every event stored once and answered by one reply; what
the platform took per chat is what the outbox holds, in order, each message once; a message of which nobody knew is
shown again, marked.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks._invariants import compare
from tests.fakes import telegram, zalo_bot, zalo_oa
from tests.fakes.base import Fake

CHATS, MESSAGES, KILLS = 200, 10, 20
QUICK = (40, 5, 5)  # chats, messages of each, kills
FAILING = DOUBLED = 0.05
TIMES_OUT = 22.0  # seconds, longer than our clients wait
PATIENCE = 600.0  # seconds in which everything must be answered once the faults stop
IN_FLIGHT = 8
SAYINGS = (
    "lam giay khai sinh cho con can gi", "phí bao nhiêu", "đèn đường trước nhà hỏng 3 tuần nay", "bỏ qua", "thôi", "1",
    "bhyt hộ nghèo được hưởng bao nhiêu", "đơn của tôi tới đâu rồi", "xem thêm", "cảm ơn nhé",
)  # fmt: skip
MARK = "(Tin trước có thể chưa tới"


@dataclass
class Storm:
    """One platform: its fake, what can go wrong on it, and how its people are called."""

    name: str
    fake: Any
    kinds: tuple[str, ...]

    def person(self, number: int) -> Any:
        """The chat of the n-th person."""
        return number + 1 if self.name == "telegram" else f"{number + 1:019d}"

    def event(self, person: Any, text: str) -> dict[str, Any]:
        """They write."""
        make = self.fake.text_update if self.name == "telegram" else self.fake.text_event
        event: dict[str, Any] = make(person, text)
        return event


def measure(*, quick: bool = False) -> dict[str, float]:
    """Counts over all platforms; what must be 0 is said to be wrong by the exit status."""
    chats, messages, kills = QUICK if quick else (CHATS, MESSAGES, KILLS)
    figures: dict[str, float] = {}
    for name in ("telegram", "zalo_bot", "zalo_oa"):
        found = asyncio.run(_weather(name, chats, messages, kills))
        print(f"{name:10} " + " ".join(f"{key}={value:g}" for key, value in found.items()), flush=True)
        figures |= {f"{name}_{key}": value for key, value in found.items()}
    bad = [
        key for key, value in figures.items() if value and key.endswith(("lost", "doubled", "unanswered", "disorder"))
    ]
    if bad:
        print(json.dumps({"bench": "channels", "figures": figures}))
        raise SystemExit(f"wrong: {bad}")
    return figures


async def _weather(name: str, chats: int, messages: int, kills: int) -> dict[str, float]:
    storm = _storm(name)
    chance = random.Random(7)
    await storm.fake.start()
    data = Path(tempfile.mkdtemp(prefix="danhoi-storm-"))
    server = Server(data, storm.fake.settings)
    storm.fake.target = f"{server.base}/webhooks/{name.replace('_', '-')}"
    began = time.monotonic()
    try:
        await server.start()
        storm.fake.fault_rate, storm.fake.fault_kinds = FAILING, storm.kinds
        storm.fake.fault_seconds = TIMES_OUT
        talking = asyncio.gather(*(_talk(storm, storm.person(n), n, messages, chance) for n in range(chats)))
        for _ in range(kills):
            await asyncio.sleep(chance.uniform(0.5, 4.0))
            await server.kill_and_start()
        await talking
        await _quiet(data)
        storm.fake.fault_rate = 0.0
        await asyncio.gather(*(_bring(storm, storm.event(storm.person(n), "thôi")) for n in range(chats)))
        await _quiet(data)
        return _read(data, storm) | {"kills": kills, "seconds": round(time.monotonic() - began, 1)}
    finally:
        server.stop()
        await storm.fake.stop()


async def _talk(storm: Storm, person: Any, number: int, messages: int, chance: random.Random) -> None:
    """Ten messages, each sent a moment after the one before was taken."""
    for turn in range(messages):
        event = storm.event(person, SAYINGS[(number + turn) % len(SAYINGS)])
        await _bring(storm, event)
        if chance.random() < DOUBLED:
            await _bring(storm, event)
        await asyncio.sleep(chance.uniform(0.2, 2.0))


async def _bring(storm: Storm, event: dict[str, Any]) -> None:
    """As the platform does: again and again until it is taken."""
    while await storm.fake.deliver(event) != 200:  # noqa: ASYNC110  another process takes it
        await asyncio.sleep(0.3)


async def _quiet(data: Path) -> None:
    """Nothing waits any more."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(sqlite3.OperationalError), sqlite3.connect(data / "danhoi.db") as connection:
            waiting = connection.execute("SELECT count(*) FROM inboxevent WHERE state = 'waiting'").fetchone()[0]
            flying = connection.execute(
                "SELECT count(*) FROM outboxmessage WHERE state IN ('queued', 'sending')"
            ).fetchone()[0]
            if not waiting and not flying:
                return
        await asyncio.sleep(0.5)


def _read(data: Path, storm: Storm) -> dict[str, float]:
    with sqlite3.connect(data / "danhoi.db") as connection:
        events = connection.execute("SELECT id, event_key, state FROM inboxevent").fetchall()
        rows = connection.execute(
            "SELECT id, chat_key, event_id, action, text, state, repeats_id FROM outboxmessage ORDER BY id"
        ).fetchall()
    replies: dict[int, int] = {}
    for _id, _chat, event_id, action, *_rest in rows:
        replies[event_id] = replies.get(event_id, 0) + (action is not None)
    repeated = {row[6] for row in rows if row[6] is not None}
    lost = doubled = disorder = 0
    for chat in {row[1] for row in rows}:
        taken = [one["text"] for one in storm.fake.sent if str(one["chat_id"]) == chat]
        missing, extra = compare([(row[4], row[5]) for row in rows if row[1] == chat], taken)
        if missing or extra:
            print(f"chat {chat}: held {[(row[5], row[4][:40]) for row in rows if row[1] == chat]}, taken {taken}")
        lost, doubled = lost + missing, doubled + extra
        disorder += bool(missing and extra)
    unknown = [row for row in rows if row[5] == "unknown"]
    return {
        "messages": len(events),
        "sent": len(storm.fake.sent),
        "unknown": len(unknown),
        "unknown_not_shown_again": sum(1 for row in unknown if row[0] not in repeated and row[6] is None),
        "failed": sum(1 for row in rows if row[5] == "failed"),
        "lost": lost + sum(1 for row in rows if row[5] == "queued"),
        "doubled": doubled + sum(1 for count in replies.values() if count > 1),
        "unanswered": sum(1 for event_id, _key, state in events if state != "done" or not replies.get(event_id)),
        "disorder": disorder,
    }


class Server:
    """One life of `danhoi serve` after the other, over the same data."""

    def __init__(self, data: Path, environment: dict[str, str]) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **os.environ,
            "DANHOI_DATA_DIR": str(data),
            "DANHOI_SAMPLE": "1",
            "DANHOI_CLOCK": "",
            "DANHOI_BURST_SECONDS": "0",
            "DANHOI_MESSAGES_PER_MINUTE": "0",
            "DANHOI_IN_FLIGHT": str(IN_FLIGHT),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until it listens."""
        with (self.data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  it lives longer than this call
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        async with aiohttp.ClientSession() as session:
            for _ in range(600):
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.base}/healthz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(0.1)
        raise SystemExit(f"serve did not start; see {self.data / 'serve.log'}")

    async def kill_and_start(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        await self.start()

    def stop(self) -> None:
        """For good."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _storm(name: str) -> Storm:
    """What can go wrong on each platform: refusals of its own, a gateway's page, a broken line, silence."""
    common = ("html502", "html504", "reset_before", "reset_after", "slow")
    match name:
        case "telegram":
            return Storm(name, telegram.FakeTelegram(), ("429", "500", *common))
        case "zalo_bot":
            fake: Fake = zalo_bot.FakeZaloBot(most_chats=10_000, most_messages=1_000_000)
            return Storm(name, fake, ("429", "403", *common))
    return Storm(name, zalo_oa.FakeZaloOa(), ("-32", "-200", "500", *common))
