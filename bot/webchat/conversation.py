"""A chat as its page shows it: what the citizen wrote and what we said, in order, in Viet Nam time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, ClassVar

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import outgoing
from bot.channels.webchat import said
from bot.clock import VIET_NAM
from handlers.wording import words_in
from knowledge.vietnamese import tidy
from storage import accounts, files, inbox, outbox, pauses
from storage.accounts import Account
from storage.bodies import ERASED, SEALED, Vault
from storage.files import AttachedFile
from storage.inbox import InboxEvent
from storage.outbox import OutboxMessage

MOST_SHOWN = 40  # messages of the citizen on one page
GONE = "(lời nhắn đã xóa)"

_HOTLINE = re.compile(r"\b(11[1-5])\b")
_FILE = re.compile(r"(/x/[\w.-]+/don/[0-9A-Za-z_-]{32}\.(?:docx|pdf))\b")
FILES = {"docx": "Tải tệp Word", "pdf": "Tải tệp PDF"}


@dataclass(frozen=True, slots=True)
class Chat:
    """Which chat: the commune's web chat and the hash of the browser's secret."""

    commune_id: int
    channel_account_id: int
    chat_key: str

    def event_key(self, client_id: str) -> str:
        """The unique key of one message: nobody else's page can name it."""
        return f"{self.chat_key}:{client_id}"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; `aside` ones are shown smaller."""

    label: str
    aside: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the citizen wrote. `waiting`: not answered yet; `gone`: the words were erased."""

    from_citizen: ClassVar[bool] = True
    event_id: int
    body_id: int
    client_id: str
    text: str
    at: datetime
    waiting: bool
    gone: bool
    new_day: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo or a document that the citizen sent, and where it can be opened for a while."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What we said. `event_id` is the message that it answers; None where we spoke first."""

    from_citizen: ClassVar[bool] = False
    id: int
    text: str
    options: tuple[Option, ...]
    sources: tuple[Mapping[str, Any], ...]
    action: str | None
    at: datetime
    event_id: int | None
    is_queued: bool
    new_day: str = ""

    @property
    def pieces(self) -> list[tuple[str, str | None]]:
        """The text in pieces, with what each links to: the numbers of an emergency, and files of ours."""
        pattern = _HOTLINE if self.action == "emergency" else _FILE
        parts = [(part, number % 2 == 1) for number, part in enumerate(pattern.split(self.text)) if part]
        return [_linked(part) if links else (part, None) for part, links in parts]

    @property
    def is_answer(self) -> bool:
        """Worth keeping or passing on; a question of ours is not."""
        return bool(self.sources) or self.action == "answer"

    def as_json(self) -> dict[str, Any]:
        """For the script."""
        return {
            "id": self.id,
            "text": self.text,
            "choices": [option.label for option in self.options],
            "asides": [option.label for option in self.options if option.aside],
            "sources": [{"cite": source["cite"], "dates": source["dates"]} for source in self.sources],
            "action": self.action,
            "at": self.at.isoformat(),
            "clock": clock_time(self.at),
        }


@dataclass(frozen=True, slots=True)
class Answered:
    """One message of the citizen and what answers it. `first_id`: whatever we said before it was erased."""

    said: Said
    told: tuple[Told, ...]
    first_id: int | None = None


async def whole(session: AsyncSession, vault: Vault, chat: Chat, *, today: date) -> list[Said | Told]:
    """The newest part of a chat, oldest first; what the person had erased leaves no trace on the page."""
    events = await _events(session, chat, limit=MOST_SHOWN)
    rows = await _rows(session, chat, after=0)
    if len(events) == MOST_SHOWN:
        rows = [row for row in rows if row.created_at >= events[0].received_at]
    told = await _told(session, vault, chat, rows)
    answered = {one.event_id for one in told}
    written = await _said(session, vault, chat, events)
    kept = [one for one in written if not one.gone or one.waiting or one.event_id in answered]
    return _with_days(sorted([*kept, *told], key=_order), today=today)


async def attached(
    session: AsyncSession, chat: Chat, messages: Sequence[Said | Told], address: Callable[[AttachedFile], str]
) -> dict[int, list[Picture]]:
    """What each message of the person brought, by the id of its event; what is not kept any more is left out."""
    events = {one.body_id: one.event_id for one in messages if isinstance(one, Said) and not one.gone}
    found: dict[int, list[Picture]] = {}
    for row in await files.of_bodies(session, commune_id=chat.commune_id, body_ids=list(events)):
        if row.state == "kept":
            found.setdefault(events[row.body_id or 0], []).append(Picture(row.kind, address(row)))
    return found


