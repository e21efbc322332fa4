"""Who takes a case up: the officer of that field and hamlet, else the desk, and never somebody whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.permissions import Act, Person, Role, Thing, basis, people_of
from storage import case_lists, officers

USUAL = (Role.FIELD, Role.DESK, Role.LEADER, Role.INSPECTOR)
ABOUT_STAFF = (Role.LEADER, Role.INSPECTOR)  # a report about how officers behave goes past the units


@dataclass(frozen=True, slots=True)
class Owner:
    """An officer, or a role whose holders share the work; `held_by` is never empty."""

    held_by: str
    officer_id: int | None = None
    office_id: int | None = None

    def facts(self) -> dict[str, object]:
        """As the history keeps it."""
        return {"held_by": self.held_by, "officer_id": self.officer_id, "office_id": self.office_id}


async def at_work(session: AsyncSession, *, commune_id: int, on: date) -> list[Person]:
    """All officers who can sign in, with the roles of that day."""
    everybody = await officers.of_commune(session, commune_id=commune_id)
    return await people_of(session, [each for each in everybody if each.state == "active"], on=on)


async def owner_for(
    session: AsyncSession, *, thing: Thing, on: date, about_staff: bool = False, at_least: Role | None = None
) -> Owner:
    """Whose the case is. `at_least`: go up from this role, since those below may not have it."""
    people = await at_work(session, commune_id=thing.commune_id, on=on)
    steps: Sequence[Role] = ABOUT_STAFF if about_staff else USUAL
    if at_least in steps:
        steps = steps[steps.index(at_least) :]
    for role in steps:
        holders = [person for person in people if _holds(person, role, thing)]
        if holders and role is Role.FIELD:
            ids = [person.officer_id for person in holders]
            load = await case_lists.load_of(session, commune_id=thing.commune_id, officer_ids=ids)
            person = min(holders, key=lambda each: (load.get(each.officer_id, 0), each.officer_id))
            return Owner(role, person.officer_id, person.office_id)
        if holders:
            return Owner(role)
    return Owner(steps[0] if about_staff else Role.DESK)


async def who_hear(session: AsyncSession, *, thing: Thing, owner: Owner, on: date) -> list[int]:
    """The officers who must learn of a case of this owner: the officer, or all who hold the role."""
    people = await at_work(session, commune_id=thing.commune_id, on=on)
    if owner.officer_id is not None:
        mine = [person for person in people if person.officer_id == owner.officer_id]
        return [person.officer_id for person in mine if basis(person, Act.CASE_LIST, thing) is not None]
    return holders_of(people, Role(owner.held_by), thing)


def holders_of(people: Iterable[Person], role: Role, thing: Thing) -> list[int]:
    """Ids of those who hold a role where the thing lies, and whom it is not about."""
    return [person.officer_id for person in people if _holds(person, role, thing)]


def _holds(person: Person, role: Role, thing: Thing) -> bool:
    if basis(person, Act.CASE_LIST, thing) is None:
        return False
    return any(
        held.role is role and held.covers(thing) and held.stands_for not in thing.about_officers
        for held in person.holds
    )
