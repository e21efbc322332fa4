"""`danhoi chat`: the whole bot in a terminal; every message is stored, answered and delivered like on any channel."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from uuid import uuid4

import click

from bot import communes
from bot.assembly import Parts, assemble, delivery_to
from bot.channels.terminal import Terminal
from bot.delivery import Delivery
from bot.settings import Settings
from storage.communes import ChannelAccount, Commune


async def talk(settings: Settings, *, user: str, url: str | None, code: str | None, as_json: bool) -> None:
    """Read lines until the end of input; each is answered before the next is read."""
    settings = replace(settings, database_url=url) if url else settings
    terminal = Terminal(click.echo, as_json=as_json)
    async with assemble(settings, terminal=terminal) as parts:
        commune = await _commune(parts, code)
        channel_account = await communes.account_of(parts.database, commune, "terminal")
        await parts.load_knowledge()
        delivery = delivery_to(parts, terminal, channel_account)
        await delivery.recover()
        if not as_json:
            click.echo(f"{commune.name} · gõ câu hỏi rồi Enter; Ctrl+D để dừng.")
        while line := await asyncio.to_thread(sys.stdin.readline):
            terminal.answering += 1
            await _answer(parts, delivery, channel_account, user, line.rstrip("\r\n"))


async def _answer(parts: Parts, delivery: Delivery, account: ChannelAccount, user: str, line: str) -> None:
    """One line through inbox, pipeline and outbox; a failed attempt is tried again until it is answered or parked."""
    event = await parts.worker.receive(account, event_key=uuid4().hex, chat_key=user, raw=line)
    while not await parts.worker.settled(event.id or 0, timeout=0.01):
        if not await parts.worker.work_one():
            await asyncio.sleep(0.2)
    await delivery.flush()


async def _commune(parts: Parts, code: str | None) -> Commune:
    """The chosen or only commune; where there is none, the sample one is made and said to be one."""
    known = await communes.only(parts.database, code)
    if known is not None:
        return known
    click.echo("Chưa có xã nào: dùng xã mẫu (DỮ LIỆU MẪU).", err=True)
    return await communes.seed_sample(parts.database, now=parts.clock.now())
