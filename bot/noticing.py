"""`danhoi notices`: how far notices have come, and whether the ledger still gives the hash of a certificate."""

from __future__ import annotations

import asyncio
from datetime import datetime

import click

from bot.communes import only
from bot.opening import opened
from bot.settings import Settings
from handlers import notice_report
from handlers.notice_words import TITLE
from storage import notices
from storage.database import Database
from storage.notices import ACTIVE

SHOWN = 10


async def show(settings: Settings, *, code: str | None, watch: bool) -> None:
    """The newest ones, a line each; again every second while one is being sent."""
    async with opened(settings) as database:
        while await _print(database, code) and watch:
            await asyncio.sleep(1.0)
            click.echo("")


async def verify(settings: Settings, notice: str, *, run: int, at: datetime, code: str | None) -> None:
    """Compute the hash anew from every row."""
    async with opened(settings) as database:
        commune = await only(database, code)
        async with database.reading() as session:
            found = commune and await notices.by_code(session, commune_id=commune.id or 0, code=notice.upper())
            if not found:
                raise click.ClickException(f"Không có thông báo {notice} đã gửi ở xã này.")
            fingerprint, count = await notice_report.fingerprint(session, found, run=run, at=at)
    click.echo(f"{fingerprint}  {found.code} lượt {run}, {count} dòng")


async def _print(database: Database, code: str | None) -> bool:
    """Whether something is still being sent."""
    commune = await only(database, code)
    if commune is None:
        click.echo("Chưa có xã nào trong cơ sở dữ liệu này.")
        return False
    async with database.reading() as session:
        found = await notices.page(session, commune_id=commune.id or 0, limit=SHOWN)
        for one in found:
            whole = (await notice_report.report(session, one)).total
            click.echo(
                f"{one.code} {one.state:9} {whole.reached}/{whole.all} đã tới, {whole.waiting} chờ, "
                f"{whole.failed} lỗi, {whole.unknown} chưa rõ · {one.facts[TITLE]}"
            )
    return any(one.state in ACTIVE for one in found)
