"""Row 101: a second channel by a code: ten minutes, one use, five tries, both told, undone by either."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.worker import Worker
from storage.accounts import Account
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.outbox import OutboxMessage
from tests.conftest import Citizen, MovableClock


@pytest.fixture
async def on_the_web(worker: Worker, database: Database, vault: Vault, webchat_account: ChannelAccount) -> Citizen:
    """The same person in a browser; the channel of the test reads plain words."""
    worker._channels = {**worker._channels, "webchat": worker._channels["terminal"]}
    return Citizen(worker, database, vault, webchat_account, "trinh-duyet")


async def code_of(citizen: Citizen) -> str:
    await citizen.says("dữ liệu của tôi")
    heard = await citizen.says("dung them kenh khac")
    found = re.search(r"NOI-\d{6}", heard.text)
    assert found is not None, heard.text
    return found.group()


async def people(database: Database) -> int:
    async with database.reading() as session:
        return len(set(await session.exec(select(Account.citizen_id))))


async def told(database: Database, name: str) -> list[str]:
    async with database.reading() as session:
        mine = (OutboxMessage.chat_key == name, OutboxMessage.event_id.is_(None))  # type: ignore[union-attr]
        return list(await session.exec(select(OutboxMessage.text).where(*mine)))


async def test_what_was_sent_on_one_channel_is_seen_on_the_other(
    citizen: Citizen, on_the_web: Citizen, database: Database
) -> None:
    await citizen.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert "chưa thấy vụ việc nào" in (await on_the_web.says("đơn của tôi tới đâu rồi")).text
    heard = await on_the_web.says((await code_of(citizen)).lower().replace("-", " "))
    assert "đã nối" in heard.text and await people(database) == 1
    assert "phản ánh" in (await on_the_web.says("đơn của tôi tới đâu rồi")).text
    [note] = await told(database, citizen.name)
    assert "trang web của xã" in note and "bỏ nối kênh" in note


async def test_either_side_undoes_it(citizen: Citizen, on_the_web: Citizen, database: Database) -> None:
    await citizen.says("đèn đường trước nhà hỏng 3 tuần nay")
    await on_the_web.says(await code_of(citizen))
    assert "đã bỏ nối" in (await citizen.says("bo noi kenh")).text
    assert await people(database) == 2
    assert "chưa thấy vụ việc nào" in (await on_the_web.says("đơn của tôi tới đâu rồi")).text
    assert "thôi nối" in (await told(database, on_the_web.name))[-1]
    assert "chưa nối kênh nào" in (await on_the_web.says("bỏ nối kênh")).text


async def test_a_code_lives_ten_minutes_and_once(
    citizen: Citizen, on_the_web: Citizen, neighbour: Citizen, database: Database, clock: MovableClock
) -> None:
    old = await code_of(citizen)
    clock.move(minutes=10)
    assert "hết 10 phút" in (await on_the_web.says(old)).text
    code = await code_of(citizen)
    assert "đã nối" in (await on_the_web.says(code)).text
    assert "không đúng" in (await neighbour.says(code)).text


async def test_after_five_wrong_codes_a_right_one_must_wait(
    citizen: Citizen, on_the_web: Citizen, database: Database, clock: MovableClock
) -> None:
    code = await code_of(citizen)
    wrong = "NOI-000000" if code != "NOI-000000" else "NOI-000001"
    for _ in range(5):
        assert "không đúng" in (await on_the_web.says(wrong)).text
    assert "quá nhiều lần" in (await on_the_web.says(code)).text
    assert await people(database) == 2
    clock.move(minutes=int(timedelta(minutes=10) / timedelta(minutes=1)))
    assert "đã nối" in (await on_the_web.says(await code_of(citizen))).text


async def test_ones_own_code_links_nothing(citizen: Citizen, database: Database) -> None:
    assert "không đúng" in (await citizen.says(await code_of(citizen))).text
    assert await people(database) == 1


async def test_everyday_words_are_no_code(citizen: Citizen) -> None:
    for words in ("nói chuyện với em", "nơi nộp hồ sơ khai sinh ở đâu"):
        assert "không đúng hoặc đã hết" not in (await citizen.says(words)).text
