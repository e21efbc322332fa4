"""The form that brings a photo or a document: its parts are read one by one, and no more than may be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from aiohttp import BodyPartReader, web

from bot.channels.webchat import MessageUnreadable, Posted, posted
from bot.files.errors import FileRefused
from bot.files.examination import LARGEST, Place
from handlers.attachments import place_line

MOST_PARTS = 8
LARGEST_WORDS = 40_960  # bytes of one field that is no file


@dataclass(frozen=True, slots=True)
class Upload:
    """One post of that form. `tells_place`: the person wants the place that stands in the photo to be told."""

    message: Posted
    content: bytes
    tells_place: bool

    def with_file(self, file_id: int, place: Place | None) -> Posted:
        """The message with its file, and with the place where the person agreed to it."""
        told = place_line(*place) if self.tells_place and place is not None else ""
        text = "\n".join(part for part in (self.message.text, told) if part)
        return replace(self.message, text=text, files=(file_id,))


async def read(request: web.Request) -> Upload:
    """The message and its one file. Raises FileRefused, MessageUnreadable, MessageTooLong."""
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
    message = posted(fields.get("client_id", ""), fields.get("text", ""))
    return Upload(message, content, tells_place=fields.get("place") == "yes")


async def _whole(part: BodyPartReader, most: int) -> bytes:
    whole = bytearray()
    while piece := await part.read_chunk(65_536):
        whole += piece
        if len(whole) > most:
            raise FileRefused("size")
    return bytes(whole)
