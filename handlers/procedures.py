"""The card of a procedure: who decides, papers, fee, time, place, on-line, what may not be asked for; one message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import sources_of
from handlers.people import TO_A_PERSON
from knowledge.answers import Answer, Citation, block
from knowledge.entry import Entry, Statement
from knowledge.errors import NothingInForce
from knowledge.fields import fill
from knowledge.meaning import Facet

FIELDS: tuple[tuple[Facet, str], ...] = (
    ("documents", "Giấy tờ"),
    ("fee", "Lệ phí"),
    ("time", "Thời hạn"),
    ("where", "Nơi nộp"),
    ("online", "Qua mạng"),
    ("result", "Nhận được"),
    ("avoid", "Không được đòi, cần tránh"),
)
NO_DISTRICTS = date(2025, 7, 1)
FITTED, FIXED = "Giấy tờ theo trường hợp của tôi", "Danh sách giấy tờ để tích"
SAME_FOR_ALL = " (ai cũng nộp như nhau)"
REPORT = Choice("Bị đòi thêm giấy: báo xã", "reports.start")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The card for the day that is spoken of; of a past day without grounds only who decided then is told."""
    entry = desk.knowledge.entry(message.argument)
    on = desk.talk.on_day or desk.today
    lines = [entry.title.upper(), *level_lines(entry, on)]
    try:
        answer = desk.knowledge.answer(entry.id, on=on, today=desk.today)
    except NothingInForce:
        if on == desk.today:
            raise
        answer = desk.knowledge.answer(entry.id, on=desk.today, today=desk.today)
        lines.append(f"Phần dưới là quy định hiện nay; cho ngày {on:%d/%m/%Y} em chưa có căn cứ.")
    fixed = entry.id in desk.knowledge.checklists and desk.knowledge.checklists[entry.id].is_fixed
    lines += field_lines(answer, SAME_FOR_ALL if fixed else "")
    if on >= NO_DISTRICTS:
        lines.append("Giấy hướng dẫn cũ ghi “huyện”: từ 01/07/2025 không còn cấp huyện.")
    desk.talk.topic = entry.id
    cited = [*level_citations(entry, on), *answer.citations, *_cited(answer)]
    choices = (*choices_for(entry, desk, card=False), REPORT, TO_A_PERSON)
    return Reply(
        "\n".join(lines), "answer", topic=entry.id, choices=choices, sources=sources_of(cited), asks="topics.follow"
    )


def level_lines(entry: Entry, on: date) -> Iterator[str]:
    """Who decides on that day and who did before; nothing is said about a day for which the level is not known."""
    levels = levels_on(entry, on)
    if levels:
        yield "Nơi giải quyết: " + "; ".join(fill(level.text, entry, on) for level in levels)
    elif entry.procedure and on < NO_DISTRICTS:
        yield f"Nơi giải quyết ngày {on:%d/%m/%Y}: em chưa có căn cứ."
    for level in entry.procedure.level if entry.procedure else ():
        if level.until and level.until < on:
            yield f"Đến hết {level.until:%d/%m/%Y}: {fill(level.text, entry, level.until)}"


def levels_on(entry: Entry, on: date) -> tuple[Statement, ...]:
    """Who decides on that day. A level of the past whose beginning is unknown holds until its known end."""
    every = entry.procedure.level if entry.procedure else ()
    return tuple(
        level
        for level in every
        if entry.holds(level, on) or (level.since is None and level.until is not None and on <= level.until)
    )


def field_lines(answer: Answer, on_papers: str = "") -> Iterator[str]:
    """One line for each field that the procedure has, whole; `on_papers` is said of its papers."""
    for facet, label in FIELDS:
        if facet in answer.facets:
            said = answer.facets[facet].text.replace("\n", " ")
            yield f"{label}{on_papers if facet == 'documents' else ''}: {said}"
        elif facet in ("documents", "fee", "time", "where"):
            yield f"{label}: em chưa có, hỏi bộ phận một cửa."


def choices_for(entry: Entry, desk: Desk, *, card: bool = True) -> tuple[Choice, ...]:
    """The ways from an answer to its card and to the list of papers fitted to a case."""
    if entry.procedure is None:
        return ()
    checklist = desk.knowledge.checklists.get(entry.id)
    whole = (Choice("Thẻ tóm tắt", f"procedures.card:{entry.id}", aside=True),) if card else ()
    if checklist is None:
        return whole
    return (Choice(FIXED if checklist.is_fixed else FITTED, f"papers.start:{entry.id}"), *whole)


def level_citations(entry: Entry, on: date) -> list[Citation]:
    """What the levels of that day rest on; a document that ended a level is cited without that level's dates."""
    cited = block(entry, levels_on(entry, on), on).citations
    return [replace(each, until=None) if each.since is None else each for each in cited]


def _cited(answer: Answer) -> list[Citation]:
    return [citation for facet, _ in FIELDS if facet in answer.facets for citation in answer.facets[facet].citations]


FEATURE = Feature("procedures", handle)
