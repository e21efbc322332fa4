"""Random lives of cases through the database: the row always follows from the events, and nothing of them is lost."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from handlers import casebook
from handlers.casebook import differences, standing_of
from handlers.lifecycle import EVENTS, RUNNING, Lacking, NotNow
from storage import accounts, cases
from storage.cases import Case
from storage.communes import ChannelAccount
from storage.database import Database
from tests.conftest import NINE_O_CLOCK

WALKS, STEPS = 200, 14
CHOICES: dict[str, list[Any]] = {
    "kind": ["report", "proposal", "question"],
    "held_by": ["", "desk", "leader"],
    "evidence": ["", "photo", "document", "a word"],
    "body": ["", "Sở Xây dựng"],
    "document": ["", "12/CV"],
    "on": ["2026-11-24"],
    "reason": ["", "unclear"],
    "due_on": ["2026-12-01", "2026-12-20"],
    "percent": [50, 80],
}


async def test_two_hundred_walks_leave_no_row_that_its_events_do_not_tell(
    database: Database, webchat_account: ChannelAccount
) -> None:
    dice = random.Random(7)
    for walk in range(WALKS):
        async with database.writing() as session:
            case, kept = await _walk(session, webchat_account, dice, walk)
        async with database.reading() as session:
            mine = {"commune_id": case.commune_id, "case_id": case.id or 0}
            history, row = await cases.history(session, **mine), await cases.get(session, **mine)
        assert row is not None and standing_of(row) == standing_of(case)
        assert [event.kind for event in history] == kept and differences(row, history) == []
        assert row.state == "draft" or row.officer_id is not None or row.held_by
        assert row.state not in ("answered", "closed") or row.evidence
        assert row.state in ("draft", "answered", "closed", "refused", "sealed", *RUNNING)


async def _walk(session: Any, account: ChannelAccount, dice: random.Random, walk: int) -> tuple[Case, list[str]]:
    person = await accounts.find_or_add(
        session, commune_id=account.commune_id, channel_account_id=account.id or 0, chat_key=f"chat-{walk}"
    )
    case_id = await cases.open_draft(
        session, commune_id=account.commune_id, account_id=person.id, kind="report", at=NINE_O_CLOCK
    )
    case = await cases.get(session, commune_id=account.commune_id, case_id=case_id)
    assert case is not None
    at, kept = NINE_O_CLOCK, []
    for step in range(STEPS):
        at += timedelta(days=dice.randrange(8))
        kind = "register" if step == 0 else dice.choice([*EVENTS, "answer", "reopen", "confirm", "assign"])
        facts = {name: dice.choice(values) for name, values in CHOICES.items()}
        facts |= {"held_by": "desk"} if step == 0 else {}
        try:
            await casebook.happen(session, case, kind, at=at, facts=facts)
        except (NotNow, Lacking):
            continue
        kept.append(kind)
    return case, kept
