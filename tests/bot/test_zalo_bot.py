"""The Zalo Bot Platform end to end against the fake: both doors, both forms, errors inside 200, protected senders."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.channels.zalo_bot import ZaloBotEvents
from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from tests.bot.running import Serves, eventually, eventually_so
from tests.fakes.base import Fault
from tests.fakes.zalo_bot import SECRET, TOKEN, FakeZaloBot

EVENT = {
    "event_name": "message.text.received",
    "message": {
        "from": {"id": "aa11", "display_name": "Ba Nam", "is_bot": False},
        "chat": {"id": "aa11", "chat_type": "PRIVATE"},
        "text": "menu",
        "message_id": "ff00",
        "date": 1795305600000,
    },
}


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloBot]:
    fake = FakeZaloBot()
    await fake.start()
    yield fake
    await fake.stop()


def by_webhook(fake: FakeZaloBot, **more: str) -> dict[str, str]:
    return {**fake.settings, **more}


def texts(fake: FakeZaloBot, chat: str = "aa11") -> list[str]:
    return [message["text"] for message in fake.sent if message["chat_id"] == chat]


@pytest.mark.parametrize("wrapped", [True, False])
async def test_both_forms_of_an_event_are_answered_with_numbered_lines(
    fake: FakeZaloBot, serves: Serves, wrapped: bool
) -> None:
    fake.wrapped = wrapped
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/zalo-bot")
        assert await fake.deliver(fake.text_event("aa11", "menu")) == 200
        await eventually(lambda: len(texts(fake)) == 2)
        assert "\n1. Thủ tục giấy tờ\n2. Bảo hiểm y tế" in texts(fake)[-1]
        await fake.deliver(fake.text_event("aa11", "2"))
        await eventually(lambda: len(texts(fake)) == 3)
        assert "bảo hiểm y tế" in texts(fake)[-1]


async def test_polling_takes_one_event_at_a_time_and_408_is_normal(fake: FakeZaloBot, serves: Serves) -> None:
    fake.webhook = {"url": "https://cu.example/"}
    async with serves(DANHOI_ZALO_BOT_TOKEN=TOKEN, DANHOI_ZALO_BOT_BASE_URL=fake.base) as served:
        await eventually(lambda: fake.of("deleteWebhook"))
        for text in ("menu", "1"):
            await fake.deliver(fake.text_event("aa11", text))
        await eventually(lambda: len(texts(fake)) == 3)
        await eventually(lambda: len([call for call in fake.calls if call.method == "getUpdates"]) > 4)
        assert [line.parked_because for line in await served.rows(Line)] == [""]


async def test_whom_the_platform_protects_is_told_once_of_other_ways(fake: FakeZaloBot, serves: Serves) -> None:
    async with serves(**by_webhook(fake, DANHOI_PUBLIC_URL="http://127.0.0.1:9")) as served:
        fake.target = served.url("/webhooks/zalo-bot")
        for _ in range(3):
            assert await fake.deliver(fake.event("aa11", "message.unsupported.received")) == 200
        assert await fake.deliver({"event_name": "message.unsupported.received"}) == 200
        await eventually(lambda: texts(fake))

        async def all_done() -> bool:
            return {event.state for event in await served.rows(InboxEvent)} <= {"done", "ignored"}

        await eventually_so(all_done)
        [hello, told] = [row.text for row in await served.rows(OutboxMessage)]
        assert "máy trả lời" in hello and "http://127.0.0.1:9/x/mau" in told and "không cho em đọc" in told
        assert served.parts.tally.of("zalo_bot", "protected") == 3


@pytest.mark.parametrize("as_string", [True, False])
async def test_an_error_inside_200_is_not_taken_for_a_sent_message(
    fake: FakeZaloBot, serves: Serves, as_string: bool
) -> None:
    fake.string_codes = as_string
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/zalo-bot")
        fake.faults.append(Fault("429", "sendMessage"))
        fake.faults.append(Fault("403", "sendMessage"))
        await fake.deliver(fake.text_event("aa11", "menu"))
        await eventually(lambda: len(texts(fake)) == 2, within=20)
        assert len(set(texts(fake))) == 2, "each once"


async def test_a_dead_token_parks_the_channel_and_asks_for_a_person(fake: FakeZaloBot, serves: Serves) -> None:
    fake.token = "1:another"
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/zalo-bot")
        await fake.deliver(fake.text_event("aa11", "menu"))

        async def parked() -> bool:
            return [line.needs_person for line in await served.rows(Line)] == [True]

        await eventually_so(parked)
        assert {row.state for row in await served.rows(OutboxMessage)} == {"queued"}


async def test_an_authenticated_probe_is_acknowledged_and_forgotten(fake: FakeZaloBot, serves: Serves) -> None:
    async with serves(**by_webhook(fake)) as served:
        fake.target = served.url("/webhooks/zalo-bot")
        for body in (b"", b"{}", b'{"ok":true,"result":{}}', b"\xff\xfe"):
            assert await fake.post(body, {"X-Bot-Api-Secret-Token": SECRET}) == 200
        assert await served.rows(InboxEvent) == []
        assert await fake.post(b"{}", {}) == 401


def test_both_forms_give_the_same_key() -> None:
    events = ZaloBotEvents()
    flat, wrapped = json.dumps(EVENT), json.dumps({"ok": True, "result": EVENT})
    first, second = events.arrived(flat), events.arrived(wrapped)
    assert first == second and first is not None
    assert first.event_key == "message.text.received:ff00" and first.chat_key == "aa11"
    assert first.sent_at is not None and first.sent_at.year == 2026


def test_another_bot_is_not_answered() -> None:
    message = {**EVENT["message"], "from": {"id": "b", "is_bot": True}}  # type: ignore[dict-item]
    assert ZaloBotEvents().read(json.dumps({**EVENT, "message": message})) is None
