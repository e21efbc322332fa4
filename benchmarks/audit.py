"""`python -m benchmarks.audit --seed 20261124 --n 50`: statements drawn at random, to be read against their sources.

Drawn from answer, steps and details of all entries, in force on `--on`; the same seed, number and content give the
same draw. Prints entry, part, line in its file, the text as a citizen reads it, what it cites and its days.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge import answers
from knowledge.base import CONTENT
from knowledge.entries import load
from knowledge.entry import Entry, Statement
from knowledge.fields import names_in, value_on

TODAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A statement and where it stands."""

    entry: Entry
    part: str
    said: Statement

    def lines(self, on: date) -> Iterator[str]:
        """What an auditor reads: place, text, citations, days, and each number with its own law and days."""
        block = answers.block(self.entry, [self.said], on)
        yield f"{self.entry.id} · {self.part} · {self.entry.file.relative_to(CONTENT)}:{self.said.line}"
        yield f"   text:  {block.text}"
        yield f"   cites: {' | '.join(one.cite for one in block.citations)} · {self.said.confidence}"
        yield f"   dates: {_days(self.said.since, self.said.until)}"
        for name in dict.fromkeys(names_in(" ".join((self.said.text, *self.said.items)))):
            value = value_on(self.entry.fields.get(name, ()), self.entry, on)
            if value is not None:
                days = _days(value.since, value.until)
                yield f"   {{{name}}} = {value.value} {value.unit} · {value.source.cite} · {days} · line {value.line}"


def in_force(on: date) -> list[Drawn]:
    """Every statement that a citizen may read on that day, by entry id and in the file's order."""
    drawn: list[Drawn] = []
    for _, entry in sorted(load(CONTENT).items()):
        parts: list[tuple[str, tuple[Statement, ...]]] = [("answer", entry.answer), ("steps", entry.steps)]
        parts += entry.details.items()
        drawn += [Drawn(entry, part, one) for part, said in parts for one in entry.in_force(said, on)]
    return drawn


def _days(since: date | None, until: date | None) -> str:
    return f"{since or 'not known'} to {until or 'open'}"


def main() -> None:
    """Draw and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=20261124)
    options.add_argument("--n", type=int, default=50)
    options.add_argument("--on", type=date.fromisoformat, default=TODAY)
    chosen = options.parse_args()
    pool = in_force(chosen.on)
    drawn = random.Random(chosen.seed).sample(pool, min(chosen.n, len(pool)))
    print(f"seed {chosen.seed} · {len(drawn)} of {len(pool)} statements in force on {chosen.on}")
    for number, one in enumerate(drawn, 1):
        print(f"\n{number}. " + "\n".join(one.lines(chosen.on)))


if __name__ == "__main__":
    main()
