"""From what a person told to what only two holders open: whom it is about is left out, its writer taken out of it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import tip_clock
from handlers.contract import Desk, Incoming
from handlers.permissions import Role
from knowledge.unsigned import without_writer
from knowledge.vietnamese import fold, tidy
from storage import bodies, grants, mailboxes, officers, offices, seals
from storage.grants import Grant
from storage.mailboxes import Mailbox
from storage.officers import Officer
from storage.offices import Office
from storage.sealing import FEWEST, MOST
from storage.seals import SealHolder

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read for another
CODE_LENGTH = 6
_HONOUR = r"(?:ong|ba|anh|chi|co|chu|bac|cau|dong chi|dc)"
# Words for an office that one person holds, and the role here that such a person has.
_TITLES = (
    (re.compile(r"\b(?:chu tich|pho chu tich|lanh dao|bi thu|pho bi thu)\b"), Role.LEADER),
    (re.compile(r"\bthanh tra\b"), Role.INSPECTOR),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was sealed just now. `taken_out`: how many details that point to the writer were erased first."""

    mailbox: Mailbox
    taken_out: int


async def keep(desk: Desk, text: str, *, mailbox: Mailbox | None, body_ids: list[int]) -> Told | None:
    """Seal a text into a mailbox (a new one where there is none) and drop the keys of the bodies it came in.

    None where fewer than two holders may read it: then nothing was sealed, and the caller erases.
    """
    return await seal(
        desk.session, commune_id=desk.commune_id, text=text, mailbox=mailbox, body_ids=body_ids, on=desk.today
    )


async def seal(
    session: AsyncSession,
    *,
    commune_id: int,
    text: str,
    mailbox: Mailbox | None,
    body_ids: list[int],
    on: date,
    spared: Iterable[int] = (),
) -> Told | None:
    """The same wherever it is done. `spared`: officers whom the text is known to be about, named in it or not."""
    before = set(mailbox.spared if mailbox else ()) | set(spared)
    to, now_spared = await readers(session, commune_id=commune_id, text=text, spared=before, on=on)
    if len(to) < FEWEST:
        return None
    if mailbox is None:
        mailbox = await mailboxes.begin(session, commune_id=commune_id, code=new_code(), on=on)
    mailbox.spared = sorted(now_spared)
    session.add(mailbox)
    unsigned, taken_out = without_writer(text)
    await seals.keep(session, commune_id=commune_id, mailbox_id=mailbox.id or 0, text=unsigned, to=to, on=on)
    await bodies.mark_sealed(session, commune_id=commune_id, body_ids=body_ids)
    if mailbox.state == "open":  # what is added after an answer wants one too
        await tip_clock.run(session, mailbox, on=on)
    return Told(mailbox, taken_out)


async def whole_words(desk: Desk, message: Incoming) -> str:
    """All that the person wrote, however long; the features otherwise look at its beginning."""
    raws = await desk.vault.read(desk.session, commune_id=desk.commune_id, body_ids=[desk.body_id])
    words = desk.reads(raws[desk.body_id])
    return "\n".join(tidy(line) for line in words.splitlines()).strip() if words else message.text


async def readers(
    session: AsyncSession, *, commune_id: int, text: str, spared: Iterable[int], on: date
) -> tuple[list[SealHolder], set[int]]:
    """The keys to which this text may be sealed, and the officers whom it may be about, those of before included."""
    held = await grants.in_force(session, commune_id=commune_id, on=on)
    appointed = {row.officer_id for row in held if row.role == Role.SEAL_HOLDER}
    keys = [key for key in await seals.holders(session, commune_id=commune_id) if key.officer_id in appointed]
    people = {one.id: one for one in await officers.of_commune(session, commune_id=commune_id)}
    units = {one.id: one for one in await offices.offices(session, commune_id=commune_id, on=on)}
    named = {
        key.officer_id
        for key in keys
        if _is_about(text, people[key.officer_id], units.get(people[key.officer_id].office_id), held)
    }
    spared = {*spared, *named}
    return [key for key in keys if key.officer_id not in spared][:MOST], spared


async def is_possible(desk: Desk) -> bool:
    """Whether this commune has two holders at all."""
    to, _spared = await readers(desk.session, commune_id=desk.commune_id, text="", spared=(), on=desk.today)
    return len(to) >= FEWEST


def new_code() -> str:
    """What officers call a tip: TB-7K2M9X. It opens nothing."""
    return "TB-" + "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))


def _is_about(text: str, officer: Officer, office: Office | None, held: list[Grant]) -> bool:
    """Whether a text may speak of this officer: by name, by the office that only they hold, by their unit."""
    said = " ".join(re.findall(r"\w+", fold(text)))
    name = fold(officer.name).split()
    short = "|".join(re.escape(" ".join(name[start:])) for start in range(len(name)))  # "ông Quốc Bảo", "ông Bảo"
    if re.search(rf"\b(?:{re.escape(' '.join(name))}|{_HONOUR} (?:{short}))\b", said):
        return True
    if office is not None and re.search(rf"\b{re.escape(fold(office.name))}\b", said):
        return True
    roles = {row.role for row in held if row.officer_id == officer.id}
    return any(role in roles and title.search(said) for title, role in _TITLES)
