"""How often one browser and one address may post: generous for people, a wall for machines."""

from __future__ import annotations

import time
from dataclasses import dataclass

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.caller import CALLER

PER_PERSON = RateLimitItemPerMinute(40)
PER_ADDRESS = RateLimitItemPerMinute(400)  # a whole village may stand behind one address of a mobile network
COOKIES = ("danhoi_chat", "danhoi_console")


@dataclass(eq=False)
class TooOften(Exception):
    """This browser, or its address, posts faster than people do; `seconds` until the next one is taken."""

    seconds: int


class Pace:
    """Counts posts of this process in a moving minute. What is sent from this machine itself is not counted."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, request: web.Request) -> None:
        """One more post. Raises TooOften."""
        caller = request[CALLER]
        if caller.on_this_machine:
            return
        counted = [(PER_ADDRESS, f"address {caller.address}")]
        counted += [(PER_PERSON, f"cookie {request.cookies[name]}") for name in COOKIES if name in request.cookies]
        for limit, who in counted:
            if not self._window.hit(limit, who):
                reset = self._window.get_window_stats(limit, who).reset_time
                raise TooOften(max(1, int(reset - time.time()) + 1))
