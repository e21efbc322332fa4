"""`danhoi ask`: one question to the screen, or a file of them to a file."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import click

from bot import communes as tenants
from bot.ask import Asked, answer_lines, counter, read_lines
from bot.layering import over_shipped
from bot.opening import opened
from bot.settings import Settings
from knowledge.base import Knowledge
from storage import communes
from storage.communes import Commune
from storage.database import Database


async def ask_one(settings: Settings, question: str, *, place: str | None, on: date | None, as_json: bool) -> None:
    """Print the answer, or the JSON line of the contract."""
    async with opened(settings) as database:
        served, knowledge, own = await _prepare(settings, database)
        async with counter(knowledge, settings.clock, served, database if served else None, own) as desk:
            given = await desk.ask(Asked(question, place, on))
    if as_json:
        click.echo(json.dumps(given.as_line(), ensure_ascii=False))
        return
    click.echo(given.reply.printed)
    choices = " · ".join(f"{number} {choice.label}" for number, choice in enumerate(given.reply.choices, 1))
    if choices:
        click.echo(choices)


async def ask_batch(settings: Settings, source: Path, target: Path) -> None:
    """All lines are answered before the first is written: a bad line leaves no half file."""
    asked = list(read_lines(source.read_text(encoding="utf-8").splitlines()))  # noqa: ASYNC240
    async with opened(settings) as database:
        served, knowledge, own = await _prepare(settings, database)
        published = database if served else None
        given = await answer_lines(
            asked, knowledge=knowledge, clock=settings.clock, served=served, published=published, own=own
        )
    target.write_text(  # noqa: ASYNC240
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in given), encoding="utf-8"
    )
    click.echo(f"{len(given)} câu -> {target}")


async def _prepare(settings: Settings, database: Database) -> tuple[list[Commune], Knowledge, dict[int, Knowledge]]:
    """The communes of the database (seeded like `serve` does), the knowledge, and their own layers over it."""
    if settings.sample:
        await tenants.seed_sample(database, now=settings.clock.now())
    async with database.reading() as session:
        served = await communes.all_of_them(session)
    knowledge = await asyncio.to_thread(Knowledge.load, today=settings.clock.today(), cache=settings.cache_dir)
    async with database.reading() as session:
        own = {
            each.id or 0: await over_shipped(session, knowledge, commune_id=each.id or 0, cache=settings.cache_dir)
            for each in served
        }
    return served, knowledge, own
