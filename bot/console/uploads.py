"""Files posted to the console: taken in chunks, never larger than allowed, kept for an hour."""

from __future__ import annotations

import hmac
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Protocol

from aiohttp import BodyPartReader

from bot.console.errors import FormTooOld
from bot.console.visits import CSRF, Visit
from bot.errors import EdgeError

LARGEST = 20 * 1024 * 1024
CHUNK = 64 * 1024
SUFFIXES = (".csv", ".xlsx", ".xlsm", ".xls", ".ods")
KEPT_FOR = 3_600  # seconds for which a file that was looked at waits for the yes


class Hash(Protocol):
    """What counts a file's stamp."""

    def update(self, chunk: bytes, /) -> None:
        """Take in more of the file."""


@dataclass(eq=False)
class FileRefused(EdgeError):
    """The upload cannot be taken at all."""

    why: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: where it waits, its kind, and the stamp that the yes must repeat."""

    path: Path
    kind: str
    stamp: str


async def received(visit: Visit, kinds: Sequence[str]) -> Upload:
    """The posted file in a folder of this officer's commune; the key of the form must come before it."""
    if not visit.request.content_type.startswith("multipart/"):
        raise FileRefused("Chưa có tệp nào.")
    reader = await visit.request.multipart()
    fields: dict[str, str] = {}
    async for part in reader:
        if not isinstance(part, BodyPartReader):
            raise FileRefused("Tệp gửi lên không đúng dạng.")
        if part.name != "file":
            fields[part.name or ""] = (await part.read_chunk(200)).decode("utf-8", "replace")
            continue
        if not hmac.compare_digest(fields.get(CSRF, "").encode(), visit.csrf.encode()):
            raise FormTooOld
        if fields.get("kind") not in kinds:
            raise FileRefused("Chọn loại danh sách trước khi gửi.")
        return await _kept(visit, part, fields["kind"])
    if not hmac.compare_digest(fields.get(CSRF, "").encode(), visit.csrf.encode()):
        raise FormTooOld
    raise FileRefused("Chưa có tệp nào.")


async def _kept(visit: Visit, part: BodyPartReader, kind: str) -> Upload:
    suffix = Path(part.filename or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise FileRefused("Chỉ nhận tệp CSV hoặc Excel (.csv, .xlsx, .xls, .ods).")
    folder = folder_of(visit)
    handle = tempfile.NamedTemporaryFile(dir=folder, suffix=suffix, delete=False)  # noqa: SIM115
    seen = sha256()
    try:
        with handle:
            await _copy(part, handle, seen)
    except BaseException:
        _dropped(Path(handle.name))
        raise
    stamp = seen.hexdigest()[:32]
    return Upload(_renamed(Path(handle.name), f"{kind}-{stamp}{suffix}"), kind, stamp)


async def _copy(part: BodyPartReader, to: IO[bytes], seen: Hash) -> None:
    size = 0
    while chunk := await part.read_chunk(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            raise FileRefused(f"Tệp lớn hơn {LARGEST // 1024 // 1024} MB; chia nhỏ, hoặc nhờ người quản máy nhập.")
        seen.update(chunk)
        to.write(chunk)


def _dropped(path: Path) -> None:
    path.unlink(missing_ok=True)


def _renamed(path: Path, name: str) -> Path:
    return path.replace(path.with_name(name))


def folder_of(visit: Visit) -> Path:
    """Where this officer's files wait; whatever waited too long, whoever sent it, is thrown away."""
    officer, _session = visit.signed_in()
    every = visit.parts.settings.data_dir / "uploads"
    folder = every / f"{officer.commune_id}-{officer.id}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in every.glob("*/*"):
        if time.time() - old.stat().st_mtime > KEPT_FOR:
            old.unlink(missing_ok=True)
    return folder


def waiting(visit: Visit, kind: str, stamp: str) -> Path | None:
    """The file that was looked at with this stamp."""
    if not re.fullmatch(r"[0-9a-f]{32}", stamp):
        return None
    return next(folder_of(visit).glob(f"{kind}-{stamp}.*"), None)


@contextmanager
def used_up(path: Path) -> Iterator[None]:
    """The file goes, whatever became of it."""
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
