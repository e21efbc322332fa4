"""Holders of seals in tests: their keys, and what they read when they put their halves together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nacl.public import PrivateKey
from sqlmodel import select

from handlers.permissions import Role
from handlers.staff import add_officer
from storage import seals
from storage.communes import Commune
from storage.database import Database
from storage.officers import Officer
from storage.sealing import open_share, public_of, unlock, write_key
from storage.seals import SealedBody, SealShare


@dataclass
class Holder:
    """One officer who holds a key; `private` never goes near the database."""

    officer: Officer
    holder_id: int
    private: bytes


async def appoint(
    database: Database, commune: Commune, *, names: tuple[str, ...], now: datetime, today: date
) -> list[Holder]:
    """Officers with the role, each with a key of their own."""
    found = []
    for name in names:
        private = bytes(PrivateKey.generate())
        async with database.writing() as session:
            officer = await add_officer(
                session, commune_id=commune.id or 0, name=name, role=Role.SEAL_HOLDER, now=now, today=today
            )
            row = await seals.add_holder(
                session,
                commune_id=commune.id or 0,
                officer_id=officer.id or 0,
                written_key=write_key(public_of(private)),
                at=now,
            )
        assert row is not None
        found.append(Holder(officer, row.id or 0, private))
    return found


async def read_together(database: Database, *holders: Holder) -> list[str]:
    """Every sealed text that these holders open with their own shares."""
    async with database.reading() as session:
        texts = list(await session.exec(select(SealedBody).order_by(SealedBody.id)))  # type: ignore[arg-type]
        shares = list(await session.exec(select(SealShare)))
    opened: list[str] = []
    for text in texts:
        halves = {
            (share.holder_id, share.other_id): half
            for share in shares
            for holder in holders
            if share.sealed_body_id == text.id and (half := open_share(share.box, holder.private)) is not None
        }
        for (one, other), half in halves.items():
            if one < other and (other, one) in halves:
                words = unlock(text.ciphertext, half, halves[other, one])
                assert words is not None
                opened.append(words)
                break
    return opened
