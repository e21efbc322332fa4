"""The stream of server-sent events: what comes later comes once, to whom it concerns, and never holds up a stop."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from bot.assembly import Parts
from bot.webchat.hub import STOPPING, Hub
from storage import accounts, outbox
from storage.communes import ChannelAccount
from storage.inbox import InboxEvent
from tests.bot.conftest import OpensABrowser, Visitor
from tests.bot.streams import QUESTION, Stream, events_of, is_about_births, queue


async def test_an_answer_that_takes_long_comes_later(
    visitor: Visitor, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.webchat.routes.PATIENCE", 0.05)
    tools, parts.worker.tools = parts.worker.tools, None  # the knowledge is still loading
    answer = await visitor.posts(QUESTION)
    assert answer.status == 202 and (await answer.json())["messages"] == []
    page = await visitor.opens()
    assert 'id="waiting"' in page and "data-waiting" in page
    async with visitor.client.get(f"{visitor.page}/events?after=0") as response:
        stream = Stream(response)
        parts.worker.tools = tools
        parts.worker.wake()
        assert is_about_births(await stream.message())
    assert 'id="waiting"' not in await visitor.opens()


async def test_the_stream_brings_what_comes_later_once(
    visitor: Visitor, parts: Parts, webchat_account: ChannelAccount
) -> None:
    known = (await visitor.says(QUESTION))["messages"][-1]["id"]
    [event] = await events_of(parts, webchat_account, visitor)
    async with visitor.client.get(f"{visitor.page}/events?after={known}") as response:
        assert response.content_type == "text/event-stream"
        stream = Stream(response)
        first = await queue(parts, event, "Xã đã sửa đèn.")
        message = await stream.message()
        assert (message["id"], message["text"]) == (first, "Xã đã sửa đèn.")
        for _ in range(400):
            if await _states(parts, event, after=known) == ["sent"]:
                break
            await asyncio.sleep(0.01)
    second = await queue(parts, event, "Xã cảm ơn anh/chị.")
    async with visitor.client.get(f"{visitor.page}/events", headers={"Last-Event-ID": str(first)}) as response:
        assert (await Stream(response).message())["id"] == second


async def _states(parts: Parts, event: InboxEvent, *, after: int) -> list[str]:
    """What became of our messages to the chat of this event."""
    async with parts.database.reading() as session:
        account = await accounts.find(
            session,
            commune_id=event.commune_id,
            channel_account_id=event.channel_account_id,
            chat_key=event.chat_key,
        )
        assert account is not None and account.id is not None
        rows = await outbox.of_account(session, commune_id=event.commune_id, account_id=account.id, after=after)
    return [row.state for row in rows]


@pytest.mark.parametrize("last", ["", "abc", "-1", "1" * 40, "٣"])
async def test_a_strange_last_event_id_is_nothing_seen(visitor: Visitor, last: str) -> None:
    known = (await visitor.says(QUESTION))["messages"][0]["id"]
    async with visitor.client.get(f"{visitor.page}/events", headers={"Last-Event-ID": last}) as response:
        assert (await Stream(response).message())["id"] == known


async def test_a_stranger_hears_nothing(visitor: Visitor, another: OpensABrowser) -> None:
    await visitor.says(QUESTION)
    stranger = await another()
    assert (await stranger.client.get(f"{stranger.page}/events")).status == 204  # no secret, no stream
    await stranger.opens()
    async with stranger.client.get(f"{stranger.page}/events?after=0") as response:
        assert response.status == 200
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await Stream(response).message()


async def test_the_server_stops_while_pages_listen(visitor: Visitor, server: TestServer) -> None:
    await visitor.says(QUESTION)
    async with visitor.client.get(f"{visitor.page}/events?after=999") as response:
        await response.content.readline()
        async with asyncio.timeout(5):
            await server.close()


async def test_a_fifth_page_silences_the_first(visitor: Visitor) -> None:
    await visitor.says(QUESTION)
    address = f"{visitor.page}/events?after=999"
    streams = [await visitor.client.get(address) for _ in range(5)]
    assert (await Stream(streams[0]).event())["event"] == "elsewhere"
    for one in streams:
        one.close()


def test_a_page_that_comes_while_the_server_stops_is_let_go() -> None:
    hub = Hub()
    hub.close()
    with hub.listening((1, "late")) as listener:
        assert listener.over == STOPPING


def test_no_stream_is_longer_than_a_proxy_waits() -> None:
    from bot.webchat import routes

    assert timedelta(seconds=routes.HEARTBEAT) < timedelta(seconds=30)
