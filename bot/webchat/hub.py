"""Who listens to which chat: a wake from the worker reaches the pages that hold a stream open."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST_STREAMS = 4  # open pages of one chat that are told at once; the oldest beyond that is closed

Chat = tuple[int, str]  # id of the channel account, key of the chat


ENDED, ELSEWHERE, STOPPING = "ended", "elsewhere", "stopping"  # why a stream ends


class Listener:
    """One open page. `over` tells why its stream must end, once it must."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self._news = asyncio.Event()
        self.over: str | None = None

    async def news(self, *, within: float) -> None:
        """Wait until something was queued for the chat, or until so many seconds have passed."""
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    def wake(self) -> None:
        """Look again."""
        self._news.set()

    def close(self, why: str) -> None:
        """End the stream at the next look, which is now."""
        self.over = why
        self.wake()


class Hub:
    """The listeners of this process, by chat."""

    def __init__(self) -> None:
        """Nobody listens."""
        self._listeners: dict[Chat, list[Listener]] = defaultdict(list)
        self._stopping = False
        self._told_of_ends: list[Callable[[str], None]] = []

    def __len__(self) -> int:
        """How many streams are open."""
        return sum(len(each) for each in self._listeners.values())

    @contextmanager
    def listening(self, chat: Chat) -> Iterator[Listener]:
        """Be told of this chat while the block runs."""
        listener = Listener()
        mine = self._listeners[chat]
        mine.append(listener)
        for oldest in mine[:-MOST_STREAMS]:
            oldest.close(ELSEWHERE)
        if self._stopping:  # a page that came while the server stops would keep it from stopping
            listener.close(STOPPING)
        try:
            yield listener
        finally:
            mine.remove(listener)
            if not mine:
                self._listeners.pop(chat, None)

    def queued(self, channel_account_id: int, chat_key: str) -> None:
        """Something may wait for this chat: the worker's callback."""
        for listener in self._listeners.get((channel_account_id, chat_key), ()):
            listener.wake()

    def on_ended(self, tell: Callable[[str], None]) -> None:
        """Call `tell(chat_key)` when a browser forgot its secret here."""
        self._told_of_ends.append(tell)

    def end(self, chat_key: str) -> None:
        """The browser forgot this secret: every page that shows a chat of it must clear, wherever it listens."""
        self.clear(chat_key)
        for tell in self._told_of_ends:
            tell(chat_key)

    def wake_all(self) -> None:
        """Word may have been lost: every page looks again."""
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.wake()

    def clear(self, chat_key: str) -> None:
        """The pages of this process that show a chat of this secret clear."""
        for (_account, key), listeners in list(self._listeners.items()):
            for listener in listeners if key == chat_key else ():
                listener.close(ENDED)

    def close(self) -> None:
        """The server stops: let every stream end; pages come back by themselves."""
        self._stopping = True
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                listener.close(STOPPING)
