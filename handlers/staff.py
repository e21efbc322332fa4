"""Who works here: adding an officer, their roles, leave and stand-ins, a lost second factor, and leaving."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.permissions import Act, Role
from handlers.sign_in import Door
from handlers.workplace import Workplace
from knowledge.vietnamese import fold
from storage import grants, officers, offices, places, sign_ins
from storage.grants import Grant, StandIn
from storage.officers import FactorReset, Officer

RESET_LIVES = timedelta(hours=24)
FIELDS = ("justice", "land", "building", "welfare", "health", "education", "security", "economy", "environment")
LONGEST_NAME = 100


class StaffError(Exception):
    """Base of what cannot be done with an officer's account."""


class NoSuchOfficer(StaffError):
    """No officer of this commune."""


@dataclass(eq=False)
class BadName(StaffError):
    """A name that cannot be one: empty, too long, or without letters."""

    name: str


class NotOneself(StaffError):
    """Nobody does this for themselves: a second factor, their own roles, their own stand-in for oversight."""


class SecondOfficerNeeded(StaffError):
    """The one who asked cannot also confirm."""


class BadDays(StaffError):
    """The last day lies before the first."""


class LastOperator(StaffError):
    """Without an operator nobody could mend this any more."""


async def add_officer(
    session: AsyncSession, *, commune_id: int, name: str, role: Role, now: datetime, today: date
) -> Officer:
    """A new officer with a first role from today on. Raises BadName."""
    shown = re.sub(r"\s+", " ", name).strip()
    if not shown or len(shown) > LONGEST_NAME or not re.search(r"[^\W\d_]", shown):
        raise BadName(shown[:LONGEST_NAME])
    officer = Officer(commune_id=commune_id, name=shown, login=await _free_login(session, shown), created_at=now)
    await officers.add(session, officer)
    assert officer.id is not None
    await grants.add(session, Grant(commune_id=commune_id, officer_id=officer.id, role=role, valid_from=today))
    return officer


async def the_officer(work: Workplace, officer_id: int) -> Officer:
    """An officer of this commune. Raises NoSuchOfficer."""
    officer = await officers.get(work.session, commune_id=work.commune_id, officer_id=officer_id)
    if officer is None:
        raise NoSuchOfficer
    return officer


async def invite(work: Workplace, *, name: str, role: Role) -> tuple[Officer, str]:
    """A new officer, and the token of their sign-up link."""
    work.demand(Act.OFFICER_EDIT)
    officer = await add_officer(
        work.session, commune_id=work.commune_id, name=name, role=role, now=work.now, today=work.today
    )
    await work.note(Act.OFFICER_EDIT, "officer", officer.id, what="added")
    return officer, await Door(work.session, work.vault, work.now).make_link(officer)


async def new_link(work: Workplace, officer_id: int) -> tuple[Officer, str]:
    """Another sign-up link for somebody who has not signed up, or who forgot the password."""
    work.demand(Act.OFFICER_EDIT)
    officer = await the_officer(work, officer_id)
    if officer.state == "left":
        raise NoSuchOfficer
    if officer.id == work.person.officer_id:
        raise NotOneself
    await work.note(Act.OFFICER_EDIT, "officer", officer.id, what="link")
    return officer, await Door(work.session, work.vault, work.now).make_link(officer)


