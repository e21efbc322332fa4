"""How each channel account stands: its pace, whether it is parked and why. Shared by all replicas."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime
from storage.communes import ChannelAccount, Commune
from storage.engines import add_if_missing

SLACK = timedelta(milliseconds=200)  # how far a pace may be caught up at once
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=5)


class Line(SQLModel, table=True):
    """One row per channel account that we bring messages to. Times are UTC; `failures` counts those in a row."""

    channel_account_id: int = Field(primary_key=True, foreign_key="channelaccount.id")
    commune_id: int = Field(foreign_key="commune.id", index=True)
    free_at: datetime | None = Field(default=None, sa_type=UtcDateTime, description="from when the next may go")
    parked_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    parked_because: str = ""
    needs_person: bool = False
    failures: int = 0

    def room(self, *, now: datetime, per_second: float | None, most: int) -> int:
        """How many messages may go now without breaking the pace."""
        if self.parked_until is not None and self.parked_until > now:
            return 0
        if per_second is None:
            return most
        since = max(self.free_at or now - SLACK, now - SLACK)
        return min(most, int((now - since).total_seconds() * per_second))

    def take(self, count: int, *, now: datetime, per_second: float | None) -> None:
        """Note that so many go now."""
        if per_second is not None and count:
            self.free_at = max(self.free_at or now - SLACK, now - SLACK) + timedelta(seconds=count / per_second)

    def park(self, *, now: datetime, because: str, needs_person: bool, after: float | None) -> None:
        """Nothing goes for a while: as long as the channel says, else longer with each failure in a row."""
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self.failures, 10))
        until = now + (timedelta(seconds=after) if after is not None else pause)
        self.parked_until = max(until, self.parked_until or until)
        self.parked_because, self.needs_person = because, needs_person
        self.failures += 1

    def state(self, now: datetime) -> str:
        """For the operator."""
        if self.parked_until is None or not (self.needs_person or self.parked_until > now or self.failures):
            return "ok"
        return f"parked ({self.parked_because})" + (", needs a person" if self.needs_person else "")

    def free(self) -> None:
        """It works again."""
        self.parked_until, self.parked_because, self.needs_person, self.failures = None, "", False, 0


async def of(session: AsyncSession, *, commune_id: int, channel_account_id: int) -> Line:
    """The row of a channel account, locked for the transaction; made where there is none."""
    mine = (col(Line.commune_id) == commune_id, col(Line.channel_account_id) == channel_account_id)
    locked = select(Line).where(*mine).with_for_update()
    known = (await session.exec(locked)).first()
    if known is not None:
        return known
    await add_if_missing(session, Line(channel_account_id=channel_account_id, commune_id=commune_id))
    return (await session.exec(locked)).one()


async def keep(session: AsyncSession, line: Line) -> None:
    """Write the row down."""
    session.add(line)
    await session.flush()


async def all_of_them(session: AsyncSession) -> list[tuple[ChannelAccount, Line]]:
    """Every line with its channel account, for health and the operator."""
    joined = select(ChannelAccount, Line).join(Line).order_by(col(ChannelAccount.channel), col(ChannelAccount.id))
    return list((await session.exec(joined)).all())


async def of_commune(session: AsyncSession, *, commune_id: int) -> list[tuple[ChannelAccount, Line]]:
    """The same for one commune."""
    joined = select(ChannelAccount, Line).join(Line).where(col(Line.commune_id) == commune_id)
    return list((await session.exec(joined.order_by(col(ChannelAccount.channel), col(ChannelAccount.id)))).all())


async def open_account(session: AsyncSession, commune: Commune, *, channel: str, external_id: str) -> ChannelAccount:
    """The channel account that the environment names, made for this commune the first time."""
    assert commune.id is not None
    named = (col(ChannelAccount.channel) == channel, col(ChannelAccount.external_id) == external_id)
    account = (await session.exec(select(ChannelAccount).where(*named))).first()
    if account is None:
        account = ChannelAccount(commune_id=commune.id, channel=channel, external_id=external_id)
        session.add(account)
        await session.flush()
    return account
