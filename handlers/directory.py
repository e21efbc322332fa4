"""Who, where, when: the commune's own list of offices, numbers, hours and reception days, as it last confirmed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from handlers import old_names
from handlers.contract import FIRST_SCREEN, Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON, desk_line
from knowledge.directory import HAMLET, KINDS, kinds_asked, names_hamlet
from knowledge.places import Mention
from knowledge.streets import street_key
from knowledge.vietnamese import fold
from storage import contacts, places
from storage.contacts import Contact
from storage.talks import Talk

EMERGENCIES = "Khẩn cấp: 113 · 114 · 115."
ASKS_HAMLET = "directory.hamlet"
MOST_HAMLETS = 9
MOST_SEATS = 3
MENU = Choice("Xem danh mục", "welcome.menu")
FIELD_WORDS = 2  # syllables of a field that a message must name to mean it
QUARTER = timedelta(days=92)  # the office signs the list off each quarter; an older one is said to be old


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The office that was asked for, in the hamlet that was named; else all that the commune has published."""
    elsewhere = _elsewhere(message, desk)
    if elsewhere is not None:
        ambiguous = old_names.is_ambiguous(elsewhere)
        return old_names.ask_province(elsewhere, desk) if ambiguous else another_commune(elsewhere, desk)
    kinds = _kinds(message, desk)
    if not kinds:
        return whole(desk)
    # A commune that this deployment does not serve has no code, and nothing of it is known here.
    found = await _published_for(kinds, desk) if desk.commune.code else []
    if not found:
        return lacking(kinds, desk)
    by_hamlet = any(KINDS[kind].by_hamlet for kind in kinds)
    hamlet = await hamlet_named(message, desk, found) if by_hamlet else ""
    if by_hamlet and hamlet is None:
        return ask_hamlet(kinds, found, desk, fold(message.text))
    here = [each for each in found if not each.hamlet_key or not by_hamlet or each.hamlet_key == hamlet]
    shown = [each for kind in kinds for each in narrowed([one for one in here if one.kind == kind], message)]
    return listed(shown, kinds, desk) if shown else lacking(kinds, desk)


def another_commune(mention: Mention, desk: Desk) -> Reply:
    """A commune whose directory is not here: what it is called now and where its seat is; our numbers are no help."""
    renamed = old_names.note(mention) if mention.is_old else f"{mention.now}."
    seats = "\n".join(f"Trụ sở {place.full_name}: {place.seat}" for place in mention.places[:MOST_SEATS] if place.seat)
    text = f"Dạ, {renamed}\n{seats}\nDanh bạ ở đây chỉ của {desk.commune.name}.".replace("\n\n", "\n")
    source = Source(old_names.LIST, since=old_names.SINCE, until=None, checked_on=old_names.CHECKED_ON)
    return Reply(text, "directory", choices=(MENU, TO_A_PERSON), sources=(source,))


def whole(desk: Desk) -> Reply:
    """All lines that the commune has published about itself; a missing one is said to be missing."""
    commune = desk.commune
    known = {
        "Điện thoại bộ phận một cửa": commune.phone,
        "Công an xã": commune.police_phone,
        "Địa chỉ": commune.address,
        "Giờ làm việc": commune.hours,
        "Tiếp công dân": commune.reception,
    }
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    missing = [name.lower() for name, value in known.items() if not value]
    if missing:
        lines.append("Xã chưa cập nhật: " + ", ".join(missing) + ".")
    lines += [EMERGENCIES, "Cần số của ai, thôn nào thì nhắn tên, ví dụ: “trưởng thôn … là ai”."]
    text = f"Dạ, liên hệ {commune.name}:\n" + "\n".join(lines)
    return Reply(text, "directory", choices=(MENU, TO_A_PERSON), sources=(_published(desk, commune.checked_on),))


def listed(found: Sequence[Contact], kinds: Sequence[str], desk: Desk) -> Reply:
    """One line a person, as many as fit on a screen; a list that nobody signed off this quarter is said to be old."""
    updated_on = min(each.updated_on for each in found)
    last = ""
    if desk.today - updated_on > QUARTER:
        last = f"Danh sách cập nhật đã lâu, anh/chị {desk_line(desk)} để chắc ạ."
    opening = f"Dạ, {KINDS[kinds[0]].label.lower()} {_where(found, desk)}:"
    lines = [_line(each) for each in found]
    while len(lines) > 1 and sum(map(len, lines)) + len(opening) + len(last) > FIRST_SCREEN - 120:
        lines.pop()
    if len(lines) < len(found):
        lines.append(f"… và {len(found) - len(lines)} người nữa; nhắn rõ thôn, ấp hoặc lĩnh vực để em lọc.")
    text = "\n".join(part for part in (opening, *lines, last) if part)
    return Reply(text, "directory", choices=(MENU, TO_A_PERSON), sources=(_published(desk, updated_on),))


