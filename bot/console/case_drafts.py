"""Beside a case: what may be answered, and who else has it open just now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.visits import Visit
from handlers import proposals
from handlers.casework import Line, Listed
from handlers.permissions import Act
from handlers.proposals import FROM_ENTRY, Proposal, Suggestion
from handlers.workplace import Workplace
from knowledge.reply_templates import Template
from storage import audit
from storage.work_list import RUNNING

JUST_NOW = timedelta(minutes=15)
TOLD = ("told", "asked_for_person", "said", "tell")


@dataclass(frozen=True, slots=True)
class Drafts:
    """What the page offers: templates, what our knowledge says, and the text that was chosen."""

    templates: Sequence[Template]
    suggestion: Suggestion | None
    chosen: Proposal | None


async def drafts_for(visit: Visit, work: Workplace, one: Listed, lines: Iterable[Line], key: str) -> Drafts | None:
    """None for a case that cannot be answered any more. The suggestion is looked for where it is asked for."""
    case = one.case
    if case.state not in RUNNING:
        return None
    looked_for = case.kind == "question" or bool(key)
    suggestion = await _suggestion(visit, lines) if looked_for else None
    chosen = await proposals.propose(work, case, key, suggestion, words.CASE_KINDS) if key else None
    return Drafts(await proposals.templates(work, case), suggestion, chosen)


async def also_open(work: Workplace, one: Listed, people: dict[int | None, str]) -> str:
    """ "Trần Thị B (09:05)": who else opened the case a moment ago."""
    opened = await audit.who_did(
        work.session,
        commune_id=work.commune_id,
        act=str(Act.CASE_READ),
        object_kind="case",
        object_id=one.case.id or 0,
        since=work.now - JUST_NOW,
    )
    others = ((who, at) for who, at in opened.items() if who != work.person.officer_id)
    return ", ".join(f"{people.get(who, '')} ({at.astimezone(VIET_NAM):%H:%M})" for who, at in others)


def links(case_id: int, drafts: Drafts) -> list[tuple[str, str]]:
    """Where each draft leads, and its words."""
    where = f"/console/cases/{case_id}?draft="
    found = [(f"{where}{each.id}#answer", each.label) for each in drafts.templates]
    if drafts.suggestion is not None or drafts.chosen is None:
        found.append((f"{where}{FROM_ENTRY}#answer", "Gợi ý từ mục tri thức"))
    return found


def told_by(visit: Visit, lines: Iterable[Line]) -> str:
    """The citizen's own words, as their channel gave them."""
    for line in lines:
        if line.kind in TOLD and line.raw is not None:
            return (visit.parts.worker.words(line.channel, line.raw) or "") if line.channel is not None else line.raw
    return ""


async def _suggestion(visit: Visit, lines: Iterable[Line]) -> Suggestion | None:
    told, knowledge = told_by(visit, lines), visit.parts.knowledge
    if not told or knowledge is None:
        return None
    return await asyncio.to_thread(proposals.suggest, knowledge, told, on=visit.today)


def kept_words(facts: dict[str, Any]) -> str:
    """ "giữ 87 % bản gợi ý": what an officer made of a proposal."""
    return f"giữ {facts['kept']} % bản soạn sẵn" if "kept" in facts else ""
