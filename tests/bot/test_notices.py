"""A notice from the officer's desk to every chat: whom it reaches, once, when, and what the ledger proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import select

from bot.assembly import Parts
from bot.channels.errors import OutsideWindow, PersonGone
from bot.notice_ways import Bounds
from handlers import notices
from handlers.notices import Draft, NeedsAnother, NotNow, TooLate
from handlers.permissions import NotAllowed, Role
from storage import wishes
from storage.audit import AuditRow
from storage.communes import Commune
from storage.outbox import OutboxMessage
from tests.bot.console import hire
from tests.bot.noticing import DRAFT, FACTS, Village
from tests.conftest import Citizen, MovableClock


@pytest.fixture
async def village(parts: Parts, commune: Commune) -> Village:
    village = Village(parts, commune)
    people = [await hire(parts, commune, Role.BROADCASTER, name=name) for name in ("Người Viết", "Người Duyệt")]
    await village.opens([one.id or 0 for one in people])
    return village


async def test_each_person_gets_it_once_by_the_best_of_their_chats(village: Village) -> None:
    east, west = village.hamlets
    await village.person("ba-nam", "zalo_oa", hamlet=east)
    await village.person("ba-nam-web", "webchat", same_as="ba-nam")
    await village.person("ong-tu", "zalo_bot", hamlet=west)
    await village.person("co-hai", "webchat", hamlet=east)
    notice_id = await village.sends()
    await village.runs()
    assert await village.ledger(notice_id) == {
        "ba-nam": "sent",
        "ba-nam-web": "skipped other_channel",
        "ong-tu": "sent",
        "co-hai": "handed",
    }
    [(chat, text)] = village.platforms["zalo_oa"].sent
    assert chat == "ba-nam" and "Ngừng điện" in text and "từ 7 giờ 30 đến 11 giờ, thứ Ba 24/11/2026" in text
    assert "nhắn “dừng”" in text and len(text) < 600
    assert (village.channel["webchat"].id, "co-hai") in village.told
    assert (await village.notice(notice_id)).state == "done"
    await village.runs()
    assert len(village.platforms["zalo_oa"].sent) == 1


async def test_only_the_hamlet_that_is_meant(village: Village) -> None:
    east, west = village.hamlets
    await village.person("dong", "zalo_oa", hamlet=east)
    await village.person("tay", "zalo_oa", hamlet=west)
    await village.person("khong-ro", "zalo_oa")
    notice_id = await village.sends(replace(DRAFT, hamlet_ids=(east,)))
    await village.runs()
    assert await village.ledger(notice_id) == {"dong": "sent"}
    assert {row.hamlet_id for row in await village.rows(notice_id)} == {east}


async def test_the_count_before_is_what_goes_out(village: Village, clock: MovableClock) -> None:
    east, _west = village.hamlets
    await village.person("moi", "zalo_oa", hamlet=east)
    await village.person("ba-ngay", "zalo_oa", seen=clock.now() - timedelta(days=3))
    await village.person("lau-roi", "zalo_oa", seen=clock.now() - timedelta(days=8))
    await village.person("trang", "webchat")
    async with village.parts.database.writing() as session:
        work = village.at_desk(session)
        notice = await notices.the_notice(work, await notices.write(work, DRAFT))
        told = await notices.audience(work, notice, village.ways.ways)
    assert told.people == 3 and told.costs == 1
    assert told.by == {(east, "zalo_oa"): 1, (None, "zalo_oa"): 1, (None, "webchat"): 1}
    assert told.without == {"window": 1}


async def test_a_closed_window_a_block_and_a_full_plan_are_written_down(village: Village, clock: MovableClock) -> None:
    await village.person("cua-dong", "zalo_oa")
    await village.person("chan", "zalo_oa")
    for number in range(4):
        await village.person(f"bot-{number}", "zalo_bot")
    village.ways.by_name["zalo_bot"] = Bounds(text=1_800, per_month=2)
    village.platforms["zalo_oa"].fails = {"cua-dong": OutsideWindow("7 ngày"), "chan": PersonGone("zalo -217")}
    notice_id = await village.sends()
    await village.runs()
    assert await village.ledger(notice_id) == {
        "cua-dong": "skipped window",
        "chan": "failed zalo -217",
        "bot-0": "sent",
        "bot-1": "sent",
        "bot-2": "skipped plan",
        "bot-3": "skipped plan",
    }
    second = await village.sends()
    await village.runs()
    assert (await village.ledger(second))["chan"] == "skipped gone"


async def test_whom_one_channel_refuses_gets_it_by_their_next(village: Village) -> None:
    await village.person("ba-nam", "zalo_oa")
    await village.person("ba-nam-bot", "zalo_bot", same_as="ba-nam")
    await village.person("ba-nam-web", "webchat", same_as="ba-nam")
    village.platforms["zalo_oa"].fails = {"ba-nam": PersonGone("zalo -217")}
    notice_id = await village.sends()
    await village.runs()
    assert await village.ledger(notice_id) == {
        "ba-nam": "failed zalo -217",
        "ba-nam-bot": "sent",
        "ba-nam-web": "skipped other_channel",
    }


async def test_at_night_it_waits_for_the_morning_unless_it_is_urgent(village: Village, clock: MovableClock) -> None:
    await village.person("ba-nam", "zalo_oa")
    clock.move(hours=12, minutes=30)  # 21:30
    night = {**FACTS, "starts": "2026-11-24T13:00:00+07:00", "ends": ""}
    calm = await village.sends(Draft("power", night))
    storm = await village.sends(Draft("storm", {**night, "act": "Vào nhà kiên cố"}), urgent_why="Lũ quét trong đêm")
    await village.runs()
    assert len(village.platforms["zalo_oa"].sent) == 1
    assert await village.ledger(storm) == {"ba-nam": "sent"} and await village.ledger(calm) == {}
    notice = await village.notice(storm)
    assert notice.urgent_why == "Lũ quét trong đêm"
    async with village.parts.database.reading() as session:
        acts = [row.act for row in await session.exec(select(AuditRow))]
    assert "notice.send:urgent" in acts
    assert (await village.notice(calm)).send_at == datetime.fromisoformat("2026-11-24T06:00:00+07:00")
    clock.move(hours=8, minutes=29)
    await village.runs()
    assert len(village.platforms["zalo_oa"].sent) == 1
    clock.move(minutes=1)
    await village.runs()
    assert len(village.platforms["zalo_oa"].sent) == 2


async def test_what_waits_at_nine_in_the_evening_goes_on_at_six(village: Village, clock: MovableClock) -> None:
    """A channel that rests over 21:00 brings nothing at night, and nobody is left out or told twice."""
    for number in range(5):
        await village.person(f"nguoi-{number}", "zalo_oa")
    clock.move(hours=11, minutes=59)  # 20:59
    notice_id = await village.sends(Draft("power", {**FACTS, "starts": "2026-11-24T13:00:00+07:00", "ends": ""}))
    for _ in range(4):
        await village.sender.work()
    assert set((await village.ledger(notice_id)).values()) == {"handed"}
    clock.move(minutes=2)
    await village.runs()
    assert set((await village.ledger(notice_id)).values()) == {"queued"}
    assert village.platforms["zalo_oa"].sent == []
    clock.move(hours=9)
    await village.runs()
    assert sorted(chat for chat, _text in village.platforms["zalo_oa"].sent) == [f"nguoi-{n}" for n in range(5)]


async def test_a_notice_whose_time_is_over_goes_to_nobody_more(village: Village, clock: MovableClock) -> None:
    await village.person("ba-nam", "zalo_oa")
    clock.move(hours=11, minutes=59)
    ends = datetime.fromisoformat("2026-11-24T05:00:00+07:00")
    notice_id = await village.sends(replace(DRAFT, ends_at=ends))
    clock.move(minutes=2)
    await village.runs()
    assert await village.ledger(notice_id) == {}, "it had not begun: it waits for the morning, when it is too late"
    clock.move(hours=9)
    await village.runs()
    assert await village.ledger(notice_id) == {"ba-nam": "skipped late"}
    with pytest.raises(TooLate):
        await village.sends(replace(DRAFT, ends_at=ends))


async def test_above_two_hundred_a_second_person_agrees(village: Village) -> None:
    for number in range(notices.ALONE + 1):
        await village.person(f"nguoi-{number}", "zalo_oa")
    notice_id = await village.sends()
    await village.runs()
    assert (await village.notice(notice_id)).state == "waiting" and village.platforms["zalo_oa"].sent == []
    async with village.parts.database.writing() as session:
        with pytest.raises(NeedsAnother):
            await notices.approve(village.at_desk(session, 0), notice_id)
    async with village.parts.database.writing() as session:
        await notices.change(village.at_desk(session, 0), notice_id, DRAFT)
    async with village.parts.database.writing() as session:
        with pytest.raises(NotNow):
            await notices.approve(village.at_desk(session, 1), notice_id)
        await notices.send(village.at_desk(session, 0), notice_id, village.ways.ways)
        await notices.approve(village.at_desk(session, 1), notice_id)
    await village.runs()
    assert len(village.platforms["zalo_oa"].sent) == notices.ALONE + 1


async def test_people_who_came_meanwhile_make_it_wait_for_a_second_person(village: Village) -> None:
    await village.person("mot", "zalo_oa")
    notice_id = await village.sends()
    for number in range(notices.ALONE + 1):
        await village.person(f"nguoi-{number}", "zalo_oa")
    await village.runs()
    assert (await village.notice(notice_id)).state == "waiting" and village.platforms["zalo_oa"].sent == []


async def test_cancelling_stops_the_rest_at_once(village: Village) -> None:
    for number in range(120):
        await village.person(f"nguoi-{number}", "zalo_oa")
    await village.person("trang", "webchat")
    notice_id = await village.sends()
    for _ in range(4):
        await village.sender.work()
    outlet = village.line._outlets[village.channel["zalo_oa"].id or 0]
    claimed = await village.line._claim(outlet)
    async with village.parts.database.writing() as session:
        await notices.cancel(village.at_desk(session), notice_id)
    for message in claimed:
        await village.line._send(outlet, message)
    await village.runs()
    states = list((await village.ledger(notice_id)).values())
    assert states.count("sent") == len(claimed) == len(village.platforms["zalo_oa"].sent)
    assert states.count("cancelled") == 121 - len(claimed)
    async with village.parts.database.reading() as session:
        waiting = [row for row in await session.exec(select(OutboxMessage)) if row.state == "queued"]
    assert waiting == [] and (await village.notice(notice_id)).ended_at is not None
    async with village.parts.database.writing() as session:
        with pytest.raises(NotNow):
            await notices.cancel(village.at_desk(session), notice_id)


async def test_a_process_that_dies_goes_on_where_it_was(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are made chunk by chunk; what was on the line is unknown and never sent again."""
    monkeypatch.setattr("handlers.notice_turns.MADE_AT_ONCE", 7)
    for number in range(30):
        await village.person(f"nguoi-{number}", "zalo_oa")
    notice_id = await village.sends()
    await village.sender.work()
    await village.sender.work()
    assert len(await village.rows(notice_id)) == 7
    await village.sender.work()
    assert len(await village.rows(notice_id)) == 14
    for _ in range(6):
        await village.sender.work()
    flying = await village.line._claim(village.line._outlets[village.channel["zalo_oa"].id or 0])
    assert await village.line.recover() == len(flying) > 0
    await village.runs()
    states = list((await village.ledger(notice_id)).values())
    assert states.count("unknown ProcessEnded") == len(flying) and states.count("sent") == 30 - len(flying)
    assert len({chat for chat, _text in village.platforms["zalo_oa"].sent}) == 30 - len(flying)


