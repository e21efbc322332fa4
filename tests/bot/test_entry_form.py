"""The form of an entry: every shipped entry comes out of it as it went in; numbers are read as people write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.console import entry_diff, entry_form
from knowledge.base import CONTENT, Knowledge
from knowledge.entries import load
from knowledge.entry import Entry
from knowledge.layers import read_text


def bare(entry: Entry) -> Entry:
    """What it says, not where it lies."""
    return replace(entry, file=Path(), status="reviewed", written=None)


def test_every_shipped_entry_comes_out_of_the_form_as_it_went_in(knowledge: Knowledge) -> None:
    entries = load(CONTENT)
    assert len(entries) > 200
    for entry_id, entry in entries.items():
        shipped = entry.file.read_text("utf-8")
        sheet = entry_form.from_text(shipped, entry_id)
        posted = {
            f"{kind}-{number}-{name}": value
            for kind, count in sheet.rows.items()
            for number in range(count)
            for name, value in sheet.row(kind, number).items()
        } | {name: sheet.values[name] for name in entry_form.PLAIN}
        written = entry_form.write(entry_form.from_post(posted, sheet))
        again = read_text(written.text, entry_id, knowledge.parameters)
        assert bare(again) == bare(entry), entry_id
        assert entry_diff.changes(shipped, written.text, entry_id) == []


@pytest.mark.parametrize(
    ("typed", "unit", "meant"),
    [
        ("20.000", "đồng", 20_000),
        ("1.366.200", "đồng", 1_366_200),
        ("4,5", "%", 4.5),
        ("15", "ngày", 15),
        ("1/7/2026", "", date(2026, 7, 1)),
        ("2026-07-01", "", date(2026, 7, 1)),
        ("1.004772", "", "1.004772"),
        ("004772", "mã", "004772"),
        ('"15"', "", "15"),
        ("31/02/2026", "", "31/02/2026"),
        ("CT01", "", "CT01"),
    ],
)
def test_a_value_is_what_people_mean(typed: str, unit: str, meant: object, knowledge: Knowledge) -> None:
    sheet = entry_form.Sheet("xa.thu", {"title": "Thử", "papi": "5", "checked_on": "2026-11-23", "related": ""})
    sheet.values |= {"variants": "thử", "source-0-key": "n", "source-0-cite": "Văn bản mẫu"}
    sheet.values |= {"field-0-name": "o", "field-0-value": typed, "field-0-unit": unit, "field-0-source": "n"}
    sheet.rows = {"source": 1, "field": 1}
    entry = read_text(entry_form.write(sheet).text, "xa.thu", knowledge.parameters)
    assert entry.fields["o"][0].value == meant and type(entry.fields["o"][0].value) is type(meant)


def test_a_table_of_parameters_stays_as_it_is() -> None:
    entry = next(one for one in load(CONTENT).values() if "parameter:" in one.file.read_text("utf-8"))
    sheet = entry_form.from_text(entry.file.read_text("utf-8"), entry.id)
    assert sheet.kept["tabled"] and all(name in entry.fields for name in sheet.kept["tabled"])


def test_what_differs_is_told_in_the_words_of_the_form() -> None:
    entry = load(CONTENT)["tthc.tach-ho"]
    before = entry.file.read_text("utf-8")
    [change] = entry_diff.changes(before, before.replace("value: 5\n", "value: 9\n"), entry.id)
    assert change.gone[0].startswith("Số liệu thoi_han: 5 ngày làm việc")
    assert change.come[0].startswith("Số liệu thoi_han: 9 ngày làm việc")
