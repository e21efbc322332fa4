"""Somebody without a phone tells it at the desk or to the hamlet head: the same case, with a slip to take home."""

from __future__ import annotations

from dataclasses import dataclass

from handlers import casework, registering
from handlers.case_codes import phrase
from handlers.permissions import Act, Thing
from handlers.wording import as_body
from handlers.workplace import Workplace
from storage import cases, communes, places
from storage.cases import Case
from storage.communes import Commune

ORIGIN = "desk"
KINDS = ("report", "proposal", "feedback", "question", "complaint")  # a complaint: the signed petition lies there


class NotAtTheDesk(Exception):
    """This case came from somebody's own chat: its three words were given there."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed: nobody's name and nobody's words."""

    case: Case
    commune: Commune
    phrase: str


async def add(work: Workplace, *, kind: str, words: str, place: str, hamlet_id: int | None) -> int:
    """Enter it in another's name; who helped stands in the history. Gives the case's id. Raises NotAllowed."""
    work.demand(Act.CASE_ADD, Thing(work.commune_id, hamlet_id=hamlet_id))
    commune = await communes.get(work.session, commune_id=work.commune_id)
    known = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=hamlet_id or 0)
    case_id = await cases.open_draft(
        work.session,
        commune_id=work.commune_id,
        account_id=None,
        kind=kind if kind in KINDS else KINDS[0],
        at=work.now,
        origin=ORIGIN,
    )
    case = await cases.get(work.session, commune_id=work.commune_id, case_id=case_id)
    assert case is not None
    case.hamlet_id = known.id if known else None
    for line, text in (("told", words), ("place", place)):
        if text:
            await _line(work, case_id, line, text)
    await registering.register(
        work.session,
        case,
        commune=commune,
        vault=work.vault,
        text=f"{words} {place}",
        now=work.now,
        today=work.today,
        officer_id=work.person.officer_id,
    )
    await work.note(Act.CASE_ADD, "case", case_id)
    return case_id


async def slip(work: Workplace, case_id: int) -> Slip:
    """Raises NoSuchCase, NotAtTheDesk."""
    case = (await casework.the_case(work, case_id, Act.CASE_ADD)).case
    if case.origin != ORIGIN or case.code is None:
        raise NotAtTheDesk
    commune = await communes.get(work.session, commune_id=work.commune_id)
    return Slip(case, commune, phrase(work.vault, commune_id=work.commune_id, code=case.code))


async def _line(work: Workplace, case_id: int, kind: str, text: str) -> None:
    body = await work.vault.put(work.session, commune_id=work.commune_id, text=as_body(text), at=work.now)
    await cases.append(
        work.session,
        commune_id=work.commune_id,
        case_id=case_id,
        kind=kind,
        body_id=body.id,
        at=work.now,
        officer_id=work.person.officer_id,
    )
