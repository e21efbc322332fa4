"""A notice to many people in a storm: `make load NOTICES=20000`, `danhoi bench load`.

Three fakes at once (OA with some windows closed, Telegram with some who blocked us, Zalo Bot), 5 % of the calls fail
(429, 5xx, resets before and after, silence), and the server is killed (SIGKILL) at random moments while it makes the
rows and while it sends. Then ledger and platforms are compared, person by person: nobody got it twice, whoever is
"sent" got it once, whoever is "failed" or "skipped" never, and those of whom nobody knows are no more than what was on
the line at the faults. The pace settings are raised tenfold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.channels import IN_FLIGHT, Server
from tests.fakes import telegram, zalo_bot, zalo_oa

NOTICES, KILLS = 20_000, 20
QUICK = (1_000, 5)
FAILING = 0.05
PATIENCE = 1_800.0  # seconds
ON_BOT = 50  # the free plan's users
FACTS = {
    "title": "Ngừng điện để thay trạm biến áp", "place": "Ấp Đông", "starts": "2026-11-24T07:30:00+07:00", "ends": "",
    "contact": "Điện lực (số mẫu)", "details": "",
}  # fmt: skip


def measure(*, quick: bool = False) -> dict[str, float]:
    """Counts; what must be 0 is said to be wrong by the exit status."""
    people, kills = QUICK if quick else (NOTICES, KILLS)
    return run(people, kills)


def run(people: int, kills: int) -> dict[str, float]:
    """One notice to so many people, with so many kills."""
    figures = asyncio.run(_run(people, kills))
    for name, figure in figures.items():
        print(f"{name:>16} {figure:10.1f}")
    wrong = [name for name in ("doubled", "lost", "sent_to_skipped", "not_settled", "too_unknown") if figures[name]]
    if wrong:
        print(json.dumps({"bench": "load", "figures": figures}))
        raise SystemExit(f"wrong: {wrong}")
    return figures


async def _run(people: int, kills: int) -> dict[str, float]:
    chance = random.Random(11)
    fakes: dict[str, Any] = {
        "telegram": telegram.FakeTelegram(),
        "zalo_oa": zalo_oa.FakeZaloOa(),
        "zalo_bot": zalo_bot.FakeZaloBot(),
    }
    for fake in fakes.values():
        await fake.start()
    settings = {key: value for fake in fakes.values() for key, value in fake.settings.items()} | {"DANHOI_PACE": "10"}
    data = Path(tempfile.mkdtemp(prefix="danhoi-load-"))
    server = Server(data, settings)
    try:
        await server.start()  # makes the database and the channel accounts
        channels = await _fill(data, fakes, people, chance)
        notice_id = await asyncio.to_thread(_schedule, data)
        for name, fake in fakes.items():
            fake.fault_rate = FAILING
            fake.fault_kinds = ("500", "html502", "reset_before", "reset_after") + (
                ("-32",) if name == "zalo_oa" else ("429",)
            )
        began, memory = time.monotonic(), _Memory(server)
        watching = asyncio.create_task(memory.watch())
        killed = await _kill(server, data, notice_id, kills, chance)
        await _settled(data, notice_id)
        took = time.monotonic() - began
        watching.cancel()
        return _compare(data, fakes, notice_id, channels, kills=killed) | {
            "people": people, "kills": killed, "seconds": round(took, 1), "rss_mb_most": memory.most,
        }  # fmt: skip
    finally:
        server.stop()
        for fake in fakes.values():
            await fake.stop()


class _Memory:
    """The most that any life of the server took, in MB."""

    def __init__(self, server: Server) -> None:
        self._server, self.most = server, 0.0

    async def watch(self) -> None:
        """Look twice a second."""
        while True:
            self.most = max(self.most, self._now())
            await asyncio.sleep(0.5)

    def _now(self) -> float:
        process = self._server._process
        try:
            status = Path(f"/proc/{process.pid if process else 0}/status").read_text()
        except OSError:
            return 0.0
        resident = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
        return round(int(resident[0]) / 1024, 1) if resident else 0.0


async def _fill(data: Path, fakes: dict[str, Any], people: int, chance: random.Random) -> dict[int, str]:
    """People who wrote once: most on the OA, some on Telegram, the plan's few on the Zalo Bot; some out of reach."""
    with sqlite3.connect(data / "danhoi.db", timeout=30) as connection:
        ids = dict(connection.execute("SELECT channel, id FROM channelaccount").fetchall())
        commune = connection.execute("SELECT id FROM commune").fetchone()[0]
        now = datetime.now(UTC).replace(tzinfo=None)
        for number in range(people):
            name = "zalo_bot" if number < ON_BOT else "telegram" if number % 3 == 0 else "zalo_oa"
            key = f"{number + 1:019d}" if name == "zalo_oa" else str(number + 1)
            seen = now - timedelta(days=8 if chance.random() < 0.02 and name == "zalo_oa" else 1)
            citizen = connection.execute("INSERT INTO citizen (commune_id) VALUES (?)", (commune,)).lastrowid
            account = connection.execute(
                "INSERT INTO account (commune_id, citizen_id, channel_account_id, chat_key) VALUES (?, ?, ?, ?)",
                (commune, citizen, ids[name], key),
            ).lastrowid
            connection.execute(
                "INSERT INTO reach (account_id, commune_id, last_seen_at, gone_because) VALUES (?, ?, ?, '')",
                (account, commune, seen.isoformat(" ")),
            )
            _know(fakes, name, key, chance)
    return {number: name for name, number in ids.items()}


