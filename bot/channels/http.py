"""What our own clients share: one session per platform, JSON in and out, and what a broken call says about a send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.channels.errors import ChannelDown, SendFailed

CONNECT_SECONDS, ANSWER_SECONDS = 7.0, 20.0
LARGEST_ANSWER = 1_048_576  # bytes


class Ambiguous(Exception):
    """The request went out and no usable answer came: it may or may not have been carried out."""


class Http:
    """A session made at first use; nothing is called by itself."""

    def __init__(self) -> None:
        """No connection yet."""
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        *,
        content: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> dict[str, Any]:
        """Post JSON (or a form) and give the JSON object that came back, whatever its HTTP status.

        Raises ChannelDown where nothing was sent, SendFailed where the gateway says so, Ambiguous otherwise.
        """
        timeout = aiohttp.ClientTimeout(total=seconds + CONNECT_SECONDS, connect=CONNECT_SECONDS, sock_read=seconds)
        try:
            async with self._open().post(
                url, json=content, data=form, headers=headers, timeout=timeout, allow_redirects=False
            ) as answer:
                return _object(answer.status, await answer.content.read(LARGEST_ANSWER))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as gone:
            raise ChannelDown("unreachable") from gone
        except (aiohttp.ClientError, TimeoutError, OSError) as broken:
            raise Ambiguous(type(broken).__name__) from None

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=32))
        return self._session


def _object(status: int, body: bytes) -> dict[str, Any]:
    """A gateway answers with a page of its own: 504 means that nobody knows, other 5xx that it was not carried out."""
    try:
        content = json.loads(body)
    except ValueError:
        content = None
    if isinstance(content, dict):
        return content
    if status == 504 or status < 400:
        raise Ambiguous(f"http {status}")
    raise SendFailed(f"http {status}", again=status >= 500 or status == 429)
