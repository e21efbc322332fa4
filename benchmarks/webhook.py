"""How fast a webhook is acknowledged while answers are being made: `danhoi bench webhook`.

100 Telegram updates a second (200 chats) go to `danhoi serve`, each by a clock of its own whether or not the one before
was acknowledged; the same stream then goes to a bare aiohttp handler that only answers 200. The bar: p99 under 100 ms.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import aiohttp

PER_SECOND, CHATS = 100, 200
SECONDS, QUICK_SECONDS = 30, 6
SECRET = "bench-webhook-secret"
SAYINGS = (
    "lam giay khai sinh cho con can gi",
    "phí bao nhiêu",
    "menu",
    "1",
    "thôi",
    "bhyt hộ nghèo được hưởng bao nhiêu",
)
BARE = """
import sys
from aiohttp import web
async def ok(request):
    await request.read()
    return web.Response(text="ok")
app = web.Application()
app.router.add_post("/webhooks/telegram", ok)
app.router.add_get("/healthz", lambda request: web.Response(text="up"))
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


def measure(*, quick: bool = False) -> dict[str, float]:
    """The table for people is printed; the figures are in milliseconds."""
    return asyncio.run(_measure(QUICK_SECONDS if quick else SECONDS))


async def _measure(seconds: int) -> dict[str, float]:
    ours, port = await _with_server(seconds, bare=False), PER_SECOND
    bare = await _with_server(seconds, bare=True)
    figures = {
        "per_second": float(port),
        "messages": float(len(ours)),
        "refused": float(sum(1 for took in ours if took == float("inf"))),
        "p50_ms": _at(ours, 0.50),
        "p99_ms": _at(ours, 0.99),
        "worst_ms": _at(ours, 1.0),
        "bare_p50_ms": _at(bare, 0.50),
        "bare_p99_ms": _at(bare, 0.99),
    }
    figures["ratio_p99"] = round(figures["p99_ms"] / max(figures["bare_p99_ms"], 0.001), 1)
    for name, figure in figures.items():
        print(f"{name:>14} {figure:10.1f}")
    return figures


async def _with_server(seconds: int, *, bare: bool) -> list[float]:
    with tempfile.TemporaryDirectory(prefix="danhoi-bench-") as data, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        platform, api = await _fake_api()
        environment = {
            **os.environ,
            "DANHOI_DATA_DIR": data,
            "DANHOI_SAMPLE": "1",
            "DANHOI_TELEGRAM_TOKEN": "123456:bench-token",
            "DANHOI_TELEGRAM_BASE_URL": f"http://127.0.0.1:{api}",
            "DANHOI_TELEGRAM_WEBHOOK_SECRET": SECRET,
            "DANHOI_BURST_SECONDS": "0",
            "DANHOI_MESSAGES_PER_MINUTE": "0",
        }
        command = [sys.executable, "-c", BARE, str(port)] if bare else [
            sys.executable, "-m", "bot", "serve", "--port", str(port)
        ]  # fmt: skip
        with (Path(data) / "log").open("wb") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: ASYNC220
        try:
            await _ready(port, wait_for_answers=not bare)
            return await _push(port, seconds)
        finally:
            process.kill()
            process.wait()
            platform.close()


async def _fake_api() -> tuple[asyncio.Server, int]:
    """A Telegram that takes everything at once, so that it costs the machine as little as can be."""
    body = json.dumps(
        {"ok": True, "result": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "x"}}
    ).encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), b":0"
                )
                await reader.readexactly(int(length.partition(b":")[2]))
                writer.write(answer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    return server, server.sockets[0].getsockname()[1]


async def _ready(port: int, *, wait_for_answers: bool) -> None:
    address = f"http://127.0.0.1:{port}/{'readyz' if wait_for_answers else 'healthz'}"
    async with aiohttp.ClientSession() as session:
        for _ in range(600):
            with suppress(aiohttp.ClientError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
    raise SystemExit("the server did not start")


async def _push(port: int, seconds: int) -> list[float]:
    """Milliseconds until each acknowledgement; infinite where it was none."""
    took: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:

        async def one(number: int) -> None:
            text = SAYINGS[number % len(SAYINGS)]
            person = {"id": number % CHATS + 1, "is_bot": False, "first_name": "Năm"}
            message = {"message_id": number, "date": int(time.time()), "from": person, "text": text}
            update = {"update_id": number, "message": {**message, "chat": {"id": person["id"], "type": "private"}}}
            began, status = time.perf_counter(), 0
            with suppress(aiohttp.ClientError, TimeoutError):
                async with session.post(
                    f"http://127.0.0.1:{port}/webhooks/telegram",
                    json=update,
                    headers={"X-Telegram-Bot-Api-Secret-Token": SECRET},
                ) as answer:
                    await answer.read()
                    status = answer.status
            took.append((time.perf_counter() - began) * 1000 if status == 200 else float("inf"))

        began = time.perf_counter()
        tasks = []
        for number in range(PER_SECOND * seconds):
            await asyncio.sleep(max(0.0, began + number / PER_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(one(number)))
        await asyncio.gather(*tasks)
    return took


def _at(took: list[float], share: float) -> float:
    ordered = sorted(took)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2)
