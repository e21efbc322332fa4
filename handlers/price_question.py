"""What a citizen wants to know about a land price, read from one message and from what was asked before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers.contract import Desk, Incoming
from handlers.price_book import Book, Where, named_units
from knowledge.land_price import HOME, find_area, find_land_types, find_position, segment_words, spoken_spans
from knowledge.streets import Read, read_words
from knowledge.vietnamese import fold
from storage.prices import PriceRow

FITS = 0.6  # share of the words said about the segment that a row's segment must hold
WHOLE = 0.9  # what a row for the whole street, or without a segment, counts beside them
CLOSE = 0.2  # segments within this of the best one are not told apart
WHOLE_STREET = frozenset({"tron", "ca", "toan"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that narrows the rows of a street. `cued`: the segment was spoken of as one."""

    on: date
    day_named: bool
    whole_year: bool
    types: tuple[str, ...]
    position: str
    area: Decimal | None
    units: tuple[Where, ...]
    segment: frozenset[str]
    cued: bool
    read: Read


def read_question(message: Incoming, desk: Desk, book: Book) -> Wanted:
    """What this message says; the day of a talk goes on until another is named."""
    read = book.streets.read(message.text)
    folded = fold(message.text)
    asked = message.meaning.asked_day
    units = named_units(read, message.places, message.text, book, desk.knowledge.places)
    day = asked.on if asked else desk.talk.on_day if _goes_on(desk) else None
    return Wanted(
        on=day or desk.today,
        day_named=asked is not None,
        whole_year=asked is not None and asked.precision == "year",
        types=find_land_types(folded),
        position=find_position(folded),
        area=find_area(folded),
        units=tuple(units),
        segment=_segment(read, units, folded),
        cued=read.segment_from < len(read.words),
        read=read,
    )


def _goes_on(desk: Desk) -> bool:
    return (desk.talk.asks or "").startswith("land_price.")


def _segment(read: Read, units: Sequence[Where], folded: str) -> frozenset[str]:
    """The words about the segment: behind the street where it is spoken of, else all that is left; no year, no unit."""
    taken = {at for named in read.named for at in range(named.first, named.last + 1)}
    taken |= {at for unit in units if unit.firm for at in unit.at}
    spans = spoken_spans(folded)
    cued = read.segment_from < len(read.words)
    behind = [named.last + 1 for named in read.named if named.first < read.segment_from]
    start = (max(behind) if behind else read.segment_from) if cued else 0
    left = [
        word.said
        for at, word in enumerate(read.words)
        if at >= start and at not in taken and not any(first <= word.start < last for first, last in spans)
    ]
    return frozenset(word for word in segment_words(left) if not (len(word) == 4 and word.isdigit()))


def by_land(rows: Iterable[PriceRow]) -> list[list[PriceRow]]:
    """Rows in groups of one street, one segment and one land type: only positions differ within a group."""

    groups: dict[tuple[str, ...], list[PriceRow]] = {}
    for row in rows:
        land = (row.province, row.district, row.commune, row.street, row.segment_from, row.segment_to, row.land_type)
        groups.setdefault(land, []).append(row)
    return list(groups.values())


def of_type(rows: Sequence[PriceRow], types: Sequence[str]) -> list[PriceRow]:
    """Rows of the land type that was said; where none was, land to live on comes first."""
    if not types:
        homes = [row for row in rows if row.land_type in HOME]
        return homes or list(rows)
    return [row for row in rows if row.land_type in types]


def at_position(rows: Sequence[PriceRow], position: str) -> list[PriceRow]:
    """Rows of that position, and those of tables that do not say any."""
    if not position:
        return list(rows)
    said = fold(position)
    return [row for row in rows if not row.position or fold(row.position) == said]


def at_segment(rows: Sequence[PriceRow], wanted: Wanted) -> tuple[list[PriceRow], bool]:
    """Rows of the segment that was said, and whether it was found; words without a cue only narrow."""
    if not wanted.segment:
        return list(rows), True
    scores = {ends: _likeness(ends, wanted.segment) for ends in {(row.segment_from, row.segment_to) for row in rows}}
    best = max(scores.values(), default=0.0)
    if best < FITS:
        return list(rows), not wanted.cued
    likely = {ends for ends, score in scores.items() if score > best - CLOSE}
    return [row for row in rows if (row.segment_from, row.segment_to) in likely], True


def _likeness(ends: tuple[str, str], said: frozenset[str]) -> float:
    """How much of what was said about the segment stands in the row's segment."""
    words = [word.said for end in ends for word in read_words(end)]
    own = segment_words(words)
    if not own:
        return WHOLE
    return len(own & said) / len(said)
