""" "5 ngày làm việc kể từ hôm nay là ngày nào": the last day, counted day by day over the commune's calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from handlers.contract import Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from knowledge.deadlines import UNITS, Deadline, Rule, Unit, count, in_words, received_on
from knowledge.vietnamese import fold
from knowledge.working_days import Change, WorkingDays
from storage import calendars
from storage.talks import Talk

SHOWN = "deadlines.shown"
MOST_LINES = 24
MOST_DAYS = 120
_TERM = re.compile(r"\b(?P<days>\d{1,3})\s*ngay(?P<working> lam viec)?\b")
_FROM = re.compile(
    r"\b(?:ke tu|tinh tu|tu|nop|gui|thu ly|nhan)(?: \w+){0,3}? (?:hom nay|bay gio"
    r"|(?P<day>\d{1,2})[/-](?P<month>\d{1,2})(?:[/-](?P<year>\d{4}))?)"
)
_WHICH = re.compile(r"\b(?:ngay nao|ngay may|hom nao|khi nao|bao gio|thu may|may tay|toi ngay|den ngay)\b")


@dataclass(frozen=True, slots=True)
class Term:
    """What is to be counted; `label` and `sources` where the law sets it."""

    days: int
    unit: Unit
    label: str = ""
    sources: tuple[Source, ...] = ()


async def calendar_of(desk: Desk) -> WorkingDays:
    """The shipped calendar with the commune's own changes and approvals."""
    own = await calendars.changes(desk.shelf, commune_id=desk.commune_id)
    years = await calendars.approved(desk.shelf, commune_id=desk.commune_id)
    changes = (*desk.knowledge.calendar_changes, *(Change(each.day, each.is_off, each.why) for each in own))
    return WorkingDays(changes, (each.year for each in years))


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The last day; "đếm từng ngày" shows how it came about."""
    calendar = await calendar_of(desk)
    held = desk.talk.held
    if message.verb == "days" and "start" in held:
        return explain(count(date.fromisoformat(held["start"]), held["days"], held["unit"], calendar), desk)
    start = read_start(message.text, desk, calendar)
    term = read_term(message.text, desk, start)
    rule = _rule(fold(message.text), desk)
    if start is not None and term is None and rule is not None:
        text = (
            f"Dạ, hạn {rule.label}: em chưa có văn bản xác nhận cho ngày {start:%d/%m/%Y}. Anh/chị hỏi cán bộ giúp em."
        )
        return Reply(text, "answer", topic=rule.entry_id, choices=(TO_A_PERSON,), unhelpful=True)
    if start is None or term is None:
        return Reply("Dạ, anh/chị cho em số ngày và ngày bắt đầu, ví dụ: 5 ngày làm việc từ 23/11.", "answer")
    desk.talk.held = {"start": start.isoformat(), "days": term.days, "unit": term.unit}
    return answer(count(start, term.days, term.unit, calendar), term, desk)


def answer(deadline: Deadline, term: Term, desk: Desk) -> Reply:
    """The day in the first line, then from when it was counted; a law's term with its law."""
    name = "ngày làm việc" if term.unit == "working_day" else "ngày"
    unsure = " (dự kiến)" if deadline.is_provisional else ""
    first, last = in_words(deadline.received_on), in_words(deadline.due_on)
    lines = [f"Dạ, {term.days} {name} tính từ {first} thì hạn là {last}{unsure}."]
    if term.label:
        lines.append(f"Đây là hạn {term.label}.")
    if deadline.is_provisional:
        lines.append("Dự kiến vì lịch nghỉ lễ của năm này xã chưa duyệt.")
    choices = (Choice("Đếm từng ngày", "deadlines.days"), TO_A_PERSON)
    return Reply("\n".join(lines), "answer", choices=choices, sources=(*term.sources, _source(desk)), asks=SHOWN)


def explain(deadline: Deadline, desk: Desk) -> Reply:
    """One line a day: counted, or why not."""
    lines = [f"{in_words(deadline.received_on)}: ngày nhận, không tính"]
    for each in deadline.days[:MOST_LINES]:
        counted = f"ngày thứ {each.number}" if each.number else "không tính"
        lines.append(f"{in_words(each.day)}: {counted}" + (f" ({each.why})" if each.why else ""))
    more = [f"… và {len(deadline.days) - MOST_LINES} ngày nữa"] if len(deadline.days) > MOST_LINES else []
    text = "\n".join(["Dạ, em đếm như sau:", *lines, *more, f"Hạn: {in_words(deadline.due_on)}."])
    return Reply(text, "answer", choices=(TO_A_PERSON,), sources=(_source(desk),), asks=SHOWN)


def read_start(text: str, desk: Desk, calendar: WorkingDays) -> date | None:
    """The day from which is counted; what comes after closing time counts from the next working morning."""
    start = _FROM.search(fold(text))
    if start is None:
        return None
    if start["day"] is None:
        return received_on(desk.now, calendar)
    try:
        return calendar.next_worked(date(int(start["year"] or desk.today.year), int(start["month"]), int(start["day"])))
    except ValueError:
        return None


def read_term(text: str, desk: Desk, start: date | None) -> Term | None:
    """The number of days that was named, else the law's for the matter that was named."""
    folded = fold(text)
    named = _TERM.search(folded)
    if named is not None:
        days = int(named["days"])
        return Term(days, "working_day" if named["working"] else "calendar_day") if 0 < days <= MOST_DAYS else None
    rule = _rule(folded, desk)
    value = rule.term(desk.knowledge.entries, start or desk.today) if rule else None
    if rule is None or value is None or not isinstance(value.value, int):
        return None
    checked_on = desk.knowledge.entry(rule.entry_id).checked_on
    law = Source(value.source.cite, value.since, value.until, checked_on)
    return Term(value.value, UNITS[value.unit], rule.label, (law,))


def _rule(folded: str, desk: Desk) -> Rule | None:
    """The law's term for the matter that was named; the first that fits."""
    return next((each for each in desk.knowledge.deadline_rules.values() if each.is_asked(folded)), None)


def _source(desk: Desk) -> Source:
    cite = f"Lịch làm việc của {desk.commune.name}"
    return Source(cite, since=None, until=None, checked_on=desk.commune.checked_on)


def takes(message: Incoming, _talk: Talk) -> bool:
    """A number of days or a matter with a term, from a day, and the question which day that is."""
    folded = fold(message.text)
    if not (_FROM.search(folded) and _WHICH.search(folded)):
        return False
    return bool(_TERM.search(folded)) or " han " in f" {folded} "


FEATURE = Feature("deadlines", handle, takes=takes)
