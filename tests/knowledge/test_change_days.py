"""Promise 2 on all content: on the day before, of and after every change, what is said is what the files say for it.

What must be said is worked out here from plain YAML and CSV, by another reader and other code than ours.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answers import UNCONFIRMED, answer
from knowledge.base import CONTENT
from knowledge.entries import load
from knowledge.entry import Entry
from knowledge.errors import NothingInForce

ONE_DAY = timedelta(days=1)
IDS = sorted(file.stem for file in (CONTENT / "entries").rglob("*.yaml"))
Raw = dict[str, Any]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what we publish, so that both readers see the same files."""
    copy = tmp_path_factory.mktemp("content")
    shutil.copytree(CONTENT / "entries", copy / "entries")
    shutil.copy(CONTENT / "bhyt_parameters.csv", copy)
    return copy


@pytest.fixture(scope="module")
def entries(content: Path) -> dict[str, Entry]:
    return load(content)


@pytest.fixture(scope="module")
def parameters(content: Path) -> dict[str, list[Raw]]:
    found: dict[str, list[Raw]] = {}
    with (content / "bhyt_parameters.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ends = {key: date.fromisoformat(row[f"valid_{key}"]) if row[f"valid_{key}"] else None for key in END_KEYS}
            value = float(row["value"]) if "." in row["value"] else int(row["value"])
            found.setdefault(row["name"], []).append({"value": value, "unit": row["unit"]} | ends)
    return found


END_KEYS = ("from", "to")


def read(content: Path, entry_id: str, parameters: dict[str, list[Raw]]) -> Raw:
    """The file as plain YAML, parameters written out."""
    file = content / "entries" / entry_id.partition(".")[0] / f"{entry_id}.yaml"
    raw: Raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    fields = raw.get("fields") or {}
    for name, rows in fields.items():
        if isinstance(rows, dict):
            named = {"unit": rows["unit"]} if "unit" in rows else {}
            fields[name] = [row | {"of_table": not named} | named for row in parameters[rows["parameter"]]]
    return raw | {"fields": fields}


def statements(raw: Raw) -> list[Raw]:
    details = [said for facet in (raw.get("details") or {}).values() for said in facet]
    return [*(raw.get("answer") or []), *(raw.get("steps") or []), *details]


def holds(said: Raw, raw: Raw, day: date) -> bool:
    """Both ends included; an unknown beginning answers from the day of the first check only."""
    begins = said["from"] or raw.get("first_checked_on") or raw["checked_on"]
    return begins <= day and (said["to"] is None or day <= said["to"])


def days_around_changes(raw: Raw) -> list[date]:
    first_checked = raw.get("first_checked_on") or raw["checked_on"]
    days: set[date] = set()
    for said in [*statements(raw), *(value for values in raw["fields"].values() for value in values)]:
        for edge in ((said["from"] or first_checked), (said["to"] + ONE_DAY if said["to"] else None)):
            if edge is not None:
                days |= {edge - ONE_DAY, edge, edge + ONE_DAY}
    return sorted(days)


def pattern(text: str, raw: Raw, day: date) -> re.Pattern[str]:
    """The text with every field as it must read that day; the unit of a table's number is left open."""

    def words(name: str) -> str:
        (value,) = [one for one in raw["fields"][name] if holds(one, raw, day)]
        number, unit = value["value"], value.get("unit") or ""
        if isinstance(number, date):
            shown = number.strftime("%d/%m/%Y")
        elif isinstance(number, float):
            shown = f"{number:g}".replace(".", ",")
        elif isinstance(number, int) and (unit not in ("", "mã") or value.get("of_table")):
            shown = f"{number:,}".replace(",", ".")
        else:
            shown = str(number)
        if value.get("of_table"):
            return re.escape(shown) + "[^0-9]*?"
        gap = "" if unit in ("", "mã", "%") else " "
        return re.escape(shown + gap + ("" if unit == "mã" else unit))

    parts = re.split(r"\{([a-z][a-z0-9_]*)\}", text.strip().rstrip(".;:"))
    return re.compile("".join(words(part) if at % 2 else re.escape(part) for at, part in enumerate(parts)))


def in_force(said: list[Raw] | None, raw: Raw, day: date) -> list[Raw]:
    return [one for one in said or [] if holds(one, raw, day)]


def texts(said: list[Raw]) -> list[str]:
    return [text for one in said for text in (one.get("text") or "", *(one.get("items") or [])) if text]


def test_there_is_content() -> None:
    assert len(IDS) >= 242


@pytest.mark.parametrize("entry_id", IDS)
def test_what_is_in_force_on_every_change_day(
    entry_id: str, content: Path, entries: dict[str, Entry], parameters: dict[str, list[Raw]]
) -> None:
    raw, entry = read(content, entry_id, parameters), entries[entry_id]
    days = days_around_changes(raw)
    assert days or not statements(raw)
    for day in days:
        first = in_force(raw["answer"], raw, day)
        assert len(first) <= 1, f"{day}: two answers"
        if not first:
            with pytest.raises(NothingInForce):
                answer(entry, day, day)
            continue
        said = answer(entry, day, day)
        headline = said.headline.removesuffix(UNCONFIRMED).strip().rstrip(".;:")
        assert pattern(first[0]["text"], raw, day).fullmatch(headline), f"{day}: {headline}"
        for text in texts(in_force(raw.get("steps"), raw, day)):
            assert pattern(text, raw, day).search(said.steps), f"{day}: {text}"
        for facet, told in (raw.get("details") or {}).items():
            expected = texts(in_force(told, raw, day))
            pages = said.more if facet == "more" else [said.facets[facet]] if facet in said.facets else []
            assert bool(pages) == bool(expected), f"{day}: {facet}"
            shown = " ".join(" ".join(page.text for page in pages).split())
            for text in expected:
                assert pattern(" ".join(text.split()), raw, day).search(shown), f"{day}: {facet}: {text}"
        whole = " ".join((said.headline, said.steps, *(block.text for block in (*said.facets.values(), *said.more))))
        assert "{" not in whole, f"{day}: a field without a value"


@pytest.mark.parametrize("entry_id", IDS)
def test_what_is_not_in_force_is_not_said(
    entry_id: str, content: Path, entries: dict[str, Entry], parameters: dict[str, list[Raw]]
) -> None:
    raw, entry = read(content, entry_id, parameters), entries[entry_id]
    for day in days_around_changes(raw):
        told = [one.text for one in entry.in_force(entry.statements(), day)]
        assert told == [one.get("text") or "" for one in ordered(raw) if holds(one, raw, day)], f"{day}"


def ordered(raw: Raw) -> list[Raw]:
    """The statements in the order in which we keep facets."""
    facets = ("documents", "fee", "time", "where", "who", "online", "result", "avoid", "changed", "more")
    details = raw.get("details") or {}
    return [
        *(raw.get("answer") or []),
        *(raw.get("steps") or []),
        *(said for facet in facets for said in details.get(facet) or []),
    ]


def switching(entries: dict[str, Entry]) -> Iterator[tuple[Entry, date]]:
    """Entries and days on which one answer gives way to another without a gap."""
    for entry in entries.values():
        ends = {one.until + ONE_DAY for one in entry.answer if one.until}
        for begin in {one.since for one in entry.answer if one.since} & ends:
            if begin is not None:
                yield entry, begin


def test_answers_switch_exactly_on_their_day(entries: dict[str, Entry]) -> None:
    switched = list(switching(entries))
    assert len(switched) > 30
    for entry, day in switched:
        before, on_it = answer(entry, day - ONE_DAY, day), answer(entry, day, day)
        assert before.citations[0].until == day - ONE_DAY, entry.id
        assert on_it.citations[0].since == day, entry.id
        assert before.superseded_on == day, entry.id


def test_a_new_base_salary_takes_over_at_midnight(entries: dict[str, Entry]) -> None:
    entry = entries["bhyt.luong-co-so"]
    assert "2.340.000" in answer(entry, date(2026, 6, 30), date(2026, 6, 30)).headline
    assert "2.530.000" in answer(entry, date(2026, 7, 1), date(2026, 7, 1)).headline
