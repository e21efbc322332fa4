"""The token pair of a channel account whose tokens expire: sealed, rotated by one process at a time."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.bodies import Vault
from storage.columns import UtcDateTime

LEASE = timedelta(seconds=60)  # a rotation that takes longer belonged to a process that died


class ChannelToken(SQLModel, table=True):
    """One pair per channel account. Privacy: secrets, sealed with the deployment's key.

    `seed` is the hash of the first refresh token as the environment gave it: another one there begins anew.
    """

    channel_account_id: int = Field(primary_key=True, foreign_key="channelaccount.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    seed: str
    access: bytes | None = None
    refresh: bytes
    obtained_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    rotating_until: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def of(
    session: AsyncSession, vault: Vault, *, commune_id: int, channel_account_id: int, first_refresh: str
) -> ChannelToken:
    """The pair as it stands, locked; begun from the environment's refresh token where that is another than before."""
    mine = (col(ChannelToken.commune_id) == commune_id, col(ChannelToken.channel_account_id) == channel_account_id)
    known = (await session.exec(select(ChannelToken).where(*mine).with_for_update())).first()
    seed = hashlib.sha256(first_refresh.encode()).hexdigest()
    if known is not None and (known.seed == seed or not first_refresh):
        return known
    token = known or ChannelToken(channel_account_id=channel_account_id, commune_id=commune_id, seed=seed, refresh=b"")
    token.seed, token.refresh = seed, vault.wrap(first_refresh.encode())
    token.access = token.obtained_at = token.expires_at = token.rotating_until = None
    session.add(token)
    await session.flush()
    return token


async def keep(
    session: AsyncSession,
    vault: Vault,
    *,
    commune_id: int,
    channel_account_id: int,
    access: str,
    refresh: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """A new pair replaces the old one; commit it before using it."""
    mine = (col(ChannelToken.commune_id) == commune_id, col(ChannelToken.channel_account_id) == channel_account_id)
    token = (await session.exec(select(ChannelToken).where(*mine).with_for_update())).one()
    token.access, token.refresh = vault.wrap(access.encode()), vault.wrap(refresh.encode())
    token.obtained_at, token.expires_at, token.rotating_until = now, expires_at, None
    session.add(token)
    await session.flush()


async def release(session: AsyncSession, *, commune_id: int, channel_account_id: int) -> None:
    """The rotation failed; another may try."""
    mine = (col(ChannelToken.commune_id) == commune_id, col(ChannelToken.channel_account_id) == channel_account_id)
    token = (await session.exec(select(ChannelToken).where(*mine).with_for_update())).one()
    token.rotating_until = None
    session.add(token)
    await session.flush()
