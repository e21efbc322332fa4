"""What all fakes share: recorded requests, a queue of faults, a virtual clock, pushes, and a control API over HTTP."""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp import web

HTML = "<html><body>Bad gateway</body></html>"


@dataclass
class Fault:
    """What goes wrong with the next call of `method` ("*": any).

    `kind`: html502, html504, reset_before (nothing was done), reset_after (done, but no answer), slow (done after
    `seconds`), or whatever the fake itself knows: 429, 500, an error code.
    """

    kind: str
    method: str = "*"
    seconds: float = 0.0
    times: int = 1


@dataclass
class Call:
    """One request that came in."""

    method: str
    fields: dict[str, Any]
    headers: dict[str, str]
    done: bool = False


@dataclass
class Fake(ABC):
    """One platform on a port of this machine. `target` is the webhook to which it pushes."""

    target: str = ""
    calls: list[Call] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = ()
    fault_seconds: float = 0.2
    spared: frozenset[str] = frozenset({"access_token"})  # a refresh token works once: its loss needs a person
    pushed: list[int] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(5))
    moved: timedelta = timedelta(0)
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None
    port: int = 0
    held: dict[str, bytes] = field(default_factory=dict)  # what people attached, by name
    fetched: list[str] = field(default_factory=list)

    def now(self) -> datetime:
        """The fake's own time."""
        return datetime.now(UTC) + self.moved

    @property
    def base(self) -> str:
        """Where clients reach it."""
        return f"http://127.0.0.1:{self.port}"

    @property
    @abstractmethod
    def settings(self) -> dict[str, str]:
        """What `danhoi serve` must be told to be reached by this platform's webhook; once it listens."""

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """What the platform answers."""

    @abstractmethod
    def refuse(self, fault: Fault) -> web.Response | None:
        """The platform's own way of saying this fault; None where it does not know it."""

    async def start(self, port: int = 0) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_routes(
            [
                web.get("/__fake/calls", self._show),
                web.post("/__fake/faults", self._queue_fault),
                web.post("/__fake/clock", self._move_clock),
                web.post("/__fake/target", self._set_target),
                web.post("/__fake/push", self._push_control),
                web.get("/held/{name}", self._hand_over),
                *self.routes(),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))

    async def _hand_over(self, request: web.Request) -> web.Response:
        """A photo or a document as the platform's file host gives it."""
        name = request.match_info["name"]
        self.fetched.append(name)
        if name not in self.held:
            raise web.HTTPNotFound
        return web.Response(body=self.held[name], content_type="application/octet-stream")

    async def stop(self) -> None:
        """Stop listening; from now on the platform cannot be reached."""
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def of(self, method: str) -> list[dict[str, Any]]:
        """The fields of every call of that method which was carried out, oldest first."""
        return [call.fields for call in self.calls if call.method == method and call.done]

    async def through(
        self, call: Call, request: web.Request, act: Callable[[], Awaitable[web.Response]]
    ) -> web.Response:
        """Carry a call out, unless a fault is due."""
        self.calls.append(call)
        fault = self._fault_for(call.method)
        if fault is None:
            return await self._done(call, act)
        if fault.kind in ("html502", "html504"):
            return web.Response(status=int(fault.kind[4:]), text=HTML, content_type="text/html")
        if fault.kind == "slow":
            answer = await self._done(call, act)
            await asyncio.sleep(fault.seconds)
            return answer
        if fault.kind in ("reset_before", "reset_after"):
            if fault.kind == "reset_after":
                await self._done(call, act)
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        refused = self.refuse(fault)
        if refused is None:
            raise AssertionError(f"no such fault: {fault.kind}")
        return refused

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """Push one webhook; gives the status of the answer, 0 where there was none."""
        assert self._session is not None
        status = 0
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self._session.post(
                self.target, data=body, headers={"Content-Type": "application/json", **headers}
            ) as answer:
                await answer.read()
                status = answer.status
        self.pushed.append(status)
        return status

    @abstractmethod
    async def push(self, **event: Any) -> int:
        """Make an event from plain facts (`chat`, `text`, ...) and deliver it; for the control API."""

    def _fault_for(self, method: str) -> Fault | None:
        for fault in list(self.faults):
            if fault.method in ("*", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        if self.fault_kinds and method not in self.spared and self.chance.random() < self.fault_rate:
            kind = self.chance.choice(self.fault_kinds)
            return Fault(kind, seconds=self.fault_seconds if kind == "slow" else 1.0)
        return None

    @staticmethod
    async def _done(call: Call, act: Callable[[], Awaitable[web.Response]]) -> web.Response:
        answer = await act()
        call.done = getattr(answer, "fake_ok", True)
        return answer

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in self.calls[int(request.query.get("after", "0")) :]])

    async def _queue_fault(self, request: web.Request) -> web.Response:
        self.faults.append(Fault(**await request.json()))
        return web.json_response({"queued": len(self.faults)})

    async def _move_clock(self, request: web.Request) -> web.Response:
        self.moved += timedelta(seconds=float((await request.json())["seconds"]))
        return web.json_response({"now": self.now().isoformat()})

    async def _set_target(self, request: web.Request) -> web.Response:
        self.target = str((await request.json())["url"])
        return web.json_response({"target": self.target})

    async def _push_control(self, request: web.Request) -> web.Response:
        return web.json_response({"status": await self.push(**await request.json())})
