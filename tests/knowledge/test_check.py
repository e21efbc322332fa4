"""`check` refuses, each with the line and what to do; and what we ship passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.base import CONTENT
from knowledge.check import faults, summary
from knowledge.entries import load
from knowledge.errors import ContentFaulty

GOOD = """\
id: tthc.mau
title: Việc mẫu
status: converted
papi: 5
checked_on: 2026-11-22
aliases: []
related: []
sources:
  s1: {cite: 'Luật Mẫu Điều 1', read_at: 'https://a.example', confidence: high}
  s2: {cite: 'Luật Ngờ', read_at: null, confidence: low}
fields:
  han:
  - {value: 7, unit: ngày, from: 2020-01-01, to: null, source: s1}
answer:
- {text: 'Xong trong {han}.', from: 2020-01-01, to: null, sources: [s1]}
variants:
- mấy ngày xong việc mẫu
"""
REVIEWED = "\n".join(
    f"- {said}"
    for said in (
        "mấy ngày xong việc mẫu",
        "nộp hồ sơ cái này ngoài xã mất bao lâu",
        "tui làm giấy bữa giờ chưa thấy gọi",
        "chờ lâu không biết khi nào lấy",
        "có khi nào tuần sau được trả chưa",
        "e nộp r bn lâu có",
        "giấy má nhà bác hẹn hôm nào",
        "thời gian giải quyết theo quy định",
    )
)

Write = Callable[..., list[str]]


@pytest.fixture
def check(tmp_path: Path) -> Write:
    """Writes entries (the good one, changed) and gives the faults as text."""

    def write(*changes: tuple[str, str], other: str | None = None) -> list[str]:
        text = GOOD
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        folder = tmp_path / "entries" / "tthc"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tthc.mau.yaml").write_text(text, encoding="utf-8")
        if other is not None:
            (folder / "tthc.khac.yaml").write_text(other, encoding="utf-8")
        return [str(fault) for fault in faults(tmp_path)]

    return write


def test_a_good_entry_passes(check: Write) -> None:
    assert check() == []


def test_a_good_reviewed_entry_passes(check: Write) -> None:
    assert check(("status: converted", "status: reviewed"), ("- mấy ngày xong việc mẫu", REVIEWED)) == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sources: [s1]}\nvariants", "sources: []}\nvariants", "chưa có nguồn"),
        ("sources: [s1]}\nvariants", "sources: [s9]}\nvariants", "nguồn “s9”"),
        ("sources: [s1]}\nvariants", "sources: [s2]}\nvariants", "low"),
        ("from: 2020-01-01, to: null, sources", "from: null, to: null, sources", "thiếu note"),
        ("from: 2020-01-01, to: null, sources", "from: 2020-01-01, to: 2019-01-01, sources", "to đứng trước from"),
        ("{han}", "{han_khac}", "chưa khai báo ô “han_khac”"),
        ("from: 2020-01-01, to: null, source:", "from: 2021-01-01, to: null, source:", "01/01/2020 ô “han” không có"),
        ("related: []", "related: [tthc.khong-co]", "không có mục nào"),
        ("aliases: []", "aliases: [tthc.mau]", "đã là id hoặc alias"),
        ("Xong trong {han}.", "Xong trong {han}. " + "Rất dài " * 70, "tối đa 480"),
        ("papi: 5", "papi: 9", "papi"),
        ("title: Việc mẫu", "tilte: Việc mẫu", "tilte"),
        ("checked_on: 2026-11-22", "checked_on: hôm qua", "checked_on"),
    ],
)
def test_a_fault_is_named_with_its_line(check: Write, old: str, new: str, says: str) -> None:
    found = check((old, new))
    assert any(says in fault and "tthc.mau.yaml:" in fault for fault in found), found


def test_two_answers_on_one_day_are_refused(check: Write) -> None:
    second = "- {text: 'Khác.', from: 2025-01-01, to: null, sources: [s1]}\nvariants"
    assert any("cùng áp dụng một ngày" in fault for fault in check(("variants", second)))


def test_two_values_of_a_field_on_one_day_are_refused(check: Write) -> None:
    second = "- {value: 5, unit: ngày, from: 2024-01-01, to: null, source: s1}\nanswer"
    assert any("hai giá trị" in fault for fault in check(("answer", "  " + second)))


def test_a_digit_outside_a_field_is_refused_in_reviewed_text(check: Write) -> None:
    found = check(
        ("status: converted", "status: reviewed"),
        ("Xong trong {han}.", "Xong trong {han}, tối đa 10 ngày."),
        ("- mấy ngày xong việc mẫu", REVIEWED),
    )
    assert any("chữ số ngoài ô" in fault for fault in found)


def test_too_few_variants_are_refused_in_reviewed_entries(check: Write) -> None:
    assert any("cần ít nhất 8" in fault for fault in check(("status: converted", "status: reviewed")))


@pytest.mark.parametrize("copy", ["mấy ngày xong việc mẫu vậy ạ", "Dạ cho em hỏi mấy ngày xong việc mẫu"])
def test_a_variant_that_only_adds_courtesy_is_refused(check: Write, copy: str) -> None:
    found = check(("status: converted", "status: reviewed"), ("- mấy ngày xong việc mẫu", f"{REVIEWED}\n- {copy}"))
    assert any("gần như chép lại" in fault for fault in found)


def test_the_same_variant_in_two_entries_is_refused_whatever_its_marks(check: Write) -> None:
    other = GOOD.replace("tthc.mau", "tthc.khac").replace("mấy ngày xong việc mẫu", "may ngay xong viec mau?")
    assert any("đã có ở" in fault for fault in check(other=other))


def test_an_alias_claimed_twice_is_refused(check: Write) -> None:
    other = GOOD.replace("id: tthc.mau", "id: tthc.khac").replace("aliases: []", "aliases: [tthc.cu]")
    other = other.replace("mấy ngày xong", "bao lâu xong")
    assert any("tthc.cu" in fault for fault in check(("aliases: []", "aliases: [tthc.cu]"), other=other))


def test_a_file_that_is_no_yaml_stops_the_load_with_its_line(check: Write, tmp_path: Path) -> None:
    found = check(("papi: 5", "papi: [5"))
    assert any("tthc.mau.yaml:" in fault and "YAML" in fault for fault in found)
    with pytest.raises(ContentFaulty):
        load(tmp_path)


def test_what_we_ship_passes() -> None:
    assert [str(fault) for fault in faults(CONTENT)] == []


def test_the_summary_counts(check: Write, tmp_path: Path) -> None:
    check()
    counts = summary(tmp_path)
    assert (counts["mục"], counts["mới chuyển"], counts["ô số liệu"], counts["cách hỏi"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sources: [s1]}\nvariants", "confidence: high, sources: [s2]}\nvariants", "confidence cao hơn mọi nguồn"),
        ("to: null, source: s1", "to: null, source: s2", "ô “han” lấy từ nguồn chưa xác nhận"),
        ("{han}", "{Han} {han}", "dấu { }"),
        (
            "from: 2020-01-01, to: null, sources",
            "from: null, to: 2021-01-01, note: x, sources",
            "không trả lời được ngày",
        ),
        ("answer:", "procedure: {level: [{text: xã, from: null, to: null, sources: [s1]}]}\nanswer:", "thiếu note"),
    ],
)
def test_what_may_not_be_said_as_law_is_refused(check: Write, old: str, new: str, says: str) -> None:
    found = check((old, new))
    assert any(says in fault for fault in found), found


def test_a_fault_in_a_list_stands_at_its_own_line(check: Write) -> None:
    found = check(("related: []", "related:\n- tthc.mau\n- tthc.khong-co"))
    lines = [fault.partition(": ")[0].rpartition(":")[2] for fault in found]
    assert lines == ["8", "9"], found


def test_a_variant_is_named_with_its_line(check: Write) -> None:
    (fault,) = check(("- mấy ngày xong việc mẫu", "- mấy ngày xong việc mẫu\n- may ngay xong viec mau?"))
    assert ":18:" in fault and "đã có ở tthc.mau" in fault


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("luong,2,VND,2025-01-01,,Luật B,https://a,high", "hai giá trị cùng một ngày (dòng 2)"),
        ("khac,2,VND,2025-01-01,2024-01-01,Luật B,https://a,high", "valid_to đứng trước"),
        ("khac,2,VND,2025-01-01,,,https://a,high", "thiếu văn bản"),
        ("khac,hai,VND,2025-01-01,,Luật B,https://a,high", "không đọc được"),
    ],
)
def test_a_bad_row_of_the_parameters_is_named(check: Write, tmp_path: Path, row: str, says: str) -> None:
    table = "name,value,unit,valid_from,valid_to,law,source,confidence\nluong,1,VND,2020-01-01,,Luật A,https://a,high\n"
    (tmp_path / "bhyt_parameters.csv").write_text(table + row + "\n", encoding="utf-8")
    (fault,) = check()
    assert "bhyt_parameters.csv:3:" in fault and says in fault
