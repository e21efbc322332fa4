"""The holders' half of a tip: their keys, the list, the package that two of them open, and the answer."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import date

from handlers import clock, tip_clock
from handlers.permissions import Act, NotAllowed, may_at_all
from handlers.workplace import Workplace
from storage import mailboxes, officers, seals
from storage.mailboxes import Mailbox, MailboxAnswer
from storage.sealing import fingerprint
from storage.seals import SealedBody, SealHolder

LONGEST_ANSWER = 2_000  # characters


class NoSuchTip(Exception):
    """No tip of this commune that this person may know of."""


class NoPhraseYet(Exception):
    """Nobody could read an answer: the person has not taken the phrase of this mailbox."""


class KeyInUse(Exception):
    """This key belongs to somebody already, or did."""


@dataclass(frozen=True, slots=True)
class Holder:
    """One key in use: whose, its fingerprint, since when."""

    name: str
    mine: bool
    fingerprint: str
    row: SealHolder


@dataclass(frozen=True, slots=True)
class Tip:
    """One tip as holders see it: no words. `is_mine`: this person has a share of something in it.

    `due_on`, `stage`: see handlers/tip_clock.py.
    """

    mailbox: Mailbox
    texts: tuple[SealedBody, ...]
    answers: tuple[MailboxAnswer, ...]
    is_mine: bool
    due_on: date | None = None
    stage: str = ""

    @property
    def can_be_answered(self) -> bool:
        """Whether somebody has the phrase that opens an answer."""
        return self.mailbox.public_key is not None


async def holders(work: Workplace) -> list[Holder]:
    """Whose keys texts are sealed to now."""
    work.demand(Act.SEAL_READ)
    names = {row.id: row.name for row in await officers.of_commune(work.session, commune_id=work.commune_id)}
    return [
        Holder(
            names.get(row.officer_id, ""), row.officer_id == work.person.officer_id, fingerprint(row.public_key), row
        )
        for row in await seals.holders(work.session, commune_id=work.commune_id)
    ]


async def add_key(work: Workplace, written: str) -> None:
    """The key of the person who asks, and of nobody else. Raises BadKey, KeyInUse."""
    work.demand(Act.SEAL_HOLD)
    row = await seals.add_holder(
        work.session,
        commune_id=work.commune_id,
        officer_id=work.person.officer_id,
        written_key=written,
        at=work.now,
    )
    if row is None:
        raise KeyInUse
    await work.note(Act.SEAL_HOLD, "seal_holder", row.id, what="key")


async def listed(work: Workplace) -> list[Tip]:
    """Tips of which this person may know, the newest first; one that is about them is not among them."""
    work.demand(Act.SEAL_READ)
    rows = await mailboxes.open_ones(work.session, commune_id=work.commune_id)
    theirs = await _theirs(work)
    return [await _tip(work, row, theirs) for row in rows if work.person.officer_id not in row.spared]


async def pressing(work: Workplace) -> tuple[int, int]:
    """How many tips wait for an answer with half of the time over, and how many are late, of those that are not about
    this person; nothing for somebody who may not know of tips.
    """
    if not may_at_all(work.person, Act.SEAL_READ):
        return 0, 0
    calendar = await clock.calendar_of(work.session, commune_id=work.commune_id)
    rows = await mailboxes.open_ones(work.session, commune_id=work.commune_id)
    stages = [
        tip_clock.stage(row, calendar, today=work.today) for row in rows if work.person.officer_id not in row.spared
    ]
    return stages.count("due"), stages.count("late")


async def opened(work: Workplace, mailbox_id: int) -> Tip:
    """One tip. Raises NoSuchTip."""
    work.demand(Act.SEAL_READ)
    row = await mailboxes.get(work.session, commune_id=work.commune_id, mailbox_id=mailbox_id)
    if row is None or row.state != "open" or work.person.officer_id in row.spared:
        raise NoSuchTip
    return await _tip(work, row, await _theirs(work))


async def package(work: Workplace, mailbox_id: int) -> tuple[str, str]:
    """The tip's code and its package as JSON, for `danhoi seal open`; written down. Raises NoSuchTip, NotAllowed."""
    work.demand(Act.SEAL_HOLD)
    tip = await opened(work, mailbox_id)
    if not tip.is_mine:
        raise NotAllowed(Act.SEAL_HOLD)
    ids = [text.id for text in tip.texts if text.id is not None]
    shares = await seals.shares(work.session, commune_id=work.commune_id, body_ids=ids)
    everybody = await seals.holders(work.session, commune_id=work.commune_id, ended_too=True)
    marks = {row.id: fingerprint(row.public_key) for row in everybody}
    texts = [
        {
            "number": text.number,
            "day": f"{text.sealed_on:%d/%m/%Y}",
            "locked": b64encode(text.ciphertext).decode(),
            "shares": [
                {"holder": marks[one.holder_id], "other": marks[one.other_id], "box": b64encode(one.box).decode()}
                for one in shares
                if one.sealed_body_id == text.id
            ],
        }
        for text in tip.texts
    ]
    await work.note(Act.SEAL_HOLD, "mailbox", mailbox_id, what="package")
    return tip.mailbox.code, json.dumps({"danhoi_sealed": 1, "tip": tip.mailbox.code, "texts": texts}, indent=1)


async def answer(work: Workplace, mailbox_id: int, text: str) -> None:
    """Put an answer into the mailbox; nobody reads it afterwards but the phrase. Raises NoSuchTip, NotAllowed,
    NoPhraseYet.
    """
    work.demand(Act.SEAL_HOLD)
    tip = await opened(work, mailbox_id)
    if not tip.is_mine:
        raise NotAllowed(Act.SEAL_HOLD)
    if not tip.can_be_answered:
        raise NoPhraseYet
    await mailboxes.answer(
        work.session, tip.mailbox, officer_id=work.person.officer_id, text=text[:LONGEST_ANSWER], at=work.now
    )
    await work.note(Act.SEAL_HOLD, "mailbox", mailbox_id, what="answered")


async def _theirs(work: Workplace) -> set[int]:
    return await seals.mailboxes_for(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)


async def _tip(work: Workplace, row: Mailbox, theirs: set[int]) -> Tip:
    mine = {"commune_id": work.commune_id, "mailbox_id": row.id or 0}
    calendar = await clock.calendar_of(work.session, commune_id=work.commune_id)
    return Tip(
        row,
        tuple(await seals.of_mailbox(work.session, **mine)),
        tuple(await mailboxes.answers(work.session, **mine)),
        row.id in theirs,
        tip_clock.due_on(row, calendar),
        tip_clock.stage(row, calendar, today=work.today),
    )
