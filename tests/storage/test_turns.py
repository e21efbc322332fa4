"""One writer at a time, in order, but for those who may go first; whoever gives up loses nobody else's turn."""

from __future__ import annotations

import asyncio

from storage.turns import Turn


async def test_in_order_but_for_those_who_go_first() -> None:
    turn, wrote = Turn(), []

    async def write(name: str, *, first: bool = False) -> None:
        async with turn.taken(first=first):
            wrote.append(name)
            await asyncio.sleep(0)

    async with turn.taken():
        tasks = [asyncio.create_task(write("a")), asyncio.create_task(write("b"))]
        await asyncio.sleep(0)
        tasks.append(asyncio.create_task(write("webhook", first=True)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert wrote == ["webhook", "a", "b"]


async def test_whoever_gives_up_leaves_the_queue() -> None:
    turn = Turn()

    async def write() -> str:
        async with turn.taken():
            return "written"

    async with turn.taken():
        impatient, patient = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
    assert await patient == "written"


async def test_whoever_gives_up_as_the_turn_is_passed_over_them() -> None:
    turn = Turn()

    async def write() -> str:
        async with turn.taken():
            return "written"

    async with turn.taken():
        impatient, patient = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0)
        impatient.cancel()  # its place in the queue is void, and it has not run yet when the turn is passed on
    result = await asyncio.gather(impatient, return_exceptions=True)
    assert isinstance(result[0], asyncio.CancelledError)
    assert await asyncio.wait_for(patient, 1) == "written"


async def test_whoever_gives_up_at_their_turn_passes_it_on() -> None:
    turn = Turn()

    async def write() -> str:
        async with turn.taken():
            return "written"

    async with turn.taken():
        impatient, patient = asyncio.create_task(write()), asyncio.create_task(write())
        await asyncio.sleep(0)
    impatient.cancel()  # its turn has come, but it has not run yet
    await asyncio.gather(impatient, return_exceptions=True)
    assert await asyncio.wait_for(patient, 1) == "written"
