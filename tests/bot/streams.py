"""Web chats in tests: the stream of one, its events, and something that we say later."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import ClientResponse

from bot.assembly import Parts
from bot.webchat import sessions
from storage import accounts, inbox, outbox
from storage.communes import ChannelAccount
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage
from tests.bot.conftest import Visitor

QUESTION = "dang ky khai sinh cho con can giay to gi"


class Stream:
    """A stream of server-sent events, read one after the other."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer

    async def event(self) -> dict[str, str]:
        """The next event; comments and the line about waiting are passed over."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(5):
            async for line in self.answer.content:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name and name not in (":", "retry"):
                    fields[name] = value
                elif fields:
                    return fields
        return fields

    async def message(self) -> dict[str, Any]:
        """The next message of ours."""
        event = await self.event()
        content: dict[str, Any] = json.loads(event["data"])
        assert event["id"] == str(content["id"])
        return content


async def events_of(parts: Parts, account: ChannelAccount, visitor: Visitor) -> list[InboxEvent]:
    cookie = next(one.value for one in visitor.client.session.cookie_jar if one.key == sessions.COOKIE)
    key = sessions.Session(cookie).chat_key
    async with parts.database.reading() as session:
        return await inbox.of_chat(
            session, commune_id=account.commune_id, channel_account_id=account.id or 0, chat_key=key, limit=100
        )


async def queue(parts: Parts, event: InboxEvent, text: str) -> int:
    """Something that we say later, of ourselves."""
    async with parts.database.writing() as session:
        account = await accounts.find(
            session,
            commune_id=event.commune_id,
            channel_account_id=event.channel_account_id,
            chat_key=event.chat_key,
        )
        assert account is not None and account.id is not None
        row = await outbox.put(
            session,
            OutboxMessage(
                commune_id=event.commune_id,
                account_id=account.id,
                channel_account_id=event.channel_account_id,
                chat_key=event.chat_key,
                text=text,
                not_before=parts.clock.now(),
                created_at=parts.clock.now(),
            ),
        )
    parts.worker._tell(event.id or 0, event.channel_account_id, event.chat_key)
    return row.id or 0


def is_about_births(message: dict[str, Any]) -> bool:
    """An answer, or the question which of several topics is meant."""
    return "khai sinh" in " ".join((message["text"], *message["choices"])).lower()
