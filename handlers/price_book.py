"""The price tables in use, opened: the streets by their names, and the units in which they were drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.contract import Desk
from knowledge.places import Mention, Place, Places, bare_name
from knowledge.streets import Read, Street, Streets, street_key
from storage import prices
from storage.prices import PriceRow, PriceTable

KEPT_BOOKS = 8
MOST_KEYS = 300  # streets whose rows are read at once
LONGEST_UNIT = 5  # syllables of a unit's bare name
GENERIC = frozenset(map(bare_name, ("phường, thị trấn", "các xã còn lại", "")))  # rows for part of a district
_BOOKS: dict[tuple[str, ...], tuple[Streets, frozenset[str]]] = {}
_OPENED: dict[int, Streets] = {}  # by commune; routing asks it before anything is read


@dataclass(frozen=True, slots=True)
class Book:
    """What one commune's tables hold. `units`: bare names of all provinces, districts and communes in them."""

    tables: Mapping[int, PriceTable]
    streets: Streets
    units: frozenset[str]

    def in_force(self, row: PriceRow, on: date) -> bool:
        """Whether the row counts on that day, first and last day included."""
        ends = [day for day in (row.valid_to, self.tables[row.table_id].ends_on) if day]
        return row.counts_from <= on and all(on <= day for day in ends)

    def on_day(self, rows: Iterable[PriceRow], on: date) -> list[PriceRow]:
        """Rows that count on that day; where a later decision prices the same land, only its row."""
        shown: dict[tuple[str, ...], list[PriceRow]] = {}
        for row in rows:
            if not self.in_force(row, on):
                continue
            same = shown.setdefault(same_land(row), [])
            if same and same[0].counts_from > row.counts_from:
                continue
            if same and same[0].counts_from < row.counts_from:
                same.clear()
            same.append(row)
        return [row for same in shown.values() for row in same]


@dataclass(frozen=True, slots=True)
class Where:
    """A unit that is named, and the bare names under which tables may have it. `firm` False: it only narrows."""

    label: str
    firm: bool
    names: frozenset[str]
    provinces: frozenset[str] = frozenset()
    communes: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    at: frozenset[int] = frozenset()  # the words of the message that name it

    def holds(self, street: Street) -> bool:
        """Whether the street was drawn in this unit."""
        commune, district, province = _bare_units(street)
        if self.provinces and province not in self.provinces:
            return False
        if {commune, district, province} & self.names:
            return True
        return commune in self.communes or (commune in GENERIC and district in self.districts)


def same_land(row: PriceRow) -> tuple[str, ...]:
    """What a row prices: two rows that agree in this are about the same land."""
    return (
        row.province,
        row.district,
        row.commune,
        row.street,
        row.segment_from,
        row.segment_to,
        row.land_type,
        row.position,
    )


async def open_book(session: AsyncSession, *, commune_id: int) -> Book:
    """The tables in use; streets are read into memory once for each state of the tables, beside the loop."""
    tables = {table.id or 0: table for table in await prices.tables(session, commune_id=commune_id)}
    state = tuple(table.stamp for table in tables.values())
    if state not in _BOOKS:
        listed = await prices.places_priced(session, commune_id=commune_id, table_ids=list(tables))
        read = await asyncio.to_thread(_read, [Street(*each) for each in listed])
        while len(_BOOKS) >= KEPT_BOOKS:
            _BOOKS.pop(next(iter(_BOOKS)))
        _BOOKS[state] = read
    _OPENED[commune_id] = _BOOKS[state][0]
    return Book(tables, *_BOOKS[state])


def names_priced_street(text: str, commune_id: int) -> bool:
    """Whether a message names, for sure, a street of the tables that were last opened for this commune."""
    streets = _OPENED.get(commune_id)
    named = streets.read(text).named if streets else ()
    return bool(named) and named[0].sure


async def rows_of(desk: Desk, book: Book, streets: Sequence[Street]) -> list[PriceRow]:
    """All rows of these streets, of any day."""
    wanted = set(streets)
    keys = list(dict.fromkeys(street_key(street.name) for street in streets))[:MOST_KEYS]
    found = await prices.of_streets(
        desk.shelf, commune_id=desk.commune_id, table_ids=list(book.tables), street_keys=keys
    )
    return [row for row in found if Street(row.street, row.province, row.district, row.commune) in wanted]


