"""Promise 4 on channels that we bring messages to: order, retries, and what is not known is never sent blindly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.channels.base import Limits, Outgoing, Received
from bot.channels.errors import SendFailed
from bot.delivery import LONGEST_SEND, MOST_IN_FLIGHT, Delivery
from bot.ledger import MOST_ATTEMPTS, Outlet
from bot.worker import Worker
from storage import outbox
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.outbox import OutboxMessage
from tests.conftest import Citizen, MovableClock


class Line:
    """A push channel of which a test says how it behaves."""

    name = "terminal"
    greets = foreign = outside = False
    limits = Limits()

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fails_with: Exception | None = None

    def read(self, raw: str) -> Received:
        return Received(raw)

    async def send(self, chat_key: str, message: Outgoing) -> None:
        if self.fails_with is not None:
            raise self.fails_with
        self.sent.append((chat_key, message.text))


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def delivery(
    database: Database, vault: Vault, clock: MovableClock, terminal_account: ChannelAccount, line: Line
) -> Delivery:
    return Delivery(database, vault, clock, {terminal_account.id or 0: Outlet(terminal_account, line)})


async def states(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.exec(select(OutboxMessage.state).order_by(OutboxMessage.id)))  # type: ignore[arg-type]


async def test_replies_go_out_in_order_once(
    citizen: Citizen, neighbour: Citizen, delivery: Delivery, line: Line, database: Database
) -> None:
    for text in ("alo", "menu", "rác sau chợ hôi quá"):
        await citizen.says(text)
    await neighbour.says("alo")
    assert await delivery.flush() == len(await states(database))
    assert set(await states(database)) == {"sent"}
    mine = [text for chat, text in line.sent if chat == citizen.name]
    assert "máy trả lời" in mine[0] and "rác sau chợ hôi quá" in mine[-1]
    assert await delivery.flush() == 0


async def test_a_refusal_that_may_pass_is_tried_again_later_and_given_up_at_last(
    citizen: Citizen, delivery: Delivery, line: Line, database: Database, clock: MovableClock
) -> None:
    await citizen.says("alo")
    line.fails_with = SendFailed("429", again=True)
    await delivery.flush()
    assert await delivery.flush() == 0, "not before its time"
    for _ in range(MOST_ATTEMPTS):
        clock.move(hours=1)
        await delivery.flush()
    assert (await states(database))[0] == "failed"


async def test_a_refusal_for_good_is_not_tried_again(
    citizen: Citizen, delivery: Delivery, line: Line, database: Database
) -> None:
    await citizen.says("alo")
    line.fails_with = SendFailed("blocked", again=False)
    await delivery.flush()
    assert set(await states(database)) == {"failed"}


async def test_an_ambiguous_send_is_shown_again_with_the_next_message_and_marked(
    citizen: Citizen, delivery: Delivery, line: Line, database: Database
) -> None:
    await citizen.says("alo")
    await delivery.flush()
    await citizen.says("menu")
    line.fails_with = TimeoutError()
    await delivery.flush()
    assert (await states(database))[-1] == "unknown"
    line.fails_with = None
    sent_before = len(line.sent)
    assert await delivery.flush() == 0 and len(line.sent) == sent_before, "never resent by itself"
    heard = await citizen.says("cảm ơn nhé")
    assert heard.bubbles[0].text.startswith("(Tin trước có thể chưa tới")
    heard = await citizen.says("cảm ơn nhé")
    assert not heard.bubbles[0].text.startswith("(Tin trước")


async def test_a_dead_process_leaves_at_most_what_was_in_flight_unknown(
    worker: Worker,
    database: Database,
    vault: Vault,
    delivery: Delivery,
    terminal_account: ChannelAccount,
    line: Line,
    clock: MovableClock,
) -> None:
    for number in range(MOST_IN_FLIGHT + 5):
        await Citizen(worker, database, vault, terminal_account, f"nguoi-{number}").says("alo")
    claimed = await delivery._claim(Outlet(terminal_account, line))
    assert len(claimed) == MOST_IN_FLIGHT
    if not database.is_sqlite:  # another replica may be at it; after a while nobody is
        assert await delivery.recover() == 0
        clock.move(seconds=int(LONGEST_SEND.total_seconds()) + 1)
    assert await delivery.recover() == MOST_IN_FLIGHT
    assert (await states(database)).count("unknown") == MOST_IN_FLIGHT


async def test_a_chat_waits_for_its_earlier_message(
    citizen: Citizen, delivery: Delivery, line: Line, clock: MovableClock, database: Database
) -> None:
    await citizen.says("alo")
    line.fails_with = SendFailed("429", again=True)
    await delivery.flush()
    line.fails_with = None
    await citizen.says("menu")
    await delivery.flush()
    assert line.sent == []
    clock.move(seconds=int(timedelta(hours=1).total_seconds()))
    await delivery.flush()
    assert set(await states(database)) == {"sent"}


async def test_replies_go_before_notices_that_wait_longer(
    citizen: Citizen,
    neighbour: Citizen,
    database: Database,
    vault: Vault,
    clock: MovableClock,
    terminal_account: ChannelAccount,
    line: Line,
) -> None:
    await neighbour.says("alo")
    delivery = Delivery(database, vault, clock, {terminal_account.id or 0: Outlet(terminal_account, line)}, in_flight=1)
    await delivery.flush()
    line.sent.clear()
    async with database.writing() as session:
        first = (await session.exec(select(OutboxMessage).where(OutboxMessage.chat_key == neighbour.name))).all()[0]
        for number in range(3):
            await outbox.put(
                session,
                OutboxMessage(
                    commune_id=first.commune_id,
                    account_id=first.account_id,
                    channel_account_id=first.channel_account_id,
                    chat_key=first.chat_key,
                    text=f"Thông báo {number}",
                    bulk=True,
                    not_before=clock.now(),
                    created_at=clock.now(),
                ),
            )
    await citizen.says("menu")
    await delivery.flush()
    chats = [chat for chat, _text in line.sent]
    assert chats == [citizen.name, citizen.name, *[neighbour.name] * 3]


async def test_one_chat_gets_one_message_a_second(
    citizen: Citizen, delivery: Delivery, line: Line, clock: MovableClock
) -> None:
    line.limits = Limits(chat_gap=1.0)
    await citizen.says("alo")
    assert await delivery.flush() == 1 and await delivery.flush() == 0
    clock.move(milliseconds=900)
    assert await delivery.flush() == 0
    clock.move(milliseconds=200)
    assert await delivery.flush() == 1
