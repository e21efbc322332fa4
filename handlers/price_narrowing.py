"""Rows of a street narrowed to an answer: by day, land type, position, segment; what is missing is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from handlers.contract import SAID, Choice, Desk, Reply
from handlers.people import TO_A_PERSON
from handlers.price_answer import LOOK_UP, OTHER_STREET, SHOWN, estimate, group_label, unit_label, whole_answer
from handlers.price_book import Book
from handlers.price_question import Wanted, at_position, at_segment, by_land, of_type
from knowledge.land_price import LAND_TYPES
from storage.prices import PriceRow

WHERE_TO_LOOK = "giadat.tra-cuu.o-dau"
ASKS_STREET, WHICH = "land_price.street", "land_price.which"
MOST_OFFERED = 8
MOST_GROUPS = 2  # streets or land types answered side by side


def show(rows: Sequence[PriceRow], wanted: Wanted, desk: Desk, book: Book, *, several: bool = False) -> Reply:
    """Narrow step by step; what a step leaves empty is named, with what there is instead."""
    wanted = replace(wanted, on=_day_in_force(rows, wanted, book))
    now = book.on_day(rows, wanted.on)
    if not now:
        return none_in_force(rows, wanted, desk, book)
    typed = of_type(now, wanted.types)
    if not typed:
        return lacking(now, wanted, desk, "loại đất đó", sorted({LAND_TYPES[row.land_type] for row in now}))
    placed = at_position(typed, wanted.position)
    if not placed:
        return lacking(now, wanted, desk, wanted.position, sorted({row.position for row in typed}))
    cut, found = at_segment(placed, wanted)
    groups = by_land(cut)
    if not found:
        opening = f"Dạ, em không thấy đúng đoạn đó trong bảng giá; hỏi {who_knows(desk)} Bảng có ghi:"
        return offer(groups, wanted, desk, opening)
    if len(groups) > (MOST_GROUPS if several else 1):
        return offer(groups, wanted, desk, "Dạ, có nhiều dòng giá khớp, anh/chị chọn giúp em:")
    return present([row for group in groups for row in group], wanted, desk, book)


def _day_in_force(rows: Sequence[PriceRow], wanted: Wanted, book: Book) -> date:
    """The day asked about; for "năm 2024" the middle of the year, else its last or first day, whichever has a price."""
    year = wanted.on.year
    days = (wanted.on, date(year, 12, 31), date(year, 1, 1)) if wanted.whole_year else (wanted.on,)
    return next((day for day in days if any(book.in_force(row, day) for row in rows)), wanted.on)


def present(rows: Sequence[PriceRow], wanted: Wanted, desk: Desk, book: Book) -> Reply:
    """The answer itself; it stays open for an area, a position, another day or another street."""
    desk.talk.held = {**desk.talk.held, "rows": [row.id for row in rows]}
    if wanted.area is not None:
        return estimate(rows, wanted.area, wanted.on, desk, book)
    return whole_answer(rows, wanted.on, desk, book)


def offer(groups: Sequence[Sequence[PriceRow]], wanted: Wanted, desk: Desk, opening: str) -> Reply:
    """Numbered choices: by unit where the street lies in several, else by segment and land type."""
    units = {unit_label(group[0]): [] for group in groups}  # type: dict[str, list[PriceRow]]
    for group in groups:
        units[unit_label(group[0])] += group
    if len(units) > 1:
        street = groups[0][0].street if len({group[0].street for group in groups}) == 1 else ""
        labels = {f"{street} {name}".strip(): rows for name, rows in units.items()}
    else:
        labels = {group_label(group, groups): list(group) for group in groups}
    shown = list(labels.items())[:MOST_OFFERED]
    kept = held(desk, wanted, streets=desk.talk.held.get("streets", []))
    desk.talk.held = {**kept, "picks": [[row.id for row in rows] for _, rows in shown]}
    choices = tuple(Choice(label, f"land_price.pick:{at}") for at, (label, _) in enumerate(shown))
    more = len(labels) - len(shown)
    text = opening + (f" (còn {more} dòng nữa: gõ thêm tên đoạn, xã hoặc loại đất)" if more > 0 else "")
    return Reply(text, "price", choices=(*choices, OTHER_STREET, TO_A_PERSON), asks=WHICH)


def none_in_force(rows: Sequence[PriceRow], wanted: Wanted, desk: Desk, book: Book) -> Reply:
    """We hold prices of this street, but none of that day: said so, and the day for which there is one is offered."""
    past = [row for row in rows if row.counts_from <= wanted.on and not book.in_force(row, wanted.on)]
    last = max((row.valid_to for row in past if row.valid_to), default=None)
    day = f"ngày {wanted.on:%d/%m/%Y}"
    text = f"Dạ, em không thấy giá đất của {_names(rows)} áp dụng cho {day}, nên không dám nói con số."
    choices: tuple[Choice, ...] = ()
    if last is not None:
        text += f" Bảng em có chỉ áp dụng đến {last:%d/%m/%Y}."
        choices = (Choice(f"Xem giá lúc đó ({last:%d/%m/%Y}, đã hết hiệu lực)", f"land_price.then:{last.isoformat()}"),)
    text += f"\nHỏi giá đang áp dụng: {who_knows(desk)}"
    desk.talk.topic = WHERE_TO_LOOK
    return Reply(text, "price", choices=(*choices, LOOK_UP, OTHER_STREET, TO_A_PERSON), asks=SHOWN, unhelpful=True)


def lacking(rows: Sequence[PriceRow], wanted: Wanted, desk: Desk, what: str, there: Sequence[str]) -> Reply:
    """The street is there, but not with this land type or position."""
    known = ", ".join(name for name in there if name) or "không ghi vị trí"
    text = (
        f"Dạ, bảng giá em có của {_names(rows)} không thấy {what}; bảng ghi: {known}.\n"
        f"Anh/chị chọn một loại ở trên, hoặc hỏi {who_knows(desk)}"
    )
    desk.talk.held = {**desk.talk.held, "rows": [row.id for row in rows][: MOST_OFFERED * 4]}
    return Reply(text, "price", choices=(OTHER_STREET, LOOK_UP, TO_A_PERSON), asks=SHOWN, unhelpful=True)


def not_found(wanted: Wanted, desk: Desk) -> Reply:
    """ "Không thấy": what was searched, and where to ask; the street's own words are quoted, not kept."""
    where = ", ".join(unit.label for unit in wanted.units if unit.firm)
    kinds = ", ".join(dict.fromkeys(LAND_TYPES[code] for code in wanted.types[:2]))
    searched = [part for part in (f"ở {where}" if where else "", kinds, f"ngày {wanted.on:%d/%m/%Y}") if part]
    text = (
        f"Dạ, em không thấy đường hoặc khu này trong bảng giá đất đã nhập (tìm: {', '.join(searched)}), nên không dám "
        f"lấy giá đường khác.\nAnh/chị kiểm tra lại tên trong câu “{SAID}”, hoặc hỏi {who_knows(desk)}"
    )
    desk.talk.topic = WHERE_TO_LOOK
    choices = (OTHER_STREET, LOOK_UP, TO_A_PERSON)
    return Reply(text, "price", choices=choices, asks=ASKS_STREET, quotes=desk.body_id, unhelpful=True)


def who_knows(desk: Desk) -> str:
    """Whom to ask for the price in force."""
    phone = f" (gọi {desk.commune.phone})" if desk.commune.phone else ""
    return f"công chức địa chính {desk.commune.name}{phone} hoặc Văn phòng đăng ký đất đai ạ."


def _names(rows: Sequence[PriceRow]) -> str:
    names = list(dict.fromkeys(f"{row.street}, {unit_label(row)}" for row in rows))
    return "; ".join(names[:2]) + ("…" if len(names) > 2 else "")


def held(desk: Desk, wanted: Wanted, *, streets: list[list[str]]) -> dict[str, Any]:
    """What the talk keeps of the question: names of our tables and numbers."""
    return {
        "streets": streets,
        "units": [[unit.label, *sorted(unit.names)] for unit in wanted.units if unit.firm],
        "types": list(wanted.types),
        "position": wanted.position,
        "area": str(wanted.area) if wanted.area else None,
        "on": wanted.on.isoformat(),
    }
