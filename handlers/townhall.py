"""What a commune tells about itself: names, addresses, hours, phones, forms of address, its units and hamlets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.vietnamese import fold
from storage import answer_terms, communes, offices, places
from storage.communes import Commune
from storage.offices import Office
from storage.places import Hamlet

SETTINGS = (
    "name",
    "province",
    "address",
    "hours",
    "phone",
    "police_phone",
    "hotline",
    "clinic_phone",
    "reception",
    "answer_days",
    "calls_citizen",
    "calls_itself",
    "portal",
    "latitude",
    "longitude",
)
CITIZEN_WORDS = ("anh/chị", "bà con", "ông/bà")
OWN_WORDS = ("em", "trợ lý")
MOST_HAMLETS = 200
MOST_SITES = 4  # that may show the commune's chat in a frame


class TownhallError(Exception):
    """Base of what a commune's page cannot say."""


@dataclass(eq=False)
class BadSettingValue(TownhallError):
    """`field` of the commune cannot be this."""

    field: str


class NoSuchUnit(TownhallError):
    """No unit or hamlet of this commune."""


@dataclass(eq=False)
class HamletTwice(TownhallError):
    """Two hamlets of one commune cannot have the same name, with or without marks."""

    name: str


async def change(work: Workplace, values: dict[str, Any]) -> Commune:
    """Change settings of the commune; each changed one is named in the audit. Raises BadSettingValue."""
    work.demand(Act.COMMUNE_EDIT)
    commune = await communes.get(work.session, commune_id=work.commune_id)
    changed = [name for name in SETTINGS if name in values and getattr(commune, name) != values[name]]
    for name in changed:
        _check(name, values[name])
        setattr(commune, name, values[name])
    commune.checked_on = work.today
    work.session.add(commune)
    for name in changed or ["checked"]:
        await work.note(Act.COMMUNE_EDIT, "commune", commune.id, what=name)
    return commune


async def promise(work: Workplace, days_by_field: Mapping[str, int | None]) -> None:
    """In how many working days answers are promised from today, by field; cases keep what they were promised."""
    work.demand(Act.COMMUNE_EDIT)
    for field, days in days_by_field.items():
        changed = await answer_terms.promise(
            work.session, commune_id=work.commune_id, field=field, days=days, on=work.today
        )
        if changed:
            await work.note(Act.COMMUNE_EDIT, "commune", work.commune_id, what=f"answer_days.{field}")


async def keep_office(work: Workplace, *, office_id: int | None, name: str, phone: str, hours: str) -> None:
    """A new unit, or new words for one. Raises NoSuchUnit."""
    work.demand(Act.COMMUNE_EDIT)
    row = (
        Office(commune_id=work.commune_id, name=name, valid_from=work.today)
        if office_id is None
        else await offices.office(work.session, commune_id=work.commune_id, office_id=office_id)
    )
    if row is None:
        raise NoSuchUnit
    row.name, row.phone, row.hours = name, phone, hours
    await work.note(Act.COMMUNE_EDIT, "office", await offices.keep(work.session, row), what="office")


async def close_office(work: Workplace, office_id: int) -> None:
    """A unit exists until today. Raises NoSuchUnit."""
    work.demand(Act.COMMUNE_EDIT)
    row = await offices.office(work.session, commune_id=work.commune_id, office_id=office_id)
    if row is None:
        raise NoSuchUnit
    row.valid_to = work.today
    await work.note(Act.COMMUNE_EDIT, "office", await offices.keep(work.session, row), what="office_closed")


async def add_hamlets(work: Workplace, lines: str) -> int:
    """Hamlets from a list, one name a line, all or none; gives how many. Raises HamletTwice, BadSettingValue."""
    work.demand(Act.COMMUNE_EDIT)
    names = [re.sub(r"\s+", " ", line).strip() for line in lines.splitlines() if line.strip()]
    known = {row.key for row in await places.present(work.session, commune_id=work.commune_id, on=work.today)}
    if not names or len(names) + len(known) > MOST_HAMLETS or any(len(name) > 100 for name in names):
        raise BadSettingValue("hamlets")
    for name in names:
        key = fold(name)
        if key in known:
            raise HamletTwice(name)
        known.add(key)
        row = Hamlet(commune_id=work.commune_id, name=name, key=key, now=name, valid_from=work.today)
        await work.note(Act.COMMUNE_EDIT, "hamlet", await places.keep(work.session, row), what="hamlet")
    return len(names)


async def close_hamlet(work: Workplace, hamlet_id: int) -> None:
    """A hamlet exists until today. Raises NoSuchUnit."""
    work.demand(Act.COMMUNE_EDIT)
    row = await places.hamlet(work.session, commune_id=work.commune_id, hamlet_id=hamlet_id)
    if row is None:
        raise NoSuchUnit
    row.valid_to = work.today
    await work.note(Act.COMMUNE_EDIT, "hamlet", await places.keep(work.session, row), what="hamlet_closed")


def _check(name: str, value: Any) -> None:
    fits: dict[str, Callable[[], bool]] = {
        "name": lambda: 0 < len(value) <= 100,
        "calls_citizen": lambda: value in CITIZEN_WORDS,
        "calls_itself": lambda: value in OWN_WORDS,
        "answer_days": lambda: 1 <= value <= 60,
        "portal": lambda: value == "" or _are_sites(value.split(" ")),
    }
    if name in fits and not fits[name]():
        raise BadSettingValue(name)


def _are_sites(sites: list[str]) -> bool:
    return len(sites) <= MOST_SITES and all(_is_origin(site) for site in sites)


def _is_origin(value: str) -> bool:
    """Only https and a host: it goes into a header as it is."""
    parts = urlsplit(value)
    return bool(re.fullmatch(r"https://[a-z0-9.-]+(:\d{1,5})?", value)) and parts.hostname is not None
