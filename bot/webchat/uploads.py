"""The form that brings a photo or a document: its parts are read one by one, and no more than may be kept."""

from __future__ import annotations

from aiohttp import BodyPartReader, web

from bot.channels.webchat import MessageUnreadable, Posted, posted
from bot.files.errors import FileRefused
from bot.files.examination import LARGEST

MOST_PARTS = 8
LARGEST_WORDS = 40_960  # bytes of one field that is no file


async def read(request: web.Request) -> tuple[Posted, bytes]:
    """The message, and the bytes of its one file. Raises FileRefused, MessageUnreadable, MessageTooLong."""
    if (request.content_length or 0) > LARGEST + 2 * LARGEST_WORDS:
        raise FileRefused("size")
    fields: dict[str, str] = {}
    content = b""
    try:
        parts = await request.multipart()
        for _ in range(MOST_PARTS):
            part = await parts.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader):
                raise MessageUnreadable("parts inside a part")
            if part.name == "file":
                content = await _whole(part, LARGEST)
            elif part.name is not None:
                fields[part.name] = (await _whole(part, LARGEST_WORDS)).decode("utf-8", "replace")
    except (ValueError, AssertionError, KeyError) as bad:
        raise MessageUnreadable("no multipart form") from bad
    return posted(fields.get("client_id", ""), fields.get("text", "")), content


async def _whole(part: BodyPartReader, most: int) -> bytes:
    whole = bytearray()
    while piece := await part.read_chunk(65_536):
        whole += piece
        if len(whole) > most:
            raise FileRefused("size")
    return bytes(whole)
