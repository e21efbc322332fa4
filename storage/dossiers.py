"""Dossiers at the one-stop desk, as its export lists them: state and due day, found by a code that is not kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import UniqueConstraint, insert
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Dossier(SQLModel, table=True):
    """One dossier. Privacy: `code_hash` is a one-way hash of the code; no name, no address.

    Source: the export of the one-stop software, imported on `imported_on`. Days are Viet Nam days.
    """

    __table_args__ = (UniqueConstraint("commune_id", "code_hash"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    code_hash: str = Field(description="one-way; the code is on the person's paper, not here")
    state: str = Field(description="as the export says it")
    is_done: bool = False
    due_on: date | None = None
    imported_on: date


def hashed(code: str, *, commune_id: int) -> str:
    """The code as it is stored: letters and digits only, upper case, one-way."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"{commune_id}:{plain}".encode()).hexdigest()


async def replace_all(session: AsyncSession, *, commune_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The whole export, in place of the one before; in the caller's transaction."""
    await session.exec(delete(Dossier).where(col(Dossier.commune_id) == commune_id))
    if rows:
        await (await session.connection()).execute(insert(Dossier), [{**row, "commune_id": commune_id} for row in rows])


async def find(session: AsyncSession, *, commune_id: int, code: str) -> Dossier | None:
    """The dossier with this code, if the last export had it."""
    mine = (col(Dossier.commune_id) == commune_id, col(Dossier.code_hash) == hashed(code, commune_id=commune_id))
    return (await session.exec(select(Dossier).where(*mine))).first()


async def last_import(session: AsyncSession, *, commune_id: int) -> date | None:
    """The day of the last export; None where there is none."""
    mine = col(Dossier.commune_id) == commune_id
    return (await session.exec(select(col(Dossier.imported_on)).where(mine).limit(1))).first()