def lacking(kinds: Sequence[str], desk: Desk) -> Reply:
    """The commune has not published this: said so, with what it did publish for the same matter and the desk."""
    commune = desk.commune
    known = {"police": commune.police_phone, "one_stop": commune.phone, "reception": commune.reception}
    own = [(KINDS[kind].label, known[kind]) for kind in kinds if known.get(kind)]
    if own:
        lines = [f"{label}: {value}" for label, value in own]
        if "one_stop" in kinds:
            lines += [part for part in (commune.address, commune.hours) if part]
        text = f"Dạ, {commune.name}:\n" + "\n".join(lines)
        return Reply(text, "directory", choices=(MENU, TO_A_PERSON), sources=(_published(desk, commune.checked_on),))
    labels = ", ".join(KINDS[kind].label.lower() for kind in kinds[:2])
    text = f"Dạ, {commune.name} chưa cập nhật {labels} nên em không dám nói. Anh/chị {desk_line(desk)} để hỏi ạ."
    choices = (Choice("Số điện thoại, giờ làm việc", "directory.show"), MENU, TO_A_PERSON)
    return Reply(text, "directory", choices=choices, unhelpful=True)


def ask_hamlet(kinds: Sequence[str], found: Sequence[Contact], desk: Desk, said: str) -> Reply:
    """Which hamlet: the ones on the list, numbered; one that was named and is not on it is said not to be."""
    names = list(dict.fromkeys(each.hamlet for each in found if each.hamlet))
    desk.talk.held = {"kinds": list(kinds), "hamlets": names[:MOST_HAMLETS]}
    shown = names[:MOST_HAMLETS]
    choices = tuple(Choice(name, f"directory.hamlet:{at}") for at, name in enumerate(shown))
    more = " (còn nữa, gõ tên)" if len(names) > len(shown) else ""
    missing = "Dạ, em không thấy thôn, ấp đó trong danh sách của xã. Anh/chị chọn giúp em"
    text = (missing if names_hamlet(said) else "Dạ, thôn, ấp nào ạ?") + more
    return Reply(text, "directory", choices=(*choices, TO_A_PERSON), asks=ASKS_HAMLET)


async def hamlet_named(message: Incoming, desk: Desk, found: Sequence[Contact]) -> str | None:
    """The key of the hamlet that was named, under its present or a former name; "" where only one has an entry."""
    keys = {each.hamlet_key for each in found if each.hamlet_key}
    if len(keys) <= 1:
        return next(iter(keys), "")
    held = desk.talk.held.get("hamlets", [])
    if message.verb == "hamlet" and message.argument.isdigit() and int(message.argument) < len(held):
        return street_key(held[int(message.argument)])
    said = f" {fold(message.text)} "
    known = {key: key for key in keys}
    for each in await places.hamlets(desk.shelf, commune_id=desk.commune_id):
        known[each.key] = street_key(each.now)
    named = [key for key in known if f" {key} " in said or f" {_bare(key)} " in _after_kind(said)]
    return known[max(named, key=len)] if named else None


def narrowed(found: Sequence[Contact], message: Incoming) -> Sequence[Contact]:
    """Officers of the field that was named: "ai lo địa chính"."""
    said = set(fold(message.text).split())
    scored = [(len(said & (set(fold(each.field).split()) - {"-", "va"})), each) for each in found]
    best = max((score for score, _ in scored), default=0)
    return [each for score, each in scored if score == best] if best >= FIELD_WORDS else found


async def _published_for(kinds: Sequence[str], desk: Desk) -> list[Contact]:
    return await contacts.of_kinds(desk.shelf, commune_id=desk.commune_id, kinds=kinds)


def _kinds(message: Incoming, desk: Desk) -> tuple[str, ...]:
    asked = kinds_asked(fold(message.text)) if message.verb in ("", "hamlet") else ()
    if len(asked) > 1:  # "chủ tịch xã tiếp dân thứ mấy" asks for the reception, not for the chairman
        asked = tuple(kind for kind in asked if kind != "officer")
    held = desk.talk.held.get("kinds", ()) if desk.talk.asks == ASKS_HAMLET else ()
    return asked or tuple(held)


def _elsewhere(message: Incoming, desk: Desk) -> Mention | None:
    """A commune, old or new, that is not this one."""
    named = (mention for mention in message.places if mention.places)
    return next((each for each in named if desk.commune.code not in {place.code for place in each.places}), None)


def _after_kind(said: str) -> str:
    """What stands behind a word for a hamlet, each between blanks: " 5 la ai "."""
    return " ".join(f" {found['name'].strip()} " for found in HAMLET.finditer(said))


def _bare(key: str) -> str:
    return HAMLET.sub(lambda found: found["name"], key).strip()


def _line(each: Contact) -> str:
    about = f" ({each.field})" if each.field else ""
    parts = [f"{each.name}{about}", each.hamlet, each.phone, each.place, each.hours]
    return "- " + " · ".join(part for part in parts if part)


def _where(found: Sequence[Contact], desk: Desk) -> str:
    hamlets = {each.hamlet for each in found}
    return next(iter(hamlets)) if len(hamlets) == 1 and next(iter(hamlets)) else desk.commune.name


def _published(desk: Desk, checked_on: date) -> Source:
    return Source(f"UBND {desk.commune.name} công bố", since=None, until=None, checked_on=checked_on)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked for a contact, an address, an hour."""
    return message.meaning.action == "directory"


def continues(message: Incoming, _talk: Talk) -> bool:
    """The hamlet that we asked for."""
    return message.meaning.content_words <= 4 and message.meaning.band != "answer" and message.meaning.command is None


FEATURE = Feature("directory", handle, takes=takes, continues=continues)
