"""The converter: research files become entry files honestly, and never over reviewed work."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.facts import convert, entry, inclusive
from knowledge.check import faults
from knowledge.entries import load


def fact(text: str, **changed: Any) -> dict[str, Any]:
    usual = {"law": "Luật Mẫu 01/2020/QH14, Điều 1", "from": "2020-01-01", "to": None, "confidence": "high"}
    return {"text": text, "source": "https://vanban.chinhphu.vn/mau"} | usual | changed


def topic(*facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "tthc.mau", "title": "Việc mẫu", "facts": list(facts), "open": []} | more


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "facts").mkdir()
    topics = [topic(fact("Cũ.", to="2024-07-01"), fact("Mới.", **{"from": "2024-07-01"}))]
    (tmp_path / "facts" / "mau.yaml").write_text(yaml.safe_dump(topics, allow_unicode=True), encoding="utf-8")
    (tmp_path / "facts" / "bhyt_parameters.csv").write_text(
        "name,value,unit,from,to,law,source,confidence\nx,1,VND,2023-07-01,2024-07-01,Luật,https://a,high\n",
        encoding="utf-8",
    )
    return tmp_path / "facts"


def test_the_last_day_is_the_day_before() -> None:
    assert inclusive("2026-07-01") == date(2026, 6, 30) and inclusive(None) is None


def test_converted_entries_load_and_pass_the_check(folder: Path, tmp_path: Path) -> None:
    assert convert(folder, tmp_path) == {"written": 1, "reviewed_kept": 0}
    (found,) = load(tmp_path).values()
    assert [(one.text, one.since, one.until) for one in found.answer] == [
        ("Cũ.", date(2020, 1, 1), date(2024, 6, 30)),
        ("Mới.", date(2024, 7, 1), None),
    ]
    assert found.status == "converted" and found.checked_on == date(2026, 11, 22)
    assert faults(tmp_path) == []


def test_tables_say_the_last_day_in_force(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path)
    with (tmp_path / "bhyt_parameters.csv").open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert (row["valid_from"], row["valid_to"]) == ("2023-07-01", "2024-06-30")


def test_a_reviewed_entry_is_never_overwritten(folder: Path, tmp_path: Path) -> None:
    convert(folder, tmp_path)
    file = tmp_path / "entries" / "tthc" / "tthc.mau.yaml"
    by_hand = file.read_text(encoding="utf-8").replace("status: converted", "status: reviewed")
    file.write_text(by_hand, encoding="utf-8")
    assert convert(folder, tmp_path) == {"written": 0, "reviewed_kept": 1}
    assert file.read_text(encoding="utf-8") == by_hand


def test_low_facts_are_doubts_and_sourceless_ones_are_kept_back() -> None:
    made = entry(
        topic(
            fact("Chắc."),
            fact("Ngờ.", confidence="low"),
            fact("Không nguồn.", law=None, source=None, confidence="medium"),
            fact("Cổng.", law=None, source="https://dichvucong.gov.vn/x"),
            fact("Kho mã.", law=None, source="https://github.com/x"),
        )
    )
    assert [one["text"] for one in made["doubts"]] == ["Ngờ."]
    assert [one["text"] for one in made["unpublished"]] == ["Không nguồn.", "Kho mã."]
    said = " ".join(one["text"] for one in made["answer"] + made.get("details", {}).get("more", []))
    assert "Chắc." in said and "Cổng." in said and "Ngờ" not in said
    assert "Cổng Dịch vụ công quốc gia" in {source["cite"] for source in made["sources"].values()}
    assert not any("https" in source["cite"] for source in made["sources"].values())


def test_an_unknown_beginning_stays_unknown_and_says_why() -> None:
    made = entry(topic(fact("Không rõ từ khi nào.", **{"from": None})))
    (said,) = made["answer"]
    assert said["from"] is None and said["note"]


def test_the_card_of_a_procedure_becomes_facets() -> None:
    made = entry(
        topic(
            fact("Làm ở xã.", source="https://dichvucong.gov.vn/x"),
            code="1.001193",
            level="xã",
            documents=["Tờ khai", "Giấy chứng sinh"],
            fee="Miễn phí",
            pitfalls=["Không nộp sổ hộ khẩu"],
        )
    )
    assert made["procedure"]["code"] == "1.001193"
    assert made["details"]["documents"][0]["items"] == ["Tờ khai", "Giấy chứng sinh"]
    assert made["details"]["fee"][0]["text"] == "Miễn phí" and "avoid" in made["details"]


def test_a_fact_keeps_its_own_days() -> None:
    """What holds today speaks first; a fact whose days run into its days is told further down, whole."""
    made = entry(
        topic(
            fact("Nay.", **{"from": "2024-07-01"}),
            fact("Luật chung.", **{"from": "2015-01-01"}),
            fact("Xưa.", **{"from": "2019-01-01"}, to="2024-07-01"),
        )
    )
    assert [(one["text"], one["from"], one["to"]) for one in made["answer"]] == [
        ("Nay.", date(2024, 7, 1), None),
        ("Xưa.", date(2019, 1, 1), date(2024, 6, 30)),
    ]
    assert [(one["text"], one["from"]) for one in made["details"]["more"]] == [("Luật chung.", date(2015, 1, 1))]


def test_what_is_over_and_unsure_or_undated_is_kept_back() -> None:
    made = entry(
        topic(
            fact("Nay."),
            fact("Ngờ và hết.", confidence="low", to="2024-07-01"),
            fact("Không ngày và hết.", **{"from": None}, to="2024-07-01"),
        )
    )
    assert [one["text"] for one in made["unpublished"]] == ["Ngờ và hết.", "Không ngày và hết."]
    assert "doubts" not in made


def test_open_points_are_for_citizens_or_for_editors() -> None:
    points = ["Mức phạt chưa rõ", "Chưa đọc toàn văn Nghị định 1/2026", "Trang cổng bản chép cũ"]
    made = entry(topic(fact("Nay."), open=points))
    assert [one["text"] for one in made["doubts"]] == ["Mức phạt chưa rõ"]
    assert [one["text"] for one in made["unpublished"]] == points[1:]


def test_a_card_rests_on_the_portal_and_on_its_laws_and_owns_up_to_its_doubts() -> None:
    made = entry(
        topic(
            fact("Làm ở xã.", source="https://dichvucong.gov.vn/x"),
            fee="Miễn phí",
            changed="Trước ở huyện (mức thấp, cần đối chiếu)",
            legal_basis=["Luật Mẫu 01/2020/QH14", "Nghị định 2/2021/NĐ-CP"],
            pitfalls=["Không nộp sổ hộ khẩu, xem tthc.khac", "Bot không được lộ tên"],
        ),
        ids={"tthc.khac"},
    )
    cited = [made["sources"][key]["cite"] for key in made["details"]["fee"][0]["sources"]]
    assert cited == ["Cổng Dịch vụ công quốc gia", "Luật Mẫu 01/2020/QH14", "Nghị định 2/2021/NĐ-CP"]
    assert "changed" not in made["details"] and made["doubts"][0]["text"].startswith("Trước ở huyện")
    assert made["details"]["avoid"][0]["items"] == ["Không nộp sổ hộ khẩu"] and made["related"] == ["tthc.khac"]
    assert made["unpublished"][0]["text"] == "Bot không được lộ tên"


def test_a_card_without_any_ground_is_not_shown() -> None:
    made = entry(topic(fact("Nghe nói.", law=None, source=None, confidence="medium"), fee="Miễn phí"))
    assert made["answer"] == [] and "details" not in made
    assert "Miễn phí" in {one["text"] for one in made["unpublished"]}
