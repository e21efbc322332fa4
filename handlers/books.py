"""The reception book and the petition book of a month, from what stands in the cases; words are masked.

Names, addresses and papers are left to the pen: the bot does not keep them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from handlers import casebook
from handlers.case_words import REFUSALS
from handlers.figures import Span
from handlers.permissions import Act, may
from handlers.work_list import scope_of
from handlers.workplace import Workplace
from knowledge.deadlines import VIET_NAM
from storage import case_lists, cases, inbox, work_list
from storage.cases import Case, CaseEvent

RECEPTION, PETITIONS = "reception", "petitions"
MOST = 5_000  # rows of one book
AT_THE_DESK = "desk"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `raw` and `channel` are the citizen's words, which that channel alone reads (None: ours, or gone)."""

    case: Case
    raw: str
    channel: str | None
    received_by: int | None
    transferred: str
    refused: str
    result: str


async def entries(work: Workplace, book: str, span: Span, *, what: str) -> list[Entry]:
    """The rows of a book, by day of receipt; which is written down. Raises NotAllowed never: rows are left out."""
    since = datetime.combine(span.since, time.min, VIET_NAM)
    before = datetime.combine(span.until + timedelta(days=1), time.min, VIET_NAM)
    found = await work_list.received(
        work.session,
        commune_id=work.commune_id,
        scope=scope_of(work.person, Act.BOOK_READ),
        since=since,
        before=before,
        origin=AT_THE_DESK if book == RECEPTION else None,
        limit=MOST,
    )
    ids = [case.id or 0 for case in found]
    about = await cases.subjects(work.session, commune_id=work.commune_id, case_ids=ids)
    mine = [
        case
        for case in found
        if may(work.person, Act.BOOK_READ, casebook.thing_of(case, [row for row in about if row.case_id == case.id]))
    ]
    histories = await case_lists.histories(work.session, commune_id=work.commune_id, case_ids=[c.id or 0 for c in mine])
    told = {case.id: _told(histories.get(case.id or 0, [])) for case in mine}
    body_ids = [event.body_id for event in told.values() if event is not None and event.body_id is not None]
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=body_ids)
    channels = await inbox.channels_of_bodies(work.session, commune_id=work.commune_id, body_ids=body_ids)
    await work.note(Act.BOOK_READ, "book", what=what, why=f"{book} {span.since:%Y-%m}")
    rows = []
    for case in mine:
        event = told[case.id]
        body = (event.body_id if event else None) or 0
        rows.append(_entry(case, histories.get(case.id or 0, []), words.get(body, ""), channels.get(body)))
    return rows


def _told(history: list[CaseEvent]) -> CaseEvent | None:
    return next((event for event in history if event.body_id is not None), None)


def _entry(case: Case, history: list[CaseEvent], raw: str, channel: str | None) -> Entry:
    by = {event.kind: event for event in history}
    registered, transfer, answer = by.get("register"), by.get("transfer"), by.get("answer")
    refusal = REFUSALS.get(case.reason)
    return Entry(
        case,
        raw,
        channel,
        registered.officer_id if registered else None,
        _paper(transfer, "body") if transfer else "",
        f"{refusal.label} ({refusal.basis})" if refusal else "",
        _result(case, answer),
    )


def _paper(event: CaseEvent, name: str) -> str:
    on = event.facts.get("on")
    day = f" ngày {date.fromisoformat(on):%d/%m/%Y}" if on else ""
    return f"{event.facts.get(name, '')} (văn bản {event.facts.get('document', '')}{day})"


def _result(case: Case, answer: CaseEvent | None) -> str:
    if case.answered_at is None or answer is None:
        return f"Hẹn trả lời {case.due_on:%d/%m/%Y}" if case.due_on and not case.reason else ""
    document = answer.facts.get("document")
    told = f"Đã trả lời {case.answered_at.astimezone(VIET_NAM):%d/%m/%Y}"
    return f"{told}, văn bản {document}" if document else told
