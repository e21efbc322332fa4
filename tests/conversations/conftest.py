"""What dialogues about cases may ask for besides: officers at work, the citizen's news, one case that was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from handlers.permissions import Role, person_of
from handlers.staff import add_officer
from handlers.workplace import Workplace
from storage.bodies import Vault
from storage.communes import Commune
from storage.database import Database
from storage.officers import Officer
from tests.casework import Post, Staff, Works, the_case
from tests.conftest import Citizen, MovableClock


@pytest.fixture
async def staff(database: Database, commune: Commune, clock: MovableClock) -> Staff:
    """A desk officer, one for roads and lights, a leader."""
    found = {}
    for role, name in ((Role.DESK, "Lê Một Cửa"), (Role.FIELD, "Trần Hạ Tầng"), (Role.LEADER, "Phạm Chủ Tịch")):
        async with database.writing() as session:
            officer = await add_officer(
                session, commune_id=commune.id or 0, name=name, role=role, now=clock.now(), today=clock.today()
            )
            officer.state = "active"
            session.add(officer)
            found[str(role)] = officer
    return found


@pytest.fixture
def works(database: Database, vault: Vault, clock: MovableClock) -> Works:
    """`async with works(officer) as work`: one transaction of an officer."""

    @asynccontextmanager
    async def one(officer: Officer) -> AsyncIterator[Workplace]:
        async with database.writing() as session:
            person = await person_of(session, officer, on=clock.today())
            yield Workplace(session, person, vault, clock.now(), clock.today())

    return one


@pytest.fixture
def post(database: Database) -> Post:
    """The citizen's news."""
    return Post(database)


@pytest.fixture
async def case_id(citizen: Citizen, staff: Staff, database: Database) -> int:
    """A street lamp, sent."""
    await citizen.says("đèn đường ngõ 5 hỏng từ hôm qua")
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text
    return (await the_case(database)).id or 0
