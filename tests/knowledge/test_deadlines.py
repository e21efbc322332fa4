"""The working calendar and terms counted over it, on days that were looked up by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import CONTENT, Knowledge
from knowledge.deadlines import UNITS, count, faults, load_rules, received_on
from knowledge.working_days import Change, WorkingDays, load_changes

SHIPPED = WorkingDays(load_changes(CONTENT), approved=range(2025, 2028))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 2), False),  # the package lacks it
        (date(2026, 1, 10), True),  # a Saturday worked instead; the package lacks it
        (date(2026, 1, 17), False),
        (date(2026, 2, 16), False),
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 27), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 31), False),
        (date(2026, 9, 3), True),
        (date(2026, 11, 23), True),
        (date(2026, 11, 28), False),
    ],
)
def test_days_off_and_days_worked(day: date, worked: bool) -> None:
    assert SHIPPED.is_worked(day) is worked
    assert bool(SHIPPED.why_off(day)) is not worked


def test_a_late_change_goes_before_the_shipped_calendar() -> None:
    late = WorkingDays((*load_changes(CONTENT), Change(date(2026, 12, 1), True, "bão")), approved=[2026])
    assert not late.is_worked(date(2026, 12, 1)) and late.why_off(date(2026, 12, 1)) == "bão"


@pytest.mark.parametrize(
    ("start", "days", "unit", "due"),
    [
        (date(2026, 11, 25), 5, "working_day", date(2026, 12, 2)),
        (date(2026, 12, 30), 3, "working_day", date(2027, 1, 5)),
        (date(2025, 12, 31), 5, "working_day", date(2026, 1, 9)),
        (date(2026, 1, 8), 2, "working_day", date(2026, 1, 10)),
        (date(2026, 2, 13), 3, "working_day", date(2026, 2, 25)),
        (date(2026, 11, 1), 7, "calendar_day", date(2026, 11, 9)),
        (date(2026, 3, 28), 30, "calendar_day", date(2026, 4, 28)),
        (date(2026, 12, 2), 30, "calendar_day", date(2027, 1, 4)),
    ],
)
def test_terms(start: date, days: int, unit: str, due: date) -> None:
    assert count(start, days, unit, SHIPPED).due_on == due  # type: ignore[arg-type]


def test_after_closing_time_counts_from_the_next_working_morning() -> None:
    friday = datetime(2026, 11, 27, 9, 59, tzinfo=UTC)  # 16:59 in Viet Nam
    assert received_on(friday, SHIPPED) == date(2026, 11, 27)
    assert received_on(friday + timedelta(minutes=1), SHIPPED) == date(2026, 11, 30)
    assert received_on(datetime(2026, 11, 28, 3, tzinfo=UTC), SHIPPED) == date(2026, 11, 30)


def test_a_year_that_nobody_approved_or_a_day_that_is_not_confirmed_is_provisional() -> None:
    unapproved = WorkingDays(load_changes(CONTENT), approved=[2026])
    assert not unapproved.is_provisional(date(2026, 3, 2), date(2026, 3, 6))
    assert unapproved.is_provisional(date(2026, 12, 30), date(2027, 1, 5))
    assert unapproved.is_provisional(date(2026, 11, 20), date(2026, 11, 25))  # over 24 November


@given(start=st.dates(date(2025, 1, 2), date(2027, 6, 1)), days=st.integers(1, 60))
def test_a_due_day_is_worked_and_the_counted_days_add_up(start: date, days: int) -> None:
    working = count(start, days, "working_day", SHIPPED)
    assert SHIPPED.is_worked(working.due_on)
    assert (
        sum(SHIPPED.is_worked(start + timedelta(days=n)) for n in range(1, (working.due_on - start).days + 1)) == days
    )
    assert [each.number for each in working.days if each.number] == list(range(1, days + 1))
    plain = count(start, days, "calendar_day", SHIPPED)
    assert SHIPPED.is_worked(plain.due_on) and start + timedelta(days=days) <= plain.due_on <= working.due_on


def test_every_rule_rests_on_a_typed_field(knowledge: Knowledge) -> None:
    rules = load_rules(CONTENT)
    assert len(rules) >= 25
    for rule in rules.values():
        values = knowledge.entry(rule.entry_id).fields[rule.field]
        for value in values:
            assert value.source.cite and value.since and value.unit in UNITS, rule.id
            assert rule.term(knowledge.entries, value.since) == value
        assert rule.term(knowledge.entries, min(value.since for value in values) - timedelta(days=1)) is None


def test_the_unit_of_a_term_is_that_of_its_day(knowledge: Knowledge) -> None:
    rule = load_rules(CONTENT)["khieunai.thu-ly"]
    before, since = (rule.term(knowledge.entries, day) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert before is not None and since is not None
    assert (before.value, UNITS[before.unit]) == (10, "calendar_day")
    assert (since.value, UNITS[since.unit]) == (7, "working_day")


def test_a_broken_rule_is_named(tmp_path: Path, knowledge: Knowledge) -> None:
    listed = [
        {"id": "a", "entry": "khieunai.thoi-han-giai-quyet", "field": "khong_co", "starts": "received"},
        {"id": "b", "entry": "khieunai.thoi-han-giai-quyet", "field": "lan1_xa", "starts": "received"},
    ]
    rules = [rule | {"label": "x", "words": ["x"]} for rule in listed]
    (tmp_path / "deadlines.yaml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    named = [str(fault) for fault in faults(tmp_path, knowledge.entries)]
    assert len(named) == 2 and "a: không có ô" in named[0] and "b: ô “lan1_xa” phải là số ngày" in named[1]
