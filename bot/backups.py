"""`danhoi backup` and `danhoi restore`, and the rehearsal that proves once a month that a backup can be restored."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from bot.clock import Clock
from bot.command_audit import note
from bot.errors import BackupRefused, RehearsalFailed
from bot.imports import progress
from bot.opening import opened
from bot.settings import Settings
from handlers.permissions import Act
from storage import archives, audit, communes
from storage.archives import Manifest
from storage.bodies import Vault
from storage.database import Database, revisions
from storage.errors import ArchiveRefused

PROOF = "danhoi backup"  # what the key's fingerprint is taken of
SENTENCES = {
    "foreign": "không phải bản sao lưu của Dân Hỏi.",
    "damaged": "bị hỏng hoặc thiếu một phần ({what}). Hãy dùng bản sao lưu khác.",
    "newer": "do một bản Dân Hỏi mới hơn ghi ({what}). Hãy nâng cấp chương trình rồi phục hồi lại.",
    "not_empty": "cơ sở dữ liệu đích phải trống ({what} đã có). "
    "Đặt DANHOI_DATA_DIR sang thư mục trống hoặc DANHOI_DATABASE_URL sang cơ sở dữ liệu trống.",
    "differs": "ghi vào rồi đọc lại thì khác ({what}); chưa ghi gì. Hãy báo người phát triển.",
    "key": "thuộc về một DANHOI_SECRET_KEY khác: với khóa đang đặt thì lời người dân không đọc lại được. "
    "Hãy đặt đúng khóa của bản cũ.",
}

log = logging.getLogger(__name__)


def files_of(settings: Settings) -> Path:
    """The folder whose files go with the rows."""
    return settings.files_dir


def key_check(settings: Settings) -> str:
    """Tells which key opens what is encrypted, and nothing of the key."""
    return Vault(settings.secret_key).fingerprint(PROOF)


async def backup(settings: Settings, target: Path) -> None:
    """Everything into a file that only its owner reads; the server may run meanwhile. Raises BackupRefused."""
    if target.exists():  # noqa: ASYNC240
        raise BackupRefused(str(target), "đã có sẵn; hãy chọn tên khác.")
    async with opened(settings) as database:
        with progress(await archives.count(database), label="Đang sao lưu") as told:
            manifest = await written(database, target, settings, told=told)
        await _note(database, "backed_up", at=settings.clock.now())
    click.echo(f"Đã sao lưu {manifest.rows} dòng, {len(manifest.files)} tệp vào {target}.")
    click.echo("Khóa bí mật KHÔNG nằm trong đó: cất DANHOI_SECRET_KEY (hoặc secret.key) ở nơi khác.")


async def restore(settings: Settings, source: Path) -> None:
    """Everything out of a file into an empty database of either engine, all or nothing. Raises BackupRefused."""
    with refusals(source):
        manifest = await asyncio.to_thread(archives.check, source, known=revisions())
        if manifest.key_check != key_check(settings):
            raise ArchiveRefused("key", "")
        database = Database(settings.database_url)
        try:
            with progress(manifest.rows, label="Đang phục hồi") as told:
                await archives.load(database, source, manifest, files=files_of(settings), told=told)
            await _note(database, "restored", at=settings.clock.now())
        finally:
            await database.close()
    made = datetime.fromisoformat(manifest.made_at)
    click.echo(
        f"Đã phục hồi {manifest.rows} dòng, {len(manifest.files)} tệp (sao lưu lúc {made:%H:%M %d/%m/%Y} UTC); "
        "số dòng và mã băm của từng bảng khớp."
    )


async def rehearse(settings: Settings) -> None:
    """Back up, restore into a database that is thrown away, compare; raises RehearsalFailed."""
    with tempfile.TemporaryDirectory(prefix="danhoi-rehearsal-") as folder:
        target = Path(folder) / "backup.zip"
        async with opened(settings) as database:
            made = await written(database, target, settings)
            scratch = Database(f"sqlite:///{Path(folder) / 'scratch.db'}")
            try:
                await _prove(scratch, target, made, Path(folder) / "files")
            except ArchiveRefused as refused:
                raise RehearsalFailed(f"{refused.reason}: {refused.what}") from refused
            finally:
                await scratch.close()
            await _note(database, "rehearsed", at=settings.clock.now())
    click.echo(f"Diễn tập phục hồi: {made.rows} dòng, {len(made.tables)} bảng, {len(made.files)} tệp đều khớp.")


async def rehearse_beside(_database: Database, _clock: Clock) -> None:
    """The monthly job: in a process of its own, so that nobody who asks waits for it. Raises RehearsalFailed."""
    process = await asyncio.create_subprocess_exec(
        *("nice", sys.executable, "-m", "bot", "backup", "--rehearse"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, complained = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        raise
    if process.returncode:
        raise RehearsalFailed(complained.decode(errors="replace").strip()[-200:])
    log.info(said.decode(errors="replace").strip())


async def written(
    database: Database, target: Path, settings: Settings, *, told: Callable[[int], None] = lambda _rows: None
) -> Manifest:
    """The archive under its name only once it is whole."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    before = os.umask(0o077)
    try:
        manifest = await archives.write(
            database,
            part,
            made_at=settings.clock.now(),
            key_check=key_check(settings),
            files=files_of(settings),
            told=told,
        )
        part.rename(target)
    finally:
        os.umask(before)
        part.unlink(missing_ok=True)
    return manifest


@contextmanager
def refusals(source: Path) -> Iterator[None]:
    """Why an archive is not taken, in words."""
    try:
        yield
    except ArchiveRefused as refused:
        raise BackupRefused(str(source), SENTENCES[refused.reason].format(what=refused.what)) from refused


async def _prove(scratch: Database, target: Path, made: Manifest, files: Path) -> None:
    found = await asyncio.to_thread(archives.check, target, known=revisions())
    if found != made:
        raise RehearsalFailed("manifest")
    await archives.load(scratch, target, found, files=files)
    async with scratch.reading() as session:
        for commune in await communes.all_of_them(session):
            broken = await audit.verify(session, commune_id=commune.id or 0)
            if broken is not None:
                raise RehearsalFailed(f"audit {commune.code} {broken.seq} {broken.what}")


async def _note(database: Database, what: str, *, at: datetime) -> None:
    """Everybody's data were read, or written: each commune's audit says so."""
    async with database.writing() as session:
        for commune in await communes.all_of_them(session):
            await note(
                session,
                commune_id=commune.id or 0,
                at=at,
                act=f"{Act.COMMUNE_EDIT}:{what}",
                object_kind="commune",
                object_id=commune.id,
            )
