"""Three `danhoi serve` on one PostgreSQL under faults: `danhoi bench replicas`, `make chaos`.

People talk by a faked platform and by the web chat, through whichever replica takes them. Meanwhile, by a seed: a
replica is killed (SIGKILL) and started again, or stands still (SIGSTOP) longer than its leases and goes on; the
database server is restarted, cleanly or as by a power cut; all its lines are cut. When the faults end and all is quiet,
the database and what the platform took are read: benchmarks/_invariants.py says what must hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from benchmarks._invariants import violations, waiting
from benchmarks._replicas import Proxy, Replica, serving, through
from storage.database import Database
from storage.engines import LEASE
from tests.fakes.telegram import FakeTelegram
from tests.postgres import own, restart

REPLICAS, PLATFORM_CHATS, WEB_CHATS = 3, 12, 6
QUICK, WHOLE = 40.0, 600.0  # seconds of faults
PAUSES = (0.5, 4.0)  # seconds between two faults
QUIET = 180.0  # seconds in which everything must be answered once the faults end
IN_FLIGHT = 8
FAULTS = ("kill", "kill", "stand_still", "restart", "power_cut", "cut_lines", "cut_lines")
SAYINGS = (
    "lam giay khai sinh cho con can gi", "phí bao nhiêu", "đèn đường trước nhà hỏng 3 tuần nay", "bỏ qua", "thôi", "1",
    "bhyt hộ nghèo được hưởng bao nhiêu", "đơn của tôi tới đâu rồi", "xem thêm", "cảm ơn nhé",
)  # fmt: skip


@dataclass
class Scene:
    """Everything that is there, and what happened so far."""

    replicas: Sequence[Replica]
    fake: FakeTelegram
    proxy: Proxy
    folder: Path
    chance: random.Random
    accepted: set[str] = field(default_factory=set)
    happened: Counter[str] = field(default_factory=Counter)
    over: bool = False

    def somebody(self) -> Replica:
        """As a load balancer picks one."""
        return self.chance.choice([one for one in self.replicas if one.is_alive] or self.replicas)


async def on_the_platform(scene: Scene, chat: int) -> None:
    """Somebody types; the platform brings it again and again until somebody has stored it."""
    said = chat
    while not scene.over:
        update = scene.fake.text_update(chat, SAYINGS[said % len(SAYINGS)])
        said += 1
        status = 0
        while status != 200:
            scene.fake.target = f"{scene.somebody().base}/webhooks/telegram"
            with suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(5):
                    status = await scene.fake.deliver(update)
            if status != 200:
                await asyncio.sleep(0.2)
        scene.accepted.add(str(update["update_id"]))
        await asyncio.sleep(scene.chance.uniform(0.3, 2.0))


async def on_the_page(scene: Scene, number: int) -> None:
    """Somebody's page sends again what got no answer, under the same id, as the real page does."""
    jar = aiohttp.CookieJar(unsafe=True)
    said = number
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=8)) as session:
        while not scene.over:
            client_id, status = str(uuid.UUID(int=scene.chance.getrandbits(128), version=4)), 0
            while status not in (200, 202):
                base = scene.somebody().base
                message = {"client_id": client_id, "text": SAYINGS[said % len(SAYINGS)]}
                with suppress(aiohttp.ClientError, TimeoutError):
                    if not list(jar):
                        async with session.get(f"{base}/x/mau") as page:
                            await page.read()
                    headers = {"Origin": base}
                    async with session.post(f"{base}/x/mau/messages", json=message, headers=headers) as answer:
                        await answer.read()
                        status = answer.status
                if status not in (200, 202):
                    await asyncio.sleep(0.3)
            scene.accepted.add(client_id)
            said += 1
            await asyncio.sleep(scene.chance.uniform(0.5, 2.0))


async def supervise(scene: Scene) -> None:
    """As systemd or compose does: what ended is started again, also what found no database when it started."""
    while True:
        await asyncio.sleep(0.5)
        for replica in scene.replicas:
            if not replica.is_alive:
                replica.launch()


