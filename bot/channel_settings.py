"""Settings of the channels: off until given a token; every mistake names its variable."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import BadSetting

PREFIX = "DANHOI_"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TELEGRAM_API = "https://api.telegram.org"
ZALO_BOT_API = "https://bot-api.zaloplatforms.com"
ZALO_OA_API = "https://openapi.zalo.me"
ZALO_OAUTH = "https://oauth.zaloapp.com"
TOKEN_PATH = "/v4/oa/access_token"  # noqa: S105

Mode = Literal["polling", "webhook"]

_BOT_TOKEN = re.compile(r"(?:[0-9]+:)?[0-9A-Za-z_-]{6,}")
_SECRET = re.compile(r"[0-9A-Za-z_-]{8,256}")


@dataclass(frozen=True, slots=True)
class BotSettings:
    """Telegram or the Zalo Bot Platform. `secret`: what the platform sends with each webhook; None = none accepted."""

    token: str
    base_url: str
    mode: Mode
    secret: str | None

    @property
    def bot_id(self) -> str:
        """The public half of the token; a token without one is named by its hash."""
        number, colon, _secret = self.token.partition(":")
        return number if colon else hashlib.sha256(self.token.encode()).hexdigest()[:16]

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        return tuple(one for one in (self.token, self.token.rpartition(":")[2], self.secret) if one)


@dataclass(frozen=True, slots=True)
class OaSettings:
    """Zalo Official Account. `refresh_token` is the first one, empty once the database holds a pair of its own.

    `template`: id of the approved template that tells of a case's answer after 7 days of silence; `notice_template`
    the same for a notice.
    """

    app_id: str
    oa_id: str
    app_secret: str
    webhook_secret: str
    refresh_token: str
    base_url: str
    oauth_url: str
    enforce: bool
    template: str | None
    notice_template: str | None = None

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        return tuple(one for one in (self.app_secret, self.webhook_secret, self.refresh_token) if one)


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Which channels are on, for which commune, and the rules that all of them share."""

    telegram: BotSettings | None = None
    zalo_bot: BotSettings | None = None
    zalo_oa: OaSettings | None = None
    commune: str | None = None
    burst: timedelta = timedelta(seconds=1.5)
    in_flight: int = 8
    pace: float = 1.0
    per_minute: int = 30
    officer_silence: timedelta = timedelta(minutes=30)

    @property
    def unproven(self) -> frozenset[str]:
        """Channels whose signatures are only logged: their events may be made up."""
        return frozenset({"zalo_oa"} if self.zalo_oa is not None and not self.zalo_oa.enforce else ())

    @property
    def secrets(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(one for each in (self.telegram, self.zalo_bot, self.zalo_oa) if each for one in each.secrets)

    def on_the_internet(self) -> str | None:
        """The first variable whose channel reaches beyond this machine; a sample commune may have none."""
        given: list[tuple[str, str]] = []
        if self.telegram:
            given.append(("TELEGRAM_BASE_URL", self.telegram.base_url))
        if self.zalo_bot:
            given.append(("ZALO_BOT_BASE_URL", self.zalo_bot.base_url))
        if self.zalo_oa:
            given += [("ZALO_OA_BASE_URL", self.zalo_oa.base_url), ("ZALO_OA_OAUTH_URL", self.zalo_oa.oauth_url)]
        return next((PREFIX + name for name, url in given if urlsplit(url).hostname not in LOOPBACK), None)


def read(environment: Mapping[str, str]) -> ChannelSettings:
    """Check everything about channels at the start."""
    return ChannelSettings(
        telegram=_bot(environment, "TELEGRAM", TELEGRAM_API),
        zalo_bot=_bot(environment, "ZALO_BOT", ZALO_BOT_API),
        zalo_oa=_oa(environment),
        commune=environment.get(PREFIX + "CHANNELS_COMMUNE") or None,
        burst=timedelta(seconds=_number(environment, "BURST_SECONDS", 1.5, most=30)),
        pace=_number(environment, "PACE", 1, least=0.01, most=100),
        in_flight=int(_number(environment, "IN_FLIGHT", 8, least=1, most=64)),
        per_minute=int(_number(environment, "MESSAGES_PER_MINUTE", 30, most=10_000)),
        officer_silence=timedelta(minutes=_number(environment, "OFFICER_SILENCE_MINUTES", 30, most=1_440)),
    )


def _bot(environment: Mapping[str, str], name: str, api: str) -> BotSettings | None:
    token = environment.get(f"{PREFIX}{name}_TOKEN") or ""
    if not token:
        return None
    if not _BOT_TOKEN.fullmatch(token):
        raise BadSetting(f"{PREFIX}{name}_TOKEN", "phải có dạng <số>:<chuỗi bí mật> như nền tảng đã cấp")
    secret = environment.get(f"{PREFIX}{name}_WEBHOOK_SECRET") or None
    if secret is not None and not _SECRET.fullmatch(secret):
        raise BadSetting(f"{PREFIX}{name}_WEBHOOK_SECRET", "dài 8-256 ký tự, chỉ gồm A-Z a-z 0-9 _ -")
    mode = environment.get(f"{PREFIX}{name}_MODE") or ("webhook" if secret else "polling")
    if mode == "webhook" and secret is None:
        raise BadSetting(f"{PREFIX}{name}_WEBHOOK_SECRET", "bắt buộc khi nhận tin bằng webhook; đặt chuỗi ngẫu nhiên")
    if mode not in ("polling", "webhook"):
        raise BadSetting(f"{PREFIX}{name}_MODE", f"“{mode}” không dùng được; đặt polling hoặc webhook")
    base = _address(environment, f"{name}_BASE_URL", api).removesuffix("/bot")
    return BotSettings(token, base, "webhook" if mode == "webhook" else "polling", secret)


def _oa(environment: Mapping[str, str]) -> OaSettings | None:
    """On once anything that is its own is given; then all of it must be."""
    names = ("APP_ID", "OA_ID", "APP_SECRET", "WEBHOOK_SECRET")
    given = {name: environment.get(f"{PREFIX}ZALO_OA_{name}") or "" for name in names}
    if not any(given.values()):
        return None
    for name, value in given.items():
        if not value:
            raise BadSetting(f"{PREFIX}ZALO_OA_{name}", "còn trống, mà các biến DANHOI_ZALO_OA_ khác đã đặt")
    signature = environment.get(f"{PREFIX}ZALO_OA_SIGNATURE") or "enforce"
    if signature not in ("enforce", "log"):
        raise BadSetting(f"{PREFIX}ZALO_OA_SIGNATURE", f"“{signature}” không dùng được; đặt enforce hoặc log")
    oauth = _address(environment, "ZALO_OA_OAUTH_URL", ZALO_OAUTH)
    return OaSettings(
        app_id=given["APP_ID"],
        oa_id=given["OA_ID"],
        app_secret=given["APP_SECRET"],
        webhook_secret=given["WEBHOOK_SECRET"],
        refresh_token=environment.get(PREFIX + "ZALO_OA_REFRESH_TOKEN") or "",
        base_url=_address(environment, "ZALO_OA_BASE_URL", ZALO_OA_API),
        oauth_url=oauth if oauth.endswith(TOKEN_PATH) else f"{oauth.removesuffix('/v4/oa')}{TOKEN_PATH}",
        enforce=signature == "enforce",
        template=environment.get(f"{PREFIX}ZALO_OA_TEMPLATE") or None,
        notice_template=environment.get(f"{PREFIX}ZALO_OA_NOTICE_TEMPLATE") or None,
    )


def _address(environment: Mapping[str, str], name: str, default: str) -> str:
    given = (environment.get(PREFIX + name) or default).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise BadSetting(PREFIX + name, f"“{given}” không phải địa chỉ web")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSetting(PREFIX + name, "phải bắt đầu bằng https:// (http chỉ dùng được trên chính máy này)")
    return given


def _number(environment: Mapping[str, str], name: str, default: float, *, least: float = 0, most: float) -> float:
    given = environment.get(PREFIX + name) or str(default)
    try:
        number = float(given)
    except ValueError:
        number = -1.0
    if not least <= number <= most:
        raise BadSetting(PREFIX + name, f"“{given}” không dùng được; đặt một số từ {least:g} đến {most:g}")
    return number
