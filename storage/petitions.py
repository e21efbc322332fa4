"""Draft petitions that a person may fetch for a short while: ids only, the words stand in their bodies."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class Petition(SQLModel, table=True):
    """One draft. `kind`: complaint or denunciation. The file is drawn when it is fetched and kept nowhere.

    Privacy: `parts` names the bodies whose words are filled in: {"what": id, "wants": id}. A denunciation has none.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_hash: str = Field(unique=True)
    kind: str
    parts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    ends_at: datetime = Field(sa_type=UtcDateTime, index=True)


async def keep(session: AsyncSession, petition: Petition) -> None:
    """One draft at a time for each person: the one before it goes."""
    mine = (col(Petition.commune_id) == petition.commune_id, col(Petition.account_id) == petition.account_id)
    await session.exec(delete(Petition).where(*mine))
    session.add(petition)
    await session.flush()


async def find(
    session: AsyncSession, *, commune_id: int, account_id: int, token_hash: str, now: datetime
) -> Petition | None:
    """The draft with this token, while it may still be fetched, and only for whom it was made."""
    mine = (
        col(Petition.commune_id) == commune_id,
        col(Petition.account_id) == account_id,
        col(Petition.token_hash) == token_hash,
        col(Petition.ends_at) > now,
    )
    return (await session.exec(select(Petition).where(*mine))).first()


async def forget_old(session: AsyncSession, *, commune_id: int, now: datetime) -> None:
    """Drafts that nobody may fetch any more."""
    await session.exec(delete(Petition).where(col(Petition.commune_id) == commune_id, col(Petition.ends_at) <= now))


async def forget(session: AsyncSession, *, commune_id: int, account_id: int) -> None:
    """The person erased their data."""
    mine = (col(Petition.commune_id) == commune_id, col(Petition.account_id) == account_id)
    await session.exec(delete(Petition).where(*mine))
