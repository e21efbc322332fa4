"""What the clock does to the register: its keepers hear once a day, in their own chat, of what is late or due soon."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import Clock
from handlers import clock, disclosures
from handlers.permissions import Act, may_at_all, person_of
from storage import accounts, communes, officer_chats, officers, outbox
from storage import disclosures as shelf
from storage.database import Database
from storage.outbox import OutboxMessage

MOST_NAMED = 3


async def alarm(database: Database, times: Clock, *, base: str = "") -> None:
    """One message to each officer who may mend it. `base`: where the console is, if known."""
    async with database.reading() as session:
        tenants = [one.id or 0 for one in await communes.all_of_them(session)]
    for commune_id in tenants:
        async with database.reading() as session:
            calendar = await clock.calendar_of(session, commune_id=commune_id)
            found = await shelf.listed(session, commune_id=commune_id)
        urgent = [
            row for row in found if disclosures.state(row, times.today()).alarms and row.alarmed_on != times.today()
        ]
        if not urgent or not clock.in_hours(times.now(), calendar):
            continue
        named = ", ".join(f"“{row.title}”" for row in urgent[:MOST_NAMED])
        text = f"Sổ công khai: {len(urgent)} mục trễ, gỡ sớm hoặc sắp đến hạn: {named}."
        text += f" {base}/console/disclosures" if base else ""
        async with database.writing() as session:
            for row in urgent:
                fresh = await shelf.get(session, commune_id=commune_id, disclosure_id=row.id or 0)
                if fresh is not None:
                    fresh.alarmed_on = times.today()
                    await shelf.keep(session, fresh, commune_id=commune_id)
            for account_id in await _keepers(session, commune_id, times):
                await _tell(session, commune_id, account_id, text, times)


async def _keepers(session: AsyncSession, commune_id: int, times: Clock) -> list[int]:
    """Chat accounts of the officers who keep the register today."""
    linked = await officer_chats.linked(session, commune_id=commune_id)
    found = []
    for officer in await officers.of_commune(session, commune_id=commune_id):
        person = await person_of(session, officer, on=times.today())
        if officer.id in linked and may_at_all(person, Act.DISCLOSURE_EDIT):
            found.append(linked[officer.id])
    return found


async def _tell(session: AsyncSession, commune_id: int, account_id: int, text: str, times: Clock) -> None:
    account = await accounts.by_id(session, commune_id=commune_id, account_id=account_id)
    message = OutboxMessage(
        commune_id=commune_id,
        account_id=account_id,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text=text,
        not_before=times.now(),
        created_at=times.now(),
    )
    await outbox.put(session, message)
