"""Passing midnight into the days on which much changed: what is said changes as reviewed, and nothing else does."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import answer, block
from knowledge.base import CONTENT, Knowledge
from knowledge.entry import Entry
from knowledge.errors import NothingInForce
from knowledge.parameters import Parameter

REVIEWED: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("clock_changes.yaml").read_text(encoding="utf-8")
)
DAYS = [date.fromisoformat(day) for day in REVIEWED]
ONE_DAY = timedelta(days=1)
ALL_FACETS = ("documents", "fee", "time", "where", "who", "online", "result", "avoid", "changed")


def level(entry: Entry, day: date) -> str:
    levels = entry.procedure.level if entry.procedure else ()
    held = [
        one
        for one in levels
        if entry.holds(one, day) or (one.since is None and one.until is not None and day <= one.until)
    ]
    return block(entry, held, day).text


def said(entry: Entry, day: date) -> tuple[str, ...]:
    """All that the entry says on that day when it is today, and who decides then."""
    try:
        given = answer(entry, day, day)
    except NothingInForce:
        return ("nothing", level(entry, day))
    facets = (f"{facet}: {given.facets[facet].text}" for facet in ALL_FACETS if facet in given.facets)
    return (given.headline, given.steps, *facets, *(page.text for page in given.more), level(entry, day))


def edges(entry: Entry) -> set[date]:
    """Every day on which something of the entry begins, or is no more."""
    levels = entry.procedure.level if entry.procedure else ()
    ends = {one.until + ONE_DAY for one in levels if one.until}
    return {*entry.change_days(), *ends, *(one.since for one in levels if one.since)}


@pytest.mark.parametrize("day", DAYS)
def test_the_reviewed_entries_change_and_no_others(knowledge: Knowledge, day: date) -> None:
    entries = knowledge.entries.values()
    changed = {entry.id for entry in entries if said(entry, day - ONE_DAY) != said(entry, day)}
    assert changed == set(REVIEWED[day.isoformat()]["entries"])
    assert all(day in edges(knowledge.entry(entry_id)) for entry_id in changed)
    assert len(knowledge.entries) - len(changed) >= 150, "most of what we say has nothing to do with that day"


@pytest.mark.parametrize("day", DAYS)
def test_the_reviewed_offices_change_and_no_others(knowledge: Knowledge, day: date) -> None:
    entries = knowledge.entries.values()
    changed = {entry.id for entry in entries if level(entry, day - ONE_DAY) != level(entry, day)}
    assert changed == set(REVIEWED[day.isoformat()]["levels"])


@pytest.mark.parametrize("days", [timedelta(days=-1), timedelta(days=1)])
@pytest.mark.parametrize("day", DAYS)
def test_nothing_changes_on_the_days_beside(knowledge: Knowledge, day: date, days: timedelta) -> None:
    """… but for what has an edge of its own there."""
    beside = day + days
    for entry in knowledge.entries.values():
        if said(entry, beside - ONE_DAY) != said(entry, beside):
            assert beside in edges(entry), entry.id


def value_on(rows: tuple[Parameter, ...], day: date) -> list[int | float]:
    return [row.value for row in rows if (row.since or date.min) <= day <= (row.until or date.max)]


@pytest.mark.parametrize("day", DAYS)
def test_the_reviewed_premium_rates_change_and_no_others(knowledge: Knowledge, day: date) -> None:
    rates = knowledge.parameters.items()
    changed = {name for name, rows in rates if value_on(rows, day - ONE_DAY) != value_on(rows, day)}
    assert changed == set(REVIEWED[day.isoformat()]["parameters"])


def provinces_with_a_table(day: date) -> set[str]:
    """Read from the file itself, not through the importer."""
    with (CONTENT / "land_prices_sample.csv").open(encoding="utf-8", newline="") as lines:
        return {
            row["province_old"]
            for row in csv.DictReader(lines)
            if row["valid_from"]
            and row["valid_from"] <= day.isoformat()
            and day.isoformat() <= (row["valid_to"] or "9999-12-31")
        }


@pytest.mark.parametrize("day", DAYS)
def test_the_reviewed_price_tables_end_and_begin(day: date) -> None:
    before, then = provinces_with_a_table(day - ONE_DAY), provinces_with_a_table(day)
    assert sorted(before - then) == REVIEWED[day.isoformat()]["prices"]["ended"]
    assert sorted(then - before) == REVIEWED[day.isoformat()]["prices"]["begun"]