async def test_an_unknown_notice_is_not_shown_again(village: Village, citizen: Citizen, clock: MovableClock) -> None:
    await citizen.says("alo")
    await village.line.flush()
    village.platforms["terminal"].fails = {citizen.name: TimeoutError()}
    notice_id = await village.sends()
    await village.runs()
    assert (await village.ledger(notice_id))[citizen.name] == "unknown TimeoutError"
    village.platforms["terminal"].fails = {}
    heard = await citizen.says("cảm ơn nhé")
    assert "Tin trước có thể chưa tới" not in heard.text


async def test_a_reminder_goes_on_worked_days_across_tet(village: Village, clock: MovableClock) -> None:
    """Tết Đinh Mùi: offices rest from 05/02/2027 (calendar of the package, corrected by our data)."""
    await village.person("ba-nam", "zalo_oa")
    village.ways.ways = [replace(way, window=None) for way in village.ways.ways]
    clock.move(days=71)  # 02/02/2027, 09:00
    assert clock.today() == date(2027, 2, 2)
    facts = {**FACTS, "starts": "2027-02-19T08:00:00+07:00", "ends": ""}
    notice_id = await village.sends(
        Draft("meeting", {**facts, "agenda": "Bàn việc thôn"}, repeat="daily", repeat_until=date(2027, 2, 17),
              skips_days_off=True)
    )  # fmt: skip
    days = []
    for _ in range(20):
        before = len(village.platforms["zalo_oa"].sent)
        await village.runs()
        if len(village.platforms["zalo_oa"].sent) > before:
            days.append(clock.today())
        clock.move(days=1)
    from handlers import clock as calendar_of

    async with village.parts.database.reading() as session:
        calendar = await calendar_of.calendar_of(session, commune_id=village.commune.id or 0)
    every = [date(2027, 2, 2) + timedelta(days=n) for n in range(16)]
    assert days == [day for day in every if calendar.is_worked(day)]
    assert date(2027, 2, 8) not in days and date(2027, 2, 17) in days
    assert (await village.notice(notice_id)).state == "done"


