"""Telegram end to end against the fake: webhook and polling, buttons, places, blocked people, floods, migration."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from storage.reach import Reach
from tests.bot.pictures import a_photo
from tests.bot.running import Serves, eventually, eventually_so
from tests.fakes.base import Fault
from tests.fakes.telegram import SECRET, TOKEN, FakeTelegram


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    fake = FakeTelegram()
    await fake.start()
    yield fake
    await fake.stop()


def by_webhook(fake: FakeTelegram, **more: str) -> dict[str, str]:
    return {**fake.settings, **more}


def by_polling(fake: FakeTelegram, **more: str) -> dict[str, str]:
    return {"DANHOI_TELEGRAM_TOKEN": TOKEN, "DANHOI_TELEGRAM_BASE_URL": fake.base, **more}


def texts(fake: FakeTelegram, chat: int = 7) -> list[str]:
    return [message["text"] for message in fake.sent if message["chat_id"] == chat]


async def test_a_question_is_answered_with_its_source_and_buttons(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        assert await fake.deliver(fake.text_update(7, "lam giay khai sinh cho con can gi")) == 200
        await eventually(lambda: len(texts(fake)) == 2)
        hello, answer = texts(fake)
        assert "máy trả lời" in hello and "Căn cứ: " in answer
        rows = fake.sent[-1]["reply_markup"]["inline_keyboard"]
        buttons = [button for row in rows for button in row]
        assert all(len(button["callback_data"].encode()) <= 64 for button in buttons)
        assert [button["text"].split(".")[0] for button in buttons] == [str(n + 1) for n in range(len(buttons))]
        assert any(len(row) == 2 for row in rows) and all(len(row) <= 2 for row in rows)

        [fee] = [button for button in buttons if "phí" in button["text"].lower()]
        await fake.deliver(fake.press_update(7, fee["callback_data"]))
        await eventually(lambda: len(texts(fake)) == 3)
        assert "phí" in texts(fake)[-1]
        await eventually(lambda: fake.of("answerCallbackQuery"))


async def test_the_menu_of_commands_and_the_webhook_are_set_at_the_start(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake, DANHOI_PUBLIC_URL="http://127.0.0.1:9")):
        await eventually(lambda: len(fake.of("setMyCommands")) == 2 and fake.of("setMyShortDescription"))
        assert fake.webhook == {"url": "http://127.0.0.1:9/webhooks/telegram", "secret_token": SECRET}
        assert {each.get("language_code") for each in fake.of("setMyCommands")} == {None, "vi"}


async def test_polling_stores_before_it_confirms(fake: FakeTelegram, serves: Serves) -> None:
    fake.webhook = {"url": "https://cu.example/"}
    async with serves(**by_polling(fake)) as served:
        fake.webhook.clear()
        await fake.deliver(fake.text_update(7, "/menu"))
        await eventually(lambda: len(texts(fake)) == 2)
        await eventually(lambda: not fake.waiting)
        assert [event.event_key for event in await served.rows(InboxEvent)] == ["1001"]


async def test_what_was_not_confirmed_is_answered_once_after_a_restart(fake: FakeTelegram, serves: Serves) -> None:
    update = fake.text_update(7, "menu")
    for _ in range(2):
        async with serves(**by_polling(fake)):
            fake.waiting = [update]
            await eventually(lambda: len(texts(fake)) == 2)
            await eventually(lambda: not fake.waiting)
    assert len(texts(fake)) == 2


async def test_a_wrong_secret_is_refused_and_counted(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        for secret in ("", "sai", SECRET + "x"):
            assert await fake.deliver(fake.text_update(7, "menu"), secret=secret) == 401
        assert await served.rows(InboxEvent) == []
        assert served.parts.tally.of("telegram", "wrong_secret") == 3


async def test_a_channel_that_is_off_has_no_address(fake: FakeTelegram, serves: Serves) -> None:
    async with serves() as served:
        fake.target = served.url("/webhooks/telegram")
        assert await fake.deliver(fake.text_update(7, "menu")) == 404


async def test_a_place_on_the_map_is_taken_where_we_asked_for_one(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        await fake.deliver(fake.text_update(7, "đèn đường trước nhà hỏng 3 tuần nay"))
        await eventually(lambda: len(texts(fake)) == 2)
        assert "đèn đường trước nhà hỏng" in texts(fake)[-1]
        place = {"latitude": 21.59312, "longitude": 105.84412}
        await fake.deliver(fake.message_update(7, location=place))
        await eventually(lambda: len(texts(fake)) == 3)
        assert "21.59312, 105.84412" in texts(fake)[-1]


async def test_nothing_personal_is_wanted_here(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake, DANHOI_PUBLIC_URL="http://127.0.0.1:9")) as served:
        fake.target = served.url("/webhooks/telegram")
        await fake.deliver(fake.message_update(7, contact={"phone_number": "84900000000", "first_name": "Năm"}))
        await eventually(lambda: len(texts(fake)) == 2)
        assert "đã xóa" in texts(fake)[-1] and "http://127.0.0.1:9/x/mau" in texts(fake)[-1]
        fake.held["f"] = a_photo()
        photo = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
        await fake.deliver(fake.message_update(7, photo=photo))
        await eventually(lambda: len(texts(fake)) == 3)
        await fake.deliver(fake.message_update(7, photo=photo, caption="rác trước chợ hôi quá"))
        await eventually(lambda: len(texts(fake)) == 4)
        assert "rác trước chợ hôi quá" in texts(fake)[-1] and "(Em ghi kèm ảnh anh/chị gửi.)" in texts(fake)[-1]
        assert "muốn gửi phản ánh kèm ảnh này không" in texts(fake)[-2]
        assert all("đừng gửi ảnh giấy tờ" in text for text in texts(fake)[-2:])


async def test_a_blocked_person_is_left_alone_until_they_write_again(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        fake.blocked.add(7)
        await fake.deliver(fake.text_update(7, "menu"))

        async def given_up() -> bool:
            return {row.state for row in await served.rows(OutboxMessage)} == {"failed"}

        await eventually_so(given_up)
        [reach] = await served.rows(Reach)
        assert reach.gone_because == "403 blocked" and len(fake.of("sendMessage")) == 0
        assert len([call for call in fake.calls if call.method == "sendMessage"]) == 1, "not tried again"
        fake.blocked.clear()
        await fake.deliver(fake.text_update(7, "gặp cán bộ"))
        await eventually(lambda: len(texts(fake)) == 1)
        await fake.deliver(fake.member_update(7, "kicked"))

        async def left() -> bool:
            return (await served.rows(Reach))[0].gone_because == "left"

        await eventually_so(left)


async def test_a_flood_is_waited_out_as_long_as_told(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        fake.faults.append(Fault("429", "sendMessage", seconds=2))
        await fake.deliver(fake.text_update(7, "menu"))
        await eventually(lambda: fake.of("sendMessage") == [] and fake.calls[-1].method == "sendMessage")
        refused_at = fake.now()
        await eventually(lambda: len(texts(fake)) == 2)
        assert (fake.now() - refused_at).total_seconds() >= 2.0
        [line] = await served.rows(Line)
        assert line.parked_until is None and line.failures == 0


async def test_an_answer_that_may_have_arrived_is_shown_again_with_the_next(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        fake.faults.append(Fault("reset_after", "sendMessage"))
        await fake.deliver(fake.text_update(7, "menu"))

        async def unclear() -> bool:
            return [row.state for row in await served.rows(OutboxMessage)] == ["unknown", "sent"]

        await eventually_so(unclear)
        assert len(texts(fake)) == 2
        await fake.deliver(fake.text_update(7, "cảm ơn nhé"))
        await eventually(lambda: len(texts(fake)) == 4)
        assert texts(fake)[2].startswith("(Tin trước có thể chưa tới")


async def test_a_chat_that_moved_is_followed(fake: FakeTelegram, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        fake.migrated[-5] = -1005
        fake.chats.add(-1005)
        await fake.deliver(fake.text_update(-5, "/menu@danhoi_bot"))
        await eventually(lambda: len(texts(fake, -1005)) == 2)


async def test_an_unreachable_platform_parks_its_messages_and_nothing_else(fake: FakeTelegram, serves: Serves) -> None:
    port = fake.port
    async with serves(**by_webhook(fake)) as served:
        target = served.url("/webhooks/telegram")
        fake.target = target
        await fake.stop()
        sender = FakeTelegram(target=target)
        await sender.start()
        assert await sender.deliver(sender.text_update(7, "menu")) == 200

        async def parked() -> bool:
            return any(row.parked_because == "unreachable" for row in await served.rows(Line))

        await eventually_so(parked)
        async with sender._session.get(served.url("/healthz")) as health:  # type: ignore[union-attr]
            assert health.status == 200 and "telegram: parked (unreachable)" in await health.text()
        async with sender._session.get(served.url("/x/mau")) as page:  # type: ignore[union-attr]
            assert page.status == 200
        back = FakeTelegram(chats={7})
        await back.start(port)
        await eventually(lambda: len(texts(back)) == 2, within=30)

        async def works_again() -> bool:
            return [row.state(served.parts.clock.running()) for row in await served.rows(Line)] == ["ok"]

        await eventually_so(works_again)
        await sender.stop()
        await back.stop()


async def test_an_edit_a_sticker_and_an_unknown_update_are_stored_and_ignored(
    fake: FakeTelegram, serves: Serves
) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/telegram")
        edited: dict[str, Any] = fake.text_update(7, "menu")
        edited["edited_message"] = edited.pop("message")
        for update in (edited, fake.message_update(7, sticker={"emoji": "👍"}), fake.update(poll={"id": "1"})):
            assert await fake.deliver(update) == 200

        async def ignored() -> bool:
            return [event.state for event in await served.rows(InboxEvent)] == ["ignored"] * 3

        await eventually_so(ignored)
        assert fake.sent == []
