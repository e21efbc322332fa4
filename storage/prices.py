"""Land price tables (bảng giá đất): what provinces decided, as imported from files, and the rows in force on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Index, insert
from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class PriceTable(SQLModel, table=True):
    """One decision on land prices, as imported. A draft is loaded in chunks and switched on by one update.

    `state`: draft, in_force (the rows' own days decide), replaced. `ends_on`: the last day on which any of its rows
    counts, set when a later table took the place of all of it. `stamp` changes with the content. Privacy: none.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    batch: str = Field(index=True, description="one import; its tables are switched on together")
    stamp: str
    decision: str
    province: str = Field(description="as the table names it, before 01/07/2025 or after")
    confirmed: bool = Field(
        description="False: number or dates of the decision were not confirmed; every answer says so"
    )
    state: str = Field(default="draft", index=True)
    ends_on: date | None = None
    rows: int = 0
    imported_at: datetime = Field(sa_type=UtcDateTime)
    imported_on: date


class PriceRow(SQLModel, table=True):
    """One line of a table, with the unit names of its time.

    Units: vnd_per_m2 is whole đồng per m² (the importer scales tables printed in thousands); days are Viet Nam days,
    both included. `valid_from` None: the beginning is not known, and `counts_from` says since when we show it all the
    same. `number` is the row of the file. Source: `source`, where it was read, is never shown.
    """

    __table_args__ = (Index("ix_pricerow_commune_id_street_key", "commune_id", "street_key"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id")
    table_id: int = Field(foreign_key="pricetable.id", index=True)
    number: int
    province: str
    district: str = ""
    commune: str = ""
    street: str = Field(description="street or area, as printed")
    street_key: str = Field(description="folded, the same on both engines")
    segment_from: str = ""
    segment_to: str = ""
    land_type: str
    position: str = ""
    vnd_per_m2: int = Field(sa_column=Column(BigInteger, nullable=False))
    valid_from: date | None = None
    counts_from: date
    valid_to: date | None = None
    source: str = ""
    confidence: str


async def draft(session: AsyncSession, table: PriceTable) -> int:
    """A table that nobody is shown yet; gives its id."""
    session.add(table)
    await session.flush()
    assert table.id is not None
    return table.id


async def append(session: AsyncSession, *, commune_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows of drafts, as columns; each names its `table_id`."""
    await (await session.connection()).execute(insert(PriceRow), [{**row, "commune_id": commune_id} for row in rows])


async def switch_on(session: AsyncSession, *, commune_id: int, batch: str) -> None:
    """Show the tables of this import from now on, in place of those of the same decision."""
    mine = col(PriceTable.commune_id) == commune_id
    new = (col(PriceTable.batch) == batch, col(PriceTable.state) == "draft")
    decisions = select(PriceTable.decision, PriceTable.province).where(mine, *new)
    for decision, province in list(await session.exec(decisions)):
        same = (col(PriceTable.decision) == decision, col(PriceTable.province) == province)
        shown = col(PriceTable.state) == "in_force"
        await session.exec(update(PriceTable).where(mine, *same, shown).values(state="replaced"))
    await session.exec(update(PriceTable).where(mine, *new).values(state="in_force"))


async def end_others(session: AsyncSession, *, commune_id: int, batch: str, province: str, last: date) -> None:
    """A table that replaces all before it: earlier ones of the province count until that day."""
    await session.exec(
        update(PriceTable)
        .where(
            col(PriceTable.commune_id) == commune_id,
            col(PriceTable.province) == province,
            col(PriceTable.batch) != batch,
            col(PriceTable.state) == "in_force",
            col(PriceTable.ends_on).is_(None) | (col(PriceTable.ends_on) > last),
        )
        .values(ends_on=last)
    )


async def drop_unshown(session: AsyncSession, *, commune_id: int, before: datetime, most: int) -> int:
    """Erase rows of replaced tables and of drafts begun before then, `most` at a time; gives how many rows went."""
    left_behind = (col(PriceTable.state) == "draft") & (col(PriceTable.imported_at) < before)
    mine = (col(PriceTable.commune_id) == commune_id, (col(PriceTable.state) == "replaced") | left_behind)
    unshown = list(await session.exec(select(PriceTable.id).where(*mine)))
    if not unshown:
        return 0
    rows = select(PriceRow.id).where(col(PriceRow.table_id).in_(unshown)).limit(most)
    held = list(await session.exec(rows))
    if held:
        await session.exec(delete(PriceRow).where(col(PriceRow.commune_id) == commune_id, col(PriceRow.id).in_(held)))
    else:
        await session.exec(delete(PriceTable).where(*mine))
    return len(held)


async def tables(session: AsyncSession, *, commune_id: int) -> list[PriceTable]:
    """The tables that are shown."""
    shown = (col(PriceTable.commune_id) == commune_id, col(PriceTable.state) == "in_force")
    return list(await session.exec(select(PriceTable).where(*shown).order_by(col(PriceTable.id))))


async def places_priced(
    session: AsyncSession, *, commune_id: int, table_ids: Collection[int]
) -> list[tuple[str, str, str, str]]:
    """Every (street, province, district, commune) of these tables, once."""
    columns = (PriceRow.street, PriceRow.province, PriceRow.district, PriceRow.commune)
    mine = (col(PriceRow.commune_id) == commune_id, col(PriceRow.table_id).in_(table_ids))
    return list(await session.exec(select(*columns).where(*mine).distinct()))


async def of_streets(
    session: AsyncSession, *, commune_id: int, table_ids: Collection[int], street_keys: Collection[str]
) -> list[PriceRow]:
    """All rows of these streets, of any day, in the order of the tables and their rows."""
    mine = (
        col(PriceRow.commune_id) == commune_id,
        col(PriceRow.street_key).in_(street_keys),
        col(PriceRow.table_id).in_(table_ids),
    )
    order = (col(PriceRow.table_id), col(PriceRow.number))
    return list(await session.exec(select(PriceRow).where(*mine).order_by(*order)))


async def by_ids(
    session: AsyncSession, *, commune_id: int, table_ids: Collection[int], row_ids: Collection[int]
) -> list[PriceRow]:
    """These rows, as far as they are still shown."""
    mine = (
        col(PriceRow.commune_id) == commune_id,
        col(PriceRow.id).in_(row_ids),
        col(PriceRow.table_id).in_(table_ids),
    )
    return list(await session.exec(select(PriceRow).where(*mine).order_by(col(PriceRow.number))))


async def all_rows(
    session: AsyncSession, *, commune_id: int, table_ids: Collection[int], after: int, limit: int
) -> list[PriceRow]:
    """Rows by id, page by page, for the preview's comparison."""
    mine = (
        col(PriceRow.commune_id) == commune_id,
        col(PriceRow.table_id).in_(table_ids),
        col(PriceRow.id) > after,
    )
    return list(await session.exec(select(PriceRow).where(*mine).order_by(col(PriceRow.id)).limit(limit)))
