"""Two people for a sensitive answer: an officer writes it, the head reads it, and only then the citizen does.

Whoever stands in for the head while they are on leave decides as they would; nobody decides on their own words.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers import case_acts, casework, registering
from handlers.permissions import Act, Role, may
from handlers.proposals import Proposal
from handlers.wording import as_body, words_in
from handlers.workplace import Workplace
from knowledge.categories import categories
from storage import case_alerts, pending_replies
from storage.cases import Case
from storage.pending_replies import PendingReply

SENSITIVE_KINDS = ("complaint",)


class OwnWords(Exception):
    """Nobody lets their own answer go."""


class NothingWaits(Exception):
    """No answer of this case waits for a yes."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An answer that waits, or came back. `why`: what the head wants changed; `mine`: the reader wrote it."""

    row: PendingReply
    words: str
    why: str
    mine: bool


def is_sensitive(case: Case) -> bool:
    """A complaint in the law's sense, and whatever is about how officers behave."""
    return case.kind in SENSITIVE_KINDS or categories()[case.category or "other"].about_staff


async def answer(
    work: Workplace, case_id: int, *, words: str, evidence: str, document: str, proposal: Proposal | None = None
) -> bool:
    """Send the answer, or let it wait where the case is sensitive; whether it was sent. Raises as case_acts.answer."""
    one = await casework.the_case(work, case_id, Act.CASE_WORK)
    if not is_sensitive(one.case) or may(work.person, Act.CASE_APPROVE, casework.thing(one)):
        await case_acts.answer(work, case_id, words=words, evidence=evidence, document=document, proposal=proposal)
        return True
    body = await work.vault.put(work.session, commune_id=work.commune_id, text=as_body(words), at=work.now)
    facts = {"evidence": evidence, "document": document}
    row = PendingReply(
        commune_id=work.commune_id,
        case_id=case_id,
        officer_id=work.person.officer_id,
        body_id=body.id or 0,
        facts=facts | ({"key": proposal.key, "text": proposal.text} if proposal is not None else {}),
        at=work.now,
    )
    await pending_replies.wait(work.session, row)
    await registering.alert_role(work.session, one.case, Role.LEADER, "approve", now=work.now, today=work.today)
    await work.note(Act.CASE_WORK, "case", case_id, what="waits", thing=casework.thing(one))
    return False


async def approve(work: Workplace, case_id: int) -> None:
    """The head says yes: it goes now. Raises NoSuchCase, NothingWaits, OwnWords, NotNow."""
    row = await _waiting(work, case_id)
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=[row.body_id])
    facts = row.facts
    await case_acts.answer(
        work,
        case_id,
        words=words_in(words[row.body_id]) or words[row.body_id],
        evidence=facts["evidence"],
        document=facts["document"],
        proposal=Proposal(facts["key"], facts["text"]) if "key" in facts else None,
    )
    await _decide(work, row, "approved")


async def give_back(work: Workplace, case_id: int, *, why: str) -> None:
    """The head wants it changed; its writer is told. Raises NoSuchCase, NothingWaits, OwnWords."""
    row = await _waiting(work, case_id)
    body = await work.vault.put(work.session, commune_id=work.commune_id, text=as_body(why), at=work.now)
    row.why_body_id = body.id
    await _decide(work, row, "returned")
    await case_alerts.tell(
        work.session,
        commune_id=work.commune_id,
        officer_ids=[row.officer_id],
        case_id=case_id,
        kind="returned",
        at=work.now,
    )


async def shown(work: Workplace, case_id: int) -> Waiting | None:
    """What waits, or came back last; None where nothing is open."""
    row = await pending_replies.newest(work.session, commune_id=work.commune_id, case_id=case_id)
    if row is None or row.state not in ("waiting", "returned"):
        return None
    ids = [each for each in (row.body_id, row.why_body_id) if each is not None]
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=ids)
    text, why = words.get(row.body_id, ""), words.get(row.why_body_id or 0, "")
    return Waiting(row, words_in(text) or text, words_in(why) or "", row.officer_id == work.person.officer_id)


async def _waiting(work: Workplace, case_id: int) -> PendingReply:
    await casework.the_case(work, case_id, Act.CASE_APPROVE)
    row = await pending_replies.newest(work.session, commune_id=work.commune_id, case_id=case_id)
    if row is None or row.state != "waiting":
        raise NothingWaits
    if row.officer_id == work.person.officer_id:
        raise OwnWords
    return row


async def _decide(work: Workplace, row: PendingReply, state: str) -> None:
    row.state, row.decided_by, row.decided_at = state, work.person.officer_id, work.now
    await pending_replies.keep(work.session, row)
    one = await casework.the_case(work, row.case_id, Act.CASE_APPROVE)
    await work.note(Act.CASE_APPROVE, "case", row.case_id, what=state, thing=casework.thing(one))
