"""Lists that a commune imports: contacts, hamlets, dossiers; all rows or none, every bad row named."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.list_files import CONTACTS, HAMLETS, check_list, dossier_form
from tests.conftest import THE_DAY


def write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def test_contacts_under_vietnamese_headings(tmp_path: Path) -> None:
    file = write(
        tmp_path / "danh-ba.csv",
        'Chức danh,Họ tên,"Thôn, ấp",Điện thoại,Ngày cập nhật\n'
        "Trưởng thôn,Nguyễn A,Thôn Đông,0900 000 001,01/10/2026\n"
        "Trạm y tế,Trạm y tế xã,,0900 000 002,01/10/2026\n",
    )
    checked = check_list(file, CONTACTS)
    assert checked.sound and [row["kind"] for row in checked.rows] == ["hamlet_head", "clinic"]
    assert checked.rows[0]["hamlet_key"] == "thon dong"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Phù thủy,A,,0900 000 001,01/10/2026", "chức danh"),
        ("Trưởng thôn,,Thôn Đông,0900 000 001,01/10/2026", "trống"),
        ("Trưởng thôn,A,Thôn Đông,gọi sau,01/10/2026", "số điện thoại"),
        ("Trưởng thôn,A,Thôn Đông,,01/10/2026", "ít nhất một"),
        ("Trưởng thôn,A,Thôn Đông,0900 000 001,hôm qua", "không đọc được"),
    ],
)
def test_a_bad_contact_is_named(tmp_path: Path, row: str, reason: str) -> None:
    file = write(tmp_path / "a.csv", f'Chức danh,Họ tên,"Thôn, ấp",Điện thoại,Ngày cập nhật\n{row}\n')
    (bad,) = check_list(file, CONTACTS).bad
    assert bad.number == 2 and reason in bad.reason


def test_duplicates_and_missing_columns_are_named(tmp_path: Path) -> None:
    twice = write(tmp_path / "a.csv", "Tên thôn, ấp\n".replace(", ", " ") + "x\n")
    assert "thiếu cột" in check_list(twice, HAMLETS).bad[0].reason
    names = write(tmp_path / "b.csv", "name,now\nThôn Một,\nThôn Một,\n")
    assert str(check_list(names, HAMLETS).bad[0]) == "dòng 3: trùng dòng 2"


def test_dossier_codes_are_hashed_as_they_are_read(tmp_path: Path) -> None:
    file = write(
        tmp_path / "mot-cua.csv",
        "Mã hồ sơ,Trạng thái,Hạn trả\n"
        "H12.34.56-260901-0007,Đang giải quyết,01/12/2026\nH12-260901-0008,Đã trả kết quả,\n",
    )
    checked = check_list(file, dossier_form(1, THE_DAY))
    assert checked.sound and [row["is_done"] for row in checked.rows] == [False, True]
    assert "260901" not in str(checked.rows)


def test_the_commands_take_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANHOI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DANHOI_SAMPLE", "1")
    bad = write(tmp_path / "bad.csv", "name,now\nThôn Tây,\n,Thôn Tây\n")
    refused = CliRunner().invoke(main, ["places", "import", str(bad)])
    assert refused.exit_code == 1 and "dòng 3" in refused.output and "không nhập dòng nào" in refused.output
    heads = write(
        tmp_path / "contacts.csv",
        "kind,name,hamlet,phone,updated_on\nhamlet_head,Ông Đông,Thôn Đông,0900 000 001,2026-11-01\n"
        "hamlet_head,Bà Tây,Thôn Tây,0900 000 002,2026-11-01\n",
    )
    hamlets = write(
        tmp_path / "hamlets.csv", "name,now,valid_to\nThôn Đông,,\nThôn Tây,,\nXóm Cầu,Thôn Tây,2025-06-30\n"
    )
    assert CliRunner().invoke(main, ["contacts", "import", str(heads)]).exit_code == 0
    assert CliRunner().invoke(main, ["places", "import", str(hamlets)]).exit_code == 0
    asked = CliRunner().invoke(main, ["ask", "trưởng xóm cầu là ai"])
    assert "Bà Tây" in asked.output and "Ông Đông" not in asked.output
