"""What an error of the Telegram library says about a message: refused, put off, or nobody knows."""

from __future__ import annotations

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.errors import ChannelDown, ChatMoved, PersonGone, SendFailed, TooFast


def failure(error: TelegramError) -> Exception:
    """What an error of the library says about the message; an ambiguous one stays what it is."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            return TooFast("429", after=float(wait) if isinstance(wait, int) else wait.total_seconds())
        case ChatMigrated():
            return ChatMoved(str(error.new_chat_id))
        case Forbidden():
            return PersonGone("403 blocked")
        case InvalidToken():
            return ChannelDown("401 token", needs_person=True)
        case BadRequest():
            gone = "chat not found" in str(error).lower()
            return PersonGone("400 chat not found") if gone else SendFailed("400", again=False)
        case NetworkError():
            return _network(error)
        case _:
            return SendFailed(type(error).__name__, again=True)


def _network(error: NetworkError) -> Exception:
    """Never connected: surely not sent. An error the API itself reports: not sent. Anything else: nobody knows."""
    match error.__cause__:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout():
            return ChannelDown("unreachable")
        case None:
            return SendFailed("5xx", again=True)
    return error
