"""kill -9 of `serve` at random moments while web chats talk: every accepted message is answered exactly once.

`python -m benchmarks.chaos --n 50`: resumable (out/chaos.json counts the kills that were survived), one last JSON line.
A message is accepted when the server answered its POST with 200 or 202. A page whose POST got no answer sends the
same message again under the same client id, as the real page does. After each restart the database is read: one event
per client id, answered by exactly one reply.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

CHATS = 20
LONGEST_LIFE = 4.0  # seconds of talk before a kill, at most
PATIENCE = 60.0  # seconds in which everything accepted must be answered after a restart
STATE = Path("out/chaos.json")
SAYINGS = (
    "lam giay khai sinh cho con can gi",
    "phí bao nhiêu",
    "đèn đường trước nhà hỏng 3 tuần nay",
    "bỏ qua",
    "thôi",
    "1",
    "bhyt hộ nghèo được hưởng bao nhiêu",
    "đơn của tôi tới đâu rồi",
    "xem thêm",
    "cảm ơn nhé",
)


@dataclass
class Chat:
    """One page: its cookie jar, and what it sent. `accepted` holds the client ids that the server took."""

    session: aiohttp.ClientSession
    number: int
    sent: int = 0
    waiting: str | None = None
    accepted: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)

    async def say(self, base: str) -> None:
        """Send the next message, or the one whose answer never came."""
        client_id = self.waiting or f"chat-{self.number:02d}-{self.sent:05d}"
        self.waiting = client_id
        text = SAYINGS[(self.number + self.sent) % len(SAYINGS)]
        async with self.session.post(
            f"{base}/x/mau/messages", json={"client_id": client_id, "text": text}, headers={"Origin": base}
        ) as response:
            await response.read()
            if response.status in (200, 202):
                self.accepted.add(client_id)
            else:
                self.refused.append(response.status)
        self.waiting = None
        self.sent += 1


class Server:
    """One life of `danhoi serve` after the other, over the same data."""

    def __init__(self, data: Path) -> None:
        self.data = data
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start and wait until it listens."""
        environment = {**os.environ, "DANHOI_DATA_DIR": str(self.data), "DANHOI_SAMPLE": "1", "DANHOI_CLOCK": ""}
        with (self.data / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220  it lives longer than this call
                [sys.executable, "-m", "bot", "serve", "--port", str(self.port)],
                env=environment,
                stdout=log,
                stderr=log,
            )
        began = time.monotonic()
        async with aiohttp.ClientSession() as session:
            while time.monotonic() - began < PATIENCE:
                with suppress(aiohttp.ClientError):
                    async with session.get(f"{self.base}/healthz") as response:
                        if response.status == 200:
                            return
                await asyncio.sleep(0.05)
        raise SystemExit(f"serve did not start; see {self.data / 'serve.log'}")

    def kill(self) -> None:
        """As a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def talk(chat: Chat, base: str, until: float) -> None:
    """Talk until the server is gone."""
    while time.monotonic() < until:
        try:
            await chat.say(base)
        except (aiohttp.ClientError, TimeoutError):
            await asyncio.sleep(0.05)


async def settle(chats: list[Chat], server: Server) -> None:
    """Every page sends again what got no answer; then all that was accepted must be answered."""
    for chat in chats:
        while chat.waiting is not None:
            with suppress(aiohttp.ClientError, TimeoutError):
                await chat.say(server.base)
    began = time.monotonic()
    while unanswered(server.data) and time.monotonic() - began < PATIENCE:  # noqa: ASYNC110  another process works
        await asyncio.sleep(0.1)


def unanswered(data: Path) -> int:
    """Events that wait."""
    with sqlite3.connect(data / "danhoi.db") as connection:
        count: int = connection.execute("SELECT count(*) FROM inboxevent WHERE state = 'waiting'").fetchone()[0]
    return count


def faults(chats: list[Chat], data: Path) -> dict[str, int]:
    """What must be 0: accepted but not stored, not answered, parked, answered twice."""
    with sqlite3.connect(data / "danhoi.db") as connection:
        events = connection.execute("SELECT event_key, state, id FROM inboxevent").fetchall()
        replies = dict(
            connection.execute(
                "SELECT event_id, count(*) FROM outboxmessage WHERE action IS NOT NULL GROUP BY event_id"
            ).fetchall()
        )
    stored = {key.rpartition(":")[2]: (state, event_id) for key, state, event_id in events}
    accepted = {client_id for chat in chats for client_id in chat.accepted}
    return {
        "lost": len(accepted - set(stored)),
        "stored_twice": len(events) - len(stored),
        "unanswered": sum(1 for state, _ in stored.values() if state == "waiting"),
        "parked": sum(1 for state, _ in stored.values() if state == "parked"),
        "answered_twice": sum(1 for count in replies.values() if count > 1),
        "done_without_reply": sum(1 for state, event in stored.values() if state == "done" and event not in replies),
        "refused": sum(len(chat.refused) for chat in chats),
    }


async def measure(kills: int, seed: int) -> dict[str, int | float]:
    """Kill `kills` times; the counts of what went wrong, all of which should be 0."""
    chance = random.Random(seed)
    data = Path(tempfile.mkdtemp(prefix="danhoi-chaos-"))
    server = Server(data)
    began = time.monotonic()
    timeout = aiohttp.ClientTimeout(total=15)
    jars = [aiohttp.CookieJar(unsafe=True) for _ in range(CHATS)]
    chats = [Chat(aiohttp.ClientSession(cookie_jar=jar, timeout=timeout), n) for n, jar in enumerate(jars)]
    try:
        await server.start()
        for chat in chats:  # each page is opened once, which gives it its cookie
            async with chat.session.get(f"{server.base}/x/mau") as page:
                page.raise_for_status()
        for kill in range(kills):
            until = time.monotonic() + chance.uniform(0.1, LONGEST_LIFE)
            talking = asyncio.gather(*(talk(chat, server.base, until) for chat in chats))
            await asyncio.sleep(max(0.0, until - time.monotonic()) * chance.random())
            server.kill()
            await talking
            await server.start()
            await settle(chats, server)
            found = faults(chats, data)
            if any(found.values()):
                return {"kills": kill + 1, "accepted": sum(len(chat.accepted) for chat in chats), **found}
        server.kill()
        accepted = sum(len(chat.accepted) for chat in chats)
        return {
            "kills": kills,
            "accepted": accepted,
            "seconds": round(time.monotonic() - began, 1),
            **faults(chats, data),
        }
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
        for chat in chats:
            await chat.session.close()
        if not any(faults(chats, data).values()):
            shutil.rmtree(data)


def main() -> None:
    """Ten kills a round; a round that was survived is not run again when the proof is resumed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=10, help="how many kills")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    state = json.loads(STATE.read_text()) if STATE.exists() else {}
    if state.get("seed") != wanted.seed or state.get("kills", 0) >= wanted.n:
        state = {"seed": wanted.seed, "kills": 0, "accepted": 0}
    while state["kills"] < wanted.n:
        round_size = min(10, wanted.n - state["kills"])
        figures = asyncio.run(measure(round_size, wanted.seed * 1000 + state["kills"]))
        bad = {name: count for name, count in figures.items() if count and name not in ("kills", "accepted", "seconds")}
        state["kills"] += figures["kills"]
        state["accepted"] += figures["accepted"]
        if bad:
            print(json.dumps({"bench": "chaos", "figures": {**state, **bad}}))
            raise SystemExit(1)
        STATE.parent.mkdir(exist_ok=True)
        STATE.write_text(json.dumps(state))
        print(f"{state['kills']}/{wanted.n} kills survived, {state['accepted']} messages accepted", flush=True)
    print(json.dumps({"bench": "chaos", "figures": {**state, "lost": 0, "answered_twice": 0, "unanswered": 0}}))


if __name__ == "__main__":
    main()
