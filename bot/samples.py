"""What a sample commune is given to show: the price rows that were collected, marked as unconfirmed where they are."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from bot.importing import open_tables, put
from bot.price_files import Checked, PriceLine, check_lines, good_lines
from bot.spreadsheets import opened_table
from knowledge.base import CONTENT
from storage import prices
from storage.communes import Commune

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


@lru_cache(maxsize=2)
def sample_prices(today: date) -> tuple[Checked, tuple[PriceLine, ...]]:
    """The shipped rows, checked like any import."""
    with opened_table(PRICES) as lines:
        checked = check_lines(lines, today)
    with opened_table(PRICES) as lines:
        return checked, tuple(good_lines(lines))
