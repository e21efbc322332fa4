"""One person on several channels: a code shown on one is typed on the other; either side can take it back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 6


class LinkCode(SQLModel, table=True):
    """A code that an account showed and nobody has typed yet; one per account, gone once used or replaced.

    Privacy: worthless after `expires_at`.
    """

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    code: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcDateTime)


class LinkTries(SQLModel, table=True):
    """Wrong codes that an account typed in a row; they count until `until`."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    wrong: int = 0
    until: datetime = Field(sa_type=UtcDateTime)


class Link(SQLModel, table=True):
    """An account that joined another person's, and whose it was before. Privacy: personal by its links."""

    account_id: int = Field(primary_key=True, foreign_key="account.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    before_citizen_id: int = Field(foreign_key="citizen.id")
    at: datetime = Field(sa_type=UtcDateTime)


async def issue(session: AsyncSession, *, commune_id: int, account_id: int, now: datetime) -> str:
    """A fresh code of digits for this account; the one before is void."""
    await session.exec(delete(LinkCode).where(col(LinkCode.account_id) == account_id))
    await session.exec(delete(LinkCode).where(col(LinkCode.expires_at) <= now))
    taken = set(await session.exec(select(LinkCode.code).where(col(LinkCode.commune_id) == commune_id)))
    code = next(code for code in iter(_random_code, "") if code not in taken)
    session.add(LinkCode(account_id=account_id, commune_id=commune_id, code=code, expires_at=now + LIFETIME))
    await session.flush()
    return code


async def may_try(session: AsyncSession, *, commune_id: int, account_id: int, now: datetime) -> bool:
    """Whether this account has tries left."""
    tries = await _tries(session, commune_id=commune_id, account_id=account_id)
    return tries is None or tries.until <= now or tries.wrong < MOST_TRIES


async def join(session: AsyncSession, account: Account, *, code: str, now: datetime) -> Account | None:
    """Make this account the same person's as the one that showed the code; None where no such code is open.

    The code is used up; a wrong one is counted.
    """
    open_code = (col(LinkCode.commune_id) == account.commune_id, col(LinkCode.code) == code)
    found = (await session.exec(select(LinkCode).where(*open_code, col(LinkCode.expires_at) > now))).first()
    if found is None or found.account_id == account.id:
        await _count_wrong(session, account, now=now)
        return None
    other = (await session.exec(select(Account).where(col(Account.id) == found.account_id))).one()
    await session.delete(found)
    if other.citizen_id != account.citizen_id:
        await session.exec(delete(Link).where(col(Link.account_id) == account.id))
        session.add(
            Link(
                account_id=account.id or 0,
                commune_id=account.commune_id,
                before_citizen_id=account.citizen_id,
                at=now,
            )
        )
        account.citizen_id = other.citizen_id
        session.add(account)
    await session.flush()
    return other


async def undo(session: AsyncSession, account: Account) -> list[Account]:
    """Part the accounts of this person again; gives those that this account was linked with."""
    own = (col(Account.commune_id) == account.commune_id, col(Account.citizen_id) == account.citizen_id)
    together = list(await session.exec(select(Account).where(*own)))
    linked = col(Link.account_id).in_([one.id for one in together])
    before = {link.account_id: link for link in await session.exec(select(Link).where(linked))}
    for one in together:
        if (link := before.get(one.id or 0)) is not None:
            one.citizen_id = link.before_citizen_id
            session.add(one)
            await session.delete(link)
    await session.flush()
    return [one for one in together if one.id != account.id] if before else []


async def _tries(session: AsyncSession, *, commune_id: int, account_id: int) -> LinkTries | None:
    mine = (col(LinkTries.commune_id) == commune_id, col(LinkTries.account_id) == account_id)
    return (await session.exec(select(LinkTries).where(*mine))).first()


async def _count_wrong(session: AsyncSession, account: Account, *, now: datetime) -> None:
    mine = {"commune_id": account.commune_id, "account_id": account.id or 0}
    tries = await _tries(session, **mine) or LinkTries(**mine, until=now)
    tries.wrong = tries.wrong + 1 if tries.until > now else 1
    tries.until = now + LIFETIME
    session.add(tries)
    await session.flush()


def _random_code() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
