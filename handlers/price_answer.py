"""A land price as a citizen reads it: price, unit, position, segment, decision and days; and sums line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from handlers.contract import FIRST_SCREEN, Choice, Desk, Reply, Source
from handlers.people import TO_A_PERSON
from handlers.price_book import Book
from knowledge.errors import KnowledgeError
from knowledge.fields import value_on
from knowledge.land_price import LAND_TYPES, share_of, value_of
from knowledge.places import bare_name
from knowledge.vietnamese import dong
from storage.prices import PriceRow

SHOWN = "land_price.shown"
OTHER_STREET = Choice("Đường khác", "land_price.start", aside=True)
LOOK_UP = Choice("Tra giá ở đâu", "topics.open:giadat.tra-cuu.o-dau", aside=True)
REGISTRATION = "giadat.le-phi-truoc-ba"
THREE_PRICES = "Đây là giá trong bảng giá của Nhà nước; giá bồi thường và giá mua bán là số khác."
UNCONFIRMED = "Số hoặc ngày của văn bản này chưa xác nhận."
SAYS_SO = "chưa xác nhận"
TWO_PRICES = "Lưu ý: bảng nguồn ghi hai giá cho cùng một chỗ, em nêu cả hai; hỏi cán bộ địa chính để biết giá đúng."
MOST_LINES = 8


def whole_answer(rows: Sequence[PriceRow], on: date, desk: Desk, book: Book) -> Reply:
    """The answer: one price in one sentence, several by position below each other."""
    opening = "Dạ, " if on == desk.today else f"Dạ, theo bảng giá áp dụng ngày {on:%d/%m/%Y}: "
    if len(rows) == 1:
        text = f"{opening}{place_label(rows[0])}{_detail(rows[0])}: {_price(rows[0])}."
    else:
        text = f"{opening}{_common(rows)}:\n" + "\n".join(
            f"- {_short(row, rows)}: {_price(row)}" for row in rows[:MOST_LINES]
        )
    return _reply([text, *_remarks(rows, on, desk, book)], rows, desk, book)


def estimate(rows: Sequence[PriceRow], area: Decimal, on: date, desk: Desk, book: Book) -> Reply:
    """Area times price, the registration fee on it, and who decides; the yearly coefficient is not ours to guess."""
    lines = [f"Dạ, tính thử theo bảng giá, {_common(rows)}:"]
    sources: list[Source] = []
    for row in rows[:MOST_LINES]:
        value = value_of(area, row.vnd_per_m2)
        lines.append(f"- {_short(row, rows) + ': ' if len(rows) > 1 else ''}{value.line}")
        fee, source = _registration_fee(value.vnd, on, desk) if len(rows) == 1 else (None, None)
        if fee and source:
            lines.append(f"- {fee} (nếu sang tên, chưa tính miễn giảm)")
            sources.append(source)
    lines.append(
        "Chưa nhân hệ số điều chỉnh hằng năm của tỉnh (em chưa có số). "
        "Cơ quan thuế và cơ quan đất đai quyết định số phải nộp."
    )
    lines += [line for line in _remarks(rows, on, desk, book) if line != THREE_PRICES]
    return _reply(lines, rows, desk, book, more=tuple(sources))


def place_label(row: PriceRow) -> str:
    """ "Đại lộ Hòa Bình (Đường Nguyễn Trãi - Đường 30 Tháng 4), Quận Ninh Kiều, Cần Thơ"."""
    return f"{_street(row)}{_segment(row)}, {unit_label(row)}"


def unit_label(row: PriceRow) -> str:
    """The units as the table has them: "Thị trấn Khe Sanh, Huyện Hướng Hóa (cũ), Quảng Trị"."""
    district = f"{row.district} (cũ)" if row.district else ""
    return ", ".join(name for name in (row.commune, district, row.province) if name)


def group_label(group: Sequence[PriceRow], among: Sequence[Sequence[PriceRow]]) -> str:
    """What tells this group from the others: street, segment, land type, as far as they differ."""
    row = group[0]
    parts = []
    if len({each[0].street for each in among}) > 1:
        parts.append(_street(row))
    if len({(each[0].segment_from, each[0].segment_to) for each in among}) > 1:
        parts.append(_segment(row).strip(" ()") or "không ghi đoạn")
    if len({each[0].land_type for each in among}) > 1:
        parts.append(LAND_TYPES[row.land_type])
    return ", ".join(parts) or f"{_street(row)}{_segment(row)}"


def dated(row: PriceRow, last: date | None) -> str:
    """ "áp dụng từ 01/01/2014 đến 31/12/2014"."""
    begins = f"từ {row.valid_from:%d/%m/%Y}" if row.valid_from else "(chưa rõ ngày bắt đầu)"
    return f"áp dụng {begins}" + (f" đến {last:%d/%m/%Y}" if last else "")


def unit_notes(row: PriceRow, desk: Desk) -> str:
    """What stands today where the table names a unit of before 01/07/2025; empty where nothing changed."""
    places = desk.knowledge.places
    if row.commune:
        found = places.find(", ".join(name for name in (row.commune, row.province) if name))
        if len(found) == 1 and found[0].full_name != row.commune:
            return f"{row.commune} nay là {found[0].today}."
        if found:
            return ""
    province = places.province(row.province)
    if province is None or bare_name(province.name) == bare_name(row.province):
        return ""
    return f"{row.province} nay thuộc {province.full_name}."


def _fitted(lines: Sequence[str], sources: tuple[Source, ...]) -> str:
    """The lines; where that is more than a screen, the decision is named once, as the ground."""
    kept = [line for line in lines if line]
    whole = Reply("\n".join(kept), "price", sources=sources)
    if len(whole.printed) <= FIRST_SCREEN:
        return whole.text
    return "\n".join(line.replace(f"Theo {sources[0].cite}, áp", "Áp") for line in kept)


def _reply(
    lines: Sequence[str], rows: Sequence[PriceRow], desk: Desk, book: Book, *, more: tuple[Source, ...] = ()
) -> Reply:
    sources = (*list(dict.fromkeys(_source(row, book) for row in rows))[:2], *more)
    choices = (OTHER_STREET, LOOK_UP, TO_A_PERSON)
    return Reply(_fitted(lines, sources), "price", choices=choices, sources=sources, asks=SHOWN)


def _remarks(rows: Sequence[PriceRow], on: date, desk: Desk, book: Book) -> list[str]:
    """Decision and days, what is not confirmed, the three prices, the units of today."""
    first = rows[0]
    table = book.tables[first.table_id]
    last = min((day for day in (first.valid_to, table.ends_on) if day), default=None)
    expired = " (đã hết hiệu lực)" if last and last < desk.today else ""
    doubles = len(rows) > len({(row.position, *_land(row)) for row in rows})
    return [
        f"Theo {table.decision}, {dated(first, last)}{expired}.",
        UNCONFIRMED if not table.confirmed and SAYS_SO not in table.decision else "",
        TWO_PRICES if doubles else "",
        THREE_PRICES,
        unit_notes(first, desk),
    ]


def _source(row: PriceRow, book: Book) -> Source:
    table = book.tables[row.table_id]
    last = min((day for day in (row.valid_to, table.ends_on) if day), default=None)
    return Source(table.decision, since=row.valid_from, until=last, checked_on=table.imported_on)


def _registration_fee(vnd: int, on: date, desk: Desk) -> tuple[str | None, Source | None]:
    """The fee on that value, from the typed rate of its entry; nothing where no rate is in force."""
    try:
        entry = desk.knowledge.entry(REGISTRATION)
    except KnowledgeError:
        return None, None
    rate = value_on(entry.fields.get("muc", ()), entry, on)
    if rate is None or not isinstance(rate.value, int | float):
        return None, None
    source = Source(rate.source.cite, rate.since, rate.until, entry.checked_on)
    return share_of(vnd, rate.value, "Lệ phí trước bạ").line, source


def _price(row: PriceRow) -> str:
    return f"{dong(row.vnd_per_m2)}/m²"


def _street(row: PriceRow) -> str:
    return row.street.strip(" -:")


def _segment(row: PriceRow) -> str:
    ends = " - ".join(end for end in (row.segment_from, row.segment_to) if end)
    return f" ({ends})" if ends else ""


def _detail(row: PriceRow) -> str:
    position = f", {row.position}" if row.position else ""
    return f"{position}, {LAND_TYPES[row.land_type]}"


def _land(row: PriceRow) -> tuple[str, ...]:
    return (row.street, row.segment_from, row.segment_to, row.land_type, row.district, row.commune)


def _common(rows: Sequence[PriceRow]) -> str:
    """What all rows share."""
    first = rows[0]
    if len({_land(row) for row in rows}) == 1:
        position = f", {first.position}" if len(rows) == 1 and first.position else ""
        return f"{place_label(first)}, {LAND_TYPES[first.land_type]}{position}"
    types = {row.land_type for row in rows}
    return f"{unit_label(first)}" + (f", {LAND_TYPES[first.land_type]}" if len(types) == 1 else "")


def _short(row: PriceRow, among: Sequence[PriceRow]) -> str:
    """What tells this row from the others."""
    if len({_land(each) for each in among}) == 1:
        return row.position or "không ghi vị trí"
    kind = LAND_TYPES[row.land_type] if len({each.land_type for each in among}) > 1 else ""
    return ", ".join(part for part in (f"{_street(row)}{_segment(row)}", kind, row.position) if part)
