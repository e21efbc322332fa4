"""What cases are found by: their citizens' words, masked and folded, where the person lets us keep them."""

from __future__ import annotations

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession


class CaseWords(SQLModel, table=True):
    """The search text of one case.

    Privacy: names, numbers and codes are masked, like in the question log. `body_id` is where the words stand: when
    that body is erased or sealed, this row goes in the same transaction.
    """

    case_id: int = Field(primary_key=True, foreign_key="case.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    body_id: int | None = Field(default=None, foreign_key="body.id", index=True)
    folded: str = Field(description="syllables with a blank on each side, the same on both engines")


async def keep(session: AsyncSession, *, commune_id: int, case_id: int, body_id: int | None, folded: str) -> None:
    """The words by which the case is found from now on."""
    mine = (col(CaseWords.commune_id) == commune_id, col(CaseWords.case_id) == case_id)
    row = (await session.exec(select(CaseWords).where(*mine))).first()
    if row is None:
        row = CaseWords(commune_id=commune_id, case_id=case_id, body_id=body_id, folded="")
    row.body_id, row.folded = body_id, f" {folded.strip()} "
    session.add(row)
    await session.flush()


async def forget(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> None:
    """Nothing is found by the words of these bodies any more."""
    mine = (col(CaseWords.commune_id) == commune_id, col(CaseWords.body_id).in_(body_ids))
    await session.exec(delete(CaseWords).where(*mine))
