"""Files are fetched from the platforms' own hosts only, over https, and never from an address inside our network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.channel_settings import LOOPBACK
from bot.files.errors import FileRefused, NotFetched
from bot.files.examination import LARGEST

SECONDS = 30.0
MOST_REDIRECTS = 3


class Outside(AbstractResolver):
    """Resolves names as the system does, but gives no address that is not public: a name may lie about itself."""

    def __init__(self) -> None:
        """The system's own resolver, in a thread."""
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The public addresses of a host. Raises OSError where there are none."""
        found = await self._system.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Nothing to give back."""
        await self._system.close()


class Fetcher:
    """One channel's way to its files. `hosts` are names whose subdomains count too."""

    def __init__(self, hosts: Sequence[str], *, base_url: str) -> None:
        """A base URL on this machine (a fake) allows exactly its own host and port, beside the hosts."""
        base = urlsplit(base_url)
        self._hosts = tuple(hosts)
        self._loopback = base.netloc if base.hostname in LOOPBACK else None
        self._session: aiohttp.ClientSession | None = None

    def allows(self, url: str) -> bool:
        """Whether anything may be fetched from there at all."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if self._loopback is not None and parts.netloc == self._loopback:
            return parts.scheme == "http"
        named = any(host == one or host.endswith(f".{one}") for one in self._hosts)
        return parts.scheme == "https" and port in (None, 443) and parts.username is None and named

    async def get(self, url: str) -> bytes:
        """The bytes, at most LARGEST. Raises NotFetched, and FileRefused where there are more."""
        for _ in range(MOST_REDIRECTS + 1):
            if not self.allows(url):
                raise NotFetched("host", again=False)
            try:
                async with self._open().get(url, allow_redirects=False) as answer:
                    if answer.status in (301, 302, 303, 307, 308):
                        url = urljoin(url, answer.headers.get("Location", ""))
                        continue
                    return await _content(answer)
            except (aiohttp.ClientError, TimeoutError, OSError) as broken:
                raise NotFetched(type(broken).__name__, again=True) from None
        raise NotFetched("redirects", again=False)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if self._loopback is not None else Outside()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=4, resolver=resolver),
                timeout=aiohttp.ClientTimeout(total=SECONDS, connect=7.0),
            )
        return self._session


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    if answer.status != 200:
        raise NotFetched(f"http {answer.status}", again=answer.status >= 500 or answer.status == 429)
    if (answer.content_length or 0) > LARGEST:
        raise FileRefused("size")
    whole = bytearray()
    async for piece in answer.content.iter_chunked(65_536):
        whole += piece
        if len(whole) > LARGEST:
            raise FileRefused("size")
    return bytes(whole)


def is_public(address: str) -> bool:
    """Whether an address lies on the open internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global and not found.is_multicast
