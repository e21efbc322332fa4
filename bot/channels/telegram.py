"""Telegram, through python-telegram-bot's `Bot` and `Update.de_json`; a foreign platform, off until given a token.

Limits (telegram.constants of 22.8): a message has at most 4,096 characters, we stop at 3,900; one message a second in
a chat, 30 a second for the bot, we keep to 25; data of a button 64 bytes, so it names our message and the choice.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from telegram import (
    Bot,
    BotCommand,
    CallbackQuery,
    ChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    Update,
)
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.request import HTTPXRequest

from bot.channel_settings import BotSettings
from bot.channels.base import Arrived, Limits, Outgoing, Received, Verdict, parsed, secret_matches
from bot.channels.telegram_errors import failure
from bot.files.errors import NotFetched
from bot.files.fetching import Fetcher

os.environ.setdefault("PTB_TIMEDELTA", "1")  # `retry_after` as the library's next major version gives it
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 25
POOL = 16  # connections
SHORT_TITLE = 18  # characters of a button that may share a row on a narrow phone
LONGEST_PRESS = 32  # characters of a button's data
# Commands are words with a stroke in front: each says what a person would type.
COMMANDS = {
    "start": ("Bắt đầu", "menu"),
    "menu": ("Những việc em giúp được", "menu"),
    "phananh": ("Gửi phản ánh, kiến nghị", "gửi phản ánh, kiến nghị"),
    "theodoi": ("Đơn của tôi tới đâu", "đơn của tôi tới đâu"),
    "gapcanbo": ("Gặp cán bộ", "gặp cán bộ"),
    "dulieu": ("Dữ liệu của tôi", "dữ liệu của tôi"),
    "thoi": ("Dừng, bỏ việc đang làm", "thôi"),
}
DESCRIPTION = (
    "Trợ lý tự động (máy trả lời) của UBND cấp xã: hỏi thủ tục, bảo hiểm y tế, giá đất, quyền của người dân; gửi phản "
    "ánh, kiến nghị. Khẩn cấp: 113, 114, 115. Xin đừng gửi giấy tờ, số điện thoại, địa chỉ nhà ở đây."
)
SHORT = "Trợ lý tự động của UBND cấp xã. Khẩn cấp: 113, 114, 115."

log = logging.getLogger(__name__)


class Telegram:
    """Reads updates as Telegram posts them; nothing here needs a token."""

    name = "telegram"
    greets = False
    foreign = True
    outside = True

    def read(self, raw: str) -> Received | None:
        """Words, a press, a place on the map, a photo; an edit or a sticker is nothing to answer."""
        update = _update(raw)
        if update is None:
            return None
        if update.my_chat_member is not None:
            gone = update.my_chat_member.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT)
            return Received("", "left") if gone else None
        if update.callback_query is not None:
            return _pressed(update.callback_query, order=update.update_id)
        return _said(update.message, order=update.update_id) if update.message is not None else None

    def arrived(self, raw: str) -> Arrived | None:
        """Key and chat of an update; None where the body is no update at all."""
        content = parsed(raw)
        if content is None or not isinstance(content.get("update_id"), int):
            return None
        update = _update(raw)
        chat = update.effective_chat if update is not None else None
        return Arrived(str(content["update_id"]), str(chat.id) if chat is not None else "")


class TelegramBot(Telegram):
    """The same with a token: it can send, fetch updates, and set itself up. Connects at its first call."""

    limits = Limits(text=3_900, per_second=25.0, chat_gap=1.0)

    path = "telegram"

    def __init__(self, settings: BotSettings, public_url: str | None) -> None:
        """`public_url`: where Telegram can reach us; without it the webhook is set by hand."""
        self.external_id = settings.bot_id
        self.polls = settings.mode == "polling"
        self._settings, self._public_url = settings, public_url
        self._fetched = self._confirmed = 0
        self._bot: Bot | None = None
        self._files = Fetcher((urlsplit(settings.base_url).hostname or "",), base_url=settings.base_url)

    @property
    def bot(self) -> Bot:
        """The library's client, made at first use; it calls nobody by itself."""
        if self._bot is None:
            base = self._settings.base_url
            self._bot = Bot(
                self._settings.token,
                base_url=f"{base}/bot",
                base_file_url=f"{base}/file/bot",
                request=_line(read=15.0, connections=POOL),
                get_updates_request=_line(read=POLL_SECONDS + 7.0, connections=1),
            )
        return self._bot

    async def send(self, chat_key: str, message: Outgoing) -> None:
        """One message; choices are buttons below it, each with its number."""
        try:
            await self.bot.send_message(
                chat_key,
                message.printed,
                reply_markup=_keyboard(message),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            raise failure(error) from error

    async def acknowledge(self, raw: str) -> None:
        """Stop the little clock on a pressed button."""
        update = _update(raw)
        if update is not None and update.callback_query is not None:
            await self.bot.answer_callback_query(update.callback_query.id)

    async def set_up(self) -> None:
        """Where updates go: to the webhook, or to whoever polls; then menu and descriptions."""
        try:
            if self.polls:
                await self.bot.delete_webhook()
            elif self._public_url is not None:
                url = f"{self._public_url}/webhooks/{self.path}"
                await self.bot.set_webhook(url, secret_token=self._settings.secret, allowed_updates=UPDATES)
        except TelegramError as error:
            raise failure(error) from error
        await self._dress()

    async def _dress(self) -> None:
        """Menu and descriptions are for the eye: without them the channel works all the same."""
        commands = [BotCommand(name, what) for name, (what, _words) in COMMANDS.items()]
        for calling in (
            self.bot.set_my_commands(commands),
            self.bot.set_my_commands(commands, language_code="vi"),
            self.bot.set_my_description(DESCRIPTION),
            self.bot.set_my_short_description(SHORT),
        ):
            try:
                await calling
            except TelegramError as error:
                log.warning("Telegram took no menu or description: %s", type(error).__name__)

    def check(self, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Telegram sends our secret back with each update."""
        genuine = secret_matches(headers.get(SECRET_HEADER), self._settings.secret)
        return Verdict(genuine, None if genuine else "wrong_secret")

    async def fetch(self) -> list[str]:
        """Wait for updates; asking for those above an id confirms all up to it."""
        try:
            found = await self.bot.get_updates(
                offset=self._confirmed + 1 if self._confirmed else None, timeout=POLL_SECONDS, allowed_updates=UPDATES
            )
        except TelegramError as error:
            raise failure(error) from error
        self._fetched = max((update.update_id for update in found), default=self._confirmed)
        return [update.to_json() for update in found]

    async def download(self, reference: str) -> bytes:
        """Two steps: Telegram names a path, and the path is fetched from its own host."""
        try:
            found = await self.bot.get_file(reference)
        except TelegramError as error:
            raise NotFetched(type(error).__name__, again=not isinstance(error, BadRequest | Forbidden)) from None
        if not (found.file_path or "").startswith(f"{self._settings.base_url}/"):
            raise NotFetched("no path", again=False)
        return await self._files.get(str(found.file_path))

    def confirm(self) -> None:
        """The next request may pass these over."""
        self._confirmed = self._fetched

    async def close(self) -> None:
        """Give the connections back."""
        await self._files.close()
        if self._bot is not None:
            for line in self._bot._request:
                await line.shutdown()


def _line(*, read: float, connections: int) -> HTTPXRequest:
    return HTTPXRequest(connection_pool_size=connections, read_timeout=read, connect_timeout=7.0, pool_timeout=7.0)


def _update(raw: str) -> Update | None:
    content = parsed(raw)
    if content is None:
        return None
    try:
        return Update.de_json(content)
    except Exception:  # a shape that this version of the library does not know: stored, not answered
        return None


def _said(message: Message, *, order: int) -> Received | None:
    """One message of a person; `edit_date` and the like do not matter here."""
    at: datetime = message.date
    if message.migrate_to_chat_id is not None:
        return Received("", "moved", moved_to=str(message.migrate_to_chat_id))
    if message.from_user is not None and message.from_user.is_bot:
        return None
    if message.text is not None:
        return Received(_words(message.text), sent_at=at, order=order)
    if message.location is not None:
        place = f"Vị trí trên bản đồ: {message.location.latitude:.5f}, {message.location.longitude:.5f}"
        return Received(place, "location", sent_at=at, order=order)
    if message.contact is not None:
        return Received("", "contact", sent_at=at, order=order)
    if message.photo:
        biggest = message.photo[-1].file_id
        return Received(message.caption or "", "photo", sent_at=at, order=order, files=(biggest,))
    if message.voice is not None or message.audio is not None or message.video_note is not None:
        return Received("", "voice", sent_at=at, order=order)
    if message.document is not None:
        return Received(message.caption or "", "file", sent_at=at, order=order, files=(message.document.file_id,))
    if message.video is not None:
        return Received(message.caption or "", "file", sent_at=at, order=order)
    return None


def _pressed(press: CallbackQuery, *, order: int) -> Received | None:
    """The data of our buttons is "<message>.<choice>"; anything else is none of ours."""
    message_id, _dot, place = (press.data or "")[:LONGEST_PRESS].partition(".")
    if not (message_id.isascii() and message_id.isdigit() and place.isascii() and place.isdigit()):
        return None
    return Received("", "press", pressed=(int(message_id), int(place)), order=order)


def _words(text: str) -> str:
    """`/menu@our_bot` says "menu"; `/start <code>` begins."""
    if not text.startswith("/"):
        return text
    command, _blank, rest = text[1:].partition(" ")
    known = COMMANDS.get(command.partition("@")[0].lower())
    return known[1] if known else f"{command} {rest}".strip()


def _keyboard(message: Outgoing) -> InlineKeyboardMarkup | None:
    """One button a row, but two short ones that stand together share theirs."""
    rows: list[list[InlineKeyboardButton]] = []
    for number, label in enumerate(message.choices):
        button = InlineKeyboardButton(f"{number + 1}. {label}", callback_data=f"{message.id}.{number}")
        if rows and len(rows[-1]) == 1 and max(len(button.text), len(rows[-1][0].text)) <= SHORT_TITLE:
            rows[-1].append(button)
        else:
            rows.append([button])
    return InlineKeyboardMarkup(rows) if rows else None
