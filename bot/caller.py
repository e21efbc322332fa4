"""Who asks: address, scheme and host as the outside sees them. Forwarded headers count only from trusted proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from bot.channel_settings import LOOPBACK
from bot.settings import Network, Settings

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` is None when it is not known; `direct`: no proxy stood between, as far as can be told."""

    address: str | None
    direct: bool
    https: bool
    host: str

    @property
    def on_this_machine(self) -> bool:
        """Somebody at this machine itself, and not a stranger behind a proxy on it."""
        return self.direct and self.address is not None and _parse(self.address).is_loopback

    def may_post_from(self, origin: str, settings: Settings) -> bool:
        """Whether a page of this origin may post to us: our public address, or the host that was asked."""
        if settings.public_url is not None and origin == _origin(settings.public_url):
            return True
        if settings.public_url is not None and not (self.on_this_machine and _hostname(self.host) in LOOPBACK):
            return False
        return origin in (f"http://{self.host}", f"https://{self.host}")


CALLER: web.RequestKey[Caller] = web.RequestKey("caller", Caller)
FRAMED_BY: web.RequestKey[str] = web.RequestKey("framed_by", str)  # sites that may frame this chat; set for chats only
SHUT_IN: web.RequestKey[bool] = web.RequestKey("shut_in", bool)  # what somebody sent us: it may do nothing at all
FOR_ALL: web.RequestKey[bool] = web.RequestKey("for_all", bool)  # every site may load this: it knows of nobody


def of(request: web.Request, settings: Settings) -> Caller:
    """Read the connection, and the proxy's headers where it is one of ours."""
    peer = request.remote
    proxied = any(name in request.headers for name in FORWARDED)
    if peer is not None and _is_trusted(peer, settings.trusted_proxies):
        address = _first_stranger(peer, request.headers.get("X-Forwarded-For", ""), settings.trusted_proxies)
        https = request.headers.get("X-Forwarded-Proto", request.scheme).partition(",")[0].strip() == "https"
        host = request.headers.get("X-Forwarded-Host", request.host)
    else:
        address, https, host = peer, request.scheme == "https", request.host
    if settings.public_url is not None and _origin(settings.public_url) == f"https://{host}":
        https = True  # the proxy in front ends TLS, whether or not it says so
    return Caller(address, direct=not proxied, https=https, host=host)


def _first_stranger(peer: str, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The last address of the list that no proxy of ours has; what stands before it may be invented."""
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        try:
            _parse(hop)
        except ValueError:
            return None
        if not _is_trusted(hop, trusted):
            return hop
    return peer


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    found = _parse(address)
    return any(found in network for network in trusted if network.version == found.version)


def _parse(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """A listener for both families writes 127.0.0.1 as ::ffff:127.0.0.1."""
    found = ipaddress.ip_address(address)
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _hostname(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""
