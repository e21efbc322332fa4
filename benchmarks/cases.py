"""`danhoi bench cases`: 50,000 cases in the database; one step of the intake and one "where is it" through the bot.

A step is a stored message worked whole: understood, answered, logged, queued, one transaction on the disk.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import insert
from sqlmodel import col, func, select

from bot import communes
from bot.assembly import Parts, assemble
from bot.settings import read
from handlers.case_codes import DIGITS, LETTERS
from knowledge.base import Knowledge
from knowledge.categories import categories
from storage.accounts import Account, Citizen
from storage.cases import Case, CaseEvent
from storage.communes import ChannelAccount, Commune
from storage.outbox import OutboxMessage
from tests.eval.running import NINE, TODAY

CASES, QUICK_CASES = 50_000, 2_000
TALKS, QUICK_TALKS = 150, 20
CHUNK, WARM = 1_000, 5
BEFORE = 1_000  # ids below belong to the people of those talks
FIRST = 20  # talks while there is no case yet: what the number of cases costs shows within one run
Took = tuple[float, float]  # milliseconds on the wall and of the processor
STEPS = ("đèn đường số {n} hỏng rồi", "ngõ {n} đường Mẫu", "3 tuần nay", "gửi")
SENT = "Mã của anh/chị"  # what the last step must bring, else something else was measured


def measure(*, quick: bool = False) -> dict[str, float]:
    """All figures; times in milliseconds."""
    knowledge = Knowledge.load(today=TODAY, cache=Path("out/cache"))
    size, talks = (QUICK_CASES, QUICK_TALKS) if quick else (CASES, TALKS)
    figures = asyncio.run(_measure(knowledge, size, talks))
    for name, value in figures.items():
        print(f"{name:24} {value:>10}")
    return figures


async def _measure(knowledge: Knowledge, size: int, talks: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = read({"DANHOI_DATA_DIR": folder, "DANHOI_CLOCK": NINE.now().isoformat()})
        async with assemble(settings) as parts:
            commune = await communes.seed_sample(parts.database, now=parts.clock.now())
            account = await communes.account_of(parts.database, commune, "terminal")
            parts.take(knowledge)
            for warm in range(WARM):
                await _talk(parts, account, f"warm-{warm}", 10_000 + warm)
            empty = [took for number in range(FIRST) for took in await _talk(parts, account, f"first-{number}", number)]
            empty_looks = [await _say(parts, account, f"first-{n}", "đơn của tôi tới đâu rồi") for n in range(FIRST)]
            await _fill(parts, commune, account, size)
            steps: list[Took] = []
            for number in range(talks):
                steps += await _talk(parts, account, f"chat-{number}", number)
            async with parts.database.reading() as session:
                sent = select(func.count()).where(col(OutboxMessage.text).contains(SENT))
                assert (await session.exec(sent)).one() == FIRST + WARM + talks
            looks = [await _say(parts, account, f"chat-{n}", "đơn của tôi tới đâu rồi") for n in range(talks)]
            old = [await _say(parts, account, f"old-{BEFORE + n}", "đơn của tôi tới đâu rồi") for n in range(talks)]
    return {
        "cases": size,
        **_figures("intake_step_empty", empty),
        **_figures("tracking_empty", empty_looks),
        **_figures("intake_step", steps),
        **_figures("tracking", looks + old),
    }


def _figures(name: str, took: Sequence[Took]) -> dict[str, float]:
    """By the clock on the wall, and in time of the processor: the first counts whatever else the machine does."""
    found = {}
    for place, kind in enumerate(("", "_cpu")):
        times = [each[place] for each in took]
        found[f"{name}{kind}_p50_ms"] = _at(times, 0.5)
        found[f"{name}{kind}_p99_ms"] = _at(times, 0.99)
    return found


async def _talk(parts: Parts, account: ChannelAccount, chat: str, number: int) -> list[Took]:
    await _say(parts, account, chat, "xin chào")
    return [await _say(parts, account, chat, step.format(n=number)) for step in STEPS]


async def _say(parts: Parts, account: ChannelAccount, chat: str, text: str) -> Took:
    """From the stored message to the queued answer."""
    await parts.worker.receive(account, event_key=f"{chat}-{time.perf_counter_ns()}", chat_key=chat, raw=text)
    began, worked = time.perf_counter(), time.process_time()
    assert await parts.worker.work_one()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


async def _fill(parts: Parts, commune: Commune, account: ChannelAccount, size: int) -> None:
    """Cases of many people, half of them running, each with its events."""
    assert commune.id is not None and account.id is not None
    kinds, now = list(categories()), parts.clock.now()
    for first in range(0, size, CHUNK):
        rows = range(BEFORE + first, BEFORE + min(first + CHUNK, size))
        people: list[dict[str, Any]] = [{"id": n, "commune_id": commune.id} for n in rows]
        chats = [
            {
                "id": n,
                "commune_id": commune.id,
                "citizen_id": n,
                "channel_account_id": account.id,
                "chat_key": f"old-{n}",
            }
            for n in rows
        ]
        told = [_case(n, commune.id, kinds[n % len(kinds)], now) for n in rows]
        events = [
            {
                "commune_id": commune.id,
                "case_id": n,
                "kind": "register",
                "facts": {"kind": "report", "held_by": "desk"},
                "at": now,
            }
            for n in rows
        ]
        async with parts.database.writing() as session:
            connection = await session.connection()
            for table, values in ((Citizen, people), (Account, chats), (Case, told), (CaseEvent, events)):
                await connection.execute(insert(table), values)


def _case(number: int, commune_id: int, category: str, now: Any) -> dict[str, Any]:
    received = now - timedelta(hours=number % 2_000)
    running = number % 2
    return {
        "id": number,
        "commune_id": commune_id,
        "account_id": number,
        "kind": "report",
        "state": "received" if running else "closed",
        "opened_at": received,
        "code": f"PA-{_digits(number)}",
        "category": category,
        "papi": 6,
        "received_at": received,
        "held_by": "desk",
        "due_on": (received + timedelta(days=7)).date(),
    }


def _digits(number: int) -> str:
    alphabet, found = LETTERS + DIGITS, ""
    for _ in range(5):
        number, at = divmod(number, len(alphabet))
        found += alphabet[at]
    return found


def _at(times: Sequence[float], share: float) -> float:
    return round(median(times) if share == 0.5 else sorted(times)[int(len(times) * share)], 2)


if __name__ == "__main__":
    print(json.dumps({"bench": "cases", "figures": measure()}))
