"""A case over its date: who is warned, what the citizen reads the next morning, what waits until a reason is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.case_jobs import watch_deadlines
from bot.checking import check_database
from handlers import case_acts
from handlers.case_acts import DateTooEarly, ReasonOwed
from handlers.contract import SAID
from handlers.lifecycle import Lacking
from handlers.workplace import Workplace
from storage.bodies import Vault
from storage.database import Database
from storage.outbox import OutboxMessage
from tests.casework import Post, Staff, Works, bell, the_case, to_the_morning_after
from tests.conftest import MovableClock


async def test_warnings_then_an_apology_on_the_next_working_morning_once(
    staff: Staff, case_id: int, database: Database, clock: MovableClock, post: Post, works: Works
) -> None:
    case = await the_case(database)
    assert case.due_on is not None
    kinds: list[int] = []
    while clock.today() <= case.due_on:
        await watch_deadlines(database, clock)
        kinds.append((await the_case(database)).warned)
        clock.move(days=1)
    assert sorted(set(kinds)) == [0, 50, 80] and await post.new() == []
    assert "late" not in await bell(database, staff["leader"])
    clock.move(minutes=-30)
    await watch_deadlines(database, clock)
    assert await post.new() == []  # at half past eight the officer may still give the reason
    assert "late" in await bell(database, staff["leader"])
    clock.move(minutes=30)
    await watch_deadlines(database, clock)
    await watch_deadlines(database, clock)
    (sorry,) = await post.new()
    assert "xin lỗi" in sorry and "chưa nêu lý do" in sorry and "Phạm Chủ Tịch" in sorry
    with pytest.raises(DateTooEarly):
        async with works(staff["field"]) as work:
            await case_acts.extend(work, case_id, reason="Chờ vật tư", due_on=clock.today())
    later = clock.today() + timedelta(days=7)
    async with works(staff["field"]) as work:
        await case_acts.extend(work, case_id, reason="Chờ vật tư", due_on=later)
    (told,) = await post.new()  # the news that was promised; the apology for that day is out already
    assert "Chờ vật tư" not in told and SAID in told
    assert f"{case.due_on:%d/%m/%Y}" in told and f"{later:%d/%m/%Y}" in told
    await to_the_morning_after(clock, later)
    await watch_deadlines(database, clock)
    assert len(await post.new()) == 1  # one more apology for the one more date


async def test_a_reason_given_in_the_evening_goes_out_with_the_apology_of_the_morning(
    staff: Staff, case_id: int, database: Database, clock: MovableClock, post: Post, works: Works, vault: Vault
) -> None:
    due_on = (await the_case(database)).due_on
    assert due_on is not None
    clock.move(days=(due_on - clock.today()).days, hours=9)  # 18:00 of the last day
    later = due_on + timedelta(days=6)
    async with works(staff["field"]) as work:
        await case_acts.extend(work, case_id, reason="Chờ bóng đèn", due_on=later)
    assert await post.new() == [], "nobody is told in the evening what the morning's apology says"
    clock.move(hours=-9)
    await to_the_morning_after(clock, due_on)
    for _ in range(2):
        await watch_deadlines(database, clock)
    (sorry,) = await post.new()
    for part in ("xin lỗi", SAID, f"{due_on:%d/%m/%Y}", f"{later:%d/%m/%Y}", "Phạm Chủ Tịch"):
        assert part in sorry, sorry
    assert "chưa nêu lý do" not in sorry
    async with database.reading() as session:
        rows = list(await session.exec(select(OutboxMessage).where(col(OutboxMessage.event_id).is_(None))))
        read = await vault.read(session, commune_id=1, body_ids=[rows[-1].quotes_body_id or 0])
    assert "Chờ bóng đèn" in next(iter(read.values()))
    assert await check_database(database, vault, lambda _line: None)


async def test_over_its_date_only_the_reason_or_the_answer_takes_a_case_on(
    staff: Staff, case_id: int, database: Database, clock: MovableClock, post: Post, works: Works
) -> None:
    due_on = (await the_case(database)).due_on
    assert due_on is not None
    await to_the_morning_after(clock, due_on)
    blocked: list[Callable[[Workplace], Awaitable[None]]] = [
        lambda work: case_acts.begin(work, case_id),
        lambda work: case_acts.ask(work, case_id, words="?"),
        lambda work: case_acts.refuse(work, case_id, reason="unclear", words=""),
        lambda work: case_acts.transfer(work, case_id, body="Sở", document="1", on=due_on, words=""),
        lambda work: case_acts.sort(work, case_id, category="other", papi=3, hamlet_id=None),
        lambda work: case_acts.reclass(work, case_id, kind="proposal", reason="vì"),
    ]
    for act in blocked:
        with pytest.raises(ReasonOwed):
            async with works(staff["desk"]) as work:
                await act(work)
    async with works(staff["desk"]) as work:  # to whoever will say why
        await case_acts.assign(work, case_id, officer_id=staff["field"].id or 0)
    assert "đã giao" in (await post.new())[-1]
    with pytest.raises(Lacking):
        async with works(staff["field"]) as work:
            await case_acts.extend(work, case_id, reason="  ", due_on=clock.today() + timedelta(days=5))
    async with works(staff["field"]) as work:
        await case_acts.answer(work, case_id, words="Đã thay.", evidence="decision", document="")
    (told,) = await post.new()
    assert "xin lỗi vì trả lời trễ hẹn" in told and f"{due_on:%d/%m/%Y}" in told
    await watch_deadlines(database, clock)
    assert await post.new() == []


async def test_promised_news_that_does_not_come_rings_again_each_working_day(
    staff: Staff, case_id: int, database: Database, clock: MovableClock, works: Works
) -> None:
    due_on = (await the_case(database)).due_on
    assert due_on is not None
    await to_the_morning_after(clock, due_on)
    await watch_deadlines(database, clock)
    assert "owed" not in await bell(database, staff["leader"])
    for times in (1, 2):
        await to_the_morning_after(clock, clock.today())
        for _ in range(2):
            await watch_deadlines(database, clock)
        rung = await bell(database, staff["leader"]), await bell(database, staff["field"])
        assert [each.count("owed") for each in rung] == [times, times]
    async with works(staff["field"]) as work:
        await case_acts.extend(work, case_id, reason="Chờ vật tư", due_on=clock.today() + timedelta(days=5))
    await to_the_morning_after(clock, clock.today())
    await watch_deadlines(database, clock)
    assert (await bell(database, staff["leader"])).count("owed") == 2