async def faults(scene: Scene, *, seconds: float) -> None:
    """One after the other; a replica that stands still comes back beside what else happens."""
    until, coming_back = time.monotonic() + seconds, set[asyncio.Task[None]]()
    while time.monotonic() < until:
        await asyncio.sleep(scene.chance.uniform(*PAUSES))
        fault = scene.chance.choice(FAULTS)
        scene.happened[fault] += 1
        match fault:
            case "kill":
                victim = scene.somebody()
                victim.send(signal.SIGKILL)  # `supervise` starts it again
            case "stand_still":
                sleeper = scene.somebody()
                sleeper.send(signal.SIGSTOP)
                coming_back.add(asyncio.create_task(_go_on(sleeper, scene.chance.uniform(0.5, LEASE * 1.5))))
            case "restart" | "power_cut":
                await asyncio.to_thread(restart, scene.folder, gently=fault == "restart")
            case "cut_lines":
                scene.proxy.cut()
    for task in coming_back:
        await task


async def _go_on(replica: Replica, after: float) -> None:
    process = replica.process
    await asyncio.sleep(after)
    if process is replica.process and replica.is_alive:  # it may have been killed as it stood
        replica.send(signal.SIGCONT)


async def round_of(seed: int, *, seconds: float) -> dict[str, float]:
    """One scene from its seed: the counts of what went wrong, all of which should be 0, and what happened."""
    data = Path(tempfile.mkdtemp(prefix="danhoi-replicas-"))
    fake = FakeTelegram()
    await fake.start()
    try:
        with own(careful=True) as (server, folder):
            url = server.at("danhoi")
            await server.make("danhoi")
            proxy = Proxy(next(folder.glob(".s.PGSQL.*[0-9]")), data)
            await proxy.start()
            database = Database(url)
            environment = {**fake.settings, "DANHOI_IN_FLIGHT": str(IN_FLIGHT)}
            async with serving(REPLICAS, data, through(url, proxy), environment) as replicas:
                scene = Scene(replicas, fake, proxy, folder, random.Random(seed))
                figures = await _play(scene, database, seconds=seconds)
            await database.close()
            await proxy.stop()
    finally:
        await fake.stop()
    if figures["wrong"]:
        print(f"seed {seed}: {figures}; what the replicas said is in {data}", flush=True)
    else:
        shutil.rmtree(data, ignore_errors=True)
    return figures


async def _play(scene: Scene, database: Database, *, seconds: float) -> dict[str, float]:
    people = [on_the_platform(scene, chat) for chat in range(1, PLATFORM_CHATS + 1)]
    people += [on_the_page(scene, number) for number in range(WEB_CHATS)]
    talking = asyncio.gather(*people)
    supervising = asyncio.create_task(supervise(scene))
    await faults(scene, seconds=seconds)
    await asyncio.gather(*(one.listens(supervised=True) for one in scene.replicas))
    supervising.cancel()
    scene.over = True
    await talking
    until = time.monotonic() + QUIET
    while await waiting(database) and time.monotonic() < until:  # noqa: ASYNC110  other processes work
        await asyncio.sleep(0.5)
    taken: dict[str, list[str]] = defaultdict(list)
    for sent in scene.fake.sent:
        taken[str(sent["chat_id"])].append(str(sent["text"]))
    disturbances = sum(scene.happened.values())
    wrong = await violations(
        database,
        accepted=scene.accepted,
        taken=taken,
        pushed=frozenset({"telegram"}),
        unknown_bound=IN_FLIGHT * max(1, disturbances),
    )
    figures: dict[str, float] = {f"fault_{name}": scene.happened[name] for name in sorted(set(FAULTS))}
    return {"accepted": len(scene.accepted), "wrong": sum(wrong.values()), **wrong, **figures}


def measure(*, quick: bool = False, seed: int = 1, rounds: int = 1, seconds: float | None = None) -> dict[str, float]:
    """The sum over the rounds; anything wrong is said by the exit status."""
    lasting = seconds if seconds is not None else QUICK if quick else WHOLE
    found: Counter[str] = Counter()
    for each in range(seed, seed + rounds):
        figures = asyncio.run(round_of(each, seconds=lasting))
        print(f"seed {each}: {figures['accepted']:g} messages, wrong: {figures['wrong']:g}", flush=True)
        found.update({name: int(value) for name, value in figures.items()})
    total: dict[str, float] = {"rounds": rounds, "seconds": lasting * rounds, **found}
    if found["wrong"]:
        print(json.dumps({"bench": "replicas", "figures": total}))
        raise SystemExit(1)
    return total


def main() -> None:
    """`python -m benchmarks.replicas --rounds 20 --seconds 10 --seed 1`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=QUICK)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    figures = measure(seed=wanted.seed, rounds=wanted.rounds, seconds=wanted.seconds)
    print(json.dumps({"bench": "replicas", "figures": figures}))


if __name__ == "__main__":
    main()
