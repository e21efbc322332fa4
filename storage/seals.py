"""Who holds keys, and what is sealed to them: texts that this server cannot open."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.sealing import Sealed, read_key, seal


class SealHolder(SQLModel, table=True):
    """One public key of one officer. The private one was made on their machine and never was here.

    A new key replaces the officer's earlier one for what comes later; what was sealed before stays with the old one.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    public_key: bytes
    added_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SealedBody(SQLModel, table=True):
    """One sealed text of a mailbox. Privacy: nobody opens it alone; no account, no channel, no hour stands here."""

    __table_args__ = (UniqueConstraint("mailbox_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    mailbox_id: int = Field(foreign_key="mailbox.id", index=True)
    number: int = Field(description="place in the mailbox, from 1")
    ciphertext: bytes
    sealed_on: date


class SealShare(SQLModel, table=True):
    """One holder's half of the key of one text, for their pair with another holder; sealed to their public key."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    sealed_body_id: int = Field(foreign_key="sealedbody.id", index=True)
    holder_id: int = Field(foreign_key="sealholder.id", index=True)
    other_id: int = Field(foreign_key="sealholder.id")
    box: bytes


async def add_holder(
    session: AsyncSession, *, commune_id: int, officer_id: int, written_key: str, at: datetime
) -> SealHolder | None:
    """The key that an officer pasted; None where it is in use already, by whomever. Raises BadKey."""
    key = read_key(written_key)
    known = select(SealHolder.id).where(col(SealHolder.commune_id) == commune_id, col(SealHolder.public_key) == key)
    if (await session.exec(known)).first() is not None:
        return None
    await end_holder(session, commune_id=commune_id, officer_id=officer_id, at=at)
    holder = SealHolder(commune_id=commune_id, officer_id=officer_id, public_key=key, added_at=at)
    session.add(holder)
    await session.flush()
    return holder


async def end_holder(session: AsyncSession, *, commune_id: int, officer_id: int, at: datetime) -> None:
    """Nothing more is sealed to this officer's key."""
    for holder in await holders(session, commune_id=commune_id):
        if holder.officer_id == officer_id:
            holder.ended_at = at
            session.add(holder)
    await session.flush()


async def holders(session: AsyncSession, *, commune_id: int, ended_too: bool = False) -> list[SealHolder]:
    """Keys to which texts may be sealed, the oldest first; `ended_too`: also those of before."""
    mine = [col(SealHolder.commune_id) == commune_id]
    if not ended_too:
        mine.append(col(SealHolder.ended_at).is_(None))
    return list(await session.exec(select(SealHolder).where(*mine).order_by(col(SealHolder.id))))


async def keep(
    session: AsyncSession, *, commune_id: int, mailbox_id: int, text: str, to: list[SealHolder], on: date
) -> SealedBody:
    """Seal a text to these holders, at the end of a mailbox. Raises TooFewHolders."""
    sealed = seal(text, {holder.id or 0: holder.public_key for holder in to})
    number = await count(session, commune_id=commune_id, mailbox_id=mailbox_id) + 1
    body = SealedBody(
        commune_id=commune_id, mailbox_id=mailbox_id, number=number, ciphertext=sealed.ciphertext, sealed_on=on
    )
    session.add(body)
    await session.flush()
    await _keep_shares(session, body, sealed)
    return body


async def _keep_shares(session: AsyncSession, body: SealedBody, sealed: Sealed) -> None:
    session.add_all(
        SealShare(
            commune_id=body.commune_id,
            sealed_body_id=body.id or 0,
            holder_id=share.holder,
            other_id=share.other,
            box=share.box,
        )
        for share in sealed.shares
    )
    await session.flush()


async def count(session: AsyncSession, *, commune_id: int, mailbox_id: int) -> int:
    """How many texts a mailbox holds."""
    mine = (col(SealedBody.commune_id) == commune_id, col(SealedBody.mailbox_id) == mailbox_id)
    return (await session.exec(select(func.count()).where(*mine))).one()


async def of_mailbox(session: AsyncSession, *, commune_id: int, mailbox_id: int) -> list[SealedBody]:
    """The sealed texts of a mailbox, in order."""
    mine = (col(SealedBody.commune_id) == commune_id, col(SealedBody.mailbox_id) == mailbox_id)
    return list(await session.exec(select(SealedBody).where(*mine).order_by(col(SealedBody.number))))


async def shares(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> list[SealShare]:
    """All shares of these texts."""
    mine = (col(SealShare.commune_id) == commune_id, col(SealShare.sealed_body_id).in_(body_ids))
    return list(await session.exec(select(SealShare).where(*mine).order_by(col(SealShare.id))))


async def mailboxes_for(session: AsyncSession, *, commune_id: int, officer_id: int) -> set[int]:
    """Mailboxes in which this officer has a share of some text."""
    theirs = (
        select(SealShare.sealed_body_id)
        .join(SealHolder, col(SealHolder.id) == col(SealShare.holder_id))
        .where(col(SealHolder.commune_id) == commune_id, col(SealHolder.officer_id) == officer_id)
    )
    mine = select(SealedBody.mailbox_id).where(col(SealedBody.commune_id) == commune_id, col(SealedBody.id).in_(theirs))
    return set(await session.exec(mine))
