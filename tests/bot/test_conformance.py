"""What every channel must do alike: one suite for all of them, none left out."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.channels.parts import utf16_length
from bot.channels.telegram import TelegramBot
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from handlers.contract import FIRST_SCREEN
from storage import outbox
from storage.accounts import Account
from storage.cases import CaseEvent
from storage.files import AttachedFile
from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from storage.reach import Reach
from tests.bot.drivers import Driver, PlatformDriver, Screen, driving
from tests.bot.pictures import a_photo
from tests.bot.running import Serves, eventually, eventually_so

ALL = ("webchat", "terminal", "telegram", "zalo_bot", "zalo_oa")
PLATFORMS = ("telegram", "zalo_bot", "zalo_oa")
WITH_A_MAP = ("telegram", "zalo_oa")
CITATION = "Nghị định 118/2025/NĐ-CP Điều 14 khoản 2"
QUESTION = "đăng ký khai sinh cho con cần giấy tờ gì"


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause between two messages of a chat is proved elsewhere."""
    for platform in (TelegramBot, ZaloBot, ZaloOa):
        monkeypatch.setattr(platform, "limits", replace(platform.limits, chat_gap=0.02))


@pytest.fixture
async def someone(request: pytest.FixtureRequest, serves: Serves) -> AsyncIterator[Any]:
    """One person on the channel that the test names."""
    async with driving(request.param, serves) as driver:
        yield driver


on_all = pytest.mark.parametrize("someone", ALL, indirect=True)
on_platforms = pytest.mark.parametrize("someone", PLATFORMS, indirect=True)


def last(screens: list[Screen]) -> str:
    """The last message, without the lines of choices."""
    return re.sub(r"(\n\d+\. [^\n]*)+(\n\(Trả lời bằng số[^\n]*)?$", "", screens[-1].text)


@on_all
async def test_a_question_gets_a_short_answer_with_its_source(someone: Driver) -> None:
    screens = await someone.says(QUESTION)
    assert "Căn cứ: " in last(screens) and len(last(screens)) <= FIRST_SCREEN
    if someone.name != "webchat":  # its page says hello itself
        assert "máy trả lời" in screens[0].text and len(screens) == 2


@on_all
async def test_a_choice_is_a_number_a_word_or_a_press(someone: Driver) -> None:
    by_number, by_words, by_press = [], [], []
    await someone.says("menu")
    by_number = await someone.says("2")
    await someone.says("menu")
    by_words = await someone.says("bao hiem y te")
    shown = await someone.says("menu")
    by_press = await someone.presses(shown[-1].presses[1])
    assert last(by_number) == last(by_words) == last(by_press)
    assert "bảo hiểm y tế" in last(by_number)


@on_all
async def test_a_long_answer_comes_in_parts_with_its_citations_whole(someone: Driver) -> None:
    await someone.says("menu")
    if isinstance(someone, PlatformDriver):
        before = len(someone.screens())
        text = "\n".join(f"Điểm {number}: việc này làm theo {CITATION}, ở xã nơi cư trú." for number in range(120))
        await queue(someone, text)
        await someone.settled()
        parts = [screen.text for screen in someone.screens()[before:]]
        assert someone.most is not None and len(parts) > 1
        assert all(utf16_length(part) <= someone.most for part in parts)
        assert sum(part.count(CITATION) for part in parts) == 120
        assert [part[:5] for part in parts] == [f"({number}/{len(parts)})" for number in range(1, len(parts) + 1)]
    else:
        assert someone.most is None, "a channel of our own shows a text of any length whole"


async def queue(someone: Driver, text: str) -> None:
    channel = await someone.account()
    account = next(one for one in await someone.served.rows(Account) if one.channel_account_id == channel.id)
    now = someone.served.parts.clock.now()
    async with someone.served.parts.database.writing() as session:
        await outbox.put(
            session,
            OutboxMessage(
                commune_id=account.commune_id,
                account_id=account.id,
                channel_account_id=account.channel_account_id,
                chat_key=account.chat_key,
                text=text,
                not_before=now,
                created_at=now,
            ),
        )


