"""`python -m tests.fakes`: all three platforms on this machine, to talk to `danhoi serve` through each by hand.

Prints the settings with which to start `danhoi serve`. Then type `t menu` (Telegram), `b menu` (Zalo Bot) or `o menu`
(Zalo OA); what the bot sends is printed. `t! 1` presses the first button of the last message.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Any

from tests.fakes import telegram, zalo_bot, zalo_oa

PORTS = {"t": 8901, "b": 8902, "o": 8903}
PATHS = {"t": "telegram", "b": "zalo-bot", "o": "zalo-oa"}
PEOPLE: dict[str, Any] = {"t": 7, "b": "aa11", "o": "2000000000000000002"}


async def run(server: str) -> None:
    """Until the end of input."""
    fakes: dict[str, Any] = {
        "t": telegram.FakeTelegram(),
        "b": zalo_bot.FakeZaloBot(),
        "o": zalo_oa.FakeZaloOa(),
    }
    for key, fake in fakes.items():
        await fake.start(PORTS[key])
        fake.target = f"{server}/webhooks/{PATHS[key]}"
    told = {"DANHOI_SAMPLE": "1"} | {name: value for fake in fakes.values() for name, value in fake.settings.items()}
    print("\n".join(f"export {name}={value}" for name, value in told.items()))
    print("# type: t menu | b menu | o menu | t! 1 (press)", flush=True)
    show = asyncio.create_task(_show(fakes))
    while line := await asyncio.to_thread(sys.stdin.readline):
        key, _blank, text = line.rstrip("\n").partition(" ")
        if key.rstrip("!") in fakes:
            status = await _say(fakes[key.rstrip("!")], key, text)
            print(f"[{status}]", flush=True)
    show.cancel()
    for fake in fakes.values():
        await fake.stop()


async def _say(fake: Any, key: str, text: str) -> int:
    person = PEOPLE[key[0]]
    if key == "t!":
        pressed = [button for row in fake.sent[-1]["reply_markup"]["inline_keyboard"] for button in row]
        status: int = await fake.deliver(fake.press_update(person, pressed[int(text) - 1]["callback_data"]))
        return status
    status = await fake.push(chat=person, text=text)
    return status


async def _show(fakes: dict[str, Any]) -> None:
    seen = dict.fromkeys(fakes, 0)
    while True:
        for key, fake in fakes.items():
            for sent in fake.sent[seen[key] :]:
                rows = (sent.get("reply_markup") or {}).get("inline_keyboard", [])
                buttons = [button["text"] for row in rows for button in row]
                print(f"{key}> {sent['text']}\n   {buttons}" if buttons else f"{key}> {sent['text']}", flush=True)
            seen[key] = len(fake.sent)
        await asyncio.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", default="http://127.0.0.1:8080", help="where danhoi serve listens")
    asyncio.run(run(parser.parse_args().server))
