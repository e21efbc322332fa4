"""Practice: a quiz for officers out of the entries themselves. Every option is something that our content really says.

Three kinds: which entry answers a citizen's words; on which document an answer rests; what a typed number is today.
Nothing is invented: wrong options are other entries' titles, documents and numbers of the same unit.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.answers import answer
from knowledge.base import Knowledge
from knowledge.entry import Entry, FieldValue
from knowledge.errors import NothingInForce
from knowledge.fields import in_words, names_in, value_on
from storage import practice
from storage.practice import PracticeRound

QUESTIONS = 10
OPTIONS = 4
ROUNDS_SEEN = 200


class NoSuchRound(Exception):
    """No such round of this officer."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its options; `right` is the place of the right one, `why` what the entry says."""

    kind: str
    entry: str
    asks: str
    options: tuple[str, ...]
    right: int
    why: str


async def begin(work: Workplace, knowledge: Knowledge) -> PracticeRound:
    """A new round for this officer."""
    work.demand(Act.PRACTICE_TAKE)
    chance = random.Random(f"{work.person.officer_id} {work.now.isoformat()}")  # nosec B311
    questions = make(knowledge, chance, on=work.today)
    row = PracticeRound(
        commune_id=work.commune_id,
        officer_id=work.person.officer_id,
        questions=[asdict(each) for each in questions],
        chosen=[None] * len(questions),
        begun_at=work.now,
    )
    await practice.keep(work.session, row)
    await work.note(Act.PRACTICE_TAKE, "practice", row.id, what="opened")
    return row


async def the_round(work: Workplace, round_id: int) -> PracticeRound:
    """A round of this officer's own. Raises NoSuchRound."""
    work.demand(Act.PRACTICE_TAKE)
    found = await practice.get(work.session, commune_id=work.commune_id, round_id=round_id)
    if found is None or found.officer_id != work.person.officer_id:
        raise NoSuchRound
    return found


async def hand_in(work: Workplace, round_id: int, chosen: Sequence[int | None]) -> PracticeRound:
    """Count what was right; a round that was handed in stays as it was."""
    row = await the_round(work, round_id)
    if row.ended_at is not None:
        return row
    row.chosen = [each if each is not None and 0 <= each < OPTIONS else None for each in chosen][: len(row.questions)]
    row.score = sum(each == question["right"] for each, question in zip(row.chosen, row.questions, strict=False))
    row.ended_at = work.now
    await practice.keep(work.session, row)
    await work.note(Act.PRACTICE_TAKE, "practice", row.id, what="sent")
    return row


async def my_rounds(work: Workplace) -> list[PracticeRound]:
    """One's own scores, the newest first."""
    work.demand(Act.PRACTICE_TAKE)
    mine = {"commune_id": work.commune_id, "officer_id": work.person.officer_id}
    return await practice.ended(work.session, limit=20, **mine)


async def all_rounds(work: Workplace) -> list[PracticeRound]:
    """Everybody's scores, for the trainer; the look leaves a trace."""
    work.demand(Act.PRACTICE_SEE)
    await work.note(Act.PRACTICE_SEE, "practice")
    return await practice.ended(work.session, commune_id=work.commune_id, limit=ROUNDS_SEEN)


def make(knowledge: Knowledge, chance: random.Random, *, on: date, count: int = QUESTIONS) -> list[Question]:
    """So many questions about different entries, the three kinds in turn; fewer where the content gives fewer."""
    entries = [entry for entry in knowledge.entries.values() if entry.status == "reviewed" and _speaks(entry, on)]
    chance.shuffle(entries)
    kinds: list[Callable[[Entry], Question | None]] = [
        lambda entry: _which_entry(entry, entries, chance, on),
        lambda entry: _which_number(entry, entries, chance, on),
        lambda entry: _which_document(entry, entries, chance, on),
    ]
    found: list[Question] = []
    for entry in entries:
        if len(found) == count:
            break
        turn = len(found) % len(kinds)
        made = (kind(entry) for kind in (*kinds[turn:], *kinds[:turn]))
        if (question := next((each for each in made if each is not None), None)) is not None:
            found.append(question)
    return found


def _which_entry(entry: Entry, entries: Sequence[Entry], chance: random.Random, on: date) -> Question | None:
    if not entry.variants:
        return None
    near = [other.title for other in entries if other.id in entry.related]
    others = [*near, *(other.title for other in entries if other.id.partition(".")[0] == entry.id.partition(".")[0])]
    asked = chance.choice(entry.variants)
    asks = f"Người dân hỏi: “{asked}”. Việc này là việc nào?"
    return _question("entry", entry, asks, entry.title, others, chance, on)


def _which_number(entry: Entry, entries: Sequence[Entry], chance: random.Random, on: date) -> Question | None:
    """A number of the first screen, blanked; the others are numbers of the same unit that other entries really name."""
    for one in entry.in_force(entry.answer + entry.steps, on):
        for name in names_in(one.text):
            value = value_on(entry.fields.get(name, ()), entry, on)
            if value is None or not value.unit or isinstance(value.value, str):
                continue
            right = in_words(value.value, value.unit)
            others = [in_words(each.value, each.unit) for each in _of_unit(value, entries, on)]
            text = one.text.replace("{" + name + "}", "……")
            if names_in(text):
                continue  # another number would stand there as a name
            return _question("number", entry, f"{entry.title}. Điền số: “{text}”", right, others, chance, on)
    return None


def _which_document(entry: Entry, entries: Sequence[Entry], chance: random.Random, on: date) -> Question | None:
    cites = answer(entry, on, on).citations
    if not cites:
        return None
    mine = {source.cite for source in entry.sources.values()}
    others = [each.cite for other in entries for each in other.sources.values() if each.cite not in mine]
    chance.shuffle(others)
    return _question("document", entry, f"“{entry.title}” dựa vào căn cứ nào?", cites[0].cite, others, chance, on)


def _question(
    kind: str, entry: Entry, asks: str, right: str, others: Iterable[str], chance: random.Random, on: date
) -> Question | None:
    wrong = [each for each in dict.fromkeys(others) if each != right]
    if len(wrong) < OPTIONS - 1:
        return None
    options = [right, *chance.sample(wrong[: OPTIONS * 3], OPTIONS - 1)]
    chance.shuffle(options)
    said = answer(entry, on, on)
    why = f"{said.headline} ({said.citations[0].cite})" if said.citations else said.headline
    return Question(kind, entry.id, asks, tuple(options), options.index(right), why)


def _of_unit(value: FieldValue, entries: Sequence[Entry], on: date) -> Iterator[FieldValue]:
    for entry in entries:
        for values in entry.fields.values():
            other = value_on(values, entry, on)
            if other is not None and other.unit == value.unit and not isinstance(other.value, str):
                yield other


def _speaks(entry: Entry, on: date) -> bool:
    try:
        answer(entry, on, on)
    except NothingInForce:
        return False
    return True
