"""What an entry says on a day, rendered: headline, steps, facets, details page by page, doubts, and what changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.entry import Entry, FieldValue, Statement
from knowledge.errors import NothingInForce
from knowledge.fields import fill, names_in, value_on
from knowledge.meaning import Facet

SHOWN: tuple[Facet, ...] = ("documents", "fee", "time", "where", "who", "online", "result", "avoid", "changed")
PAGE = 450  # characters of details on one page
UNCONFIRMED = "(em chưa có văn bản xác nhận)"
DOUBTS_LEAD = "Điểm này em chưa có văn bản xác nhận:"


@dataclass(frozen=True, slots=True)
class Citation:
    """What an answer rests on, with the days of the statement that rests on it. `since` None: beginning not known."""

    cite: str
    since: date | None
    until: date | None
    checked_on: date


@dataclass(frozen=True, slots=True)
class Block:
    """A rendered piece of text and what it rests on."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """All that an entry says on one day.

    `superseded_on`: for a past day, the first day on which a sentence or a number of the first screen no longer held.
    `upcoming`: the first day after `today` from which another sentence or number is already known.
    """

    entry: Entry
    on: date
    headline: str
    steps: str
    citations: tuple[Citation, ...]
    facets: Mapping[Facet, Block]
    more: tuple[Block, ...]
    doubts: Block | None
    said: tuple[Block, ...]
    superseded_on: date | None
    upcoming: date | None


def answer(entry: Entry, on: date, today: date) -> Answer:
    """The answer for that day; raises NothingInForce when the entry has no first answer for it."""
    first = entry.in_force(entry.answer, on)
    if not first:
        raise NothingInForce(entry.id, on)
    steps = entry.in_force(entry.steps, on)
    details = {facet: entry.in_force(said, on) for facet, said in entry.details.items()}
    return Answer(
        entry=entry,
        on=on,
        headline=" ".join(_text(entry, one, on) for one in first),
        steps="\n".join(_text(entry, one, on) for one in steps),
        citations=_citations(entry, (*first, *steps), on),
        facets={facet: block(entry, details[facet], on) for facet in SHOWN if details.get(facet)},
        more=_pages(entry, details.get("more", ()), on),
        doubts=_doubts(entry),
        said=tuple(block(entry, [one], on) for one in (*first, *steps, *_flat(details))),
        superseded_on=_superseded_on(entry, (*first, *steps), on, today),
        upcoming=_upcoming(entry, (*first, *steps), today),
    )


def block(entry: Entry, statements: Iterable[Statement], on: date) -> Block:
    """Statements as lines of one piece; items get their numbers here."""
    held = list(statements)
    return Block("\n".join(_text(entry, one, on) for one in held), _citations(entry, held, on))


def _text(entry: Entry, statement: Statement, on: date) -> str:
    items = "; ".join(f"{number}) {item.rstrip('.;')}" for number, item in enumerate(statement.items, 1))
    lead = statement.text.rstrip(" :.") + ": " if statement.text and items else statement.text
    text = fill(lead + items, entry, on)
    if items and not text.endswith("."):
        text += "."
    return f"{text} {UNCONFIRMED}" if _unconfirmed(entry, statement, on) else text


def _unconfirmed(entry: Entry, statement: Statement, on: date) -> bool:
    """The statement, or a number in it, rests on no document that was read and no address."""
    numbers = _numbers(entry, statement, on)
    return statement.unconfirmed or any(one.source.confidence != "high" and not one.source.read_at for one in numbers)


def _numbers(entry: Entry, statement: Statement, on: date) -> Iterator[FieldValue]:
    """The amounts and dates in a statement that day; codes and names are no figures that need a law of their own."""
    for name in dict.fromkeys(names_in(" ".join((statement.text, *statement.items)))):
        value = value_on(entry.fields.get(name, ()), entry, on)
        if value is not None and not isinstance(value.value, str):
            yield value


def _citations(entry: Entry, statements: Iterable[Statement], on: date) -> tuple[Citation, ...]:
    """Each document once, in the order in which it is leant on; a number's own law follows that of its statement."""
    cited: dict[str, Citation] = {}
    for one in statements:
        for source in one.sources:
            cited.setdefault(source.cite, Citation(source.cite, one.since, one.until, entry.checked_on))
        for value in _numbers(entry, one, on):
            cite = value.source.cite
            if not any(cite.startswith(known) or known.startswith(cite) for known in cited):
                cited[cite] = Citation(cite, value.since, value.until, entry.checked_on)
    return tuple(cited.values())


def _pages(entry: Entry, statements: Iterable[Statement], on: date) -> tuple[Block, ...]:
    """As many whole statements on a page as fit; one that is longer than a page goes on, sentence by sentence."""
    pages: list[Block] = []
    for one in statements:
        cited = _citations(entry, [one], on)
        for text in _pieces(_text(entry, one, on)):
            if pages and len(pages[-1].text) + 1 + len(text) <= PAGE:
                known = {citation.cite for citation in pages[-1].citations}
                fresh = tuple(citation for citation in cited if citation.cite not in known)
                pages[-1] = Block(f"{pages[-1].text}\n{text}", pages[-1].citations + fresh)
            else:
                pages.append(Block(text, cited))
    return tuple(pages)


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces no longer than a page, cut behind a sentence, else an item, else a word."""
    while len(text) > PAGE:
        room = text[: PAGE + 1]
        end = next(
            (at for mark in (". ", "; ", " ") if (at := room.rfind(mark) + len(mark.rstrip())) > PAGE // 3), PAGE
        )
        yield text[:end].rstrip()
        text = text[end:].lstrip()
    yield text


def _doubts(entry: Entry) -> Block | None:
    if not entry.doubts:
        return None
    lines = [f"- {doubt.text.rstrip('.')} (hỏi {doubt.ask})." for doubt in entry.doubts]
    return Block("\n".join([DOUBTS_LEAD, *(fill(line, entry, entry.checked_on) for line in lines)]))


def _flat(details: Mapping[Facet, tuple[Statement, ...]]) -> tuple[Statement, ...]:
    return tuple(one for said in details.values() for one in said)


def _superseded_on(entry: Entry, opening: Iterable[Statement], on: date, today: date) -> date | None:
    """The day after the last day of a sentence of the opening, or of a number in it, when that day has come."""
    said = list(opening)
    ends = [one.until for one in said] + [value.until for one in said for value in _numbers(entry, one, on)]
    gone = (last + timedelta(days=1) for last in ends if last is not None)
    return min((day for day in gone if on < day <= today), default=None)


def _upcoming(entry: Entry, opening: Iterable[Statement], today: date) -> date | None:
    """The first later day on which another answer begins, or another value of a number in the opening."""
    named = {name for one in opening for name in names_in(" ".join((one.text, *one.items)))}
    starts = [one.since for one in entry.answer]
    starts += [value.since for name in named for value in entry.fields.get(name, ())]
    return min((day for day in starts if day is not None and day > today), default=None)
