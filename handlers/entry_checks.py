"""What `danhoi check` would say of one entry, also before it lies in any file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from handlers import topics
from handlers.contract import FIRST_SCREEN
from knowledge import answers, check, checklists, deadlines
from knowledge.base import Knowledge
from knowledge.entry import Entry
from knowledge.errors import ContentFaulty, Fault, NothingInForce
from knowledge.layers import national_changes, read_text


@dataclass(frozen=True, slots=True)
class Checked:
    """A text that was looked at: the entry (None where it cannot be read), its faults, what it changes of the law's."""

    text: str
    entry: Entry | None
    faults: tuple[Fault, ...]
    national: tuple[str, ...] = ()


def check_text(text: str, entry_id: str, *, shipped: Knowledge, mine: Knowledge, today: date) -> Checked:
    """Every check of the content files on one text, beside the entries with which the commune answers."""
    try:
        entry = read_text(text, entry_id, shipped.parameters)
    except ContentFaulty as faulty:
        return Checked(text, None, faulty.faults)
    others = dict(mine.entries) | {entry.id: entry}
    faults = [*check.alone(entry, others), *check.beside(entry, mine.entries.values())]
    if entry_id in shipped.entries:
        faults += _leaning(shipped, others) - _leaning(shipped, mine.entries)
    if not faults:
        faults += [Fault(entry.file, 1, problem) for problem in too_long(entry, today)]
    before = shipped.entries.get(entry_id)
    return Checked(text, entry, tuple(faults), tuple(national_changes(before, entry)) if before else ())


def _leaning(shipped: Knowledge, entries: Mapping[str, Entry]) -> set[Fault]:
    """What the deadline rules and the lists of papers miss in these entries."""
    return {*deadlines.faults(shipped.content, entries), *checklists.faults(shipped.content, entries)}


def too_long(entry: Entry, today: date) -> Iterator[str]:
    """First screens over the limit, uncut, on every day on which what the entry says changes."""
    for day in sorted({today, *entry.change_days()}):
        try:
            screen = topics.opening_screen(answers.answer(entry, day, max(today, day)))
        except NothingInForce:
            continue
        if len(screen.printed) > FIRST_SCREEN:
            yield (
                f"màn hình đầu ngày {day:%d/%m/%Y} dài {len(screen.printed)} ký tự "
                f"(tối đa {FIRST_SCREEN}); rút gọn answer, steps hoặc chuyển bớt xuống details"
            )
            return
