"""One browser's chat: a random secret in a cookie; the database knows only its hash."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from aiohttp import web

from bot.caller import CALLER, FRAMED_BY

COOKIE = "danhoi_chat"
SECRET_BYTES = 32
LIFETIME = 180 * 24 * 3600  # seconds; a person who reported something comes back after weeks

_SECRET = re.compile(r"[0-9A-Za-z_-]{43}")


@dataclass(frozen=True, slots=True)
class Session:
    """`is_new`: the browser does not have the secret yet."""

    secret: str
    is_new: bool = False

    @property
    def chat_key(self) -> str:
        """What the account of this chat is called in the database."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def of(request: web.Request) -> Session:
    """The session that the browser brings, or a new one."""
    brought = request.cookies.get(COOKIE, "")
    return Session(brought) if _SECRET.fullmatch(brought) else fresh()


def fresh() -> Session:
    """A session that nobody has used."""
    return Session(secrets.token_urlsafe(SECRET_BYTES), is_new=True)


def remember(response: web.StreamResponse, session: Session, request: web.Request) -> None:
    """Give the browser the secret; scripts cannot read it and other sites cannot make it be sent with a post.

    Inside the frame of the commune's own site it is a cookie of that site alone (CHIPS: `Partitioned`, which the
    standard library cannot write yet); what it may post is checked by its origin like everywhere.
    """
    https = request[CALLER].https
    if https and request.get(FRAMED_BY) and request.headers.get("Sec-Fetch-Dest") == "iframe":
        attributes = f"Max-Age={LIFETIME}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"
        response.headers.add("Set-Cookie", f"{COOKIE}={session.secret}; {attributes}")
        return
    response.set_cookie(COOKIE, session.secret, max_age=LIFETIME, path="/", httponly=True, samesite="Lax", secure=https)
