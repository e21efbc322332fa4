"""The work list in SQL: bounds, filters, pages by key, and the index of what waits for us."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, text
from sqlmodel import select

from handlers.case_owner import Owner
from storage import bodies, case_words, cases, officers, work_list
from storage.bodies import Vault
from storage.case_words import CaseWords
from storage.cases import Case, CaseSubject
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.officers import Officer
from storage.work_list import Asked, Place, Reach, Scope, Search, Wanted
from tests.conftest import NINE_O_CLOCK, THE_DAY

EVERYTHING = Scope(7, None, (Reach(),))


def a_case(commune: Commune, days: int, **columns: object) -> Case:
    values = {"kind": "report", "state": "received", "held_by": Owner("desk").held_by, "opened_at": NINE_O_CLOCK}
    return Case(commune_id=commune.id or 0, due_on=THE_DAY + timedelta(days=days), **(values | columns))


@pytest.fixture
async def nine(database: Database, commune: Commune) -> list[int]:
    """Nine that run, due from four days ago to four days ahead, and two that rest."""
    async with database.writing() as session:
        rows = [
            a_case(commune, days, urgency=int(days > 2), field="land" if days < 0 else None) for days in range(-4, 5)
        ]
        rows += [a_case(commune, 0, state="closed"), a_case(commune, 0, state="draft")]
        session.add_all(rows)
        await session.flush()
        return [row.id or 0 for row in rows]


def asks(commune: Commune, scope: Scope = EVERYTHING, **wanted: object) -> Asked:
    return Asked(commune.id or 0, scope, Wanted(**wanted), THE_DAY)  # type: ignore[arg-type]


async def test_pages_by_key_give_every_case_once_the_latest_first(
    database: Database, commune: Commune, nine: list[int]
) -> None:
    found, after = [], None
    async with database.reading() as session:
        while page := await work_list.running(session, asks(commune), limit=2, after=after):
            found += [case.id for case in page]
            after = Place(page[-1].id or 0, page[-1].due_on)
        rests = await work_list.resting(session, asks(commune), limit=9)
    assert found == nine[:9] and [case.id for case in rests] == [nine[9]]


@pytest.mark.parametrize(
    ("wanted", "places"),
    [
        ({"due": "late"}, [0, 1, 2, 3]),
        ({"due": "today"}, [4]),
        ({"due": "soon"}, [5, 6, 7]),
        ({"due": "later"}, [8]),
        ({"urgency": 1}, [7, 8]),
        ({"field": "land", "due": "late"}, [0, 1, 2, 3]),
        ({"kind": "proposal"}, []),
        ({"officer_id": 7}, []),
    ],
)
async def test_filters(
    database: Database, commune: Commune, nine: list[int], wanted: dict[str, object], places: list[int]
) -> None:
    async with database.reading() as session:
        found = await work_list.running(session, asks(commune, **wanted), limit=20)
    assert [case.id for case in found] == [nine[place] for place in places]


async def test_the_counts_are_those_of_the_list(database: Database, commune: Commune, nine: list[int]) -> None:
    async with database.reading() as session:
        counts = await work_list.counts(session, commune_id=commune.id or 0, scope=EVERYTHING, today=THE_DAY)
        none = await work_list.counts(session, commune_id=commune.id or 0, scope=Scope(7, None, ()), today=THE_DAY)
    assert (counts.late, counts.today, counts.soon, counts.later, counts.mine) == (4, 1, 3, 1, 0)
    assert counts.running == 9 and none.running == 0


async def test_nobody_sees_beyond_their_bounds_nor_what_is_about_them(
    database: Database, commune: Commune, nine: list[int]
) -> None:
    async with database.writing() as session:
        officer = await _officer(session, commune)
        row = CaseSubject(commune_id=commune.id or 0, case_id=nine[0], officer_id=officer, at=NINE_O_CLOCK)
        await cases.name_subject(session, row)
    async with database.reading() as session:
        bound = await work_list.running(session, asks(commune, Scope(0, None, (Reach(field="land"),))), limit=20)
        about = await work_list.running(session, asks(commune, Scope(officer, None, (Reach(),))), limit=20)
        stands = await work_list.running(session, asks(commune, Scope(0, None, (Reach(stands_for=officer),))), limit=20)
    assert [case.id for case in bound] == nine[:4]
    assert [case.id for case in about] == [case.id for case in stands] == nine[1:9]


async def _officer(session: object, commune: Commune) -> int:

    row = Officer(commune_id=commune.id or 0, name="Ai Đó", login="ai-do", created_at=NINE_O_CLOCK)
    return await officers.add(session, row)  # type: ignore[arg-type]


async def test_found_by_words_without_marks_until_the_words_are_erased(
    database: Database, commune: Commune, nine: list[int], vault: Vault, webchat_account: ChannelAccount
) -> None:
    mine = {"commune_id": commune.id or 0}
    async with database.writing() as session:
        body = await vault.put(session, text="đèn đường hỏng", at=NINE_O_CLOCK, **mine)
        await case_words.keep(session, case_id=nine[3], body_id=body.id, folded="den duong ngo 5 hong", **mine)

    async def finds(*syllables: str) -> list[int | None]:
        async with database.reading() as session:
            found = await work_list.running(session, asks(commune, search=Search(syllables)), limit=20)
        return [case.id for case in found]

    assert await finds("den", "hong") == await finds("duon") == [nine[3]]
    assert await finds("uong") == await finds("den", "cong") == await finds("%") == []
    async with database.writing() as session:
        await bodies.erase(session, body_ids=[body.id or 0], **mine)
        assert (await session.exec(select(CaseWords))).all() == []
    assert await finds("den") == []


@pytest.mark.embedded  # SQLite's own words for its plans
async def test_the_list_and_its_counts_walk_the_index_of_running_cases(database: Database, commune: Commune) -> None:
    asked: list[str] = []
    async with database.reading() as session:
        engine = database.engine.sync_engine

        def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
            asked.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        await work_list.running(session, asks(commune), limit=50, after=Place(1, THE_DAY))
        await work_list.counts(session, commune_id=commune.id or 0, scope=EVERYTHING, today=THE_DAY)
        event.remove(engine, "before_cursor_execute", note)
        plans = []
        for statement in [each for each in asked if each.startswith("SELECT")]:
            filled = text("EXPLAIN QUERY PLAN " + statement.replace("?", "1"))
            plans.append(" | ".join(row[3] for row in (await session.exec(filled)).all()))  # type: ignore[call-overload]
    page, counts = plans
    assert "USING INDEX ix_case_running (commune_id=? AND" in page and "TEMP B-TREE" not in page, page
    assert "SEARCH case USING COVERING INDEX ix_case_running" in counts, counts
