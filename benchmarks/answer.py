"""`danhoi bench answer`: from question to text in this process, beside rapidfuzz and bm25s in the same run.

Machines are shared and noisy: the yardsticks are asked in turn with the bot, and compared as ratios. Accuracy: top-1
over the lines of tests/eval with action `answer`, clean form; the yardsticks see titles and variants of our entries.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import bm25s
from rapidfuzz import fuzz, process

from bot.ask import Asked, counter
from knowledge.base import Knowledge
from knowledge.entry import Entry
from knowledge.training import train
from knowledge.vietnamese import fold
from tests.eval.running import NINE, TODAY, questions

BATCH = 10_000
QUICK_BATCH = 1_000
STARTED = "import time; began = time.perf_counter(); import asyncio, sys; from pathlib import Path; " + (
    "from bot.assembly import assemble; from bot.settings import read\n"
    "settings = read({'DANHOI_DATA_DIR': sys.argv[1]})\n"
    "async def main():\n"
    "    async with assemble(settings) as parts:\n"
    "        await parts.load_knowledge()\n"
    "asyncio.run(main()); print(time.perf_counter() - began)"
)


def measure(*, quick: bool = False) -> dict[str, float]:
    """All figures; times in milliseconds or seconds as their names say, memory in MB."""
    began = time.perf_counter()
    knowledge = Knowledge.load(today=TODAY, cache=Path("out/cache"))
    loaded = time.perf_counter() - began
    labels = [line for line in questions() if line["action"] == "answer" and line["form"] == "clean"]
    figures = asyncio.run(_ask(knowledge, labels, QUICK_BATCH if quick else BATCH))
    figures |= _yardsticks(list(knowledge.entries.values()), labels, figures)
    figures["load_s"] = round(loaded, 2)
    figures["rebuild_s"] = _rebuild(knowledge.entries)
    figures["startup_s"] = _startup()
    figures["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    for name, value in figures.items():
        print(f"{name:28} {value:>10}")
    return figures


async def _ask(knowledge: Knowledge, labels: Sequence[dict[str, Any]], batch: int) -> dict[str, float]:
    """Question to text, one at a time; and a batch in a row."""
    async with counter(knowledge, NINE) as desk:
        for label in labels[:20]:
            await desk.ask(Asked(label["q"], on=TODAY))
        given = [await desk.ask(Asked(label["q"], on=TODAY)) for label in labels]
        times = sorted(each.ms for each in given)
        right = sum(
            each.reply.action == "answer" and each.reply.topic in (label["topic"], *label["also"])
            for each, label in zip(given, labels, strict=True)
        )
        began = time.perf_counter()
        for number in range(batch):
            await desk.ask(Asked(labels[number % len(labels)]["q"], on=TODAY))
        whole = time.perf_counter() - began
    return {
        "questions": len(labels),
        "p50_ms": round(median(times), 2),
        "p99_ms": round(times[int(len(times) * 0.99)], 2),
        "top1": round(right / len(labels), 4),
        "batch_lines": batch,
        "batch_s_per_10000": round(whole * 10_000 / batch, 1),
    }


def _yardsticks(entries: list[Entry], labels: Sequence[dict[str, Any]], ours: dict[str, float]) -> dict[str, float]:
    asked = [(text, entry.id) for entry in entries for text in (entry.title, *entry.variants)]
    texts, ids = [fold(text) for text, _ in asked], [entry_id for _, entry_id in asked]
    index = bm25s.BM25()
    index.index([text.split() for text in texts], show_progress=False)

    def by_rapidfuzz(question: str) -> str:
        found = process.extractOne(fold(question), texts, scorer=fuzz.token_set_ratio)
        return ids[found[2]] if found else ""

    def by_bm25s(question: str) -> str:
        found, _ = index.retrieve([fold(question).split()], k=1, show_progress=False)
        return ids[int(found[0][0])]

    figures: dict[str, float] = {}
    for name, ask in (("rapidfuzz", by_rapidfuzz), ("bm25s", by_bm25s)):
        times, hits = _timed(ask, labels)
        figures[f"{name}_p50_ms"] = round(median(times), 2)
        figures[f"{name}_top1"] = round(hits / len(labels), 4)
        figures[f"{name}_time_ratio"] = round(median(times) / ours["p50_ms"], 2)
        figures[f"{name}_top1_ratio"] = round(hits / len(labels) / max(ours["top1"], 0.01), 3)
    return figures


def _timed(ask: Callable[[str], str], labels: Sequence[dict[str, Any]]) -> tuple[list[float], int]:
    times, hits = [], 0
    for label in labels:
        began = time.perf_counter()
        found = ask(label["q"])
        times.append((time.perf_counter() - began) * 1000)
        hits += found in (label["topic"], *label["also"])
    return times, hits


def _rebuild(entries: Mapping[str, Entry]) -> float:
    """Index, classifiers and calibration from nothing but the entries: what a change of content costs."""
    began = time.perf_counter()
    train(entries)
    return round(time.perf_counter() - began, 2)


def _startup() -> float:
    """A process of its own, from nothing imported to able to answer, trained parts in place; the better of two."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            float(
                subprocess.run(
                    [sys.executable, "-c", STARTED, folder], check=True, capture_output=True, text=True
                ).stdout.split()[-1]
            )
            for _ in range(3)
        ]
    return round(min(runs[1:]), 2)


if __name__ == "__main__":
    print(json.dumps({"bench": "answer", "figures": measure()}))
