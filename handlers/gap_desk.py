"""Gaps at the console: what is not answered, from where, and a draft for it in one tap."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from handlers import content_desk
from handlers.content_desk import Books, ContentError
from handlers.gaps import Gap, cluster
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge import drafts
from storage import case_lists, entry_versions, gap_answers, places, questions
from storage.entry_versions import EntryVersion

NEWEST = 2_000
SHOWN = 100


class NoSuchGap(ContentError):
    """No open gap of this commune holds this question."""


@dataclass(frozen=True, slots=True)
class Told:
    """One gap as the console shows it: `hamlets` with how often, `draft` where somebody writes on it already."""

    key: int
    gap: Gap
    hamlets: tuple[tuple[str, int], ...]
    draft: EntryVersion | None


async def gaps(work: Workplace) -> list[Told]:
    """The most asked first; what was answered since is gone."""
    work.demand(Act.GAP_READ)
    linked = await gap_answers.linked(work.session, commune_id=work.commune_id)
    opened = {each.entry_id: each for each in await entry_versions.opened(work.session, commune_id=work.commune_id)}
    asked = await questions.gaps(work.session, commune_id=work.commune_id, limit=NEWEST)
    found = cluster([one for one in asked if one.id not in linked or linked[one.id].settled_at is None])[:SHOWN]
    villages = await places.present(work.session, commune_id=work.commune_id, on=work.today)
    names = {each.id: each.name for each in villages}
    accounts = [one.account_id for gap in found for one in gap.questions if one.account_id is not None]
    homes = await case_lists.hamlets_of(work.session, commune_id=work.commune_id, account_ids=accounts)
    told = []
    for gap in found:
        where: Counter[str] = Counter()
        for one in gap.questions:
            named = next((each.name for each in villages if f" {each.key} " in f" {one.folded_text} "), None)
            home = named or names.get(homes.get(one.account_id or 0))
            where.update([home] if home else [])
        entry_id = next((linked[one.id].entry_id for one in gap.questions if one.id in linked), "")
        told.append(Told(_key(gap), gap, tuple(where.most_common()), opened.get(entry_id)))
    return told


async def draft(work: Workplace, key: int, books: Books) -> EntryVersion:
    """A draft for a gap: of the entry that was disliked, else of a new one. Raises NoSuchGap."""
    work.demand(Act.KNOWLEDGE_WRITE)
    found = next((each for each in await gaps(work) if any(one.id == key for one in each.gap.questions)), None)
    if found is None:
        raise NoSuchGap
    if found.draft is not None:
        return found.draft
    asked = tuple(dict.fromkeys(one.masked_text for one in found.gap.questions))
    ids = tuple(one.id or 0 for one in found.gap.questions)
    topics = Counter(one.topic for one in found.gap.questions if one.topic in books.mine.entries)
    if topics and found.gap.disliked:
        entry_id = str(topics.most_common(1)[0][0])
        version = await content_desk.open_draft(work, entry_id, books)
        await gap_answers.link(work.session, commune_id=work.commune_id, entry_id=entry_id, question_ids=list(ids))
        return version
    title = drafts.title_from(min(asked, key=len))
    return await content_desk.new_entry(work, title, books, asked=asked, question_ids=ids)


def _key(gap: Gap) -> int:
    """The newest of its questions names it."""
    return max(one.id or 0 for one in gap.questions)