def _know(fakes: dict[str, Any], name: str, key: str, chance: random.Random) -> None:
    """The platform knows the person too; a few have blocked us there, which we cannot know."""
    fake = fakes[name]
    blocks = chance.random() < 0.02
    match name:
        case "zalo_oa":
            fake.seen[key] = fake.now() - timedelta(days=1)
            if blocks:
                fake.blocked.add(key)
        case "telegram":
            fake.chats.add(int(key))
            if blocks:
                fake.blocked.add(int(key))
        case "zalo_bot":
            fake.chats.add(key)


def _schedule(data: Path) -> int:
    """The notice, agreed to by a second person, urgent so that the hour of the day does not matter."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    with sqlite3.connect(data / "danhoi.db", timeout=30) as connection:
        commune = connection.execute("SELECT id FROM commune").fetchone()[0]
        officers: list[int] = []
        while len(officers) < 2:  # the sample's are made once the server is up
            officers = [row[0] for row in connection.execute("SELECT id FROM officer LIMIT 2")]
            time.sleep(0.1)
        return int(
            connection.execute(
                "INSERT INTO notice (commune_id, code, kind, papi, facts, hamlet_ids, followers, state, urgent, "
                "urgent_why, send_at, repeat, skips_days_off, run, made_by, made_at, approved_by) "
                "VALUES (?, 'TB-7K2M9', 'power', 6, ?, '[]', 0, 'scheduled', 1, 'đo', ?, '', 0, 1, ?, ?, ?)",
                (commune, json.dumps(FACTS), now, officers[0], now, officers[1]),
            ).lastrowid
            or 0
        )


async def _kill(server: Server, data: Path, notice_id: int, kills: int, chance: random.Random) -> int:
    """At random moments, while there is work."""
    done = 0
    while done < kills and not _is_over(data, notice_id):
        await asyncio.sleep(chance.uniform(0.3, 2.0))
        await server.kill_and_start()
        done += 1
    return done


async def _settled(data: Path, notice_id: int) -> None:
    until = time.monotonic() + PATIENCE
    while not await asyncio.to_thread(_is_over, data, notice_id) and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.5)


def _is_over(data: Path, notice_id: int) -> bool:
    with sqlite3.connect(data / "danhoi.db", timeout=30) as connection:
        state = connection.execute("SELECT state FROM notice WHERE id = ?", (notice_id,)).fetchone()[0]
    return state == "done"


def _compare(
    data: Path, fakes: dict[str, Any], notice_id: int, channels: dict[int, str], *, kills: int
) -> dict[str, float]:
    """Ledger and platforms, person by person."""
    with sqlite3.connect(data / "danhoi.db", timeout=30) as connection:
        rows = connection.execute(
            "SELECT d.channel_account_id, a.chat_key, d.state FROM delivery d "
            "JOIN account a ON a.id = d.account_id WHERE d.notice_id = ?",
            (notice_id,),
        ).fetchall()
        doubt = connection.execute("SELECT count(*) FROM outboxmessage WHERE error = 'ProcessEnded'").fetchone()[0]
    got = {name: Counter(str(one["chat_id"]) for one in fake.sent) for name, fake in fakes.items()}
    told: Counter[str] = Counter()
    for channel_account_id, key, state in rows:
        times = got[channels[channel_account_id]][key] if channels[channel_account_id] in got else 0
        told[state] += 1
        told["doubled"] += times > 1
        told["lost"] += state == "sent" and times == 0
        told["sent_to_skipped"] += state in ("failed", "skipped", "cancelled") and times > 0
        told["not_settled"] += state in ("queued", "handed")
    names = ("sent", "unknown", "failed", "skipped", "doubled", "lost", "sent_to_skipped", "not_settled")
    calls = sum(len(fake.calls) for fake in fakes.values())
    # At a kill what was on the line of each account; besides, a line that broke before or after the call: 2 of 5 kinds.
    most_unknown = kills * IN_FLIGHT * len(fakes) + calls * FAILING
    return {name: float(told[name]) for name in names} | {
        "rows": float(len(rows)),
        "unknown_by_kill": float(doubt),
        "too_unknown": float(told["unknown"] > most_unknown),
    }


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--notices", type=int, default=NOTICES)
    parser.add_argument("--kills", type=int, default=KILLS)
    asked = parser.parse_args()
    os.environ.setdefault("DANHOI_DATA_DIR", tempfile.mkdtemp(prefix="danhoi-load-own-"))
    figures = run(asked.notices, asked.kills)
    print(json.dumps({"bench": "load", "figures": figures}, ensure_ascii=False))


if __name__ == "__main__":
    _main()
