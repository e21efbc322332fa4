"""A denouncer is safe: sealed at once, no name kept, two holders read it, one cannot, a phrase opens the answers."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlmodel import select

from bot.scheduler import Scheduler
from handlers import mailbox
from handlers.contract import FIRST_SCREEN
from storage import mailboxes
from storage.accounts import Account
from storage.bodies import ERASED, SEALED, Body, Vault
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.inbox import InboxEvent
from storage.mailboxes import Mailbox
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.seals import SealedBody
from tests.conftest import THE_DAY, Citizen, MovableClock
from tests.rows import everything_in
from tests.sealed import Holder, appoint, read_together

STORY = "kế toán xã khai khống mười hai hộ nghèo để lấy tiền"
TOLD = f"tôi muốn tố cáo {STORY}"
SIGNED = f"{TOLD}. Tôi tên Lê Thị Mười Hương, số 0912 345 678"


@pytest.fixture
async def holders(database: Database, commune: Commune, clock: MovableClock) -> AsyncIterator[list[Holder]]:
    """Three people hold keys."""
    names = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")
    yield await appoint(database, commune, names=names, now=clock.now(), today=THE_DAY)


async def tip(citizen: Citizen, told: str = TOLD) -> str:
    """Tell, hand in, finish; the phrase."""
    await citizen.says(told)
    given = await citizen.says("2")
    phrase = given.text.split("\n")[1]
    assert len(phrase.split()) == 8
    return phrase


async def test_told_once_it_is_sealed_and_no_row_keeps_it(
    citizen: Citizen, holders: list[Holder], database: Database, vault: Vault
) -> None:
    heard = await citizen.says(SIGNED)
    assert heard.action == "denunciation" and "xin đừng gửi họ tên" in heard.text and heard.sources
    assert "đã niêm phong" in heard.text and "bỏ 2 chi tiết" in heard.text
    assert "2" in [str(place) for place, label in enumerate(heard.choices, 1) if "không nêu tên" in label]
    async with database.reading() as session:
        assert [vault.open(body) for body in await session.exec(select(Body))] == [SEALED]
        [line] = await session.exec(select(Question))
        assert (line.masked_text, line.account_id, line.event_id) == ("", None, None)
    for one in holders:
        assert await read_together(database, one) == []
    for pair in ((0, 1), (0, 2), (1, 2)):
        [words] = await read_together(database, *(holders[number] for number in pair))
        assert STORY in words and "Hương" not in words and "345" not in words


async def test_every_screen_is_short(citizen: Citizen, holders: list[Holder]) -> None:
    screens = [await citizen.says(TOLD), await citizen.says("2"), await citizen.says("ông ấy ký khống"), *()]
    screens += [await citizen.says("xong"), await citizen.says("hộp thư")]
    assert all(len(screen.bubbles[-1].printed) <= FIRST_SCREEN for screen in screens)


async def test_handed_in_it_is_a_report_without_a_name_and_more_may_follow(
    citizen: Citizen, holders: list[Holder], database: Database
) -> None:
    await citizen.says(TOLD)
    given = await citizen.says("Gửi tin báo không nêu tên")
    assert "ghi là một phản ánh" in given.text and any("Điều 25" in one["cite"] for one in given.sources)
    await citizen.says("danh sách dán ở nhà văn hóa ấp Đông, em là Lê Thị Mười Hương")
    done = await citizen.says("xong")
    assert "2 phần đã niêm phong" in done.text
    first, second = await read_together(database, holders[0], holders[2])
    assert STORY in first and "nhà văn hóa ấp Đông" in second and "Hương" not in second
    async with database.reading() as session:
        [box] = await session.exec(select(Mailbox))
        assert box.state == "open" and box.code in given.text


async def test_what_is_not_handed_in_is_gone_with_the_talk(
    citizen: Citizen, holders: list[Holder], database: Database, clock: MovableClock
) -> None:
    await citizen.says(TOLD)
    await citizen.says("thôi")
    clock.move(minutes=31)
    await Scheduler(database, clock).run_due()
    async with database.reading() as session:
        assert list(await session.exec(select(SealedBody))) == list(await session.exec(select(Mailbox))) == []
    assert await read_together(database, holders[0], holders[1]) == []


async def test_the_phrase_opens_the_answers_from_another_account(
    citizen: Citizen,
    neighbour: Citizen,
    holders: list[Holder],
    database: Database,
    commune: Commune,
    clock: MovableClock,
) -> None:
    phrase = await tip(citizen)
    reply = "Thanh tra đã làm việc với kế toán ngày 20/11, kết luận sau 10 ngày"
    async with database.writing() as session:
        [box] = await mailboxes.open_ones(session, commune_id=commune.id or 0)
        await mailboxes.answer(session, box, officer_id=holders[0].officer.id or 0, text=reply, at=clock.now())
    assert "8 tiếng" in (await neighbour.says("hộp thư")).text
    from_elsewhere = await neighbour.says(phrase)
    assert reply in from_elsewhere.text and box.code in from_elsewhere.text
    await neighbour.says("thêm nữa: ông ấy ký hai sổ")
    assert "hai sổ" in (await read_together(database, holders[1], holders[2]))[-1]
    without_marks = await citizen.says("hop thu " + " ".join(_plain(phrase).split()))
    assert reply in without_marks.text and "2 phần" in without_marks.text
    clock.move(minutes=31)
    await Scheduler(database, clock).run_due()
    assert await hits(database, [reply, phrase, _plain(phrase)]) == []


def _plain(text: str) -> str:
    from knowledge.vietnamese import fold

    return fold(text)


async def test_a_phrase_may_sound_like_a_place(
    citizen: Citizen, holders: list[Holder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "new_phrase", lambda: "phượng đục trâu xanh bò đỏ heo tím")
    phrase = await tip(citizen)
    assert "Chưa có trả lời" in (await citizen.says(f"hộp thư {phrase}")).text


async def test_guessing_has_to_wait(citizen: Citizen, neighbour: Citizen, holders: list[Holder]) -> None:
    phrase = await tip(citizen)
    guess = "trâu xanh bò đỏ heo tím gà trắng"
    for _try in range(5):
        assert "không có hộp thư" in (await neighbour.says(f"hộp thư {guess}")).text
    assert "chờ" in (await neighbour.says(f"hộp thư {phrase}")).text
    assert "Chưa có trả lời" in (await citizen.says(f"hộp thư {phrase}")).text, "others are not shut out"


async def test_it_never_reaches_whom_it_is_about(citizen: Citizen, holders: list[Holder], database: Database) -> None:
    await tip(citizen, "tố cáo ông Trần Quốc Bảo nhận tiền của dân để cấp sổ đỏ")
    assert await read_together(database, holders[0], holders[1]) == []
    assert await read_together(database, holders[0], holders[2]) == []
    assert len(await read_together(database, holders[1], holders[2])) == 1


async def test_with_too_few_readers_left_it_is_erased_and_said(
    citizen: Citizen, holders: list[Holder], database: Database
) -> None:
    heard = await citizen.says("tố cáo ông Bảo và bà Yến giữ khóa niêm phong của xã nhận tiền hối lộ của dân")
    assert "đã xóa lời vừa nhắn" in heard.text
    async with database.reading() as session:
        assert list(await session.exec(select(SealedBody))) == []
        assert [body.state for body in await session.exec(select(Body))] == ["erased"]


async def test_a_long_story_is_sealed_to_its_end(citizen: Citizen, holders: list[Holder], database: Database) -> None:
    await tip(citizen, f"{TOLD}. " + "Ông ấy ký khống từng tờ một. " * 300 + "Sổ gốc ở tủ sắt phòng kế toán.")
    [words] = await read_together(database, holders[0], holders[1])
    assert words.endswith("Sổ gốc ở tủ sắt phòng kế toán.") and len(words) > 8_000


async def test_the_first_screen_is_short_without_holders(citizen: Citizen) -> None:
    heard = await citizen.says(TOLD)
    assert len(heard.bubbles[-1].printed) <= FIRST_SCREEN


async def test_without_two_holders_it_is_erased_and_the_person_is_told(
    citizen: Citizen, database: Database, commune: Commune, clock: MovableClock, vault: Vault
) -> None:
    await appoint(database, commune, names=("Trần Quốc Bảo",), now=clock.now(), today=THE_DAY)
    heard = await citizen.says(TOLD)
    assert "chưa có đủ hai người giữ khóa" in heard.text and "xin đừng gửi họ tên" in heard.text
    async with database.reading() as session:
        assert [vault.open(body) for body in await session.exec(select(Body))] == [ERASED]
        assert list(await session.exec(select(SealedBody))) == []


async def test_a_report_that_turns_out_to_be_one_is_sealed_whole(
    citizen: Citizen, holders: list[Holder], database: Database
) -> None:
    assert (await citizen.says("cầu ấp Đông mới làm đã nứt toác, rút ruột xi măng")).action == "report"
    heard = await citizen.says("tôi tố cáo chủ tịch xã nhận tiền của nhà thầu")
    assert heard.action == "denunciation" and "đã niêm phong" in heard.text
    [words] = await read_together(database, holders[0], holders[1])
    assert "rút ruột" in words and "nhà thầu" in words
    async with database.reading() as session:
        assert {body.state for body in await session.exec(select(Body))} == {"sealed"}
    assert "chưa thấy vụ việc" in (await citizen.says("đơn của tôi tới đâu rồi")).text


async def test_half_an_hour_later_nothing_leads_to_the_chat(
    citizen: Citizen, holders: list[Holder], database: Database, clock: MovableClock
) -> None:
    await citizen.says("lệ phí đăng ký khai sinh")
    await tip(citizen)
    await citizen.says("ông ấy ký khống danh sách")
    await citizen.says("xong")
    clock.move(minutes=31)
    await Scheduler(database, clock).run_due()
    async with database.reading() as session:
        sealed = {body.id for body in await session.exec(select(Body)) if body.state == "sealed"}
        events = list(await session.exec(select(InboxEvent)))
        account = (await session.exec(select(Account))).one()
        said = [row.text for row in await session.exec(select(OutboxMessage)) if "niêm phong" in row.text]
    assert len(sealed) == 2
    assert all(citizen.name not in (event.chat_key + event.event_key) for event in events if event.body_id in sealed)
    assert account.chat_key == citizen.name and len([event for event in events if event.chat_key == citizen.name]) > 0
    assert said == [] or all("TB-" not in text for text in said)


async def test_a_restart_in_the_middle_loses_nothing(
    citizen: Citizen, holders: list[Holder], database: Database, terminal_account: ChannelAccount
) -> None:
    await citizen.says(TOLD)
    await database.engine.dispose()
    given = await citizen.says("2")
    await database.engine.dispose()
    await citizen.says("ông ấy ký hai sổ")
    assert "Chưa có trả lời" in (await citizen.says(f"hộp thư {given.text.split(chr(10))[1]}")).text
    assert len(await read_together(database, holders[0], holders[1])) == 2


async def hits(database: Database, wanted: list[str]) -> list[str]:
    """Which of these stand readable in a row; in the embedded database's file, its log, or a backup made now."""
    if not database.is_sqlite:
        return [words for words in wanted if words in await everything_in(database)]
    file = Path(database.url.partition("///")[2])
    backup = file.with_suffix(".backup")
    with sqlite3.connect(file) as source, sqlite3.connect(backup) as copy:
        source.backup(copy)
    raw = b"".join(path.read_bytes() for path in file.parent.glob("danhoi*") if path.is_file())
    return [words for words in wanted if words.encode() in raw]
