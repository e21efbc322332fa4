"""`danhoi serve`: everything that runs at once, started in order and stopped in reverse."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import click
from aiohttp import web

from bot import communes, redaction
from bot.assembly import Parts, assemble, delivery_of, door_of
from bot.connections import open_all
from bot.console.visits import HOME, SIGN_UP
from bot.leases import Lease, own_name
from bot.notice_sender import NoticeSender
from bot.notice_ways import Ways
from bot.polling import Polling
from bot.rebuilding import Rebuilder
from bot.replicas import Replicas
from bot.settings import Settings
from bot.staffing import sample_links
from bot.web import application
from storage import rewound

SLICE = 0.001  # seconds until a thread that understands a message lets the loop acknowledge a webhook

log = logging.getLogger(__name__)


async def serve_forever(settings: Settings, *, host: str, port: int) -> None:
    """Open the door first (a message that comes early waits in the inbox), then load what answers."""
    if settings.clock_is_set:
        click.secho(
            f"CẢNH BÁO: DANHOI_CLOCK đang đặt; giờ nghiệp vụ là {settings.clock.now():%H:%M %d/%m/%Y} UTC", fg="red"
        )
    sys.setswitchinterval(SLICE)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with assemble(settings) as parts:
        if settings.sample:
            await communes.seed_sample(parts.database, now=parts.clock.now())
        async with at_work(parts) as app:
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            try:
                await web.TCPSite(runner, host, port).start()
                await parts.load_knowledge()
                await _say_where(parts, host, port)
                await stop.wait()
            finally:
                await runner.cleanup()


@asynccontextmanager
async def at_work(parts: Parts) -> AsyncIterator[web.Application]:
    """All loops that run beside the door, until the block ends; the application is for whoever opens the door."""
    if parts.settings.clock_is_set:
        async with parts.database.writing() as session:
            await rewound.end_waits(session, now=parts.clock.now())
    parts.connections = await open_all(parts.database, parts.vault, parts.settings)
    redaction.install(parts.settings.secrets)
    delivery, door = delivery_of(parts), door_of(parts)
    await delivery.recover()
    parts.worker.on_queued(delivery.queued)
    parts.files.serve({each.account.id or 0: each.platform for each in parts.connections.all})
    parts.worker.on_queued(parts.files.queued)
    parts.files.on_queued(delivery.queued)
    lease_of = partial(Lease, parts.database, parts.clock, own_name())
    polling = Polling(parts.connections, door, delivery, lease_of)
    sender = NoticeSender(parts.database, parts.clock, Ways(parts), parts.worker.queued)
    jobs = (
        parts.worker.run(),
        parts.scheduler.run(),
        delivery.run(),
        polling.run(),
        sender.run(),
        Rebuilder(parts).run(),
        Replicas(parts).run(),
        parts.files.run(),
    )
    work = [asyncio.create_task(job) for job in jobs]
    for task in work:
        task.add_done_callback(_complain)
    try:
        yield application(parts, door)
    finally:
        for task in work:
            task.cancel()
        for task in work:
            with suppress(asyncio.CancelledError):
                await task
        await parts.connections.close()


def _complain(task: asyncio.Task[None]) -> None:
    """These loops never end by themselves: one that does is a fault of ours, and must not go unseen."""
    if not task.cancelled() and task.exception() is not None:
        log.critical("a part of the server has stopped; restart it", exc_info=task.exception())


async def _say_where(parts: Parts, host: str, port: int) -> None:
    base = parts.settings.public_url or f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"  # noqa: S104  # nosec B104
    click.echo(f"Dân Hỏi đang chạy: {base}/")
    click.echo(f"Trang làm việc của cán bộ: {base}{HOME}")
    if not parts.settings.sample:
        return
    click.echo("Xã mẫu (DỮ LIỆU MẪU): không có người thật, số thật nào. Đường dẫn đăng ký cho từng vai mẫu:")
    commune = await communes.seed_sample(parts.database, now=parts.clock.now())
    async for officer, token in sample_links(parts.database, parts.vault, parts.clock, commune=commune):
        where = f"{base}{SIGN_UP}/{token}" if token else f"đã đăng ký, tên đăng nhập: {officer.login}"
        click.echo(f"  {officer.name}: {where}")
