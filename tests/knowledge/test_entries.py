"""Entry files as typed objects: what is read, what an unknown beginning means, what stops the load."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.base import CONTENT
from knowledge.entries import load, resolve
from knowledge.entry import Entry
from knowledge.errors import ContentFaulty, UnknownEntry

TEXT = """\
id: bhyt.mau
title: 'Mục mẫu: có dấu hai chấm'
status: reviewed
papi: 6
checked_on: 2026-12-01
first_checked_on: 2026-11-22
aliases: [bhyt.ten-cu]
procedure:
  code: '1.004222'
  other_codes: {'1.003583': Khai sinh lưu động}
  level:
  - {text: công an xã, from: null, to: null, note: chưa rõ, sources: [luat]}
sources:
  luat: {cite: Luật Mẫu Điều 1, read_at: 'https://a.example', confidence: high}
  bao: {cite: Báo Mẫu, confidence: medium}
fields:
  han:
  - {value: 5, unit: ngày, from: 2020-01-01, to: 2023-12-31, source: luat}
  - {value: 7, unit: ngày, from: 2024-01-01, to: null, source: luat}
  luong: {parameter: base_salary}
answer:
- text: Xong trong {han}.
  from: 2020-01-01
  to: null
  sources: [luat, bao]
details:
  documents:
  - {items: [Tờ khai, Căn cước], from: null, to: null, note: chưa rõ, sources: [luat]}
  more:
  - {text: Thêm., from: 2021-01-01, to: 2021-12-31, sources: [luat]}
doubts:
- {text: Có mất phí không, ask: bộ phận một cửa của xã}
variants:
- mấy ngày xong
"""
TABLE = """\
name,value,unit,valid_from,valid_to,law,source,confidence
base_salary,2340000,VND/month,2024-07-01,2026-06-30,Nghị định 73/2024/NĐ-CP,https://a.example,medium
base_salary,2530000,VND/month,2026-07-01,,Nghị định 161/2026/NĐ-CP,https://a.example,high
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "entries" / "bhyt").mkdir(parents=True)
    (tmp_path / "entries" / "bhyt" / "bhyt.mau.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "bhyt_parameters.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def entry(content: Path) -> Entry:
    return load(content)["bhyt.mau"]


def spoil(content: Path, old: str, new: str) -> list[str]:
    """The faults that stop the load when this is changed."""
    assert old in TEXT
    (content / "entries" / "bhyt" / "bhyt.mau.yaml").write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentFaulty) as faulty:
        load(content)
    return [f"{fault.line}: {fault.problem}" for fault in faulty.value.faults]


def test_what_stands_in_the_file_is_what_we_hold(entry: Entry) -> None:
    assert (entry.title, entry.papi, entry.status) == ("Mục mẫu: có dấu hai chấm", 6, "reviewed")
    assert entry.procedure is not None and entry.procedure.code == "1.004222"
    assert entry.procedure.other_codes == {"1.003583": "Khai sinh lưu động"}
    assert entry.details["documents"][0].items == ("Tờ khai", "Căn cước")
    assert entry.answer[0].line == TEXT.splitlines().index("- text: Xong trong {han}.") + 1
    assert [doubt.ask for doubt in entry.doubts] == ["bộ phận một cửa của xã"]


def test_a_statement_is_as_sure_as_its_weakest_source(entry: Entry) -> None:
    assert entry.answer[0].confidence == "medium" and not entry.answer[0].unconfirmed
    assert entry.details["documents"][0].confidence == "high"


def test_a_parameter_brings_all_its_periods_with_their_laws(entry: Entry) -> None:
    assert [(one.value, one.unit, one.since, one.until, one.source.cite) for one in entry.fields["luong"]] == [
        (2340000, "đồng/tháng", date(2024, 7, 1), date(2026, 6, 30), "Nghị định 73/2024/NĐ-CP"),
        (2530000, "đồng/tháng", date(2026, 7, 1), None, "Nghị định 161/2026/NĐ-CP"),
    ]