async def give_role(
    work: Workplace,
    officer_id: int,
    *,
    role: Role,
    office_id: int | None,
    hamlet_id: int | None,
    field: str | None,
    valid_from: date,
    valid_to: date | None,
) -> None:
    """A role with its bounds; nobody gives one to themselves. Raises NoSuchOfficer, NotOneself, BadDays."""
    work.demand(Act.OFFICER_EDIT)
    officer = await the_officer(work, officer_id)
    if officer.id == work.person.officer_id:
        raise NotOneself
    if valid_to is not None and valid_to < valid_from:
        raise BadDays
    known_office = office_id is None or await offices.office(
        work.session, commune_id=work.commune_id, office_id=office_id
    )
    known_hamlet = hamlet_id is None or await places.hamlet(
        work.session, commune_id=work.commune_id, hamlet_id=hamlet_id
    )
    if not known_office or not known_hamlet or (field is not None and field not in FIELDS):
        raise NoSuchOfficer
    row = Grant(
        commune_id=work.commune_id,
        officer_id=officer_id,
        role=role,
        office_id=office_id,
        hamlet_id=hamlet_id,
        field=field,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    await work.note(Act.OFFICER_EDIT, "grant", await grants.add(work.session, row), what=f"gave_{role}")


async def end_role(work: Workplace, grant_id: int) -> None:
    """A role ends with yesterday. Raises NoSuchOfficer, NotOneself, LastOperator."""
    work.demand(Act.OFFICER_EDIT)
    row = await grants.get(work.session, commune_id=work.commune_id, grant_id=grant_id)
    if row is None:
        raise NoSuchOfficer
    if row.officer_id == work.person.officer_id:
        raise NotOneself
    row.valid_to = work.today - timedelta(days=1)
    work.session.add(row)
    await _keep_an_operator(work)
    await work.note(Act.OFFICER_EDIT, "grant", grant_id, what=f"ended_{row.role}")


async def move_to_office(work: Workplace, officer_id: int, office_id: int | None) -> None:
    """In which unit an officer works; a case about that unit never reaches them."""
    work.demand(Act.OFFICER_EDIT)
    officer = await the_officer(work, officer_id)
    known = office_id is None or await offices.office(work.session, commune_id=work.commune_id, office_id=office_id)
    if not known:
        raise NoSuchOfficer
    officer.office_id = office_id
    work.session.add(officer)
    await work.note(Act.OFFICER_EDIT, "officer", officer_id, what="office")


async def leave(work: Workplace, officer_id: int) -> None:
    """An officer leaves: every session and link ends at once; what they did keeps their name."""
    work.demand(Act.OFFICER_EDIT)
    officer = await the_officer(work, officer_id)
    if officer.id == work.person.officer_id:
        raise NotOneself
    officer.state, officer.left_at = "left", work.now
    officer.password_hash, officer.factor = None, None
    work.session.add(officer)
    await _keep_an_operator(work)
    await officers.drop_codes(work.session, commune_id=work.commune_id, officer_id=officer_id)
    await sign_ins.drop_links(work.session, commune_id=work.commune_id, officer_id=officer_id, now=work.now)
    await sign_ins.end(work.session, commune_id=work.commune_id, officer_id=officer_id, now=work.now)
    await work.note(Act.OFFICER_EDIT, "officer", officer_id, what="left")


async def stand_in(work: Workplace, *, absent_id: int, stand_in_id: int, valid_from: date, valid_to: date) -> None:
    """Somebody does an absent officer's work on these days. Raises NoSuchOfficer, NotOneself, BadDays."""
    work.demand(Act.STAND_IN_EDIT)
    absent, other = await the_officer(work, absent_id), await the_officer(work, stand_in_id)
    if "left" in (absent.state, other.state):
        raise NoSuchOfficer
    if stand_in_id == absent_id or stand_in_id == work.person.officer_id:
        raise NotOneself  # nor does anybody take another's powers by their own hand
    if valid_to < valid_from:
        raise BadDays
    row = StandIn(
        commune_id=work.commune_id,
        absent_id=absent_id,
        stand_in_id=stand_in_id,
        valid_from=valid_from,
        valid_to=valid_to,
        made_by=work.person.officer_id,
        made_at=work.now,
    )
    await work.note(Act.STAND_IN_EDIT, "stand_in", await grants.add(work.session, row), what="made")


async def end_stand_in(work: Workplace, stand_in_id: int) -> None:
    """The absent officer is back. Raises NoSuchOfficer."""
    work.demand(Act.STAND_IN_EDIT)
    yesterday = work.today - timedelta(days=1)
    if not await grants.end_stand_in(
        work.session, commune_id=work.commune_id, stand_in_id=stand_in_id, last_day=yesterday
    ):
        raise NoSuchOfficer
    await work.note(Act.STAND_IN_EDIT, "stand_in", stand_in_id, what="ended")


async def open_factor_reset(work: Workplace, officer_id: int) -> FactorReset | None:
    """The request that waits for its second officer."""
    return await officers.open_reset(
        work.session, commune_id=work.commune_id, officer_id=officer_id, since=work.now - RESET_LIVES
    )


async def reset_factor(work: Workplace, officer_id: int) -> bool:
    """Ask for the reset of a lost second factor, or confirm what another officer asked; True when it is done.

    Raises NotOneself, SecondOfficerNeeded, NoSuchOfficer.
    """
    work.demand(Act.FACTOR_RESET)
    officer = await the_officer(work, officer_id)
    if officer_id == work.person.officer_id:
        raise NotOneself
    if officer.state != "active" or officer.factor is None:
        raise NoSuchOfficer
    waiting = await open_factor_reset(work, officer_id)
    if waiting is None:
        work.session.add(
            FactorReset(
                commune_id=work.commune_id,
                officer_id=officer_id,
                asked_by=work.person.officer_id,
                asked_at=work.now,
            )
        )
        await work.note(Act.FACTOR_RESET, "officer", officer_id, what="asked")
        return False
    if waiting.asked_by == work.person.officer_id:
        raise SecondOfficerNeeded
    waiting.confirmed_by, waiting.confirmed_at = work.person.officer_id, work.now
    officer.factor, officer.factor_step = None, 0
    work.session.add_all([waiting, officer])
    await officers.drop_codes(work.session, commune_id=work.commune_id, officer_id=officer_id)
    await sign_ins.end(work.session, commune_id=work.commune_id, officer_id=officer_id, now=work.now)
    await work.note(Act.FACTOR_RESET, "officer", officer_id, what="confirmed")
    return True


async def _keep_an_operator(work: Workplace) -> None:
    await work.session.flush()
    held = await grants.in_force(work.session, commune_id=work.commune_id, on=work.today)
    if not any(row.role == Role.OPERATOR for row in held):
        raise LastOperator


async def _free_login(session: AsyncSession, name: str) -> str:
    """The folded name with hyphens; a number behind it where somebody has it already."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-") or "can-bo"
    login, more = stem, 2
    while await officers.by_login(session, login=login) is not None:
        login, more = f"{stem}-{more}", more + 1
    return login