async def test_whoever_is_bound_to_a_hamlet_sends_to_it_alone(village: Village) -> None:
    east, west = village.hamlets
    async with village.parts.database.writing() as session:
        work = village.at_desk(session, hamlet_id=east)
        with pytest.raises(NotAllowed):
            await notices.write(work, DRAFT)
        with pytest.raises(NotAllowed):
            await notices.write(work, replace(DRAFT, hamlet_ids=(east, west)))
        await notices.write(work, replace(DRAFT, hamlet_ids=(east,)))


async def test_who_turned_it_off_gets_nothing_and_followers_alone_can_be_meant(
    village: Village, clock: MovableClock
) -> None:
    muted, follower = await village.person("tat", "zalo_oa"), await village.person("theo", "zalo_bot")
    await village.person("thuong", "zalo_oa")
    async with village.parts.database.writing() as session:
        await wishes.say(session, muted, topic="power", wants=False, at=clock.now())
        await wishes.say(session, follower, topic="power", wants=True, at=clock.now())
    notice_id = await village.sends()
    await village.runs()
    assert await village.ledger(notice_id) == {"tat": "skipped opted_out", "theo": "sent", "thuong": "sent"}
    narrow = await village.sends(replace(DRAFT, followers=True))
    await village.runs()
    assert await village.ledger(narrow) == {"theo": "sent"}
