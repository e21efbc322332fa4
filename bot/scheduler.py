"""Periodic work: one list, each job once across replicas, a failed one tried again at its next turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.backups import rehearse_beside
from bot.case_jobs import close_silent, push_alerts, tend_drafts, watch_deadlines
from bot.clock import VIET_NAM, Clock
from bot.disclosure_jobs import alarm
from bot.errors import AuditBroken
from bot.leases import own_name
from handlers.into_seal import CLAIMED_WITHIN
from handlers.logbook import SILENCE
from handlers.reminders import words
from storage import (
    audit,
    bodies,
    cases,
    communes,
    inbox,
    jobs,
    mailboxes,
    outbox,
    petitions,
    reminders,
    sign_ins,
    talks,
)
from storage.accounts import Account
from storage.database import DOOR, Database
from storage.outbox import OutboxMessage
from storage.reminders import Reminder

LOOK_EVERY = 30.0  # seconds
LEASE = timedelta(minutes=3)
HELD_ON = 60.0  # seconds between renewals while a job runs
WAKING = (8, 20)  # hours in Viet Nam between which people are reminded
KEPT_WITH_CONSENT = timedelta(days=7)
KEPT_SIGN_INS = timedelta(days=30)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """`run` is told the database and the clock; it runs again `every` after it began."""

    name: str
    every: timedelta
    run: Callable[[Database, Clock], Awaitable[None]]
    first: timedelta = timedelta(0)  # after the first start


async def erase_old_words(database: Database, clock: Clock) -> None:
    """Words go when the talk has ended, or 7 days after being answered where the person agreed; cases keep theirs."""
    now = clock.now()
    async with database.reading() as session:
        tenants = [commune.id for commune in await communes.all_of_them(session)]
    for commune_id in tenants:
        assert commune_id is not None
        async with database.writing(commune_id=commune_id) as session:
            held = await cases.bodies_held(session, commune_id=commune_id)
            old = await inbox.answered_before(
                session, commune_id=commune_id, agreed_before=now - KEPT_WITH_CONSENT, others_before=now - SILENCE
            )
            await bodies.erase(session, commune_id=commune_id, body_ids=[one for one in old if one not in held])
            await talks.forget_silent(session, commune_id=commune_id, before=now - SILENCE)


async def tidy_seals(database: Database, clock: Clock) -> None:
    """Nothing tells any more who told of wrongdoing; tips not handed in, brief words and draft petitions go."""
    now = clock.now()
    async with database.reading() as session:
        tenants = [commune.id or 0 for commune in await communes.all_of_them(session)]
    for commune_id in tenants:
        async with database.writing(commune_id=commune_id) as session:
            wanted = await talks.holding(session, commune_id=commune_id, name="mailbox")
            for mailbox_id in await mailboxes.held_ones(session, commune_id=commune_id):
                if mailbox_id not in wanted:
                    await mailboxes.drop_held(session, commune_id=commune_id, mailbox_id=mailbox_id)
            await bodies.erase_brief(session, commune_id=commune_id, before=now - SILENCE)
            await petitions.forget_old(session, commune_id=commune_id, now=now)
            await mailboxes.cut_ties(session, commune_id=commune_id, before=now - SILENCE)
            await cases.forget_mailboxes(session, commune_id=commune_id, before=now - CLAIMED_WITHIN)
            await talks.forget_claims(session, commune_id=commune_id, before=now - CLAIMED_WITHIN)
            await outbox.blank_sealed(session, commune_id=commune_id, before=now - CLAIMED_WITHIN)
    await database.forget_log()


async def link_audit(database: Database, clock: Clock) -> None:
    """Every new audit row joins its commune's chain, and the day's head moves on."""
    async with database.reading() as session:
        tenants = [commune.id for commune in await communes.all_of_them(session)]
    for commune_id in tenants:
        assert commune_id is not None
        linked = audit.CHUNK
        while linked == audit.CHUNK:  # in chunks, so that nobody waits for the write lock
            async with database.writing(commune_id=commune_id) as session:
                linked = await audit.link(session, commune_id=commune_id)
        async with database.writing(commune_id=commune_id) as session:
            await audit.close_day(session, commune_id=commune_id, day=clock.today())


async def verify_audit(database: Database, clock: Clock) -> None:
    """A chain that does not hold is an alarm for the operator; the inspector's page says the same. Raises."""
    async with database.reading() as session:
        for commune in await communes.all_of_them(session):
            broken = await audit.verify(session, commune_id=commune.id or 0)
            if broken is not None:
                raise AuditBroken(commune.code, broken.seq, broken.what)