def named_units(read: Read, mentions: Sequence[Mention], text: str, book: Book, places: Places) -> list[Where]:
    """The units that a message names outside its streets; within the words of a segment they only narrow."""
    taken = {at for named in read.named for at in range(named.first, named.last + 1)}
    found: list[Where] = []
    for mention in mentions:
        at = _words_of(read, text.find(mention.words), len(mention.words))
        if at and not at & taken:
            taken |= at
            found.append(replace(_of_mention(mention, places), firm=min(at) < read.segment_from, at=frozenset(at)))
    first = 0
    while first < len(read.words):
        length = _unit_at(read, first, taken, book.units)
        if length:
            name = " ".join(word.said for word in read.words[first : first + length])
            words = text[read.words[first].start : read.words[first + length - 1].end]
            where = _of_name(words.title(), name, places)
            at = set(range(first, first + length))
            found.append(replace(where, firm=first < read.segment_from, at=frozenset(at)))
        first += length or 1
    return found


def own_units(code: str, places: Places) -> list[Where]:
    """The commune whose desk this is, then its province: they narrow what a message leaves open."""
    mine = next((place for place in places.find(code) if place.code == code), None) if code else None
    if mine is None:
        return []
    above = _of_name(mine.province, bare_name(mine.province), places)
    own = _of_places((mine,), mine.full_name, frozenset({bare_name(mine.name)}))
    return [replace(own, firm=False), replace(above, firm=False)]


def within(streets: Sequence[Street], units: Iterable[Where]) -> tuple[Street, ...]:
    """Those in every firm unit, narrowed by the others as long as any is left."""
    left = tuple(streets)
    for unit in units:
        inside = tuple(street for street in left if unit.holds(street))
        if unit.firm or inside:
            left = inside
    return left


@lru_cache(maxsize=65536)
def _bare_units(street: Street) -> tuple[str, str, str]:
    return bare_name(street.commune), bare_name(street.district), bare_name(street.province)


def _read(streets: Iterable[Street]) -> tuple[Streets, frozenset[str]]:
    index = Streets(streets)
    units = {name for street in index.all for name in (street.commune, street.district, street.province) if name}
    return index, frozenset(map(bare_name, units))


def _words_of(read: Read, start: int, length: int) -> set[int]:
    return {at for at, word in enumerate(read.words) if start >= 0 and start <= word.start < start + length}


def _unit_at(read: Read, at: int, taken: set[int], units: frozenset[str]) -> int:
    """How many syllables from here name a unit of the tables, none of them taken; numbers need their kind."""
    for length in range(min(LONGEST_UNIT, len(read.words) - at), 0, -1):
        if any(place in taken for place in range(at, at + length)):
            continue
        name = " ".join(word.said for word in read.words[at : at + length])
        if name in units and (length > 1 or len(name) > 3):
            return length
    return 0


def _of_mention(mention: Mention, places: Places) -> Where:
    name = bare_name(mention.words)
    if mention.places:
        return _of_places(mention.places, mention.words, frozenset({name}))
    return _of_name(mention.words, name, places)


def _of_name(label: str, name: str, places: Places) -> Where:
    """A unit known by its bare name: a province of today also stands for those that were joined into it."""
    province = places.province(name)
    joined = province.old_names if province and bare_name(province.name) == name else ()
    return Where(label, True, frozenset({name, *map(bare_name, joined)}))


def _of_places(found: Sequence[Place], label: str, names: frozenset[str]) -> Where:
    """Communes of today: their own names and former ones; districts only where one commune is meant."""
    return Where(
        label,
        True,
        names,
        frozenset(bare_name(name) for place in found for name in (place.province, place.old_province)),
        frozenset(bare_name(name) for place in found for name in (place.name, *place.old_communes)),
        frozenset(bare_name(name) for place in found for name in place.old_districts)
        if len(found) == 1
        else frozenset(),
    )
