"""Addresses that open one file for a quarter of an hour: signed, so that nobody makes one up or keeps one for long."""

from __future__ import annotations

import base64
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

LIFETIME = timedelta(minutes=15)
PREFIX = "/files/"

_FORM = struct.Struct(">QQQ")  # commune, file, last second
_MARK = 24  # bytes


@dataclass(frozen=True, slots=True)
class Named:
    """Which file an address opens."""

    commune_id: int
    file_id: int


class Links:
    """Signs with a key of its own, made from the deployment's."""

    def __init__(self, secret_key: bytes) -> None:
        """`secret_key` never leaves this process."""
        self._key = blake2b(b"files", key=secret_key, digest_size=32).digest()

    def to(self, *, commune_id: int, file_id: int, now: datetime) -> str:
        """The address of a file, from now on for LIFETIME."""
        told = _FORM.pack(commune_id, file_id, int((now + LIFETIME).timestamp()))
        return PREFIX + base64.urlsafe_b64encode(told + self._mark(told)).decode().rstrip("=")

    def named(self, token: str, *, now: datetime) -> Named | None:
        """What an address opens; None where it was made up, changed, or is over."""
        try:
            whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except ValueError:
            return None
        told, mark = whole[: _FORM.size], whole[_FORM.size :]
        if len(told) != _FORM.size or not hmac.compare_digest(mark, self._mark(told)):
            return None
        commune_id, file_id, last = _FORM.unpack(told)
        return Named(commune_id, file_id) if now <= datetime.fromtimestamp(last, UTC) else None

    def _mark(self, told: bytes) -> bytes:
        return blake2b(told, key=self._key, digest_size=_MARK).digest()
