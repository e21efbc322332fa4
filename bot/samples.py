"""What a sample commune is given to show: collected price rows, and a made-up directory that says so in every line."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.importing import open_tables, put
from bot.list_files import CONTACTS, HAMLETS, CheckedList, check_list
from bot.price_files import Checked, PriceLine, check_lines, good_lines
from bot.spreadsheets import opened_table
from knowledge.base import CONTENT
from storage import contacts, places, prices
from storage.communes import Commune

CONTACTS_FILE = CONTENT / "sample" / "contacts.csv"
HAMLETS_FILE = CONTENT / "sample" / "hamlets.csv"
PRICES = CONTENT / "land_prices_sample.csv"
BATCH = "sample"


async def seed_prices(session: AsyncSession, commune: Commune, *, now: datetime) -> None:
    """The sample price tables, once; in the caller's transaction."""
    assert commune.id is not None and commune.is_sample
    if await prices.tables(session, commune_id=commune.id):
        return
    checked, rows = sample_prices(commune.checked_on)
    frozen = Clock(now, frozen=True)
    ids = await open_tables(session, checked, commune_id=commune.id, batch=BATCH, clock=frozen)
    await put(session, rows, ids, commune_id=commune.id, today=commune.checked_on)
    await prices.switch_on(session, commune_id=commune.id, batch=BATCH)


async def seed_lists(session: AsyncSession, commune: Commune) -> None:
    """The sample directory and hamlets, once; every line of them says that it is a sample."""
    assert commune.id is not None and commune.is_sample
    if await contacts.count(session, commune_id=commune.id):
        return
    listed, hamlets = sample_lists()
    await contacts.replace_all(session, commune_id=commune.id, rows=listed.rows)
    await places.replace_all(session, commune_id=commune.id, rows=hamlets.rows, today=commune.checked_on)


@lru_cache(maxsize=1)
def sample_lists() -> tuple[CheckedList, CheckedList]:
    """The shipped lists, checked like any import."""
    return check_list(CONTACTS_FILE, CONTACTS), check_list(HAMLETS_FILE, HAMLETS)


async def seed(session: AsyncSession, commune: Commune, *, now: datetime) -> None:
    """Everything that a sample commune shows."""
    await seed_prices(session, commune, now=now)
    await seed_lists(session, commune)


@lru_cache(maxsize=2)
def sample_prices(today: date) -> tuple[Checked, tuple[PriceLine, ...]]:
    """The shipped rows, checked like any import."""
    with opened_table(PRICES) as lines:
        checked = check_lines(lines, today)
    with opened_table(PRICES) as lines:
        return checked, tuple(good_lines(lines))