@on_platforms
async def test_a_picture_is_answered_in_words(someone: PlatformDriver) -> None:
    screens = await someone.brings(someone.photo())
    assert "em nhận được ảnh" in last(screens) and "gửi phản ánh kèm ảnh này không" in last(screens)


@on_platforms
async def test_a_picture_joins_the_report_that_it_belongs_to(someone: PlatformDriver) -> None:
    someone.fake.held["1.jpg"] = a_photo()
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    told = last(await someone.brings(someone.photo()))
    assert "em ghi kèm ảnh vào bản nháp" in told
    [row] = await kept(someone)
    assert someone.fake.fetched == ["1.jpg"]
    content = await someone.served.parts.files.content(row)
    assert content.startswith(b"\xff\xd8\xff") and b"SecretCam" not in content
    history = await someone.served.rows(CaseEvent)
    assert [(line.kind, line.body_id) for line in history][1:] == [("attached", row.body_id)]


@on_platforms
async def test_a_picture_that_nobody_wants_is_never_fetched(someone: PlatformDriver) -> None:
    someone.fake.held["1.jpg"] = a_photo()
    await someone.brings(someone.photo())
    assert "không giữ lại" in last(await someone.says("không, bỏ đi"))
    [row] = await someone.served.rows(AttachedFile)
    assert row.state == "erased" and someone.fake.fetched == []
    await someone.brings(someone.photo())
    assert "việc gì, ở đâu" in last(await someone.says("1"))
    assert "em ghi" in last(await someone.says("rác đổ đầy đường"))
    [row] = await kept(someone)
    assert row.kind == "image"


@on_platforms
async def test_what_is_no_picture_is_not_kept_and_the_person_is_told(someone: PlatformDriver) -> None:
    someone.fake.held["1.jpg"] = b"MZ\x90\x00 this program cannot be run" * 9
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    before = len(someone.screens())
    await someone.brings(someone.photo())
    await eventually(lambda: len(someone.screens()) >= before + 2)
    assert "không giữ được: em chỉ nhận ảnh" in someone.screens()[-1].text
    [row] = await someone.served.rows(AttachedFile)
    assert (row.state, row.why, row.wrapped_key) == ("refused", "type", None)


@on_platforms
async def test_taking_a_report_back_takes_its_picture_too(someone: PlatformDriver) -> None:
    someone.fake.held["1.jpg"] = a_photo()
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    await someone.brings(someone.photo())
    [row] = await kept(someone)
    await someone.says("hủy")
    [row] = await someone.served.rows(AttachedFile)
    assert (row.state, row.wrapped_key) == ("erased", None)
    folder = someone.served.parts.settings.files_dir
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 1
    await someone.served.parts.files.sweep()
    assert [one for one in folder.rglob("*") if one.is_file()] == []


async def kept(someone: PlatformDriver) -> list[AttachedFile]:
    """The files that are kept, once there is one."""

    async def some() -> list[AttachedFile]:
        return [row for row in await someone.served.rows(AttachedFile) if row.state == "kept"]

    await eventually_so(some)
    return await some()


@on_all
async def test_a_place_may_be_typed(someone: Driver) -> None:
    told = await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert "“đèn đường trước nhà hỏng 3 tuần nay”" in last(told)
    assert "Nơi: ấp Mỹ Lợi, gần trường học" in last(await someone.says("ấp Mỹ Lợi, gần trường học"))


@pytest.mark.parametrize("someone", WITH_A_MAP, indirect=True)
async def test_a_place_may_come_from_the_map(someone: Any) -> None:
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert "10.50000, 106.25000" in last(await someone.brings(someone.place()))


@on_all
async def test_the_same_event_twice_is_answered_once(someone: Driver) -> None:
    first = await someone.says("menu")
    again = await someone.says_twice("gặp cán bộ")
    assert len(again) == 1 and again != first


