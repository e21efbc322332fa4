"""Price files: what is wrong is named with its row, all rows or none, and a later table replaces an earlier one."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.importing import check_file, import_file, preview
from bot.price_files import BadCell, Columns
from bot.samples import PRICES
from bot.spreadsheets import Line, UnreadableTable
from storage import prices
from storage.communes import Commune
from storage.database import Database
from tests.conftest import THE_DAY, MovableClock

HEADER = [
    "decision",
    "province_old",
    "district_old",
    "commune",
    "street_or_area",
    "segment_from",
    "segment_to",
    "land_type_code",
    "position",
    "price_vnd_per_m2",
    "valid_from",
    "valid_to",
    "source_url",
    "confidence",
]
GOOD: dict[str, Any] = {
    "decision": "12/2026/NQ-HĐND",
    "province_old": "Mẫu",
    "district_old": "",
    "commune": "Xã Mẫu Hòa Bình",
    "street_or_area": "Đường Mẫu Một",
    "segment_from": "",
    "segment_to": "",
    "land_type_code": "ONT",
    "position": "VT1",
    "price_vnd_per_m2": "2500000",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "source_url": "",
    "confidence": "high",
}


def write(file: Path, rows: Iterable[dict[str, Any]], encoding: str = "utf-8", header: list[str] = HEADER) -> Path:
    with file.open("w", encoding=encoding, newline="", errors="replace") as lines:
        writer = csv.DictWriter(lines, header)
        writer.writeheader()
        writer.writerows(rows)
    return file


def row(**changed: Any) -> dict[str, Any]:
    return GOOD | changed


def faults(file: Path) -> list[str]:
    return [str(bad) for bad in check_file(file, today=THE_DAY).bad]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"price_vnd_per_m2": "-5000"}, "giá âm"),
        ({"price_vnd_per_m2": "2,5"}, "không phải số nguyên đồng"),
        ({"price_vnd_per_m2": "hai triệu"}, "không phải số nguyên đồng"),
        ({"price_vnd_per_m2": ""}, "thiếu giá"),
        ({"price_vnd_per_m2": "250"}, "kiểm tra đơn vị tính"),
        ({"price_vnd_per_m2": "9000000000"}, "kiểm tra đơn vị tính"),
        ({"land_type_code": "XYZ"}, "loại đất “XYZ”"),
        ({"valid_from": "31/02/2026"}, "không đọc được"),
        ({"valid_from": "2026-05-01", "valid_to": "2026-04-30"}, "sau ngày hết"),
        ({"valid_from": ""}, "thiếu ngày áp dụng từ"),
        ({"decision": ""}, "trống"),
        ({"street_or_area": " "}, "trống"),
        ({"confidence": "chắc"}, "độ tin cậy"),
        ({"street_or_area": "§−êng Lª Lîi"}, "TCVN3"),
    ],
)
def test_a_bad_cell_is_named_with_its_row(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    file = write(tmp_path / "gia.csv", [row(), row(street_or_area="Đường Mẫu Hai"), row(position="VT2", **changed)])
    (found,) = faults(file)
    assert found.startswith("dòng 4: ") and reason in found


def test_duplicates_and_overlaps_name_both_rows(tmp_path: Path) -> None:
    file = write(
        tmp_path / "gia.csv",
        [
            row(valid_to="2026-12-31"),
            row(valid_to="2026-12-31"),
            row(valid_from="2026-12-31", price_vnd_per_m2="2600000"),
            row(position="VT2", valid_to="2026-12-31"),
            row(position="VT2", valid_from="2027-01-01"),
        ],
    )
    assert faults(file) == [
        "dòng 3: trùng hẳn dòng 2; bỏ một dòng",
        "dòng 4: cùng chỗ, thời gian áp dụng chồng lên dòng 2 (2.500.000 đồng/m²)",
    ]


def test_two_prices_for_one_place_stop_a_table_but_for_one_that_is_not_confirmed(tmp_path: Path) -> None:
    sure = write(tmp_path / "a.csv", [row(), row(price_vnd_per_m2="3000000")])
    assert len(faults(sure)) == 1
    unsure = write(tmp_path / "b.csv", [row(confidence="low"), row(confidence="low", price_vnd_per_m2="3000000")])
    checked = check_file(unsure, today=THE_DAY)
    assert checked.sound and [str(remark) for remark in checked.remarks] == [
        "dòng 3: khác giá với dòng 2 cho cùng một chỗ; sẽ nêu cả hai"
    ]


@pytest.mark.parametrize("encoding", ["cp1258", "utf-16", "latin-1"])
def test_another_encoding_is_refused_with_the_way_out(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path / "gia.csv", [row(street_or_area="Đường Nguyễn Trãi é")], encoding=encoding)
    with pytest.raises(UnreadableTable, match="CSV UTF-8"):
        check_file(file, today=THE_DAY)


def test_a_byte_order_mark_and_semicolons_are_read(tmp_path: Path) -> None:
    file = tmp_path / "gia.csv"
    lines = [";".join(HEADER), ";".join(str(GOOD[name]) for name in HEADER)]
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    assert check_file(file, today=THE_DAY).rows == 1


def test_vietnamese_headings_and_thousands(tmp_path: Path) -> None:
    header = [
        "Quyết định",
        "Tỉnh",
        "Xã, phường",
        "Tên đường",
        "Loại đất",
        "Vị trí",
        "Giá (1.000 đồng/m²)",
        "Từ ngày",
        "Đến ngày",
    ]
    cells = ["12/2026/NQ-HĐND", "Mẫu", "Xã Mẫu", "Lê Lợi", "đất ở nông thôn", "1", "2.500", "01/01/2026", ""]
    read = Columns(header).read(Line(2, tuple(cells)))
    assert (read.vnd_per_m2, read.land_type, read.position, read.valid_from) == (
        2_500_000,
        "ONT",
        "VT1",
        date(2026, 1, 1),
    )


def test_an_unknown_unit_and_a_missing_column_are_said() -> None:
    with pytest.raises(BadCell, match="đơn vị “USD”"):
        Columns([*HEADER, "unit"]).read(Line(2, (*[str(GOOD[name]) for name in HEADER], "USD")))
    with pytest.raises(BadCell, match="thiếu cột: price"):
        Columns([name for name in HEADER if name != "price_vnd_per_m2"])


def test_merged_cells_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for _ in range(3):
        sheet.append([GOOD[name] for name in HEADER])
    sheet.merge_cells("A2:A4")
    book.save(tmp_path / "gia.xlsx")
    with pytest.raises(UnreadableTable, match=r"ô gộp .*A2:A4"):
        check_file(tmp_path / "gia.xlsx", today=THE_DAY)


def test_excel_rows_keep_their_numbers_and_days(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append([date(2026, 1, 1) if name == "valid_from" else GOOD[name] for name in HEADER])
    sheet.append([])
    sheet.append([-1 if name == "price_vnd_per_m2" else GOOD[name] for name in HEADER])
    book.save(tmp_path / "gia.xlsx")
    checked = check_file(tmp_path / "gia.xlsx", today=THE_DAY)
    assert checked.rows == 1 and [bad.number for bad in checked.bad] == [4]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    for name, content in (("a.csv", b""), ("b.xlsx", b"PK nothing"), ("c.csv", ",".join(HEADER).encode())):
        file = tmp_path / name
        file.write_bytes(content)
        try:
            assert check_file(file, today=THE_DAY).bad, name
        except UnreadableTable as refused:
            assert name in str(refused)
    with zipfile.ZipFile(tmp_path / "d.xlsx", "w") as archive:
        archive.writestr("nothing", "")
    with pytest.raises(UnreadableTable):
        check_file(tmp_path / "d.xlsx", today=THE_DAY)


@given(vnd=st.integers(1_000, 2_000_000_000))
def test_a_price_is_read_alike_however_it_is_grouped(vnd: int) -> None:
    for written in (str(vnd), f"{vnd:,}", f"{vnd:,}".replace(",", ".")):
        cells = tuple(written if name == "price_vnd_per_m2" else str(GOOD[name]) for name in HEADER)
        assert Columns(HEADER).read(Line(2, cells)).vnd_per_m2 == vnd


@given(first=st.dates(), days=st.integers(0, 4_000), gap=st.integers(-3, 3))
def test_periods_overlap_exactly_when_they_share_a_day(first: date, days: int, gap: int) -> None:
    from datetime import timedelta

    from bot.price_files import check_lines

    try:
        last = first + timedelta(days=days)
        again = last + timedelta(days=gap)
    except OverflowError:
        return
    if again <= first:
        return
    lines = [HEADER, list(row(valid_from=f"{first}", valid_to=f"{last}").values())]
    lines.append(list(row(valid_from=f"{again}", price_vnd_per_m2="2600000").values()))
    numbered = (Line(number, tuple(map(str, cells))) for number, cells in enumerate(lines, 1))
    assert bool(check_lines(numbered, THE_DAY).bad) == (again <= last)


async def take(
    database: Database, file: Path, commune: Commune, clock: MovableClock, *, replaces: bool = False
) -> None:
    checked = check_file(file, today=THE_DAY)
    assert checked.sound, checked.bad
    told: list[int] = []
    await import_file(
        database, file, checked, commune_id=commune.id or 0, clock=clock, replaces=replaces, told=told.append
    )
    assert sum(told) == checked.rows


async def shown(database: Database, commune: Commune) -> dict[str, int]:
    async with database.reading() as session:
        tables = await prices.tables(session, commune_id=commune.id or 0)
    return {table.decision: table.rows for table in tables if table.batch != "sample"}


async def test_a_decision_imported_again_replaces_itself(
    database: Database, commune: Commune, clock: MovableClock, tmp_path: Path
) -> None:
    await take(database, write(tmp_path / "a.csv", [row(), row(position="VT2")]), commune, clock)
    later = write(tmp_path / "b.csv", [row(price_vnd_per_m2="2700000"), row(position="VT3")])
    looked_at = await preview(database, later, commune_id=commune.id or 0, today=THE_DAY)
    assert (looked_at.new, looked_at.changed, looked_at.same, looked_at.gone) == (1, 1, 0, 1)
    assert looked_at.examples == ["dòng 2: 2.500.000 đồng -> 2.700.000 đồng"]
    await take(database, later, commune, clock)
    assert await shown(database, commune) == {"12/2026/NQ-HĐND": 2}


async def test_a_table_that_replaces_all_ends_the_one_before(
    database: Database, commune: Commune, clock: MovableClock, tmp_path: Path
) -> None:
    await take(database, write(tmp_path / "a.csv", [row()]), commune, clock)
    whole = write(tmp_path / "b.csv", [row(decision="99/2027/NQ-HĐND", valid_from="2027-01-01", position="VT2")])
    await take(database, whole, commune, clock, replaces=True)
    async with database.reading() as session:
        tables = await prices.tables(session, commune_id=commune.id or 0)
    assert {table.decision: table.ends_on for table in tables if table.province == "Mẫu"} == {
        "12/2026/NQ-HĐND": date(2026, 12, 31),
        "99/2027/NQ-HĐND": None,
    }


async def test_a_crash_in_the_middle_shows_nothing(
    database: Database, commune: Commune, clock: MovableClock, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.csv", [row(street_or_area=f"Đường {number}") for number in range(2_500)])
    checked = check_file(file, today=THE_DAY)

    def fail(_rows: int) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        await import_file(database, file, checked, commune_id=commune.id or 0, clock=clock, replaces=False, told=fail)
    assert await shown(database, commune) == {}
    clock.move(days=2)
    await take(database, file, commune, clock)
    async with database.reading() as session:
        rows = await prices.all_rows(session, commune_id=commune.id or 0, table_ids=range(100), after=0, limit=10_000)
    assert sum(1 for each in rows if each.province == "Mẫu") == 2_500


def test_the_command_names_bad_rows_and_takes_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANHOI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DANHOI_SAMPLE", "1")
    bad = write(
        tmp_path / "bad.csv",
        [row(), row(price_vnd_per_m2="-1", position="VT2"), row(land_type_code="?", position="VT3")],
    )
    refused = CliRunner().invoke(main, ["prices", "import", str(bad)])
    assert refused.exit_code == 1
    assert "dòng 3: giá âm" in refused.output and "dòng 4: loại đất" in refused.output
    assert "không nhập dòng nào" in refused.output
    good = CliRunner().invoke(main, ["prices", "import", str(write(tmp_path / "good.csv", [row()]))])
    assert good.exit_code == 0 and "1 dòng mới" in good.output and "Đã nhập 1 dòng" in good.output
    asked = CliRunner().invoke(main, ["ask", "giá đất đường Mẫu Một bao nhiêu một mét vuông", "--on", "2026-11-23"])
    assert "2.500.000 đồng/m²" in asked.output and "12/2026/NQ-HĐND" in asked.output


def test_the_shipped_sample_is_sound() -> None:
    checked = check_file(PRICES, today=THE_DAY)
    assert checked.sound and checked.rows == 1_566 and len(checked.tables) == 8
    assert len(checked.remarks) == 41  # the source lost a heading: both prices are shown
