"""The clock of a sealed tip: the commune's promise of an answer, counted in days, without an hour or a word of it."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import clock
from knowledge.deadlines import count
from knowledge.working_days import WorkingDays
from storage import communes
from storage.mailboxes import Mailbox

PRESSING = 0.5  # share of the time after which holders are warned


async def run(session: AsyncSession, mailbox: Mailbox, *, on: date) -> None:
    """An answer is promised from that day, unless one is promised already. A tip is a phản ánh: no term of the law."""
    if mailbox.runs_from is None:
        commune = await communes.get(session, commune_id=mailbox.commune_id)
        mailbox.runs_from, mailbox.term_days = on, commune.answer_days
        session.add(mailbox)


def due_on(mailbox: Mailbox, calendar: WorkingDays) -> date | None:
    """The promised day over today's calendar; None once it was answered."""
    if mailbox.runs_from is None:
        return None
    return count(calendar.next_worked(mailbox.runs_from), mailbox.term_days, "working_day", calendar).due_on


def stage(mailbox: Mailbox, calendar: WorkingDays, *, today: date) -> str:
    """late, due (half of the time is over), waiting, or empty: nobody waits for an answer."""
    ends = due_on(mailbox, calendar)
    if ends is None or mailbox.runs_from is None:
        return ""
    if today > ends:
        return "late"
    used = clock.share_used(calendar.next_worked(mailbox.runs_from), ends, today, calendar)
    return "due" if used >= PRESSING else "waiting"
