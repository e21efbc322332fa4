"""Giá đất of a street or area: the row in force, numbered choices, or "không thấy"; never the nearest row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from handlers import topics
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from handlers.price_answer import LOOK_UP, OTHER_STREET
from handlers.price_book import Book, Where, names_priced_street, open_book, own_units, rows_of, within
from handlers.price_narrowing import (
    ASKS_STREET,
    MOST_OFFERED,
    WHERE_TO_LOOK,
    WHICH,
    held,
    not_found,
    present,
    show,
)
from handlers.price_question import Wanted, at_position, read_question
from knowledge.land_price import find_area
from knowledge.streets import Street, read_words
from knowledge.vietnamese import fold
from storage import prices
from storage.prices import PriceRow
from storage.talks import Talk

FEW_WORDS = 4  # content syllables of a message that goes on about the price at hand
LAND_WORDS = frozenset({"dat", "ruong", "vuon", "cu"})
CUES = frozenset(["duong", "pho", "hem", "ngo", "doan", "quoc", "ql", "tl", "vt", "thocu", "ruong"])


async def handle(message: Incoming, desk: Desk) -> Reply:
    """A picked choice, an area for the price at hand, or a question that names a street or an area."""
    match message.verb:
        case "start":
            return ask_street(desk)
        case "pick":
            return await picked(message, desk)
        case "then":
            return await other_day(message, desk)
    book = await open_book(desk.shelf, commune_id=desk.commune_id)
    if not book.tables:
        return no_tables(message, desk)
    wanted = read_question(message, desk, book)
    if not wanted.read.named and not wanted.read.unknown:
        if desk.talk.held.get("rows") and (wanted.area or wanted.day_named or wanted.position or wanted.types):
            return await go_on(wanted, desk, book)
        if not wanted.units or not wanted.types:
            return await where_or_ask(wanted, message, desk, book)
    return await look_up(wanted, message, desk, book)


def ask_street(desk: Desk) -> Reply:
    """One question: which street, and where."""
    desk.talk.held = {}
    text = (
        "Dạ, anh/chị hỏi giá đất đường nào (hoặc khu nào), ở xã, phường nào ạ?\n"
        "Ví dụ: “đường Lê Lợi đoạn từ chợ đến cầu, vị trí 1”. Tên huyện, tỉnh cũ cũng được."
    )
    return Reply(text, "price", choices=(LOOK_UP, TO_A_PERSON), asks=ASKS_STREET)


async def where_or_ask(wanted: Wanted, message: Incoming, desk: Desk, book: Book) -> Reply:
    """No street was named: the one asked about before in another unit, else the question for it."""
    before = [Street(*each) for each in desk.talk.held.get("streets", ())]
    if before and wanted.units:
        return await show_streets([before], wanted, desk, book)
    if desk.talk.asks == ASKS_STREET and message.meaning.content_words:
        return not_found(wanted, desk)
    return ask_street(desk)


async def look_up(wanted: Wanted, message: Incoming, desk: Desk, book: Book) -> Reply:
    """Streets of that name in the units that were named, or all areas of a unit for a land type."""
    if wanted.read.unknown:
        return not_found(wanted, desk)
    if not wanted.read.named:
        return await show_streets([within(book.streets.all, wanted.units)], wanted, desk, book)
    if not wanted.read.named[0].sure:
        return confirm(wanted, desk)
    units = wanted.units or _units_before(desk)
    said = [word.said for word in read_words(message.text)]
    own = own_units(desk.commune.code, desk.knowledge.places)
    found = []
    for named in wanted.read.named:
        inside = within(named.streets, (*units, *own))
        found.append(book.streets.plainest(inside, said) if inside else ())
    return await show_streets(found, replace(wanted, units=units), desk, book)


def confirm(wanted: Wanted, desk: Desk) -> Reply:
    """The name has a slip that may be another street: asked, not guessed."""
    streets = within(wanted.read.named[0].streets, wanted.units) or wanted.read.named[0].streets
    desk.talk.held = held(desk, wanted, streets=[_as_list(street) for street in streets])
    name = streets[0].name
    text = f"Dạ, em không thấy đúng tên đường đó; gần giống có “{name}”. Có phải anh/chị hỏi đường này không ạ?"
    choices = (Choice(f"Đúng, {name}", "land_price.pick:streets"), OTHER_STREET, LOOK_UP, TO_A_PERSON)
    return Reply(text, "price", choices=choices, asks=WHICH)


async def show_streets(found: Sequence[Sequence[Street]], wanted: Wanted, desk: Desk, book: Book) -> Reply:
    """The prices of these streets on the day asked about; one list for each street that was named."""
    streets = [street for each in found for street in each]
    if not streets or any(not each for each in found):
        return not_found(wanted, desk)
    rows = await rows_of(desk, book, streets)
    desk.talk.on_day = wanted.on if wanted.on != desk.today else None
    desk.talk.held = held(desk, wanted, streets=[_as_list(street) for street in streets[:MOST_OFFERED]])
    return show(rows, wanted, desk, book, several=len(found) > 1)


async def picked(message: Incoming, desk: Desk) -> Reply:
    """One of the choices: rows that were offered, or the street whose name had a slip."""
    book = await open_book(desk.shelf, commune_id=desk.commune_id)
    wanted = _remembered(desk, book)
    if message.argument == "streets":
        streets = [Street(*each) for each in desk.talk.held.get("streets", ())]
        return await show_streets([streets], wanted, desk, book)
    picks = desk.talk.held.get("picks", [])
    at = int(message.argument) if message.argument.isdigit() else len(picks)
    rows = await _rows(picks[at] if at < len(picks) else [], desk, book)
    if not rows:
        return ask_street(desk)
    return show(rows, replace(wanted, segment=frozenset(), cued=False), desk, book)


async def other_day(message: Incoming, desk: Desk) -> Reply:
    """The streets at hand on the last day of the table that we hold."""
    book = await open_book(desk.shelf, commune_id=desk.commune_id)
    streets = [Street(*each) for each in desk.talk.held.get("streets", ())]
    wanted = replace(_remembered(desk, book), on=date.fromisoformat(message.argument), day_named=True)
    return await show_streets([streets], wanted, desk, book) if streets else ask_street(desk)


async def go_on(wanted: Wanted, desk: Desk, book: Book) -> Reply:
    """More about the price at hand: an area, a position, a land type, another day."""
    before = _remembered(desk, book)
    merged = replace(
        before,
        on=wanted.on,
        whole_year=wanted.whole_year,
        area=wanted.area or (before.area if wanted.day_named else None),
        types=wanted.types or before.types,
        position=wanted.position or before.position,
    )
    if wanted.area is not None and not wanted.day_named:
        rows = await _rows(desk.talk.held["rows"], desk, book)
        if rows:
            return present(at_position(rows, merged.position) or rows, merged, desk, book)
    streets = [Street(*each) for each in desk.talk.held.get("streets", ())]
    return await show_streets([streets], merged, desk, book) if streets else ask_street(desk)


def no_tables(message: Incoming, desk: Desk) -> Reply:
    """This commune has imported no table: where the price in force is published."""
    opening = "Dạ, xã chưa nhập bảng giá đất nên em không dám nói con số. Chỗ tra giá đúng:\n"
    answer = topics.present(message, desk, WHERE_TO_LOOK, opening=opening)
    desk.talk.topic = WHERE_TO_LOOK
    return replace(answer, action="price", topic=None)


def _remembered(desk: Desk, book: Book) -> Wanted:
    before = desk.talk.held
    return Wanted(
        on=date.fromisoformat(before["on"]) if before.get("on") else desk.today,
        day_named=False,
        whole_year=False,
        types=tuple(before.get("types", ())),
        position=before.get("position", ""),
        area=Decimal(before["area"]) if before.get("area") else None,
        units=(),
        segment=frozenset(),
        cued=False,
        read=book.streets.read(""),
    )


def _units_before(desk: Desk) -> tuple[Where, ...]:
    """ "Còn đường Lý Tự Trọng": in the units named before."""
    if not (desk.talk.asks or "").startswith("land_price."):
        return ()
    return tuple(Where(label, True, frozenset(names)) for label, *names in desk.talk.held.get("units", ()))


async def _rows(row_ids: Sequence[int], desk: Desk, book: Book) -> list[PriceRow]:
    return await prices.by_ids(
        desk.shelf, commune_id=desk.commune_id, table_ids=list(book.tables), row_ids=list(row_ids)
    )


def _as_list(street: Street) -> list[str]:
    return [street.name, street.province, street.district, street.commune]


def takes(message: Incoming, talk: Talk) -> bool:
    """Asked for the price of a named place; also where only the name tells that it is one: "giá đất Bến Cỏ"."""
    if message.meaning.action == "price":
        return True
    if message.meaning.action not in ("answer", "clarify", "abstain"):
        return False
    said = set(fold(message.text).split())
    asks = bool("gia" in said and said & LAND_WORDS) or bool({"met", "m2"} & said)
    return asks and names_priced_street(message.text, talk.commune_id)


def continues(message: Incoming, talk: Talk) -> bool:
    """The street that we asked for; or an area, a day, a position, another street for the price at hand."""
    meaning = message.meaning
    if meaning.action not in ("price", "answer", "clarify", "abstain", "smalltalk", "directory") or meaning.command:
        return False
    folded = fold(message.text)
    speaks = bool(CUES & set(folded.split())) or find_area(folded) is not None
    if talk.asks in (ASKS_STREET, WHICH):
        return speaks or meaning.band != "answer"
    ours = not meaning.content_words or meaning.band != "answer"
    if meaning.asked_day is not None and meaning.content_words <= FEW_WORDS and ours:
        return True
    return speaks and (meaning.band != "answer" or meaning.content_words <= FEW_WORDS)


FEATURE = Feature("land_price", handle, takes=takes, continues=continues)