async def forget_old_sign_ins(database: Database, clock: Clock) -> None:
    """Failures, sessions and links that ended a month ago."""
    async with database.writing(commune_id=DOOR) as session:
        await sign_ins.forget_old(session, before=clock.now() - KEPT_SIGN_INS)


async def remind(database: Database, clock: Clock) -> None:
    """Queue the reminders whose day has come, in the daytime; each once."""
    now = clock.now()
    if not WAKING[0] <= now.astimezone(VIET_NAM).hour < WAKING[1]:
        return
    async with database.reading() as session:
        tenants = [commune.id for commune in await communes.all_of_them(session)]
    for commune_id in tenants:
        assert commune_id is not None
        async with database.writing(commune_id=commune_id) as session:
            for reminder, account in await reminders.due(session, commune_id=commune_id, today=clock.today()):
                reminder.sent_at = now
                session.add(reminder)
                await outbox.put(session, reminding(reminder, account, now=now))


def reminding(reminder: Reminder, account: Account, *, now: datetime) -> OutboxMessage:
    """The message of a reminder, with the way to stop it."""
    return OutboxMessage(
        commune_id=reminder.commune_id,
        account_id=reminder.account_id,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text=words(reminder),
        not_before=now,
        created_at=now,
    )


JOBS = (
    Job("erase_old_words", timedelta(minutes=10), erase_old_words),
    Job("tidy_seals", timedelta(minutes=10), tidy_seals),
    Job("link_audit", timedelta(minutes=1), link_audit),
    Job("verify_audit", timedelta(days=1), verify_audit),
    Job("watch_deadlines", timedelta(minutes=10), watch_deadlines),
    Job("close_silent", timedelta(hours=1), close_silent),
    Job("tend_drafts", timedelta(minutes=10), tend_drafts),
    Job("forget_old_sign_ins", timedelta(days=1), forget_old_sign_ins),
    Job("remind", timedelta(minutes=30), remind),
)


def jobs_of(public_url: str | None) -> tuple[Job, ...]:
    """All jobs of a deployment whose console is at this address."""
    push = Job("push_alerts", timedelta(minutes=1), partial(push_alerts, base=public_url or ""))
    rehearsal = Job("rehearse_backup", timedelta(days=30), rehearse_beside, first=timedelta(days=1))
    disclosed = Job("alarm_disclosures", timedelta(minutes=30), partial(alarm, base=public_url or ""))
    return (*JOBS, push, rehearsal, disclosed)


class Scheduler:
    """Looks which jobs are due and runs them one after the other."""

    def __init__(self, database: Database, clock: Clock, jobs_: tuple[Job, ...] = JOBS) -> None:
        """`jobs_` are all that this deployment does by the clock."""
        self._database, self._clock, self._jobs = database, clock, jobs_
        self._name = own_name()

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self.run_due()
            except Exception:
                log.exception("the scheduler cannot reach its table; it looks again")
            await asyncio.sleep(LOOK_EVERY)

    async def run_due(self) -> list[str]:
        """Run what is due and give the names of what ran."""
        ran: list[str] = []
        for job in self._jobs:
            async with self._database.writing(beside=True) as session:
                mine = await jobs.take(
                    session,
                    name=job.name,
                    holder=self._name,
                    now=self._clock.now(),
                    lease=LEASE,
                    first=job.first,
                )
            if mine:
                await self._run(job)
                ran.append(job.name)
        return ran

    async def _run(self, job: Job) -> None:
        began, error = self._clock.now(), None
        holding = asyncio.create_task(self._hold_on(job))
        try:
            await job.run(self._database, self._clock)
        except Exception as fault:
            log.exception("job %s failed", job.name)
            error = type(fault).__name__
        finally:
            holding.cancel()
        async with self._database.writing(beside=True) as session:
            await jobs.done(
                session, name=job.name, holder=self._name, now=began, next_due=began + job.every, error=error
            )

    async def _hold_on(self, job: Job) -> None:
        """No other replica begins a job that merely takes long."""
        while True:
            await asyncio.sleep(HELD_ON)
            with suppress(Exception):  # the next time will do: three fit into a lease
                async with self._database.writing(beside=True) as session:
                    until = self._clock.now() + LEASE
                    await jobs.still_running(session, name=job.name, holder=self._name, until=until)
