"""Reminders that a person asked for: one row for each day on which they are to be reminded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.accounts import Account
from storage.columns import UtcDateTime


class Reminder(SQLModel, table=True):
    """One reminder. Privacy: a day that the person typed, nothing else; it goes with the account's data.

    Days are Viet Nam days; `sent_at` is when the message was queued.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    kind: str = Field(description="bhyt: the health insurance card expires")
    expires_on: date
    remind_on: date = Field(index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


async def set_all(session: AsyncSession, rows: Sequence[Reminder], *, commune_id: int, account_id: int) -> None:
    """A person's reminders of this kind, in place of those set before."""
    await drop(session, commune_id=commune_id, account_id=account_id)
    session.add_all(rows)
    await session.flush()


async def drop(session: AsyncSession, *, commune_id: int, account_id: int) -> int:
    """Erase a person's reminders; gives how many there were."""
    mine = (col(Reminder.commune_id) == commune_id, col(Reminder.account_id) == account_id)
    return int((await session.exec(delete(Reminder).where(*mine))).rowcount)


async def due(session: AsyncSession, *, commune_id: int, today: date) -> list[tuple[Reminder, Account]]:
    """Unsent reminders whose day has come and whose card is not yet expired, with whom to tell."""
    mine = (
        col(Reminder.commune_id) == commune_id,
        col(Reminder.sent_at).is_(None),
        col(Reminder.remind_on) <= today,
        col(Reminder.expires_on) >= today,
    )
    joined = select(Reminder, Account).join(Account, col(Reminder.account_id) == col(Account.id))
    return list(await session.exec(joined.where(*mine).order_by(col(Reminder.id))))
