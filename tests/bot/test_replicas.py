"""Three real `danhoi serve` on one PostgreSQL: one is killed, and each message is answered once, in order."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks._invariants import violations, waiting
from benchmarks._replicas import Replica, serving
from storage.database import Database
from tests.bot.running import eventually_so
from tests.conftest import template
from tests.fakes.telegram import FakeTelegram
from tests.postgres import Server

CHATS, MESSAGES = 8, 4
SAYINGS = ("lam giay khai sinh cho con can gi", "phí bao nhiêu", "đèn đường trước nhà hỏng 3 tuần nay", "thôi")


async def bring(fake: FakeTelegram, replicas: Sequence[Replica], chance: random.Random, chat: int, text: str) -> str:
    """As a platform behind a load balancer does: to any replica that lives, again until one has stored it."""
    update = fake.text_update(chat, text)
    status = 0
    while status != 200:
        fake.target = f"{chance.choice([one for one in replicas if one.is_alive]).base}/webhooks/telegram"
        status = await fake.deliver(update)
        await asyncio.sleep(0.02)
    return str(update["update_id"])


@pytest.mark.timeout(400)
async def test_a_replica_dies_and_every_message_is_answered_once_and_in_order(postgres: Server, tmp_path: Path) -> None:
    url = await postgres.make("danhoi_ban_sao", like=template())
    fake, chance = FakeTelegram(), random.Random(3)
    await fake.start()
    database = Database(url)
    try:
        async with serving(3, tmp_path, url, fake.settings) as replicas:

            async def talk(chat: int) -> list[str]:
                return [await bring(fake, replicas, chance, chat, text) for text in SAYINGS[:MESSAGES]]

            talking = asyncio.gather(*(talk(chat) for chat in range(1, CHATS + 1)))
            while len(fake.sent) < CHATS:  # noqa: ASYNC110  other processes answer
                await asyncio.sleep(0.02)
            replicas[0].send(signal.SIGKILL)
            accepted = [key for keys in await talking for key in keys]

            async def is_quiet() -> bool:
                return not await waiting(database)

            await eventually_so(is_quiet, within=200.0)
            taken: dict[str, list[str]] = defaultdict(list)
            for sent in fake.sent:
                taken[str(sent["chat_id"])].append(str(sent["text"]))
            wrong = await violations(
                database, accepted=accepted, taken=taken, pushed=frozenset({"telegram"}), unknown_bound=8
            )
            assert len(accepted) == CHATS * MESSAGES
            assert {name: count for name, count in wrong.items() if count} == {}, [one.log for one in replicas]
    finally:
        await fake.stop()
        await database.close()
        await postgres.drop("danhoi_ban_sao")
