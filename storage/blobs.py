"""The one port through which files are stored: by a name of ours, as bytes that are encrypted already."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Protocol

from storage.errors import BlobMissing

_NAME = re.compile(r"[0-9a-f]{32}")


class Blobs(Protocol):
    """Where the bytes of files lie. Names are 32 hexadecimal digits."""

    async def put(self, name: str, content: bytes) -> None:
        """Store them for good; the same name again replaces them."""

    async def get(self, name: str) -> bytes:
        """Read them. Raises BlobMissing."""

    async def remove(self, name: str) -> None:
        """Forget them; what is not there is no error."""


class FolderBlobs:
    """A folder of this machine, the default: one file each, in 256 subfolders."""

    def __init__(self, folder: Path) -> None:
        """The folder is made with the first file."""
        self._folder = folder

    async def put(self, name: str, content: bytes) -> None:
        """Written beside its place and moved there whole."""
        await asyncio.to_thread(_write, self._path(name), content)

    async def get(self, name: str) -> bytes:
        """Read them. Raises BlobMissing."""
        try:
            return await asyncio.to_thread(self._path(name).read_bytes)
        except FileNotFoundError:
            raise BlobMissing(name) from None

    async def remove(self, name: str) -> None:
        """Forget them; what is not there is no error."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BlobMissing(name)
        return self._folder / name[:2] / name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_suffix(".half")
    half.write_bytes(content)
    half.chmod(0o600)
    half.replace(path)
