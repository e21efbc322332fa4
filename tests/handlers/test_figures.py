"""Figures against a count by hand: medians, who sees what, groups under five."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from statistics import median as exact

import pytest
from sqlalchemy.dialects import postgresql
from sqlmodel import select

from handlers import figures
from handlers.figures import Span, median, public_fields
from handlers.permissions import Held, NotAllowed, Person, Role
from handlers.workplace import Workplace
from storage import case_alerts, places
from storage import figures as counted
from storage.bodies import Vault
from storage.case_alerts import CaseRating
from storage.cases import Case
from storage.communes import Commune
from storage.database import Database
from storage.places import Hamlet
from storage.questions import Question
from storage.times import day_of, days_between, hour_of, month_of
from tests.conftest import NINE_O_CLOCK, THE_DAY

MONTH = Span.month_of(THE_DAY)


def test_the_median_of_counts_is_the_median() -> None:
    dice = random.Random(3)
    for _ in range(300):
        values = [dice.randrange(12) for _ in range(dice.randrange(1, 40))]
        assert median((value, values.count(value)) for value in set(values)) == exact(values)
    assert median([]) is None


def test_months_and_spans() -> None:
    assert Span.month_of(date(2028, 2, 17)) == Span(date(2028, 2, 1), date(2028, 2, 29))
    assert Span.month_of(date(2026, 12, 31)) == Span(date(2026, 12, 1), date(2026, 12, 31))
    assert not Span(THE_DAY, THE_DAY - timedelta(days=1)).is_sound
    assert not Span(date(2000, 1, 1), THE_DAY).is_sound


def a_case(commune: Commune, hours_ago: int, answer_after: int | None, **columns: object) -> Case:
    received = NINE_O_CLOCK - timedelta(hours=hours_ago)
    answered = received + timedelta(hours=answer_after) if answer_after is not None else None
    values: dict[str, object] = {"kind": "report", "state": "answered" if answered else "working", "papi": 6}
    promised = (received + timedelta(days=5)).date()
    return Case(
        commune_id=commune.id or 0,
        opened_at=received,
        received_at=received,
        answered_at=answered,
        due_on=promised,
        promised_on=promised,
        **(values | columns),
    )


def work_of(session: object, vault: Vault, commune: Commune, *holds: Held) -> Workplace:
    person = Person(99, commune.id or 0, None, holds or (Held(Role.LEADER),))
    return Workplace(session, person, vault, NINE_O_CLOCK, THE_DAY)  # type: ignore[arg-type]


@pytest.fixture
async def nine(database: Database, commune: Commune) -> list[Case]:
    """Six about land (five answered: 1, 2, 2, 3 and 9 days), three about health that run, one of them late."""
    hours = (24, 48, 60, 72, 9 * 24)
    rows = [a_case(commune, 20 * 24, each, field="land") for each in hours]
    rows += [a_case(commune, 24, None, field="land", is_reopened=True)]
    rows += [a_case(commune, each, None, field="health") for each in (24, 30, 15 * 24)]
    async with database.writing() as session:
        session.add_all(rows)
    return rows


async def test_the_board_counts_as_by_hand(
    database: Database, vault: Vault, commune: Commune, nine: list[Case]
) -> None:
    async with database.reading() as session:
        asked = figures.between(work_of(session, vault, commune), MONTH)
        found = figures.by_key(
            await counted.work(session, asked), await counted.took(session, asked), lambda each: each.field
        )
    land, health = found["land"], found["health"]
    assert (land.received, land.running, land.late, land.answered, land.in_time, land.days) == (6, 1, 0, 5, 4, 2.0)
    assert land.reopened == 1
    assert (health.received, health.running, health.late, health.answered, health.days) == (3, 3, 1, 0, None)


async def test_a_bound_head_sees_their_own_and_nothing_of_the_whole(
    database: Database, vault: Vault, commune: Commune, nine: list[Case]
) -> None:
    async with database.reading() as session:
        work = work_of(session, vault, commune, Held(Role.UNIT_HEAD, field="health"))
        asked = figures.between(work, MONTH)
        assert {each.field for each in await counted.work(session, asked)} == {"health"}
        with pytest.raises(NotAllowed):
            figures.between(work, MONTH, whole=True)
        with pytest.raises(NotAllowed):
            await figures.warnings(work)
        nobody = figures.between(work_of(session, vault, commune, Held(Role.CURATOR)), MONTH)
        assert await counted.work(session, nobody) == []


async def test_the_public_sees_no_group_under_five(database: Database, commune: Commune, nine: list[Case]) -> None:
    async with database.reading() as session:
        found = await public_fields(session, commune_id=commune.id or 0, span=MONTH, today=THE_DAY)
    assert set(found) == {"land"} and found["land"].received == 6


async def test_another_commune_is_not_counted(
    database: Database, vault: Vault, commune: Commune, nine: list[Case]
) -> None:
    async with database.reading() as session:
        asked = replace(figures.between(work_of(session, vault, commune), MONTH), commune_id=12_345)
        assert await counted.work(session, asked) == [] and await counted.case_cells(session, asked) == []


async def test_faces_heat_hours_and_warnings(
    database: Database, vault: Vault, commune: Commune, nine: list[Case]
) -> None:
    mine = {"commune_id": commune.id or 0}
    async with database.writing() as session:
        hamlet_id = await places.keep(session, Hamlet(name="Thôn Mẫu", key="thon mau", now="Thôn Mẫu", **mine))
        alike = [a_case(commune, 24, None, category="road", hamlet_id=hamlet_id) for _ in range(5)]
        session.add_all(alike)
        late = NINE_O_CLOCK + timedelta(hours=10)  # 19:00 in Viet Nam
        for at, action in ((NINE_O_CLOCK, "answer"), (late, "clarify"), (late, "smalltalk")):
            session.add(Question(action=action, asked_at=at, papi=5, hamlet_id=hamlet_id, **mine))
        for case, faces in zip(nine, (5, 2), strict=False):
            case.state, case.closed_at = "closed", NINE_O_CLOCK
            session.add(case)
            await case_alerts.rate(session, CaseRating(case_id=case.id or 0, faces=faces, at=NINE_O_CLOCK, **mine))
    async with database.reading() as session:
        work = work_of(session, vault, commune)
        asked = figures.between(work, MONTH, whole=True)
        faces_found = figures.satisfied(await counted.faces(session, asked), lambda each: each.field)
        assert (faces_found["land"].closed, faces_found["land"].rated, faces_found["land"].mean) == (2, 2, 3.5)
        assert await counted.by_hour(session, asked) == {9: 1, 19: 2}
        assert [each[:3] for each in await figures.warnings(work)] == [("road", hamlet_id, 5)]
        heat = {
            (each.papi, each.hamlet_id, each.month): each.count for each in await figures.cells(session, asked, "all")
        }
        assert heat[5, hamlet_id, "2026-11"] == 3 and heat[6, hamlet_id, "2026-11"] == 5
        assert heat[6, None, "2026-11"] == 2  # the ratings come last
        by_day = {(action): count for _day, action, count in await counted.actions(session, asked)}
        assert by_day == {"answer": 1, "clarify": 1, "smalltalk": 1}


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: hour_of(Case.received_at), "EXTRACT(HOUR FROM"),
        (lambda: day_of(Case.received_at), "AS DATE)"),
        (lambda: month_of(Case.received_at), "'YYYY-MM')"),
        (lambda: days_between(Case.received_at, Case.answered_at), "/ 86400)"),
    ],
)
def test_postgresql_has_words_of_its_own(made: object, says: str) -> None:
    assert says in str(select(made()).compile(dialect=postgresql.dialect()))  # type: ignore[operator]
