"""A Zalo Official Account end to end against the fake: signatures, tokens, windows, codes, officers who write."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.channels.zalo_oa import ZaloOaEvents
from bot.channels.zalo_signature import judge, signature
from storage import outbox
from storage.accounts import Account
from storage.cases import Case, CaseEvent
from storage.inbox import InboxEvent
from storage.lines import Line
from storage.outbox import OutboxMessage
from storage.tokens import ChannelToken
from tests.bot.running import Served, Serves, eventually, eventually_so
from tests.fakes.base import Fault
from tests.fakes.zalo_oa import FIRST_REFRESH, OA_ID, FakeZaloOa

PERSON = "2000000000000000002"
# The vector of the research notes: exactly these 218 bytes.
BODY = (
    '{"app_id":"1000000000000000001","event_name":"user_send_text","sender":{"id":"2000000000000000002"},'
    '"recipient":{"id":"3000000000000000003"},"message":{"msg_id":"m-0001",'
    '"text":"Xin chào"},"timestamp":"1795305600000"}'
).encode()
BY_APP = "d98a58657fa93f9d1fe0d139f9ac48b3f768799f898369d041fda04a2885a482"
BY_OA = "b1e7459826de80549b925dcc6971326ddc062ca9418ed89b85c75e8496eabc90"
THEN = datetime.fromtimestamp(1795305600, UTC)


@pytest.fixture
async def fake() -> AsyncIterator[FakeZaloOa]:
    fake = FakeZaloOa()
    await fake.start()
    fake.moved = datetime(2026, 11, 23, 2, 0, tzinfo=UTC) - datetime.now(UTC)  # the day on which the tests are served
    yield fake
    await fake.stop()


def connected(fake: FakeZaloOa, **more: str) -> dict[str, str]:
    return {**fake.settings, **more}


def texts(fake: FakeZaloOa) -> list[str]:
    return [message["text"] for message in fake.sent]


async def states(served: Served) -> list[str]:
    return [row.state for row in await served.rows(OutboxMessage)]


def verdict(given: str, *, enforce: bool = True, now: datetime = THEN, body: bytes = BODY) -> tuple[bool, str | None]:
    found = judge(
        {"X-ZEvent-Signature": given},
        body,
        first_terms=("1000000000000000001", "3000000000000000003"),
        secret="test-oa-secret",
        enforce=enforce,
        now=now,
    )
    return found.accepted, found.note


def test_the_vectors_of_the_research_notes() -> None:
    assert len(BODY) == 218
    assert signature("1000000000000000001", BODY, "1795305600000", "test-oa-secret") == BY_APP
    assert signature("3000000000000000003", BODY, "1795305600000", "test-oa-secret") == BY_OA


@pytest.mark.parametrize("given", [f"mac={BY_APP}", BY_APP.upper(), f"mac={BY_OA}"])
def test_both_first_terms_are_genuine(given: str) -> None:
    assert verdict(given) == (True, None)


@pytest.mark.parametrize("given", ["", "mac=", f"mac={BY_APP[:-1]}0", "mac=ü"])
def test_a_wrong_signature_is_refused_or_only_counted(given: str) -> None:
    assert verdict(given) == (False, "wrong_signature")
    assert verdict(given, enforce=False) == (True, "unsigned")


@pytest.mark.parametrize(
    ("late", "accepted"),
    [
        (timedelta(hours=2, minutes=59), True),
        (timedelta(hours=3, seconds=1), False),
        (-timedelta(minutes=4), True),
        (-timedelta(minutes=6), False),
    ],
)
def test_an_event_is_neither_too_old_nor_from_the_future(late: timedelta, accepted: bool) -> None:
    assert verdict(f"mac={BY_APP}", now=THEN + late)[0] is accepted


async def test_a_question_is_answered_with_five_buttons_and_the_rest_as_lines(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        assert await fake.deliver(fake.text_event(PERSON, "menu")) == 200
        await eventually(lambda: len(texts(fake)) == 2)
        message = fake.sent[-1]["message"]
        buttons = message["attachment"]["payload"]["buttons"]
        assert [button["title"] for button in buttons][:2] == ["1. Thủ tục giấy tờ", "2. Bảo hiểm y tế"]
        assert len(buttons) == 5 and "\n6. Đơn của tôi tới đâu\n7. " in message["text"]
        await fake.deliver(fake.text_event(PERSON, buttons[1]["payload"]))
        await eventually(lambda: len(texts(fake)) == 3)
        assert "bảo hiểm y tế" in texts(fake)[-1]


async def test_the_oa_id_may_begin_the_signature(fake: FakeZaloOa, serves: Serves) -> None:
    fake.first_term = OA_ID
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        assert await fake.deliver(fake.text_event(PERSON, "menu")) == 200
        assert await fake.deliver(fake.text_event(PERSON, "menu"), secret="sai") == 401
        assert await fake.post(b"", {}) == 200
        assert len(await served.rows(InboxEvent)) == 1
        assert served.parts.tally.of("zalo_oa", "wrong_signature") == 1


async def test_logging_signatures_lets_in_and_warns(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake, DANHOI_ZALO_OA_SIGNATURE="log")) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        assert await fake.deliver(fake.text_event(PERSON, "menu"), secret="sai") == 200
        assert served.parts.tally.of("zalo_oa", "unsigned") == 1
        assert fake._session is not None
        async with fake._session.get(served.url("/healthz")) as health:
            assert "not enforced" in await health.text()


async def test_logging_signatures_opens_no_case_before_the_chat_read_a_number_back(
    fake: FakeZaloOa, serves: Serves
) -> None:
    async with serves(**connected(fake, DANHOI_ZALO_OA_SIGNATURE="log")) as served:
        fake.target = served.url("/webhooks/zalo-oa")

        async def says(text: str, *, secret: str | None = None) -> str:
            await fake.deliver(fake.text_event(PERSON, text), secret=secret)

            async def quiet() -> bool:
                rows = [*await served.rows(InboxEvent), *await served.rows(OutboxMessage)]
                return all(row.state in ("done", "sent") for row in rows)

            await eventually_so(quiet)
            return texts(fake)[-1]

        await says("menu")
        asked = await says("đèn đường trước nhà hỏng 3 tuần nay", secret="sai")
        assert await served.rows(Case) == []
        [number] = re.findall(r"nhắn lại số (\d{4})", asked)
        wrong = "1111" if number != "1111" else "2222"
        assert f"số {number}" in await says(wrong, secret="sai") and await served.rows(Case) == []
        assert "“đèn đường trước nhà hỏng 3 tuần nay”" in await says(number)
        [case] = await served.rows(Case)
        [line] = await served.rows(CaseEvent)
        assert case.kind == "report" and line.body_id is not None
        await says("thôi")
        for text in ("tôi muốn gặp cán bộ", "đường ngập nước quá"):
            assert "nhắn lại số" in await says(text)
        assert "đang tìm" not in await says("thôi") and await served.rows(Case) == []


async def test_three_wrong_numbers_end_it(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake, DANHOI_ZALO_OA_SIGNATURE="log")) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        for text in ("menu", "đèn đường trước nhà hỏng 3 tuần nay", "0000", "0000", "0000"):
            before = len(texts(fake))
            await fake.deliver(fake.text_event(PERSON, text), secret="sai")
            await eventually(lambda: len(texts(fake)) > before)  # noqa: B023
        await eventually(lambda: "không gửi việc đó" in texts(fake)[-1])
        assert await served.rows(Case) == []


async def test_the_token_pair_is_rotated_in_time_and_used_only_once_committed(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await eventually(lambda: fake.used_refresh == [FIRST_REFRESH])
        await fake.deliver(fake.text_event(PERSON, "menu"))
        await eventually(lambda: len(texts(fake)) == 2)
        [pair] = await served.rows(ChannelToken)
        assert fake.access_token.encode() not in pair.access and FIRST_REFRESH.encode() not in pair.refresh
    async with serves(**connected(fake)) as served:  # a restart goes on with the pair of the database
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.text_event(PERSON, "gặp cán bộ"))
        await eventually(lambda: len(texts(fake)) == 3)
        assert len(fake.used_refresh) == 1
    later = "2026-11-24T05:30:00+07:00"  # 20 hours and a half later: before it expires
    fake.moved += timedelta(hours=20, minutes=30)
    async with serves(**connected(fake, DANHOI_CLOCK=later)) as served:
        await eventually(lambda: len(fake.used_refresh) == 2)
        assert len(set(fake.used_refresh)) == 2


async def test_a_token_that_died_early_is_replaced_once_for_all_who_wait(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await eventually(lambda: len(fake.used_refresh) == 1)
        fake.access_token = "da-bi-thu-hoi"
        for number in range(5):
            await fake.deliver(fake.text_event(f"20{number}", "menu"))
        await eventually(lambda: len(texts(fake)) == 10, within=20)
        assert len(fake.used_refresh) == 2


async def test_a_dead_refresh_token_asks_for_a_person(fake: FakeZaloOa, serves: Serves) -> None:
    fake.refresh_tokens = {"mot-ma-khac"}
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.text_event(PERSON, "menu"))

        async def parked() -> bool:
            return [(line.needs_person, line.parked_because) for line in await served.rows(Line)] == [
                (True, "oauth -14014")
            ]

        await eventually_so(parked)
        assert set(await states(served)) <= {"queued", "sending"}


async def test_after_seven_days_news_of_a_case_waits_until_the_person_writes(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.text_event(PERSON, "menu"))
        await eventually(lambda: len(texts(fake)) == 2)
        fake.moved += timedelta(days=8)
        await queue_news(served, reference=None)

        async def held() -> bool:
            rows = await served.rows(OutboxMessage)
            return (rows[-1].state, rows[-1].error) == ("held", "7 ngày")

        await eventually_so(held)
        fake.moved -= timedelta(days=8)
        await fake.deliver(fake.text_event(PERSON, "gặp cán bộ"))
        await eventually(lambda: len(texts(fake)) == 4)
        assert "Vụ việc của anh/chị đã có trả lời." in texts(fake)[2:]


async def test_after_seven_days_a_case_is_told_of_by_template(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake, DANHOI_ZALO_OA_TEMPLATE="mau-1")) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.text_event(PERSON, "menu"))
        await eventually(lambda: len(texts(fake)) == 2)
        fake.moved += timedelta(days=8)
        await queue_news(served, reference="PA-7K2M9")
        await eventually(lambda: fake.template_sent)
        assert fake.template_sent[0]["template_data"] == {"ma_vu_viec": "PA-7K2M9"}


async def queue_news(served: Served, *, reference: str | None) -> None:
    [account] = await served.rows(Account)
    now = served.parts.clock.now()
    news = OutboxMessage(
        commune_id=account.commune_id,
        account_id=account.id,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text="Vụ việc của anh/chị đã có trả lời.",
        reference=reference,
        not_before=now,
        created_at=now,
    )
    async with served.parts.database.writing() as session:
        await outbox.put(session, news)


@pytest.mark.parametrize(
    ("code", "ends", "parked"),
    [
        ("-200", "sent", ""),
        ("-32", "sent", ""),
        ("-201", "failed", ""),
        ("-217", "failed", ""),
        ("-224", "queued", "zalo -224"),
    ],
)
async def test_each_code_does_what_the_table_says(
    fake: FakeZaloOa, serves: Serves, code: str, ends: str, parked: str
) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        fake.faults.append(Fault(code, "/v3.0/oa/message/cs", times=100 if parked else 1))
        await fake.deliver(fake.text_event(PERSON, "menu"))

        async def settled() -> bool:
            first = (await states(served))[:1]
            return first == [ends] and (await served.rows(Line))[0].parked_because == parked

        await eventually_so(settled)


async def test_where_an_officer_writes_the_bot_keeps_out_but_not_in_danger(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.text_event(PERSON, "menu"))
        await eventually(lambda: len(texts(fake)) == 2)
        echo = fake.event(PERSON, "oa_send_text", message={"text": "Chào bác"})
        await fake.deliver(echo)  # an echo of the bot itself names no officer
        await fake.deliver({**echo, "timestamp": "1", "sender": {"id": OA_ID, "admin_id": "9"}})
        officer = fake.event(PERSON, "oa_send_text", message={"text": "Chào bác"})
        officer["sender"]["admin_id"] = "9"
        assert await fake.deliver(officer) == 200
        await fake.deliver(fake.text_event(PERSON, "cảm ơn cán bộ"))
        await fake.deliver(fake.text_event(PERSON, "cháy nhà rồi cứu với"))
        await eventually(lambda: len(texts(fake)) == 3)
        assert texts(fake)[-1].startswith("GỌI NGAY 114")


async def test_following_begins_and_unfollowing_ends(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        await fake.deliver(fake.event(PERSON, "follow"))
        await eventually(lambda: len(texts(fake)) == 2)
        assert "máy trả lời" in texts(fake)[0]
        for name in ("user_seen_message", "user_received_message", "oa_send_sticker", "mot_su_kien_la"):
            assert await fake.deliver(fake.event(PERSON, name, message={})) == 200
        assert await fake.deliver(fake.event(PERSON, "unfollow")) == 200

        async def ignored() -> bool:
            return [event.state for event in await served.rows(InboxEvent)] == ["done", *["ignored"] * 5]

        await eventually_so(ignored)


async def test_repeats_of_an_event_are_answered_once(fake: FakeZaloOa, serves: Serves) -> None:
    async with serves(**connected(fake)) as served:
        fake.target = served.url("/webhooks/zalo-oa")
        event = fake.text_event(PERSON, "menu")
        assert await asyncio.gather(*(fake.deliver(event) for _ in range(5))) == [200] * 5
        await eventually(lambda: len(texts(fake)) == 2)
        await asyncio.sleep(1.5)
        assert len(texts(fake)) == 2 and served.parts.tally.of("zalo_oa", "repeated") == 4


@pytest.mark.parametrize(
    "message",
    [
        {"attachments": [{"type": "location", "payload": {"coordinates": {"latitude": 10.5, "longitude": "106.25"}}}]},
        {"location": {"latitude": "10.5", "longitude": "106.25"}},
    ],
)
def test_both_shapes_of_a_place_are_read(message: dict[str, object]) -> None:
    event = {
        "event_name": "user_send_location",
        "sender": {"id": "2"},
        "timestamp": "1795305600000",
        "message": message,
    }
    received = ZaloOaEvents().read(json.dumps(event))
    assert received is not None and received.text == "Vị trí trên bản đồ: 10.50000, 106.25000"
