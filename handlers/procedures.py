"""The card of a procedure: who decides, papers, fee, time, place, on-line, what may not be asked for; one message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import sources_of
from handlers.people import TO_A_PERSON
from knowledge.answers import Answer, Citation, block
from knowledge.entry import Entry
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
REPORT = Choice("Bị đòi thêm giấy: báo xã", "reports.start")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The card for the day that is spoken of; a procedure that says nothing that day raises NothingInForce."""
    entry = desk.knowledge.entry(message.argument)
    on = desk.talk.on_day or desk.today
    answer = desk.knowledge.answer(entry.id, on=on, today=desk.today)
    lines = [f"{entry.title.upper()}", *level_lines(entry, on), *field_lines(answer)]
    if on >= NO_DISTRICTS:
        lines.append("Giấy hướng dẫn cũ ghi “huyện”: từ 01/07/2025 không còn cấp huyện.")
    desk.talk.topic = entry.id
    cited = [*_level_citations(entry, on), *answer.citations, *_cited(answer)]
    choices = (*choices_for(entry, desk, card=False), REPORT, TO_A_PERSON)
    return Reply(
        "\n".join(lines), "answer", topic=entry.id, choices=choices, sources=sources_of(cited), asks="topics.follow"
    )


def level_lines(entry: Entry, on: date) -> Iterator[str]:
    """Who decides on that day; nothing is said about a day for which the level is not known."""
    levels = entry.in_force(entry.procedure.level, on) if entry.procedure else ()
    if levels:
        yield "Nơi giải quyết: " + "; ".join(level.text for level in levels)
    elif entry.procedure and on < NO_DISTRICTS:
        yield f"Nơi giải quyết ngày {on:%d/%m/%Y}: em chưa có căn cứ."


def field_lines(answer: Answer) -> Iterator[str]:
    """One line for each field that the procedure has, whole."""
    for facet, label in FIELDS:
        if facet in answer.facets:
            yield f"{label}: " + answer.facets[facet].text.replace("\n", " ")
        elif facet in ("documents", "fee", "time", "where"):
            yield f"{label}: em chưa có, hỏi bộ phận một cửa."


def choices_for(entry: Entry, desk: Desk, *, card: bool = True) -> tuple[Choice, ...]:
    """The ways from an answer to its card and to the list of papers fitted to a case."""
    if entry.procedure is None:
        return ()
    fitted = (Choice("Giấy tờ theo trường hợp của tôi", f"papers.start:{entry.id}"),)
    whole = (Choice("Thẻ tóm tắt", f"procedures.card:{entry.id}", aside=True),)
    return (*(fitted if entry.id in desk.knowledge.checklists else ()), *(whole if card else ()))


def _level_citations(entry: Entry, on: date) -> list[Citation]:
    levels = entry.in_force(entry.procedure.level, on) if entry.procedure else ()
    return list(block(entry, levels, on).citations)


def _cited(answer: Answer) -> list[Citation]:
    return [citation for facet, _ in FIELDS if facet in answer.facets for citation in answer.facets[facet].citations]


FEATURE = Feature("procedures", handle)
