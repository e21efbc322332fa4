"""The one rule: bounds, days, stand-ins, and nobody in a matter about themselves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from handlers.casework import NoSuchCase, listed, name_subject, opened
from handlers.permissions import Act, Held, Person, Role, Thing, basis, may, may_at_all, person_of
from handlers.staff import add_officer
from handlers.workplace import Workplace
from storage import accounts, audit, cases, grants, offices
from storage.bodies import Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.grants import Grant, StandIn
from storage.officers import Officer
from storage.offices import Office
from storage.work_list import Wanted
from tests.conftest import NINE_O_CLOCK, THE_DAY

HERE = Thing(1)


def person(*holds: Held, office_id: int | None = None) -> Person:
    return Person(7, 1, office_id, holds)


def test_without_a_role_nothing_but_ones_own_account() -> None:
    nobody = person()
    assert [act for act in Act if may(nobody, act, HERE)] == [Act.ACCOUNT_OWN]
    assert [act for act in Act if may_at_all(nobody, act)] == [Act.ACCOUNT_OWN]


def test_another_commune_is_closed_whatever_the_role() -> None:
    everything = person(*(Held(role) for role in Role))
    assert not any(may(everything, act, Thing(2)) for act in Act)


@pytest.mark.parametrize(
    ("held", "thing", "reaches"),
    [
        (Held(Role.FIELD, field="land"), Thing(1, field="land"), True),
        (Held(Role.FIELD, field="land"), Thing(1, field="health"), False),
        (Held(Role.FIELD, field="land"), Thing(1), False),
        (Held(Role.FIELD), Thing(1, field="health"), True),
        (Held(Role.DESK, hamlet_id=3), Thing(1, hamlet_id=3), True),
        (Held(Role.DESK, hamlet_id=3), Thing(1, hamlet_id=4), False),
        (Held(Role.UNIT_HEAD, office_id=5), Thing(1, office_id=5, field="land"), True),
        (Held(Role.UNIT_HEAD, office_id=5), Thing(1, office_id=6), False),
    ],
)
def test_a_bound_role_reaches_no_further(held: Held, thing: Thing, reaches: bool) -> None:
    assert may(person(held), Act.CASE_READ, thing) is reaches


def test_nobody_acts_in_a_matter_about_themselves_their_unit_or_whom_they_stand_for() -> None:
    leader = person(Held(Role.LEADER), office_id=5)
    assert not may(leader, Act.CASE_READ, Thing(1, about_officers=frozenset({7})))
    assert not may(leader, Act.CASE_READ, Thing(1, about_offices=frozenset({5})))
    assert may(leader, Act.CASE_READ, Thing(1, about_officers=frozenset({8}), about_offices=frozenset({6})))
    fills_in = person(Held(Role.LEADER, stands_for=8))
    assert not may(fills_in, Act.CASE_READ, Thing(1, about_officers=frozenset({8})))


def test_ones_own_role_comes_before_a_stand_ins() -> None:
    both = person(Held(Role.LEADER, stands_for=8), Held(Role.DESK))
    own = basis(both, Act.CASE_READ, HERE)
    assert own is not None and own.stands_for is None
    borrowed = basis(both, Act.FACTOR_RESET, HERE)
    assert borrowed is not None and borrowed.stands_for == 8


@pytest.fixture
async def staff(database: Database, commune: Commune) -> dict[str, Officer]:
    """A leader, a desk officer, an inspector and a seal holder."""
    async with database.writing() as session:
        return {
            role: await add_officer(
                session, commune_id=commune.id or 0, name=role, role=role, now=NINE_O_CLOCK, today=THE_DAY
            )
            for role in (Role.LEADER, Role.DESK, Role.INSPECTOR, Role.SEAL_HOLDER)
        }


async def roles_on(database: Database, officer: Officer, day: date) -> set[tuple[str, int | None]]:
    async with database.reading() as session:
        found = await person_of(session, officer, on=day)
    return {(held.role, held.stands_for) for held in found.holds}


async def test_a_role_lasts_from_its_first_to_its_last_day(database: Database, staff: dict[str, Officer]) -> None:
    desk = staff[Role.DESK]
    first, last = THE_DAY + timedelta(days=1), THE_DAY + timedelta(days=3)
    async with database.writing() as session:
        row = Grant(
            commune_id=desk.commune_id, officer_id=desk.id or 0, role=Role.CURATOR, valid_from=first, valid_to=last
        )
        await grants.add(session, row)
    days = [THE_DAY + timedelta(days=n) for n in range(5)]
    held = [(Role.CURATOR, None) in await roles_on(database, desk, day) for day in days]
    assert held == [False, True, True, True, False]


async def test_a_stand_in_has_the_roles_for_the_leave_and_no_seal_and_no_oversight(
    database: Database, staff: dict[str, Officer]
) -> None:
    desk = staff[Role.DESK]
    async with database.writing() as session:
        for absent in (Role.LEADER, Role.INSPECTOR, Role.SEAL_HOLDER):
            row = StandIn(
                commune_id=desk.commune_id,
                absent_id=staff[absent].id or 0,
                stand_in_id=desk.id or 0,
                valid_from=THE_DAY,
                valid_to=THE_DAY + timedelta(days=1),
                made_by=staff[Role.LEADER].id or 0,
                made_at=NINE_O_CLOCK,
            )
            await grants.add(session, row)
    own = {(Role.DESK, None)}
    assert await roles_on(database, desk, THE_DAY - timedelta(days=1)) == set()
    for day in (THE_DAY, THE_DAY + timedelta(days=1)):
        assert await roles_on(database, desk, day) == own | {(Role.LEADER, staff[Role.LEADER].id)}
    assert await roles_on(database, desk, THE_DAY + timedelta(days=2)) == own


async def test_a_case_about_a_unit_never_reaches_it(
    database: Database, vault: Vault, staff: dict[str, Officer], webchat_account: ChannelAccount
) -> None:
    desk, leader = staff[Role.DESK], staff[Role.LEADER]
    async with database.writing() as session:
        office_id = await offices.keep(
            session, Office(commune_id=desk.commune_id, name="Phòng Kinh tế", valid_from=THE_DAY)
        )
        desk.office_id = office_id
        session.add(desk)
        account = await accounts.find_or_add(
            session, commune_id=desk.commune_id, channel_account_id=webchat_account.id or 0, chat_key="ba-nam"
        )
        case_id = await cases.open_draft(
            session, commune_id=desk.commune_id, account_id=account.id or 0, kind="complaint", at=NINE_O_CLOCK
        )

    async def at_work(officer: Officer, session: object) -> Workplace:
        return Workplace(
            session,  # type: ignore[arg-type]
            await person_of(session, officer, on=THE_DAY),  # type: ignore[arg-type]
            vault,
            NINE_O_CLOCK,
            THE_DAY,
        )

    async with database.writing() as session:
        work = await at_work(desk, session)
        assert [one.case.id for one in (await listed(work, wanted=Wanted())).rows] == [case_id]
        await opened(work, case_id)
    async with database.writing() as session:
        await name_subject(await at_work(leader, session), case_id, officer_id=None, office_id=office_id)
    async with database.writing() as session:
        work = await at_work(desk, session)
        assert (await listed(work, wanted=Wanted())).rows == []
        with pytest.raises(NoSuchCase):
            await opened(work, case_id)
        assert [one.case.id for one in (await listed(await at_work(leader, session), wanted=Wanted())).rows] == [
            case_id
        ]
        rows = await audit.page(session, commune_id=desk.commune_id, limit=10)
    assert [(row.act, row.officer_id) for row in rows] == [("case.name_subject", leader.id), ("case.read", desk.id)]
