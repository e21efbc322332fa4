"""Short lists that a commune imports whole: contacts, hamlets, dossiers. Every bad row is named; all rows or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.price_files import BadCell, BadRow
from bot.spreadsheets import Line, is_old_font, opened_table
from knowledge.directory import KINDS, kind_of
from knowledge.streets import street_key
from knowledge.vietnamese import fold, tidy
from storage import dossiers

Columns = dict[str, Any]
Headings = Mapping[str, tuple[str, ...]]
MOST_ROWS = 20_000
MOST_NAMED = 200
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_PHONE = re.compile(r"[0-9 .()+-]{3,20}(?: \(.*\))?")
DONE = ("da tra", "da tra ket qua", "hoan thanh", "da co ket qua", "xong", "da giai quyet", "done")


@dataclass(frozen=True, slots=True)
class ListForm:
    """What one kind of list looks like. `read` turns the cells of a row, by column, into a table's columns."""

    headings: Headings
    required: tuple[str, ...]
    unique: tuple[str, ...]
    read: Callable[[Mapping[str, str]], Columns]


@dataclass
class CheckedList:
    """The rows of a file, and what is wrong in it."""

    rows: list[Columns] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether every row can be taken."""
        return bool(self.rows) and not self.bad


def check_list(file: Path, form: ListForm) -> CheckedList:
    """All rows, each looked at; raises UnreadableTable for a file that is no table."""
    with opened_table(file) as lines:
        return _checked(lines, form)


def _checked(lines: Iterator[Line], form: ListForm) -> CheckedList:
    checked = CheckedList()
    places = _places(next(lines, Line(1, ())), form)
    missing = [name for name in form.required if name not in places]
    if missing:
        checked.bad.append(BadRow(1, "thiếu cột: " + "; ".join(form.headings[name][0] for name in missing)))
        return checked
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines:
        try:
            row = _row(line, places, form)
        except BadCell as bad:
            checked.bad.append(BadRow(line.number, str(bad)))
        else:
            key = tuple(row[name] for name in form.unique)
            if key in seen:
                checked.bad.append(BadRow(line.number, f"trùng dòng {seen[key]}"))
            seen.setdefault(key, line.number)
            checked.rows.append(row)
        if len(checked.bad) >= MOST_NAMED or len(checked.rows) > MOST_ROWS:
            checked.bad.append(BadRow(line.number, "dừng ở đây: quá nhiều lỗi hoặc quá nhiều dòng"))
            break
    if not checked.rows and not checked.bad:
        checked.bad.append(BadRow(1, "tệp không có dòng nào"))
    return checked


def _places(header: Line, form: ListForm) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, heading in enumerate(header.cells):
        plain = fold(tidy(heading)).strip(" *:")
        for name, known in form.headings.items():
            if plain == name or plain in map(fold, known):
                found.setdefault(name, at)
    return found


def _row(line: Line, places: Mapping[str, int], form: ListForm) -> Columns:
    cells = {name: tidy(line.cells[at]) if at < len(line.cells) else "" for name, at in places.items()}
    if is_old_font(" ".join(line.cells)):
        raise BadCell("chữ gõ bằng phông TCVN3 (ABC) cũ; chuyển sang Unicode rồi nhập lại")
    for name in form.required:
        if not cells.get(name):
            raise BadCell(f"cột {form.headings[name][0]} trống")
    return form.read({name: cells.get(name, "") for name in form.headings})


def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    written = _DAY.fullmatch(text)
    try:
        return date(int(written[3]), int(written[2]), int(written[1])) if written else date.fromisoformat(text[:10])
    except ValueError as bad:
        raise BadCell(f"{name} “{text}” không đọc được; ghi 31/12/2026") from bad


def _contact(cells: Mapping[str, str]) -> Columns:
    kind = cells["kind"] if cells["kind"] in KINDS else kind_of(cells["kind"])
    if kind is None:
        raise BadCell(
            f"chức danh “{cells['kind']}” không hiểu; ví dụ: {', '.join(each.label for each in KINDS.values())}"
        )
    if cells["phone"] and not _PHONE.fullmatch(cells["phone"]):
        raise BadCell(f"số điện thoại “{cells['phone']}” không đúng")
    if not (cells["phone"] or cells["place"] or cells["hours"]):
        raise BadCell("cần ít nhất một trong: điện thoại, nơi gặp, giờ")
    return {
        "kind": kind,
        "name": cells["name"],
        "hamlet": cells["hamlet"],
        "hamlet_key": street_key(cells["hamlet"]) if cells["hamlet"] else "",
        "field": cells["field"],
        "phone": cells["phone"],
        "place": cells["place"],
        "hours": cells["hours"],
        "updated_on": _day(cells["updated_on"], "ngày cập nhật"),
    }


def _hamlet(cells: Mapping[str, str]) -> Columns:
    first, last = _day(cells["valid_from"], "từ ngày"), _day(cells["valid_to"], "đến ngày")
    if first and last and first > last:
        raise BadCell("từ ngày sau đến ngày")
    now = cells["now"] or cells["name"]
    return {"name": cells["name"], "key": street_key(cells["name"]), "now": now, "valid_from": first, "valid_to": last}


def dossier_form(commune_id: int, today: date) -> ListForm:
    """The export of the one-stop software; the codes are hashed as they are read."""

    def read(cells: Mapping[str, str]) -> Columns:
        if not re.fullmatch(r"[\w.\-/]{6,40}", cells["code"]):
            raise BadCell(f"mã hồ sơ dài {len(cells['code'])} ký tự, không đúng dạng")
        return {
            "code_hash": dossiers.hashed(cells["code"], commune_id=commune_id),
            "state": cells["state"],
            "is_done": fold(cells["state"]).startswith(DONE),
            "due_on": _day(cells["due_on"], "hạn trả"),
            "imported_on": today,
        }

    headings = {
        "code": ("Mã hồ sơ", "code", "số hồ sơ"),
        "state": ("Trạng thái", "state", "tình trạng"),
        "due_on": ("Hạn trả", "due_date", "ngày hẹn trả", "hẹn trả"),
    }
    return ListForm(headings, ("code", "state"), ("code_hash",), read)


CONTACTS = ListForm(
    headings={
        "kind": ("Chức danh", "loại"),
        "name": ("Họ tên", "tên"),
        "hamlet": ("Thôn, ấp", "thôn", "ấp", "khu vực", "tổ dân phố"),
        "field": ("Lĩnh vực", "phụ trách"),
        "phone": ("Điện thoại", "số điện thoại", "sđt"),
        "place": ("Nơi gặp", "địa chỉ", "phòng"),
        "hours": ("Giờ", "lịch", "thời gian"),
        "updated_on": ("Ngày cập nhật", "cập nhật ngày"),
    },
    required=("kind", "name", "updated_on"),
    unique=("kind", "name", "hamlet", "field"),
    read=_contact,
)
HAMLETS = ListForm(
    headings={
        "name": ("Tên thôn, ấp", "tên", "thôn", "ấp"),
        "now": ("Nay là", "tên hiện nay"),
        "valid_from": ("Từ ngày", "áp dụng từ"),
        "valid_to": ("Đến ngày", "áp dụng đến"),
    },
    required=("name",),
    unique=("key", "now", "valid_from"),
    read=_hamlet,
)
