"""Officers (cán bộ): who may sign in, by what, and the codes that open the door when the phone is lost."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel, col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime


class Officer(SQLModel, table=True):
    """One person who works in the console; never shared by two.

    Privacy: name and login are personal, shown only inside the commune. `password_hash` is argon2id; `factor` is the
    secret of the one-time codes, wrapped by the vault; `factor_step` the newest time step that was used (no replay).
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    name: str
    login: str = Field(unique=True, description="folded, typed at the sign-in")
    state: str = Field(default="invited", index=True, description="invited, active or left")
    office_id: int | None = Field(default=None, foreign_key="office.id")
    password_hash: str | None = None
    password_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    factor: bytes | None = None
    factor_step: int = 0
    created_at: datetime = Field(sa_type=UtcDateTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class RecoveryCode(SQLModel, table=True):
    """One of ten codes on paper; each opens the door once. Only a keyed hash is kept."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    code_hash: str
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class FactorReset(SQLModel, table=True):
    """A lost second factor: asked for by one officer, confirmed by another; neither is the one who lost it."""

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    asked_by: int = Field(foreign_key="officer.id")
    asked_at: datetime = Field(sa_type=UtcDateTime)
    confirmed_by: int | None = Field(default=None, foreign_key="officer.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def add(session: AsyncSession, officer: Officer) -> int:
    """A new officer; gives the id."""
    session.add(officer)
    await session.flush()
    assert officer.id is not None
    return officer.id


async def get(session: AsyncSession, *, commune_id: int, officer_id: int) -> Officer | None:
    """One officer of this commune."""
    mine = (col(Officer.commune_id) == commune_id, col(Officer.id) == officer_id)
    return (await session.exec(select(Officer).where(*mine))).first()


async def by_login(session: AsyncSession, *, login: str) -> Officer | None:
    """Who signs in by this name; of whatever commune, since nobody is known yet."""
    return (await session.exec(select(Officer).where(col(Officer.login) == login))).first()


async def of_commune(session: AsyncSession, *, commune_id: int) -> list[Officer]:
    """All officers of a commune, those who left last, by name."""
    mine = select(Officer).where(col(Officer.commune_id) == commune_id)
    return list(await session.exec(mine.order_by(col(Officer.state) == "left", col(Officer.name))))


async def replace_codes(session: AsyncSession, *, commune_id: int, officer_id: int, code_hashes: list[str]) -> None:
    """Fresh recovery codes; the old ones open nothing any more."""
    await drop_codes(session, commune_id=commune_id, officer_id=officer_id)
    session.add_all(
        RecoveryCode(commune_id=commune_id, officer_id=officer_id, code_hash=code_hash) for code_hash in code_hashes
    )
    await session.flush()


async def drop_codes(session: AsyncSession, *, commune_id: int, officer_id: int) -> None:
    """No recovery code of this officer opens anything any more."""
    mine = (col(RecoveryCode.commune_id) == commune_id, col(RecoveryCode.officer_id) == officer_id)
    await session.exec(delete(RecoveryCode).where(*mine))


async def use_code(session: AsyncSession, *, commune_id: int, officer_id: int, code_hash: str, now: datetime) -> bool:
    """Whether this was a recovery code of theirs that nobody had used; from now on it is used."""
    mine = (
        col(RecoveryCode.commune_id) == commune_id,
        col(RecoveryCode.officer_id) == officer_id,
        col(RecoveryCode.code_hash) == code_hash,
        col(RecoveryCode.used_at).is_(None),
    )
    used = await session.exec(update(RecoveryCode).where(*mine).values(used_at=now))
    return bool(used.rowcount == 1)


async def codes_left(session: AsyncSession, *, commune_id: int, officer_id: int) -> int:
    """How many recovery codes still open the door."""
    mine = (
        col(RecoveryCode.commune_id) == commune_id,
        col(RecoveryCode.officer_id) == officer_id,
        col(RecoveryCode.used_at).is_(None),
    )
    return len((await session.exec(select(RecoveryCode.id).where(*mine))).all())


async def open_reset(session: AsyncSession, *, commune_id: int, officer_id: int, since: datetime) -> FactorReset | None:
    """The request for a new second factor of this officer that waits for its second officer."""
    mine = (
        col(FactorReset.commune_id) == commune_id,
        col(FactorReset.officer_id) == officer_id,
        col(FactorReset.confirmed_at).is_(None),
        col(FactorReset.asked_at) > since,
    )
    return (await session.exec(select(FactorReset).where(*mine).order_by(col(FactorReset.id).desc()))).first()
