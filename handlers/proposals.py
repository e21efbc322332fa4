"""What an officer may answer, proposed: from a template or from what we know; and what they made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge import reply_templates
from knowledge.base import Knowledge
from knowledge.categories import categories
from knowledge.deadlines import in_words
from knowledge.errors import KnowledgeError
from knowledge.reply_templates import Template
from storage import communes, places
from storage import reply_templates as own
from storage.cases import Case
from storage.reply_templates import ReplyTemplate

MOST_SOURCES = 3
FROM_ENTRY, OURS = "entry", "t"  # how a proposal is named: entry, t7 (the commune's own), done (a shipped one)


class BadTemplate(Exception):
    """A name in braces that nothing fills in; it is the argument."""


class NoSuchTemplate(Exception):
    """No template of this commune."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What our knowledge says to the citizen's words, with its sources."""

    entry_id: str
    title: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A text that an officer began with, and where it is from."""

    key: str
    text: str


def suggest(knowledge: Knowledge, told: str, *, on: date) -> Suggestion | None:
    """The entry that fits best; None where nothing fits, or where it has no source today."""
    meaning = knowledge.understand(told, on=on)
    if not meaning.topics or meaning.band == "abstain":
        return None
    try:
        answer = knowledge.answer(meaning.topics[0].topic, on=on, today=on)
    except KnowledgeError:
        return None
    cites = tuple(dict.fromkeys(each.cite for each in answer.citations))[:MOST_SOURCES]
    if not cites:
        return None
    text = "\n".join(part for part in (answer.headline, answer.steps) if part)
    return Suggestion(answer.entry.id, answer.entry.title, text, cites)


async def templates(work: Workplace, case: Case) -> list[Template]:
    """Those that fit the case: the commune's own first."""
    mine = [_of(row) for row in await own.in_use(work.session, commune_id=work.commune_id)]
    return [each for each in (*mine, *reply_templates.shipped()) if not each.kinds or case.kind in each.kinds]


async def propose(
    work: Workplace, case: Case, key: str, suggestion: Suggestion | None, kinds: dict[str, str]
) -> Proposal | None:
    """The text of a template or of the suggestion, filled from the case; None for a name that is none of these."""
    if key == FROM_ENTRY:
        text = next(each.text for each in reply_templates.shipped() if each.id == "rule")
        return Proposal(key, await _filled(work, case, text, suggestion, kinds)) if suggestion is not None else None
    found = next((each for each in await templates(work, case) if each.id == key), None)
    return Proposal(key, await _filled(work, case, found.text, suggestion, kinds)) if found is not None else None


def kept(proposal: Proposal, sent: str) -> int:
    """How much of the proposal the officer left as it was, in percent."""
    return round(fuzz.ratio(proposal.text, sent))


async def add(work: Workplace, *, name: str, kind: str, text: str) -> None:
    """A template of the commune's own. Raises NotAllowed, BadTemplate."""
    work.demand(Act.TEMPLATE_EDIT)
    unknown = reply_templates.unknown_places(text)
    if unknown:
        raise BadTemplate(unknown[0])
    row = ReplyTemplate(
        commune_id=work.commune_id,
        name=name,
        kind=kind,
        text=text,
        officer_id=work.person.officer_id,
        at=work.now,
    )
    template_id = await own.keep(work.session, row)
    await work.note(Act.TEMPLATE_EDIT, "template", template_id, what="added")


async def end(work: Workplace, template_id: int) -> None:
    """It is not offered any more. Raises NotAllowed, NoSuchTemplate."""
    work.demand(Act.TEMPLATE_EDIT)
    row = await own.get(work.session, commune_id=work.commune_id, template_id=template_id)
    if row is None:
        raise NoSuchTemplate
    row.ended_at = row.ended_at or work.now
    await own.keep(work.session, row)
    await work.note(Act.TEMPLATE_EDIT, "template", template_id, what="ended")


async def _filled(work: Workplace, case: Case, text: str, suggestion: Suggestion | None, kinds: dict[str, str]) -> str:
    commune = await communes.get(work.session, commune_id=work.commune_id)
    hamlet = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=case.hamlet_id or 0)
    category = categories().get(case.category or "")
    values = {
        "loi_chao": f"Dạ, UBND {commune.name} trả lời {commune.calls_citizen}",
        "xung_ho": commune.calls_citizen,
        "ma_vu_viec": case.code or "",
        "loai_don": kinds.get(case.kind, ""),
        "loai_viec": category.label.lower() if category is not None and category.id != "other" else "",
        "noi": hamlet.name if hamlet is not None else "",
        "han_tra_loi": in_words(case.due_on) if case.due_on else "",
        "can_cu": "; ".join(suggestion.sources) if suggestion is not None else "",
        "noi_dung": suggestion.text if suggestion is not None else "",
        "dien_thoai": commune.phone,
    }
    return reply_templates.fill(text, values)


def _of(row: ReplyTemplate) -> Template:
    return Template(f"{OURS}{row.id}", row.name, (row.kind,) if row.kind else (), row.text)
