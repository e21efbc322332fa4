"""`danhoi bench console`: 50,000 cases, 20 officers at once on the work list, search, case page and figures.

Every officer asks again as soon as the page has come, so that twenty requests are always open; server and browsers
share one process. Times in milliseconds on the wall, sizes in bytes as they go over the line unpacked.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer
from sqlalchemy import insert

from bot import communes
from bot.assembly import Parts, assemble
from bot.settings import read
from bot.web import application
from handlers.permissions import Role
from handlers.wording import as_body
from knowledge.base import Knowledge
from knowledge.categories import categories
from knowledge.vietnamese import fold
from storage import offices, places
from storage.case_alerts import CaseRating
from storage.case_words import CaseWords
from storage.cases import Case, CaseEvent
from storage.communes import Commune
from storage.offices import Office
from storage.places import Hamlet
from storage.questions import Question
from tests.bot.console import Colleague, hire, seat
from tests.eval.running import NINE, TODAY

CASES, QUICK_CASES = 50_000, 3_000
OFFICERS, ROUNDS, QUICK_ROUNDS = 20, 4, 1
CHUNK = 2_000
MOST_BYTES, MOST_MS = 300_000, 1_000
TOLD = (
    "đèn đường trước nhà hỏng ba tuần nay",
    "cống nghẹt mưa là ngập cả đoạn đường",
    "rác đổ đầy bãi đất trống hôi thối",
    "ổ gà sâu giữa đường trẻ con hay té",
    "loa kéo karaoke ồn tới nửa đêm",
)
STATES = (
    "received",
    "assigned",
    "working",
    "asked",
    "transferred",
    "answered",
    "closed",
    "closed",
    "closed",
    "refused",
)
PAGES = {
    "list": ("/console/cases", "/console/cases?due=late", "/console/cases?field=economy&hamlet=3"),
    "numbers": ("/console/cases/counts",),
    "search": ("/console/cases?q=den+duong", "/console/cases?q=karaoke+on", "/console/cases?q=khong+co+dau"),
    "case": ("/console/cases/{case}",),
    "figures": (
        "/console/figures?view=units",
        "/console/figures?view=people",
        "/console/figures?view=papi-hamlets",
        "/console/figures?view=outcomes",
    ),
}


def measure(*, quick: bool = False) -> dict[str, float]:
    """All figures; the bars are p95 under one second and no page over 300 KB."""
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    knowledge = Knowledge.load(today=TODAY, cache=Path("out/cache"))
    size, rounds = (QUICK_CASES, QUICK_ROUNDS) if quick else (CASES, ROUNDS)
    figures = asyncio.run(_measure(knowledge, size, rounds))
    for name, value in figures.items():
        print(f"{name:24} {value:>12}")
    return figures


async def _measure(knowledge: Knowledge, size: int, rounds: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        settings = read({"DANHOI_DATA_DIR": folder, "DANHOI_CLOCK": NINE.now().isoformat()})
        async with assemble(settings) as parts:
            commune = await communes.seed_sample(parts.database, now=parts.clock.now())
            parts.take(knowledge)
            staff = [
                await hire(parts, commune, _role(number), name=f"Cán bộ Mẫu {number}") for number in range(OFFICERS)
            ]
            await _fill(parts, commune, [each.id or 0 for each in staff], size)
            server = TestServer(application(parts))
            await server.start_server()
            colleagues = [await seat(parts, server, each) for each in staff]
            took: dict[str, list[float]] = {name: [] for name in PAGES}
            sizes: dict[str, int] = dict.fromkeys(PAGES, 0)
            work = (_round(each, took, sizes, size, rounds, seed) for seed, each in enumerate(colleagues))
            began, worked = time.perf_counter(), time.process_time()
            await asyncio.gather(*work)
            whole, cpu = time.perf_counter() - began, time.process_time() - worked
            for each in colleagues:
                await each.client.session.close()
            await server.close()
    count = sum(map(len, took.values()))
    figures: dict[str, float] = {"cases": size, "officers": OFFICERS, "pages": count}
    figures["pages_per_s"], figures["cpu_ms_a_page"] = round(count / whole, 1), round(1000 * cpu / count, 1)
    for name in PAGES:
        figures[f"{name}_p50_ms"], figures[f"{name}_p95_ms"] = _at(took[name], 0.5), _at(took[name], 0.95)
        figures[f"{name}_bytes"] = sizes[name]
    figures["within_bars"] = float(
        all(figures[f"{name}_p95_ms"] < MOST_MS and figures[f"{name}_bytes"] < MOST_BYTES for name in PAGES)
    )
    return figures


def _role(number: int) -> Role:
    return (Role.LEADER, Role.DESK, Role.LEADER, Role.INSPECTOR)[number % 4]


async def _round(
    colleague: Colleague, took: dict[str, list[float]], sizes: dict[str, int], size: int, rounds: int, seed: int
) -> None:
    dice = random.Random(seed)
    for _ in range(rounds):
        names = list(PAGES)
        dice.shuffle(names)
        for name in names:
            address = dice.choice(PAGES[name]).format(case=dice.randrange(1, size))
            began = time.perf_counter()
            answer = await colleague.client.get(address)
            body = await answer.read()
            if answer.status == 403:
                continue  # a figure that is not for this role
            assert answer.status == 200, (address, answer.status)
            took[name].append((time.perf_counter() - began) * 1000)
            sizes[name] = max(sizes[name], len(body))


async def _fill(parts: Parts, commune: Commune, staff: Sequence[int], size: int) -> None:
    """Cases of two years with events, words, ratings, and as many questions."""
    mine, now, kinds = {"commune_id": commune.id or 0}, parts.clock.now(), list(categories().values())
    dice = random.Random(1)
    async with parts.database.writing() as session:
        units = [await offices.keep(session, Office(name=f"Phòng {n}", valid_from=TODAY, **mine)) for n in range(4)]
        names = [f"Thôn Mẫu {n}" for n in range(12)]
        hamlets = [await places.keep(session, Hamlet(name=n, key=fold(n), now=n, **mine)) for n in names]
        bodies = [(await parts.vault.put(session, text=as_body(text), at=now, **mine)).id or 0 for text in TOLD]
    for first in range(1, size + 1, CHUNK):
        rows = range(first, min(first + CHUNK, size + 1))
        told, events, words, faces, asked = [], [], [], [], []
        for n in rows:
            category, at = kinds[n % len(kinds)], n % len(TOLD)
            received = now - timedelta(minutes=dice.randrange(2 * 365 * 24 * 60 if n % 3 else 30 * 24 * 60))
            state = STATES[dice.randrange(len(STATES))]
            done = received + timedelta(hours=dice.randrange(200)) if state in ("answered", "closed") else None
            due = (received + timedelta(days=7 if state in ("answered", "closed") else 7 + n % 700)).date()
            told.append(
                {
                    "id": n,
                    **mine,
                    "kind": "report",
                    "state": state,
                    "opened_at": received,
                    "received_at": received,
                    "code": f"PA-{n:05}",
                    "origin": "desk",
                    "category": category.id,
                    "papi": category.papi,
                    "field": category.field,
                    "urgency": int(n % 9 == 0),
                    "hamlet_id": hamlets[n % 12],
                    "office_id": units[n % 4],
                    "officer_id": staff[n % len(staff)],
                    "held_by": "desk",
                    "due_on": due,
                    "promised_on": due,
                    "runs_from": received.date(),
                    "answered_at": done,
                    "closed_at": done if state == "closed" else None,
                }
            )
            for kind, body, facts in (
                ("told", bodies[at], {}),
                ("register", None, {"kind": "report", "held_by": "desk"}),
            ):
                events.append({**mine, "case_id": n, "kind": kind, "body_id": body, "facts": facts, "at": received})
            words.append({**mine, "case_id": n, "body_id": bodies[at], "folded": f" {fold(TOLD[at])} ngo {n} "})
            if state == "closed" and n % 3:
                faces.append({**mine, "case_id": n, "faces": 1 + n % 5, "at": done})
            action = ("answer", "answer", "clarify", "abstain")[n % 4]
            asked.append(
                {**mine, "asked_at": received, "action": action, "papi": 1 + n % 8, "hamlet_id": hamlets[n % 12]}
            )
        async with parts.database.writing() as session:
            connection = await session.connection()
            tables = ((Case, told), (CaseEvent, events), (CaseWords, words), (CaseRating, faces), (Question, asked))
            for table, values in tables:
                await connection.execute(insert(table), _whole(table, values))


def _whole(table: Any, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with the columns' own defaults, which a plain insert does not know."""
    plain = {
        name: field.default
        for name, field in table.model_fields.items()
        if field.default is not None and not field.is_required() and isinstance(field.default, str | int | bool)
    }
    return [plain | row for row in values]


def _at(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


if __name__ == "__main__":
    print(json.dumps({"bench": "console", "figures": measure()}))
