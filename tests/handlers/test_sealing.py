"""Whom a tip may be about: by name, by unit, by an office that only they hold; nobody is left out for a common word."""

from __future__ import annotations

import pytest

from handlers import sealing
from handlers.permissions import Role
from storage import grants
from storage.communes import Commune
from storage.database import Database
from storage.grants import Grant
from storage.offices import Office, keep
from tests.conftest import THE_DAY, MovableClock
from tests.sealed import appoint


@pytest.mark.parametrize(
    ("told", "left_out"),
    [
        ("ông Trần Quốc Bảo nhận tiền", {"Trần Quốc Bảo"}),
        ("TRAN QUOC BAO nhan tien", {"Trần Quốc Bảo"}),
        ("ong Bao nhan tien cua dan", {"Trần Quốc Bảo"}),
        ("ông Quốc Bảo nhận tiền", {"Trần Quốc Bảo"}),
        ("báo cho xã biết bảo hiểm bị trừ hai lần", set()),
        ("cán bộ ở phòng một cửa đòi tiền", set()),
        ("phó chủ tịch xã nhận tiền nhà thầu", {"Lê Minh Phong"}),
        ("phòng kinh tế ăn chặn phân bón", {"Đỗ Thu Yến"}),
        ("", set()),
    ],
)
async def test_who_is_left_out(
    told: str, left_out: set[str], database: Database, commune: Commune, clock: MovableClock
) -> None:
    names = ("Trần Quốc Bảo", "Lê Minh Phong", "Đỗ Thu Yến", "Hồ Gia Hân")
    holders = await appoint(database, commune, names=names, now=clock.now(), today=THE_DAY)
    async with database.writing() as session:
        leads = Grant(
            commune_id=commune.id or 0,
            officer_id=holders[1].officer.id or 0,
            role=Role.LEADER,
            valid_from=THE_DAY,
        )
        await grants.add(session, leads)
        unit = await keep(session, Office(commune_id=commune.id or 0, name="Phòng Kinh tế", valid_from=THE_DAY))
        third = holders[2].officer
        third.office_id = unit
        session.add(third)
    async with database.reading() as session:
        to, spared = await sealing.readers(session, commune_id=commune.id or 0, text=told, spared=(), on=THE_DAY)
    by_id = {one.officer.id: one.officer.name for one in holders}
    assert {by_id[officer_id] for officer_id in spared} == left_out
    assert {by_id[key.officer_id] for key in to} == set(names) - left_out


async def test_who_lost_the_role_reads_nothing_more(database: Database, commune: Commune, clock: MovableClock) -> None:
    holders = await appoint(database, commune, names=("Trần Quốc Bảo", "Hồ Gia Hân"), now=clock.now(), today=THE_DAY)
    async with database.writing() as session:
        holders[0].officer.state = "left"
        session.add(holders[0].officer)
    async with database.reading() as session:
        to, _spared = await sealing.readers(session, commune_id=commune.id or 0, text="", spared=(), on=THE_DAY)
    assert [key.officer_id for key in to] == [holders[1].officer.id]