@on_platforms
async def test_events_out_of_order_are_each_answered_once(someone: PlatformDriver) -> None:
    await someone.says("menu")
    first, second = someone.event("gặp cán bộ"), someone.event("thôi")
    screens = await someone.brings(second, first)
    assert len(screens) == 2 and len({screen.text for screen in screens}) == 2


@on_platforms
async def test_an_unknown_event_is_kept_and_left_alone(someone: PlatformDriver) -> None:
    assert await someone.brings(someone.strange()) == []
    assert [event.state for event in await someone.served.rows(InboxEvent)] == ["ignored"]


@on_all
@pytest.mark.parametrize("text", [" ", "a" * 10_000, "👍", "\u202e\u200b"])
async def test_whatever_is_typed_gets_a_polite_sentence(someone: Driver, text: str) -> None:
    screens = await someone.says(text)
    assert last(screens).startswith("Dạ") and len(last(screens)) <= FIRST_SCREEN


@on_all
async def test_hidden_letters_and_another_spelling_change_nothing(someone: Driver) -> None:
    await someone.says("menu")
    plain = last(await someone.says(QUESTION))
    await someone.says("thôi")
    hidden = "\u200b".join(QUESTION.split(" ")[0]) + "\u2066 " + " ".join(QUESTION.split(" ")[1:])
    assert last(await someone.says(hidden)) == plain
    await someone.says("thôi")
    assert last(await someone.says(unicodedata.normalize("NFD", QUESTION))) == plain


@on_all
async def test_danger_comes_first_in_any_state(someone: Driver) -> None:
    await someone.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert last(await someone.says("chay nha roi cuu voi")).startswith("GỌI NGAY 114")


@on_platforms
async def test_a_line_that_breaks_in_mid_send_doubles_nothing(someone: PlatformDriver) -> None:
    await someone.says("menu")
    someone.fault("reset_after")
    assert len(await someone.says("gặp cán bộ")) == 1
    assert [row.state for row in await someone.served.rows(OutboxMessage)][-1] == "unknown"
    again = await someone.says("thôi")
    assert again[0].text.startswith("(Tin trước có thể chưa tới") and len(again) == 2
    assert len(await someone.says("thôi")) == 1, "shown again once"


@on_platforms
async def test_a_line_that_breaks_before_is_not_known_either(someone: PlatformDriver) -> None:
    await someone.says("menu")
    someone.fault("reset_before")
    assert await someone.says("gặp cán bộ") == []
    assert len(await someone.says("thôi")) == 2


@on_platforms
async def test_a_flood_is_waited_out(someone: Any) -> None:
    await someone.says("menu")
    someone.fault(someone.flood)
    assert len(await someone.says("gặp cán bộ")) == 1
    [line] = await someone.served.rows(Line)
    assert (line.parked_until, line.failures) == (None, 0)


@on_platforms
async def test_a_token_that_is_refused_parks_the_channel_until_it_is_good(someone: PlatformDriver) -> None:
    await someone.says("menu")
    restore = someone.revoke()
    assert await someone.fake.deliver(someone.event("gặp cán bộ")) == 200

    async def parked() -> bool:
        return [line.needs_person for line in await someone.served.rows(Line)] == [True]

    await eventually_so(parked)
    before = len(someone.screens())
    restore()
    await someone.settled()
    assert len(someone.screens()) == before + 1


@on_platforms
async def test_a_person_who_left_is_not_written_to_again(someone: Any) -> None:
    await someone.says("menu")
    someone.block()
    event = someone.event("gặp cán bộ")
    someone.block()  # writing made the fake know them again
    assert await someone.brings(event) == []
    [reach] = await someone.served.rows(Reach)
    assert reach.gone_because == someone.gone


@on_platforms
async def test_an_answer_is_acknowledged_before_it_is_found(someone: PlatformDriver) -> None:
    tools, someone.served.parts.worker.tools = someone.served.parts.worker.tools, None
    async with asyncio.timeout(2):
        assert await someone.fake.deliver(someone.event("menu")) == 200
    someone.served.parts.worker.tools = tools
    await someone.settled()
    assert len(someone.screens()) == 2
