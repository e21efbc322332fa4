"""The environment, read once into a frozen dataclass. Every name begins with DANHOI_; .env.example lists them all."""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import ArgumentError

from bot import channel_settings
from bot.channel_settings import LOOPBACK, ChannelSettings
from bot.clock import Clock
from bot.errors import BadSetting
from storage.engines import DRIVERS, url_of

PREFIX = "DANHOI_"
KEY_BYTES = 32
SAMPLE_KEYS = ("0" * 64, "thay-bang-khoa-cua-xa", "changeme")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    """What this process was told. `secret_key` is 32 bytes; `public_url` has no slash at its end."""

    data_dir: Path
    database_url: str
    secret_key: bytes
    public_url: str | None
    trusted_proxies: tuple[Network, ...]
    metrics_token: str | None
    sample: bool
    clock: Clock
    clock_is_set: bool
    channels: ChannelSettings = field(default_factory=ChannelSettings)

    @property
    def files_dir(self) -> Path:
        """Where photos and documents that people attach lie, encrypted."""
        return self.data_dir / "files"

    @property
    def cache_dir(self) -> Path:
        """Where trained parts are kept between starts; may be deleted at any time."""
        return self.data_dir / "cache"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show."""
        password = url_of(self.database_url).password
        return (*self.channels.secrets, self.secret_key.hex(), *([str(password)] if password else []))


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Check every setting at the start; the first bad one is named with what to do."""
    data_dir = Path(environment.get(PREFIX + "DATA_DIR") or "data").absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    url = environment.get(PREFIX + "DATABASE_URL") or ""
    return Settings(
        data_dir=data_dir,
        database_url=_database_url(url) if url else f"sqlite+aiosqlite:///{data_dir / 'danhoi.db'}",
        secret_key=_secret_key(environment.get(PREFIX + "SECRET_KEY"), data_dir, embedded=not url),
        public_url=_public_url(environment.get(PREFIX + "PUBLIC_URL")),
        trusted_proxies=_networks(environment.get(PREFIX + "TRUSTED_PROXIES")),
        metrics_token=environment.get(PREFIX + "METRICS_TOKEN") or None,
        sample=_flag(PREFIX + "SAMPLE", environment.get(PREFIX + "SAMPLE")),
        clock=_clock(environment.get(PREFIX + "CLOCK")),
        clock_is_set=bool(environment.get(PREFIX + "CLOCK")),
        channels=channel_settings.read(environment),
    )


def _secret_key(given: str | None, data_dir: Path, *, embedded: bool) -> bytes:
    name = PREFIX + "SECRET_KEY"
    if given:
        if given in SAMPLE_KEYS:
            raise BadSetting(name, "đang là khóa mẫu; hãy tạo khóa riêng bằng `openssl rand -hex 32`")
        return _from_hex(name, given)
    if not embedded:
        raise BadSetting(name, "bắt buộc khi dùng cơ sở dữ liệu riêng; tạo bằng `openssl rand -hex 32`")
    kept = data_dir / "secret.key"
    if not kept.exists():
        _keep_new_key(kept)
    return _from_hex(str(kept), kept.read_text().strip())


def _database_url(given: str) -> str:
    """A PostgreSQL, or a SQLite file elsewhere; the password in it is shown nowhere."""
    name = PREFIX + "DATABASE_URL"
    try:
        url = url_of(given)
    except ArgumentError:
        raise BadSetting(name, "không đọc được; ví dụ postgresql://danhoi:MẬT_KHẨU@máy-chủ/danhoi") from None
    if url.drivername not in DRIVERS.values():
        raise BadSetting(
            name, f"không dùng được “{url.drivername}”; chỉ nhận postgresql:// (15 trở lên) hoặc sqlite://"
        )
    return url.render_as_string(hide_password=False)


def _keep_new_key(kept: Path) -> None:
    """Write a fresh key that only its owner reads; the first of two processes starting at once wins."""
    own = kept.with_suffix(f".{os.getpid()}")
    own.touch(mode=0o600)
    own.write_text(secrets.token_hex(KEY_BYTES))
    try:
        os.link(own, kept)
    except FileExistsError:
        pass
    finally:
        own.unlink()


def _from_hex(name: str, given: str) -> bytes:
    try:
        key = bytes.fromhex(given)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise BadSetting(name, "phải là 64 chữ số thập lục phân (32 byte); tạo bằng `openssl rand -hex 32`")
    return key


def _public_url(given: str | None) -> str | None:
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise BadSetting(PREFIX + "PUBLIC_URL", f"“{given}” không phải địa chỉ web, ví dụ https://hoi.xa.example")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSetting(PREFIX + "PUBLIC_URL", "phải bắt đầu bằng https:// (http chỉ dùng được trên chính máy này)")
    return given.rstrip("/")


def _networks(given: str | None) -> tuple[Network, ...]:
    parts = [part.strip() for part in (given or "").split(",") if part.strip()]
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in parts)
    except ValueError as bad:
        raise BadSetting(PREFIX + "TRUSTED_PROXIES", f"không đọc được dải địa chỉ: {bad}") from bad


def _flag(name: str, given: str | None) -> bool:
    if (given or "0") not in ("0", "1"):
        raise BadSetting(name, f"“{given}” không dùng được; đặt 1 (có) hoặc 0 (không)")
    return given == "1"


def _clock(given: str | None) -> Clock:
    try:
        return Clock.reading(given)
    except ValueError as bad:
        raise BadSetting(
            PREFIX + "CLOCK", f"“{given}” không phải thời điểm ISO, ví dụ 2026-11-23T09:00:00+07:00"
        ) from bad
