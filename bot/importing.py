"""Price files into the database: checked whole, loaded as a draft in chunks, switched on by one update."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.price_files import Checked, PriceLine, check_lines, good_lines
from bot.spreadsheets import opened_table
from knowledge.vietnamese import dong
from storage import prices
from storage.database import Database
from storage.prices import PriceTable

MOST_EXAMPLES = 5
CHUNK = 1_000  # rows of one write transaction: far below the 100 ms for which it may hold the database
FORGOTTEN = timedelta(days=1)  # after which a draft belongs to no import that still runs
PAUSE = 0.01  # seconds between chunks, so that a waiting webhook gets its turn

Told = Callable[[int], None]


@dataclass
class Preview:
    """What an import would do, before anybody decides."""

    checked: Checked
    same: int = 0
    changed: int = 0
    new: int = 0
    gone: int = 0
    examples: list[str] = field(default_factory=list)


def check_file(file: Path, *, today: date) -> Checked:
    """Every row looked at; raises UnreadableTable for a file that is no table."""
    with opened_table(file) as lines:
        return check_lines(lines, today)


async def preview(database: Database, file: Path, *, commune_id: int, today: date) -> Preview:
    """Counts, and the differences to the rows that are in force today for the provinces of the file."""
    checked = await asyncio.to_thread(check_file, file, today=today)
    shown = Preview(checked)
    if not checked.sound:
        return shown
    provinces = {province for _, province in checked.tables}
    before = await _changetoday(database, commune_id=commune_id, provinces=provinces, today=today)
    _differences(before, shown, today)
    return shown


async def import_file(
    database: Database, file: Path, checked: Checked, *, commune_id: int, clock: Clock, replaces: bool, told: Told
) -> None:
    """Load a file that was checked, and switch it on; a crash leaves drafts that nobody is shown."""
    with opened_table(file) as lines:
        await load(
            database, good_lines(lines), checked, commune_id=commune_id, clock=clock, replaces=replaces, told=told
        )


async def load(
    database: Database,
    rows: Iterator[PriceLine],
    checked: Checked,
    *,
    commune_id: int,
    clock: Clock,
    replaces: bool,
    told: Told,
) -> None:
    """Chunk by chunk; the last transaction shows all of it at once."""
    batch = uuid4().hex
    async with database.writing(commune_id=commune_id) as session:
        ids = await open_tables(session, checked, commune_id=commune_id, batch=batch, clock=clock)
    firsts: dict[str, date] = {}
    while chunk := await asyncio.to_thread(lambda: list(islice(rows, CHUNK))):
        for row in chunk:
            firsts[row.province] = min(firsts.get(row.province, date.max), row.counts_from(clock.today()))
        async with database.writing(commune_id=commune_id) as session:
            await put(session, chunk, ids, commune_id=commune_id, today=clock.today())
        told(len(chunk))
        await asyncio.sleep(PAUSE)
    async with database.writing(commune_id=commune_id) as session:
        await prices.switch_on(session, commune_id=commune_id, batch=batch)
        for province, first in firsts.items() if replaces else ():
            last = first - timedelta(days=1)
            await prices.end_others(session, commune_id=commune_id, batch=batch, province=province, last=last)
    await _clean(database, commune_id=commune_id, clock=clock)


async def open_tables(
    session: AsyncSession, checked: Checked, *, commune_id: int, batch: str, clock: Clock
) -> dict[tuple[str, str], int]:
    """A draft for each decision and province of the file."""
    ids: dict[tuple[str, str], int] = {}
    for (decision, province), rows in checked.tables.items():
        table = PriceTable(
            commune_id=commune_id,
            batch=batch,
            stamp=hashlib.sha256(f"{batch} {decision} {province}".encode()).hexdigest(),
            decision=decision,
            province=province,
            confirmed=(decision, province) not in checked.unconfirmed,
            rows=rows,
            imported_at=clock.now(),
            imported_on=clock.today(),
        )
        ids[decision, province] = await prices.draft(session, table)
    return ids


async def put(
    session: AsyncSession, rows: Iterable[PriceLine], ids: dict[tuple[str, str], int], *, commune_id: int, today: date
) -> None:
    """One chunk into its tables."""
    columns = [row.as_columns(ids[row.decision, row.province], today) for row in rows]
    await prices.append(session, commune_id=commune_id, rows=columns)


async def _clean(database: Database, *, commune_id: int, clock: Clock) -> None:
    """What was replaced goes, little by little; so does a draft that a crash left behind."""
    before = clock.now() - FORGOTTEN
    while True:
        async with database.writing(commune_id=commune_id) as session:
            if not await prices.drop_unshown(session, commune_id=commune_id, before=before, most=CHUNK):
                return
        await asyncio.sleep(PAUSE)


async def _changetoday(database: Database, *, commune_id: int, provinces: set[str], today: date) -> dict[int, int]:
    """Prices of the rows in force, by a hash of what they price."""
    found: dict[int, int] = {}
    async with database.reading() as session:
        tables = [
            table.id or 0
            for table in await prices.tables(session, commune_id=commune_id)
            if table.province in provinces and not (table.ends_on and table.ends_on < today)
        ]
        last = 0
        while tables and (
            page := await prices.all_rows(session, commune_id=commune_id, table_ids=tables, after=last, limit=5_000)
        ):
            for row in page:
                if row.counts_from <= today and (row.valid_to is None or today <= row.valid_to):
                    land = (row.province, row.district, row.commune, row.street, row.segment_from, row.segment_to)
                    found[hash((*land, row.land_type, row.position))] = row.vnd_per_m2
            last = page[-1].id or 0
            session.expunge_all()
    return found


def _differences(before: dict[int, int], shown: Preview, today: date) -> None:
    """Against what is in force, land by land; a few changes are named by their rows."""
    for land, rows in shown.checked.lands.items():
        _first, _last, vnd, number = next((row for row in rows if row[0] <= today <= row[1]), rows[-1])
        if land not in before:
            shown.new += 1
        elif before[land] == vnd:
            shown.same += 1
        else:
            shown.changed += 1
            if len(shown.examples) < MOST_EXAMPLES:
                shown.examples.append(f"dòng {number}: {dong(before[land])} -> {dong(vnd)}")
    shown.gone = len(before.keys() - shown.checked.lands.keys())
