"""From what an entry cites to what a citizen is shown."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.contract import Desk, Source
from knowledge.answers import Citation
from knowledge.errors import NothingInForce

MOST_SHOWN = 3


def sources_of(citations: Iterable[Citation]) -> tuple[Source, ...]:
    """The first few citations as sources, each law once."""
    shown = {cited.cite: Source(cited.cite, cited.since, cited.until, cited.checked_on) for cited in citations}
    return tuple(shown.values())[:MOST_SHOWN]


def grounds(desk: Desk, *entry_ids: str) -> tuple[Source, ...]:
    """The sources on which these entries stand today, for replies that rest on several."""
    cited: list[Citation] = []
    for entry_id in entry_ids:
        try:
            cited += desk.knowledge.answer(entry_id, on=desk.today, today=desk.today).citations[:2]
        except NothingInForce:
            continue
    return sources_of(cited)