def test_both_ends_count(entry: Entry) -> None:
    (only,) = entry.details["more"]
    days = [date(2020, 12, 31), date(2021, 1, 1), date(2021, 12, 31), date(2022, 1, 1)]
    assert [entry.holds(only, day) for day in days] == [False, True, True, False]


def test_an_unknown_beginning_answers_from_the_day_of_the_first_check(entry: Entry) -> None:
    (undated,) = entry.details["documents"]
    days = [date(2026, 11, 21), date(2026, 11, 22), date(2027, 5, 1)]
    assert [entry.holds(undated, day) for day in days] == [False, True, True]


def test_change_days_are_first_days_and_days_after_last_days(entry: Entry) -> None:
    days = [(2020, 1, 1), (2021, 1, 1), (2022, 1, 1), (2024, 1, 1), (2024, 7, 1), (2026, 7, 1), (2026, 11, 22)]
    assert entry.change_days() == [date(*day) for day in days]


def test_an_old_id_still_leads_there(content: Path) -> None:
    entries = load(content)
    assert resolve(entries, "bhyt.ten-cu") is resolve(entries, "bhyt.mau")
    with pytest.raises(UnknownEntry):
        resolve(entries, "bhyt.khong-co")


@pytest.mark.parametrize(
    ("old", "new", "at", "says"),
    [
        ("sources: [luat, bao]", "sources: [luat, khac]", "[luat, khac]", "nguồn “khac”"),
        ("  to: null\n  sources: [luat, bao]", "  sources: [luat, bao]", "- text: Xong", "thiếu “to”"),
        ("from: 2021-01-01", "from: 2021-13-01", "2021-13-01", "không có ngày 2021-13-01"),
        ("from: 2021-01-01", "from: '2021-01-01'", "'2021-01-01'", "“from” phải là một ngày"),
        ("{parameter: base_salary}", "{parameter: khong_co}", "khong_co", "bhyt_parameters.csv không có"),
        ("confidence: medium", "confidence: chắc", "chắc", "“confidence”"),
        ("papi: 6", "papi: sáu", "papi", "“papi”"),
        ("- mấy ngày xong", "- 7", "- 7", "dòng này trong “variants”"),
        ("id: bhyt.mau", "id: tthc.mau", "id:", "tệp của “tthc.mau”"),
        ("title:", "papi: 6\ntitle:", "papi: 6\n", "khóa “papi” ghi hai lần"),
        ("aliases: [bhyt.ten-cu]", "alias: [bhyt.ten-cu]", "alias:", "không có khóa “alias”"),
    ],
)
def test_what_cannot_be_read_stops_the_load_with_its_line(
    content: Path, old: str, new: str, at: str, says: str
) -> None:
    found = spoil(content, old, new)
    changed = TEXT.replace(old, new)
    line = changed[: changed.rindex(at)].count("\n") + 1
    assert any(fault.startswith(f"{line}: {says}") for fault in found), (line, found)


def test_every_fault_of_a_file_is_told_at_once(content: Path) -> None:
    assert len(spoil(content, "papi: 6\nchecked_on: 2026-12-01", "papi: 9\nchecked_on: hôm qua")) == 2


def test_a_table_that_cannot_be_read_stops_the_load(content: Path) -> None:
    (content / "bhyt_parameters.csv").write_text(TABLE.replace("2340000", "hai triệu"), encoding="utf-8")
    with pytest.raises(ContentFaulty, match=r"bhyt_parameters\.csv:2"):
        load(content)


def test_all_that_we_publish_loads_with_its_sources() -> None:
    entries = load(CONTENT)
    assert len(entries) >= 242
    for entry in entries.values():
        assert all(one.sources for one in entry.statements()), entry.id
        assert not any("http" in source.cite for source in entry.sources.values()), entry.id
