"""The register of what must be public, at the console: what is decided, by when it must hang, where it hangs, proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from handlers import clock
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.deadlines import count
from knowledge.disclosures import Duty, duties
from knowledge.entry import Entry
from storage import disclosures, places
from storage.disclosures import Disclosure

SOON = 2  # days before which it alarms
FORMS = {
    "board": "bảng ở trụ sở xã",
    "hamlet": "nhà văn hóa thôn",
    "web": "trang thông tin điện tử",
    "loud": "loa truyền thanh",
    "heads": "trưởng thôn báo dân",
    "other": "cách khác",
}


class NoSuchDisclosure(Exception):
    """No item of this commune."""


class BadDays(Exception):
    """It hangs before it was decided, or was taken down before it hung."""


@dataclass(frozen=True, slots=True)
class State:
    """How an item stands on a day. `code`: late, due, posted, early (taken down before its time), ended."""

    code: str
    days: int = 0

    @property
    def alarms(self) -> bool:
        """Whether somebody must do something now."""
        return self.code in ("late", "early") or (self.code == "due" and self.days <= SOON)


@dataclass(frozen=True, slots=True)
class Posting:
    """What an officer says of how it was made public."""

    posted_on: date | None
    taken_down_on: date | None
    forms: tuple[str, ...]
    place: str
    link: str
    summary: str
    proof: str


def state(row: Disclosure, on: date) -> State:
    """How it stands."""
    if row.posted_on is None or row.posted_on > on:
        left = (row.due_on - on).days if row.due_on else 0
        return State("late", -left) if row.due_on and left < 0 else State("due", left)
    if row.taken_down_on is not None and row.taken_down_on <= on:
        early = duties()[row.duty].permanent or (row.hangs_until is not None and row.taken_down_on <= row.hangs_until)
        return State("early" if early else "ended")
    return State("posted")


async def add(
    work: Workplace,
    entries: Mapping[str, Entry],
    *,
    duty: str,
    title: str,
    decided_on: date,
    hamlet_id: int | None = None,
) -> int:
    """Something was decided that must be public; its id. Raises NotAllowed, NoSuchDisclosure for a foreign hamlet."""
    work.demand(Act.DISCLOSURE_EDIT)
    if hamlet_id is not None and not await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=hamlet_id):
        raise NoSuchDisclosure
    row = Disclosure(
        commune_id=work.commune_id,
        duty=duty,
        title=title,
        hamlet_id=hamlet_id,
        decided_on=decided_on,
        due_on=await _due_on(work, duties()[duty], entries, decided_on),
        made_by=work.person.officer_id,
        changed_at=work.now,
    )
    disclosure_id = await disclosures.keep(work.session, row, commune_id=work.commune_id)
    await work.note(Act.DISCLOSURE_EDIT, "disclosure", disclosure_id, what="written")
    return disclosure_id


async def post(work: Workplace, entries: Mapping[str, Entry], disclosure_id: int, posting: Posting) -> None:
    """It hangs, or was taken down. Raises NotAllowed, NoSuchDisclosure, BadDays."""
    work.demand(Act.DISCLOSURE_EDIT)
    row = await the_item(work, disclosure_id)
    first, last = posting.posted_on, posting.taken_down_on
    if (first is not None and first < row.decided_on) or (last is not None and (first is None or last < first)):
        raise BadDays
    row.posted_on, row.taken_down_on = first, last
    row.hangs_until = duties()[row.duty].hangs_until(entries, first) if first else None
    row.forms, row.place, row.link = list(posting.forms), posting.place, posting.link
    row.summary, row.proof, row.changed_at = posting.summary, posting.proof, work.now
    await disclosures.keep(work.session, row, commune_id=work.commune_id)
    await work.note(Act.DISCLOSURE_EDIT, "disclosure", disclosure_id, what="posted" if first else "changed")


async def the_item(work: Workplace, disclosure_id: int) -> Disclosure:
    """One item. Raises NoSuchDisclosure."""
    row = await disclosures.get(work.session, commune_id=work.commune_id, disclosure_id=disclosure_id)
    if row is None:
        raise NoSuchDisclosure
    return row


async def _due_on(work: Workplace, duty: Duty, entries: Mapping[str, Entry], decided_on: date) -> date | None:
    days = duty.within(entries, decided_on)
    if days is None:
        return None
    calendar = await clock.calendar_of(work.session, commune_id=work.commune_id)
    return count(decided_on, int(str(days.value)), "working_day", calendar).due_on
