"""The knowledge base as its readers at the console see it: found, dated, by document, and why a question found what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz import fuzz, process

from handlers.content_desk import Books, is_stale
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.base import Knowledge
from knowledge.entry import Dated, Entry
from knowledge.fields import fill, in_words
from knowledge.meaning import Meaning
from knowledge.vietnamese import fold, syllables
from storage import entry_versions
from storage.entry_versions import EntryVersion

HALF_A_YEAR = timedelta(days=183)
DOCUMENT = re.compile(r"\d{1,4}/\d{4}/[A-ZĐ][A-ZĐ0-9\-]*\d*|\d{1,4}/[A-ZĐ][A-ZĐ\-]{2,}")
STATES = {
    "shipped": "bản gốc",
    "edited": "xã đã sửa",
    "own": "của xã",
    "suspended": "bản của xã tạm dừng",
    "draft": "đang soạn",
    "waiting": "chờ duyệt",
    "returned": "bị trả lại",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in the list; `states` are keys of STATES."""

    entry_id: str
    title: str
    papi: int
    checked_on: date | None
    states: tuple[str, ...]
    unchecked: bool = False

    @property
    def states_in_words(self) -> str:
        """Which text answers, and what is being done with it."""
        return ", ".join(STATES[state] for state in self.states)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every entry of a commune, and how many wait for somebody: by the key of the list that shows them."""

    rows: list[Row]
    tasks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which something that an entry says begins or ends."""

    day: date
    entry: Entry
    what: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why a question found what it found: the likeliest entries, and what of the first one fits its words."""

    meaning: Meaning
    topics: tuple[tuple[str, str, float], ...]
    nearest: str
    in_title: tuple[str, ...]


async def shelf(work: Workplace, books: Books) -> Shelf:
    """All entries by title, those that only exist as drafts among them."""
    work.demand(Act.KNOWLEDGE_READ)
    live = await entry_versions.published(work.session, commune_id=work.commune_id)
    opened = await entry_versions.opened(work.session, commune_id=work.commune_id)
    ours = {one.entry_id: one for one in live if one.text}
    drafts = {one.entry_id: one for one in opened}
    ids = {*books.shipped.entries, *ours, *drafts}
    rows = [_row(entry_id, ours.get(entry_id), drafts.get(entry_id), books, work.today) for entry_id in ids]
    tasks = {
        "waiting": len(drafts),
        "suspended": sum("suspended" in row.states for row in rows),
        "unchecked": sum(row.unchecked for row in rows),
    }
    return Shelf(sorted(rows, key=lambda row: fold(row.title)), tasks)


def is_shown(row: Row, shows: str) -> bool:
    """Whether a row stands in one of the lists; an unknown name shows all."""
    match shows:
        case "own":
            return bool({"own", "edited", "suspended"} & set(row.states))
        case "waiting":
            return bool({"draft", "waiting", "returned"} & set(row.states))
        case "suspended":
            return "suspended" in row.states
        case "unchecked":
            return row.unchecked
    return True


def search(shelf: Shelf, text: str, books: Books, *, on: date) -> list[Row]:
    """Rows whose title, id or sources hold the words, marks aside; then those that the bot itself would think of."""
    said = f" {' '.join(syllables(fold(text)))} "
    by_words = [row for row in shelf.rows if said in f" {_folded(row, books)} " or text.strip() == row.entry_id]
    meant = [found.topic for found in books.mine.understand(text, on=on).topics]
    by_id = {row.entry_id: row for row in shelf.rows}
    known = {row.entry_id for row in by_words}
    return by_words + [by_id[each] for each in meant if each in by_id and each not in known]


def why(knowledge: Knowledge, text: str, *, on: date) -> Why:
    """What the bot made of a question by itself, before any talk."""
    meaning = knowledge.understand(text, on=on)
    topics = tuple((found.topic, knowledge.entry(found.topic).title, found.score) for found in meaning.topics[:5])
    if not topics:
        return Why(meaning, (), "", ())
    first = knowledge.entry(topics[0][0])
    nearest = process.extractOne(
        meaning.folded, {each: fold(each) for each in first.variants}, scorer=fuzz.token_set_ratio
    )
    asked = set(syllables(meaning.folded))
    held = tuple(word for word in syllables(first.title) if fold(word) in asked)
    return Why(meaning, topics, str(nearest[2]) if nearest else "", tuple(dict.fromkeys(held)))


def turns(knowledge: Knowledge, *, today: date) -> list[Turn]:
    """What begins or ends from tomorrow on for half a year, by day."""
    found = [turn for entry in knowledge.entries.values() for turn in _turns_of(entry, today)]
    return sorted(found, key=lambda turn: (turn.day, turn.entry.title))


def is_unchecked(entry: Entry, today: date) -> bool:
    """Whether nobody checked it for half a year."""
    return entry.checked_on < today - HALF_A_YEAR


def documents(knowledge: Knowledge) -> list[tuple[str, int]]:
    """Every document that is cited by number, and how many entries lean on it; the most leant on first."""
    counted: Counter[str] = Counter()
    for entry in knowledge.entries.values():
        cites = " ".join(source.cite for source in entry.sources.values())
        counted.update(set(DOCUMENT.findall(cites)))
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def touched_by(knowledge: Knowledge, name: str) -> list[tuple[Entry, tuple[str, ...]]]:
    """Every entry of which a sentence or a number leans on the document, and where; `name` is any part of its cite."""
    wanted = fold(name)
    found = ((entry, _leaning(entry, wanted)) for entry in knowledge.entries.values())
    return sorted(((entry, where) for entry, where in found if where), key=lambda each: fold(each[0].title))


def _row(entry_id: str, ours: EntryVersion | None, draft: EntryVersion | None, books: Books, today: date) -> Row:
    entry = books.mine.entries.get(entry_id)
    states = []
    if ours is not None and is_stale(ours, books.shipped):
        states.append("suspended")
    elif ours is not None:
        states.append("edited" if entry_id in books.shipped.entries else "own")
    elif entry is not None:
        states.append("shipped")
    if draft is not None:
        states.append(draft.state)
    title = entry.title if entry else (ours or draft).title if (ours or draft) else entry_id  # type: ignore[union-attr]
    checked_on = entry.checked_on if entry else None
    late = entry is not None and is_unchecked(entry, today)
    return Row(entry_id, title, entry.papi if entry else 0, checked_on, tuple(states), late)


def _folded(row: Row, books: Books) -> str:
    entry = books.mine.entries.get(row.entry_id)
    cites = [source.cite for source in entry.sources.values()] if entry else []
    return " ".join(syllables(fold(" ".join([row.title, row.entry_id, *cites]))))


def _turns_of(entry: Entry, today: date) -> list[Turn]:
    last = today + HALF_A_YEAR
    said: list[tuple[str, Dated]] = [(one.text or one.items[0], one) for one in entry.statements()]
    for name, values in entry.fields.items():
        said += [(f"số liệu {name}: {in_words(value.value, value.unit)}", value) for value in values]
    found = []
    for what, dated in said:
        if dated.since and today < dated.since <= last:
            found.append(Turn(dated.since, entry, f"bắt đầu: {_on(what, entry, dated.since)}"))
        if dated.until and today <= dated.until <= last:
            found.append(Turn(dated.until, entry, f"ngày cuối: {_on(what, entry, dated.until)}"))
    return found


def _on(text: str, entry: Entry, day: date) -> str:
    """The words with the numbers of that day."""
    return _short(fill(text, entry, day))


def _leaning(entry: Entry, wanted: str) -> tuple[str, ...]:
    where = [f"“{_short(one.text or one.items[0])}”" for one in entry.statements() if _cites(one.sources, wanted)]
    where += [
        f"số liệu {name}"
        for name, values in entry.fields.items()
        if any(_cites([value.source], wanted) for value in values)
    ]
    return tuple(where)


def _cites(sources: Sequence[object], wanted: str) -> bool:
    return any(wanted in fold(getattr(source, "cite", "")) for source in sources)


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:70].rsplit(" ", 1)[0] + "…"