async def answer_to(session: AsyncSession, vault: Vault, chat: Chat, event: InboxEvent) -> Answered:
    """What answers one event; empty while it waits."""
    assert event.id is not None
    [own] = await _said(session, vault, chat, [event])
    rows = await outbox.answering(session, commune_id=chat.commune_id, event_id=event.id)
    told = await _told(session, vault, chat, rows)
    if not own.gone:
        return Answered(own, tuple(told))
    left = [row.id or 0 for row in await _rows(session, chat, after=0) if not _is_blank(row)]
    return Answered(own, tuple(told), first_id=min(left, default=None))


async def later(session: AsyncSession, vault: Vault, chat: Chat, *, after: int) -> list[Told]:
    """What we said since the message with that id."""
    return await _told(session, vault, chat, await _rows(session, chat, after=after))


async def account_of(session: AsyncSession, chat: Chat) -> Account | None:
    """The account of this chat, once its first message was worked."""
    return await accounts.find(
        session,
        commune_id=chat.commune_id,
        channel_account_id=chat.channel_account_id,
        chat_key=chat.chat_key,
    )


async def has_written(session: AsyncSession, chat: Chat) -> bool:
    """Whether anything ever came from this chat."""
    return bool(await _events(session, chat, limit=1))


def _linked(part: str) -> tuple[str, str]:
    if part.startswith("/"):
        return FILES[part.rpartition(".")[2]], part
    return part, f"tel:{part}"


def clock_time(at: datetime) -> str:
    """14:05, in Viet Nam."""
    return f"{at.astimezone(VIET_NAM):%H:%M}"


async def _events(session: AsyncSession, chat: Chat, *, limit: int) -> list[InboxEvent]:
    return await inbox.of_chat(
        session,
        commune_id=chat.commune_id,
        channel_account_id=chat.channel_account_id,
        chat_key=chat.chat_key,
        limit=limit,
    )


async def _rows(session: AsyncSession, chat: Chat, *, after: int) -> list[OutboxMessage]:
    account = await account_of(session, chat)
    if account is None or account.id is None:
        return []
    rows = await outbox.of_account(session, commune_id=chat.commune_id, account_id=account.id, after=after)
    if all(row.event_id is not None for row in rows):
        return rows
    paused = {each.what for each in await pauses.running(session, commune_id=chat.commune_id)}
    return [row for row in rows if row.event_id is not None or row.state != "queued" or "sending" not in paused]


async def _said(session: AsyncSession, vault: Vault, chat: Chat, events: Iterable[InboxEvent]) -> list[Said]:
    listed = list(events)
    bodies = await vault.read(session, commune_id=chat.commune_id, body_ids=[event.body_id for event in listed])
    return [_one_said(event, bodies[event.body_id]) for event in listed]


def _one_said(event: InboxEvent, body: str) -> Said:
    assert event.id is not None
    gone = body in (ERASED, SEALED)
    return Said(
        event_id=event.id,
        body_id=event.body_id,
        client_id=event.event_key.rpartition(":")[2],
        text=GONE if gone else "\n".join(tidy(line) for line in said(body).splitlines()).strip(),
        at=event.received_at,
        waiting=event.state == "waiting",
        gone=gone,
    )


async def _told(session: AsyncSession, vault: Vault, chat: Chat, rows: Sequence[OutboxMessage]) -> list[Told]:
    quoted = [row.quotes_body_id for row in rows if row.quotes_body_id is not None]
    bodies = await vault.read(session, commune_id=chat.commune_id, body_ids=quoted) if quoted else {}
    return [_one_told(row, bodies.get(row.quotes_body_id or 0)) for row in rows if not _is_blank(row)]


def _one_told(row: OutboxMessage, body: str | None) -> Told:
    message = outgoing(row, _quoted(body) if body is not None else None)
    return Told(
        id=message.id,
        text=message.text,
        options=tuple(Option(choice["label"], choice["aside"]) for choice in row.choices),
        sources=message.sources,
        action=message.action,
        at=row.created_at,
        event_id=row.event_id,
        is_queued=row.state == "queued",
    )


def _is_blank(row: OutboxMessage) -> bool:
    return row.text == ERASED and not row.choices and not row.sources


def _order(message: Said | Told) -> tuple[datetime, float, bool, int]:
    """By time; at the same instant a question stands before its own answer."""
    event = message.event_id if message.event_id is not None else float("inf")
    return message.at, event, not message.from_citizen, 0 if isinstance(message, Said) else message.id


def _with_days(messages: Sequence[Said | Told], *, today: date) -> list[Said | Told]:
    """A date above the first message of each day that is not today."""
    shown: list[Said | Told] = []
    before: date | None = today if messages else None
    for message in messages:
        day = message.at.astimezone(VIET_NAM).date()
        if day != before:
            label = "Hôm nay" if day == today else f"Ngày {day:%d/%m/%Y}"
            message = replace(message, new_day=label)
        shown.append(message)
        before = day
    return shown


def _quoted(body: str) -> str:
    """What stands in a body, for a quotation; words that we put together keep their lines."""
    ours = words_in(body)
    return ours if ours is not None else tidy(said(body))
