"""What came with a message is written down beside it; nothing is fetched before somebody wants it."""

from __future__ import annotations

from dataclasses import replace

from bot.channels.base import Channel, Received
from bot.channels.webchat import WebChat
from handlers.contract import Desk, Incoming
from storage import files
from storage.files import AttachedFile

MOST = 10  # of one message


async def attach(received: Received, message: Incoming, desk: Desk, channel: Channel) -> Incoming:
    """The message with the number of its files. Uploads are here already; a platform still holds what it offers."""
    if not received.files:
        return message
    if channel.name == WebChat.name:
        ids = [int(one) for one in received.files if one.isascii() and one.isdigit()]
        mine = {"commune_id": desk.commune_id, "body_id": desk.body_id}
        taken = await files.claim_uploads(desk.session, chat_key=desk.account.chat_key, file_ids=ids, **mine)
        return replace(message, files=taken)
    known = await files.of_bodies(desk.session, commune_id=desk.commune_id, body_ids=[desk.body_id])
    if known:  # the message waited for a confirmation
        return replace(message, files=len(known))
    for number in range(min(len(received.files), MOST)):
        row = AttachedFile(
            commune_id=desk.commune_id,
            channel_account_id=desk.account.channel_account_id,
            chat_key=desk.account.chat_key,
            body_id=desk.body_id,
            number=number,
            not_before=desk.now,
            created_at=desk.now,
        )
        await files.add(desk.session, row)
    return replace(message, files=min(len(received.files), MOST))
