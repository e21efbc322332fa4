"""`danhoi bench prices`: a price file of 200,000 rows imported while messages come in, then looked up; place names."""

from __future__ import annotations

import asyncio
import csv
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from bot import communes
from bot.ask import Asked, counter
from bot.assembly import Parts, assemble
from bot.clock import Clock
from bot.importing import check_file, import_file
from bot.settings import read
from knowledge.base import CONTENT, Knowledge
from knowledge.places import Places
from knowledge.vietnamese import dong

ROWS, QUICK_ROWS = 200_000, 20_000
LOOKUPS, NAMES = 600, 3_000
NINE = Clock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), frozen=True)
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
MIDDLE = "Văn Thị Hữu Đức Công Quang Minh Thanh Ngọc Xuân Kim Bá Đình Thế"
GIVEN = (
    "An Bình Cường Dũng Đạt Giang Hà Hải Hạnh Hòa Hùng Khang Khoa Lan Linh Long Mai Nam Nga Nghĩa Phong Phúc Quân Sơn"
)
HEADER = (
    "decision,province,district,commune,street,segment_from,segment_to,land_type,position,price_vnd_per_m2,"
    "valid_from,valid_to"
)
Row = tuple[str, ...]


def rows(count: int) -> Iterator[Row]:
    """Made-up rows: 120 streets a commune, three segments each, four positions."""
    chance = random.Random(3)
    names = [f"Đường {a} {b} {c}" for a in FAMILY.split() for b in MIDDLE.split() for c in GIVEN.split()]
    made = 0
    for commune in range(1, count):
        for street in chance.sample(names, 120):
            for segment in range(3):
                for position in range(1, 5):
                    if made == count:
                        return
                    made += 1
                    where = ("99/2026/NQ-HĐND", "Thái Nguyên", "", f"Xã Mới {commune}", street)
                    priced = ("ONT", f"VT{position}", str(chance.randrange(100, 9_000) * 1_000), "2026-01-01", "")
                    yield (*where, f"Km {segment}", f"Km {segment + 1}", *priced)


def measure(*, quick: bool) -> dict[str, float]:
    """The figures of the bars: seconds, megabytes and milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(Path(folder), QUICK_ROWS if quick else ROWS))
    figures |= places()
    for name, value in figures.items():
        print(f"{name:28} {value:>12}")
    return figures


async def _measure(folder: Path, count: int) -> dict[str, float]:
    made = list(rows(count))
    wanted = random.Random(5).sample(made, LOOKUPS)
    file = folder / "prices.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([HEADER.split(","), *made])
    made.clear()
    async with assemble(read({"DANHOI_DATA_DIR": str(folder), "DANHOI_SAMPLE": "1"})) as parts:
        commune = await communes.seed_sample(parts.database, now=NINE.now())
        began = time.perf_counter()
        checked = await asyncio.to_thread(check_file, file, today=NINE.today())
        checked_s = time.perf_counter() - began
        loading = asyncio.create_task(
            import_file(
                parts.database, file, checked, commune_id=commune.id or 0, clock=NINE, replaces=False, told=_ignore
            )
        )
        acknowledged = await _acknowledge(parts, loading)
        imported_s = time.perf_counter() - began
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
        checked.lands.clear()  # the import is another process in life: what it held is no weight on the look-ups
        spent, right = await _look_up(parts, wanted)
    return {
        "rows": count,
        "check_s": round(checked_s, 1),
        "import_s": round(imported_s, 1),
        "peak_mb": round(peak_mb),
        "acknowledge_max_ms": round(max(acknowledged), 1),
        "lookups": LOOKUPS,
        "lookups_right": right,
        "lookup_p50_ms": round(_at(spent, 0.5), 2),
        "lookup_p99_ms": round(_at(spent, 0.99), 2),
    }


async def _acknowledge(parts: Parts, loading: asyncio.Task[None]) -> list[float]:
    """Messages stored while the import runs, each as a webhook stores it."""
    commune = await communes.only(parts.database)
    assert commune is not None
    account = await communes.account_of(parts.database, commune, "webchat")
    spent = []
    while not loading.done():
        began = time.perf_counter()
        await parts.worker.receive(account, event_key=uuid4().hex, chat_key="bench", raw="chào")
        spent.append((time.perf_counter() - began) * 1_000)
        await asyncio.sleep(0.05)
    await loading
    return spent


async def _look_up(parts: Parts, wanted: list[Row]) -> tuple[list[float], int]:
    knowledge = Knowledge.load(today=NINE.today())
    commune = await communes.only(parts.database)
    assert commune is not None
    spent, right = [], 0
    async with counter(knowledge, NINE, [commune], parts.database) as desk:
        await desk.ask(Asked("giá đất đường Lê Lợi"))
        for row in wanted:
            question = f"giá đất {row[4]} {row[3]} đoạn {row[5]} đến {row[6]} {row[8]}"
            given = await desk.ask(Asked(question))
            spent.append(given.ms)
            right += f"{dong(int(row[9]))}/m²" in given.reply.text
    return spent, right


def places() -> dict[str, float]:
    """One name among all communes of today and before, alone and in a sentence."""
    known = Places(CONTENT)
    known.mentions("xã Đại Tâm, Mỹ Xuyên")
    former = [f"{name}, {place.old_province}" for place in known.all for name in place.old_communes]
    names = random.Random(4).sample(former, NAMES)
    found = _timed(known.find, names)
    said = _timed(known.mentions, [f"nhà tôi ở {name} giờ là xã nào" for name in names])
    return {"place_p99_ms": round(_at(found, 0.99), 2), "place_in_sentence_p99_ms": round(_at(said, 0.99), 2)}


def _timed(work: Callable[[str], object], texts: list[str]) -> list[float]:
    spent = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        spent.append((time.perf_counter() - began) * 1_000)
    return spent


def _at(spent: list[float], share: float) -> float:
    return sorted(spent)[int(share * (len(spent) - 1))]


def _ignore(_rows: int) -> None:
    """Nobody watches the bar."""
