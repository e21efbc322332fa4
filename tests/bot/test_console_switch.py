"""The stop switch: each of the three stands still by itself, citizens are told, danger is answered, all resumes."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bot.assembly import Parts
from bot.delivery import Delivery
from bot.ledger import Outlet
from handlers.permissions import Role
from storage import outbox
from storage.cases import Case
from storage.communes import ChannelAccount, Commune
from storage.mailboxes import Mailbox
from storage.outbox import OutboxMessage
from tests.bot.conftest import OpensABrowser, Seats, Visitor
from tests.bot.console import Colleague
from tests.bot.test_delivery import Line
from tests.conftest import THE_DAY, Citizen
from tests.sealed import appoint

SWITCH = "/console/switch"


async def pauses(leader: Colleague, what: str, notice: str = "") -> None:
    answer = await leader.sends(f"{SWITCH}/pause", what=what, reason="Kiểm tra lại nội dung", notice=notice)
    assert answer.status == 303


async def test_answering_stands_still_but_danger_is_answered(seats: Seats, citizen: Citizen) -> None:
    leader, desk = await seats(Role.LEADER), await seats(Role.DESK)
    await pauses(leader, "answering", "Xã đang soát lại nội dung đến chiều nay.")
    heard = await citizen.says("đăng ký khai sinh cho con cần gì")
    assert heard.topic is None and "xã đang soát lại nội dung đến chiều nay." in heard.text and "113" in heard.text
    assert (await citizen.says("cháy nhà rồi cứu với")).action == "emergency"
    for colleague, page in ((leader, "/console"), (desk, "/console/cases"), (desk, "/console/practice")):
        assert "Đang tạm dừng: trả lời" in await colleague.opens(page)
    answer = await leader.client.get("/healthz")
    assert answer.status == 200 and "paused: mau answering since 2026-11-23T02:00Z" in await answer.text()
    assert (await leader.sends(f"{SWITCH}/resume", what="answering")).status == 303
    assert (await citizen.says("đăng ký khai sinh cho con cần gì")).topic == "tthc.dang-ky-khai-sinh"
    assert "paused" not in await (await leader.client.get("/healthz")).text()
    page = await leader.opens(SWITCH)
    assert "Kiểm tra lại nội dung" in page and "đang dừng" not in page
    assert "Đang tạm dừng" not in await desk.opens("/console")


@pytest.mark.parametrize("told", ["đèn đường ấp tôi hỏng ba tuần nay", "gặp cán bộ"])
async def test_intake_stands_still_and_nothing_is_filed(
    parts: Parts, seats: Seats, citizen: Citizen, told: str
) -> None:
    operator = await seats(Role.OPERATOR)
    await pauses(operator, "intake")
    heard = await citizen.says(told)
    assert "xã đang tạm dừng tiếp nhận" in heard.text and not any("cán bộ" in choice for choice in heard.choices)
    assert (await citizen.says("đăng ký khai sinh cho con cần gì")).topic == "tthc.dang-ky-khai-sinh"
    async with parts.database.reading() as session:
        assert list(await session.exec(select(Case))) == []
    await operator.sends(f"{SWITCH}/resume", what="intake")
    heard = await citizen.says(told)
    assert "tạm dừng" not in heard.text
    async with parts.database.reading() as session:
        assert len(list(await session.exec(select(Case)))) == 1


async def test_a_tip_is_not_received_while_intake_stands_still_and_the_lawful_way_is_told(
    parts: Parts, seats: Seats, citizen: Citizen, commune: Commune
) -> None:
    names = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")
    await appoint(parts.database, commune, names=names, now=parts.clock.now(), today=THE_DAY)
    operator = await seats(Role.OPERATOR)
    await pauses(operator, "intake")
    heard = await citizen.says("tôi muốn tố cáo kế toán xã khai khống hộ nghèo để lấy tiền")
    assert heard.action == "denunciation" and "xin đừng gửi họ tên" in heard.text
    heard = await citizen.says("2")
    assert heard.action == "denunciation" and "tạm dừng tiếp nhận" in heard.text
    async with parts.database.reading() as session:
        assert [box.state for box in await session.exec(select(Mailbox)) if box.state == "open"] == []
        assert list(await session.exec(select(Case))) == []


async def test_what_we_begin_ourselves_waits_and_goes_out_after(
    parts: Parts, seats: Seats, citizen: Citizen, terminal_account: ChannelAccount
) -> None:
    leader, line = await seats(Role.LEADER), Line()
    outlets = {terminal_account.id or 0: Outlet(terminal_account, line)}
    delivery = Delivery(parts.database, parts.vault, parts.clock, outlets)
    await citizen.says("alo")
    await delivery.flush()
    await pauses(leader, "sending")
    async with parts.database.writing() as session:
        reply = (await session.exec(select(OutboxMessage))).first()
        assert reply is not None
        columns = reply.model_dump(include={"commune_id", "account_id", "channel_account_id", "chat_key"})
        times = {"not_before": parts.clock.now(), "created_at": parts.clock.now()}
        await outbox.put(session, OutboxMessage(text="Thông báo gửi nhầm", **columns, **times))
    await citizen.says("menu")  # what answers a person goes out past it
    sent = len(line.sent)
    assert await delivery.flush() == 1 and "Thông báo gửi nhầm" not in line.sent[-1][1]
    assert await delivery.flush() == 0
    await leader.sends(f"{SWITCH}/resume", what="sending")
    assert await delivery.flush() == 1 and line.sent[-1][1] == "Thông báo gửi nhầm" and len(line.sent) == sent + 2


async def test_the_chat_page_says_what_stands_still(another: OpensABrowser, seats: Seats) -> None:
    await pauses(await seats(Role.LEADER), "answering", "Xã đang soát lại nội dung.")
    assert "Xã đang soát lại nội dung." in await (await another()).opens()


async def test_the_chat_page_holds_back_what_we_began_ourselves(
    parts: Parts, seats: Seats, visitor: Visitor, webchat_account: ChannelAccount
) -> None:
    leader = await seats(Role.LEADER)
    await visitor.says("alo")
    await pauses(leader, "sending")
    async with parts.database.writing() as session:
        reply = (await session.exec(select(OutboxMessage))).first()
        assert reply is not None
        columns = reply.model_dump(include={"commune_id", "account_id", "channel_account_id", "chat_key"})
        times = {"not_before": parts.clock.now(), "created_at": parts.clock.now()}
        await outbox.put(session, OutboxMessage(text="Thông báo gửi nhầm", **columns, **times))
    page = await visitor.opens()
    assert "Thông báo gửi nhầm" not in page and "tạm dừng gửi thông báo" in page
    await leader.sends(f"{SWITCH}/resume", what="sending")
    assert "Thông báo gửi nhầm" in await visitor.opens()
