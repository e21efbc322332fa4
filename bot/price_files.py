"""Rows of a land price file, checked one by one: what is wrong is named with its row; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from bot.spreadsheets import Line, is_old_font
from knowledge.land_price import LAND_TYPES
from knowledge.streets import street_key
from knowledge.vietnamese import dong, fold, tidy

# Our name of a column, and the headings (folded) under which files have it.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "decision": ("decision", "quyet dinh", "van ban", "so quyet dinh", "nghi quyet"),
    "province": ("province_old", "province", "tinh", "tinh, thanh pho", "tinh thanh pho"),
    "district": ("district_old", "district", "huyen", "quan huyen", "quan, huyen", "huyen cu"),
    "commune": ("commune", "xa", "phuong xa", "xa, phuong", "xa phuong"),
    "street": ("street_or_area", "street", "ten duong", "duong", "khu vuc", "ten duong, khu vuc", "tuyen duong"),
    "segment_from": ("segment_from", "doan tu", "tu", "diem dau"),
    "segment_to": ("segment_to", "den", "doan den", "diem cuoi"),
    "land_type": ("land_type_code", "land_type", "loai dat", "ma loai dat", "ky hieu"),
    "position": ("position", "vi tri"),
    "price": ("price_vnd_per_m2", "gia", "gia dat", "don gia"),
    "unit": ("unit", "don vi", "don vi tinh"),
    "valid_from": ("valid_from", "ap dung tu", "tu ngay", "hieu luc tu"),
    "valid_to": ("valid_to", "ap dung den", "den ngay", "hieu luc den"),
    "source": ("source_url", "source", "nguon"),
    "confidence": ("confidence", "do tin cay"),
}
REQUIRED = ("decision", "province", "street", "land_type", "price", "valid_from", "valid_to")
UNITS: Mapping[str, int] = {
    "dong": 1, "dong/m2": 1, "vnd/m2": 1, "vnd": 1, "d/m2": 1,
    "nghin dong": 1_000, "nghin dong/m2": 1_000, "1.000 dong/m2": 1_000, "1000 dong/m2": 1_000, "ngan dong/m2": 1_000,
    "1.000 d/m2": 1_000, "1000d/m2": 1_000,
    "trieu dong": 1_000_000, "trieu dong/m2": 1_000_000,
}  # fmt: skip
LEAST, MOST = 1_000, 2_000_000_000  # đồng per m²: outside of it a unit was mistaken
CONFIDENCE = {
    "high": "high",
    "medium": "medium",
    "low": "low",
    "cao": "high",
    "vua": "medium",
    "thap": "low",
    "": "high",
}
MOST_NAMED = 200  # bad rows that are kept to be named; the rest are counted
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"\d{1,3}([.,\s]\d{3})+")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_IN_BRACKETS = re.compile(r"\((.*?)\)")


class BadCell(ValueError):
    """One cell that cannot be taken; `str()` is the reason."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One row that can be taken, in the columns of storage/prices.PriceRow."""

    number: int
    decision: str
    province: str
    district: str
    commune: str
    street: str
    segment_from: str
    segment_to: str
    land_type: str
    position: str
    vnd_per_m2: int
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str

    @property
    def land(self) -> tuple[str, ...]:
        """What it prices."""
        where = (self.province, self.district, self.commune, self.street, self.segment_from, self.segment_to)
        return (*where, self.land_type, self.position)

    def counts_from(self, today: date) -> date:
        """Its first day; where that is not known, the beginning of its last year, or the day of the import."""
        if self.valid_from:
            return self.valid_from
        return date(self.valid_to.year, 1, 1) if self.valid_to else today

    def as_columns(self, table_id: int, today: date) -> dict[str, object]:
        """For the table."""
        return {
            "table_id": table_id,
            "number": self.number,
            "province": self.province,
            "district": self.district,
            "commune": self.commune,
            "street": self.street,
            "street_key": cached_key(self.street),
            "segment_from": self.segment_from,
            "segment_to": self.segment_to,
            "land_type": self.land_type,
            "position": self.position,
            "vnd_per_m2": self.vnd_per_m2,
            "valid_from": self.valid_from,
            "counts_from": self.counts_from(today),
            "valid_to": self.valid_to,
            "source": self.source,
            "confidence": self.confidence,
        }


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that stops the import, and why."""

    number: int
    reason: str

    def __str__(self) -> str:
        """For whoever sent the file."""
        return f"dòng {self.number}: {self.reason}"


@dataclass
class Checked:
    """What a file holds: counts for the preview, bad rows by number, and remarks that stop nothing."""

    rows: int = 0
    total_vnd: int = 0
    bad: list[BadRow] = field(default_factory=list)
    more_bad: int = 0
    remarks: list[BadRow] = field(default_factory=list)
    tables: dict[tuple[str, str], int] = field(default_factory=dict)
    lands: dict[int, list[tuple[date, date, int, int]]] = field(default_factory=dict)  # by hash: days, price, row
    unconfirmed: set[tuple[str, str]] = field(default_factory=set)

    @property
    def sound(self) -> bool:
        """Whether every row can be taken."""
        return not self.bad and self.rows > 0

    def refuse(self, row: BadRow) -> None:
        """Name a bad row, or count it where many were named."""
        if len(self.bad) < MOST_NAMED:
            self.bad.append(row)
        else:
            self.more_bad += 1


class Columns:
    """Where each of our columns stands in a file. Raises BadCell when one that must be there is not."""

    def __init__(self, header: Iterable[str]) -> None:
        """`header`: the first row."""
        self._at: dict[str, int] = {}
        self._scale = 1
        for at, heading in enumerate(header):
            self._take(at, " ".join(fold(tidy(heading)).replace("²", "2").split()))
        missing = [name for name in REQUIRED if name not in self._at]
        if missing:
            wanted = "; ".join(f"{name} ({HEADINGS[name][1]})" for name in missing)
            raise BadCell(f"thiếu cột: {wanted}")

    def _take(self, at: int, heading: str) -> None:
        unit = _IN_BRACKETS.search(heading)
        plain = _IN_BRACKETS.sub("", heading).strip()
        for name, known in HEADINGS.items():
            if plain in known and name not in self._at:
                self._at[name] = at
                if name == "price" and unit:
                    self._scale = _scale(unit[1])

    def read(self, line: Line) -> PriceLine:
        """The row; raises BadCell with the first thing that is wrong."""
        cell = {name: _tidy(line.cells[at]) if at < len(line.cells) else "" for name, at in self._at.items()}
        text = {name: cell.get(name, "") for name in HEADINGS}
        for name in ("decision", "province", "street"):
            if not text[name]:
                raise BadCell(f"cột {HEADINGS[name][1]} trống")
        if is_old_font(" ".join(line.cells)):
            raise BadCell("chữ gõ bằng phông TCVN3 (ABC) cũ; chuyển sang Unicode rồi nhập lại")
        scale = _scale(text["unit"]) if text["unit"] else self._scale
        first, last = _day(text["valid_from"], "áp dụng từ"), _day(text["valid_to"], "áp dụng đến")
        confidence = CONFIDENCE.get(text["confidence"]) or CONFIDENCE.get(fold(text["confidence"]))
        if confidence is None:
            raise BadCell(f"độ tin cậy “{text['confidence']}” không hiểu; ghi high, medium hoặc low")
        if first and last and first > last:
            raise BadCell(f"ngày áp dụng từ {first:%d/%m/%Y} sau ngày hết {last:%d/%m/%Y}")
        if first is None and confidence != "low":
            raise BadCell("thiếu ngày áp dụng từ")
        return PriceLine(
            number=line.number,
            decision=text["decision"],
            province=text["province"],
            district=text["district"],
            commune=text["commune"],
            street=text["street"],
            segment_from=text["segment_from"],
            segment_to=text["segment_to"],
            land_type=_land_type(text["land_type"]),
            position=_position(text["position"]),
            vnd_per_m2=_price(text["price"], scale),
            valid_from=first,
            valid_to=last,
            source=text["source"],
            confidence=confidence,
        )


def check_lines(lines: Iterator[Line], today: date) -> Checked:
    """Every row looked at; nothing is stored. A row that prices the same land on the same day as another is named."""
    checked = Checked()
    try:
        columns = Columns(next(lines, Line(1, ())).cells)
    except BadCell as bad:
        checked.refuse(BadRow(1, str(bad)))
        return checked
    for line in lines:
        try:
            row = columns.read(line)
        except BadCell as bad:
            checked.refuse(BadRow(line.number, str(bad)))
            continue
        _count(row, checked)
        _compare(row, checked, today)
    if not checked.rows and not checked.bad:
        checked.refuse(BadRow(1, "tệp không có dòng giá nào"))
    return checked


def good_lines(lines: Iterator[Line]) -> Iterator[PriceLine]:
    """The rows of a file that was checked."""
    columns = Columns(next(lines).cells)
    for line in lines:
        yield columns.read(line)


@lru_cache(maxsize=65_536)
def _tidy(cell: str) -> str:
    return tidy(cell)


@lru_cache(maxsize=65_536)
def cached_key(street: str) -> str:
    """`street_key`, remembered: a street stands in many rows."""
    return street_key(street)


def _count(row: PriceLine, checked: Checked) -> None:
    checked.rows += 1
    checked.total_vnd += row.vnd_per_m2
    table = (row.decision, row.province)
    checked.tables[table] = checked.tables.get(table, 0) + 1
    if row.confidence == "low" or row.valid_from is None or "chưa xác nhận" in row.decision:
        checked.unconfirmed.add(table)


def _compare(row: PriceLine, checked: Checked, today: date) -> None:
    """Against rows for the same land: by a hash, so that 200,000 rows need little memory."""
    first, last = row.counts_from(today), row.valid_to or date.max
    same = checked.lands.setdefault(hash(row.land), [])
    for its_first, its_last, its_price, its_number in same:
        if last < its_first or its_last < first:
            continue
        if (its_first, its_last, its_price) == (first, last, row.vnd_per_m2):
            checked.refuse(BadRow(row.number, f"trùng hẳn dòng {its_number}; bỏ một dòng"))
        elif row.confidence == "low" and (its_first, its_last) == (first, last):
            checked.remarks.append(
                BadRow(row.number, f"khác giá với dòng {its_number} cho cùng một chỗ; sẽ nêu cả hai")
            )
        else:
            checked.refuse(
                BadRow(row.number, f"cùng chỗ, thời gian áp dụng chồng lên dòng {its_number} ({dong(its_price)}/m²)")
            )
        break
    same.append((first, last, row.vnd_per_m2, row.number))


def _scale(unit: str) -> int:
    known = UNITS.get(" ".join(fold(tidy(unit)).replace("²", "2").split()))
    if known is None:
        raise BadCell(f"đơn vị “{unit}” không hiểu; ghi đồng/m2, nghìn đồng/m2 hoặc triệu đồng/m2")
    return known


def _price(text: str, scale: int) -> int:
    if text.startswith("-"):
        raise BadCell(f"giá âm: {text}")
    if _PLAIN.fullmatch(text):
        vnd = int(text) * scale
    elif _GROUPED.fullmatch(text):
        vnd = int(re.sub(r"\D", "", text)) * scale
    elif scale > 1 and re.fullmatch(r"\d+[.,]\d{1,2}", text):
        vnd = round(float(text.replace(",", ".")) * scale)
    else:
        raise BadCell(f"giá “{text}” không phải số nguyên đồng" if text else "thiếu giá")
    if not LEAST <= vnd <= MOST:
        raise BadCell(f"giá {dong(vnd)}/m² ngoài khoảng {dong(LEAST)} đến {dong(MOST)}: kiểm tra đơn vị tính")
    return vnd


@lru_cache(maxsize=1_024)
def _day(text: str, name: str) -> date | None:
    if not text:
        return None
    written = _DAY.fullmatch(text)
    try:
        return date(int(written[3]), int(written[2]), int(written[1])) if written else date.fromisoformat(text[:10])
    except ValueError as bad:
        raise BadCell(f"ngày {name} “{text}” không đọc được; ghi 31/12/2026 hoặc 2026-12-31") from bad


@lru_cache(maxsize=256)
def _land_type(text: str) -> str:
    code = text.upper()
    if code in LAND_TYPES:
        return code
    named = next((known for known, name in LAND_TYPES.items() if fold(name) == fold(text)), None)
    if named is None:
        raise BadCell(f"loại đất “{text}” không có trong danh mục; ghi mã như ODT, ONT, LUC, CLN")
    return named


@lru_cache(maxsize=1_024)
def _position(text: str) -> str:
    numbered = re.fullmatch(r"(?:vi tri|vt)?\s*(\d)", fold(text))
    return f"VT{numbered[1]}" if numbered else text
