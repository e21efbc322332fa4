"""The one place where a citizen's words stand, each under a data key of its own; every other row refers here by id."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Literal

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage import case_words, files
from storage.columns import UtcDateTime
from storage.errors import BodyUnreadable

BodyState = Literal["open", "erased", "sealed", "brief"]
ERASED = "[đã xóa]"
SEALED = "[đã niêm phong]"
OURS = "\x02"  # begins a brief body: words of ours that are shown once, in no channel's own form


class Body(SQLModel, table=True):
    """The text of one inbound event.

    Privacy: personal, encrypted; dropping `wrapped_key` makes the text unreadable for ever, wherever a copy lies.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    state: str = Field(default="open", description="open, erased, sealed, or brief (shown once)")
    wrapped_key: bytes | None = Field(default=None, description="the data key under the deployment's secret key")
    ciphertext: bytes | None = None
    written_at: datetime = Field(sa_type=UtcDateTime, index=True)


class Vault:
    """Encrypts and opens bodies with the deployment's secret key (32 bytes; XSalsa20-Poly1305 of libsodium)."""

    def __init__(self, secret_key: bytes) -> None:
        """`secret_key` must be 32 bytes; it never enters the database or a backup."""
        self._master = SecretBox(secret_key)

    async def put(self, session: AsyncSession, *, commune_id: int, text: str, at: datetime) -> Body:
        """Store a text under a fresh data key."""
        body = self.locked(commune_id=commune_id, text=text, at=at)
        session.add(body)
        await session.flush()
        return body

    def locked(self, *, commune_id: int, text: str, at: datetime) -> Body:
        """A text under a fresh data key, as a row that is not stored yet."""
        key = random(SecretBox.KEY_SIZE)
        return Body(
            commune_id=commune_id,
            wrapped_key=bytes(self._master.encrypt(key)),
            ciphertext=bytes(SecretBox(key).encrypt(text.encode())),
            written_at=at,
        )

    async def put_brief(self, session: AsyncSession, *, commune_id: int, text: str, at: datetime) -> int:
        """Keep words of ours that may stand in no table, such as a secret phrase, until they were shown; its id."""
        body = await self.put(session, commune_id=commune_id, text=OURS + text, at=at)
        body.state = "brief"
        session.add(body)
        await session.flush()
        assert body.id is not None
        return body.id

    def open(self, body: Body) -> str:
        """The text, or the words that stand for it once it was erased or sealed."""
        if body.state == "sealed":
            return SEALED
        if body.wrapped_key is None or body.ciphertext is None:
            return ERASED
        try:
            key = self._master.decrypt(body.wrapped_key)
            return SecretBox(key).decrypt(body.ciphertext).decode()
        except CryptoError as wrong_key:
            raise BodyUnreadable(body_id=body.id or 0) from wrong_key

    def wrap(self, secret: bytes) -> bytes:
        """A secret of ours (a token, a second factor; no citizen's words) as it may stand in a table."""
        return bytes(self._master.encrypt(secret))

    def unwrap(self, wrapped: bytes) -> bytes:
        """What `wrap` took. Raises nacl's CryptoError where another key wrapped it."""
        return bytes(self._master.decrypt(wrapped))

    def lock_file(self, content: bytes) -> tuple[bytes, bytes]:
        """A file under a fresh key: (that key as it may stand in a table, the bytes for the store)."""
        key = random(SecretBox.KEY_SIZE)
        return bytes(self._master.encrypt(key)), bytes(SecretBox(key).encrypt(content))

    def unlock_file(self, wrapped_key: bytes, stored: bytes) -> bytes:
        """The file again. Raises nacl's CryptoError where key or bytes are not those that were stored."""
        return bytes(SecretBox(self._master.decrypt(wrapped_key)).decrypt(stored))

    def fingerprint(self, text: str) -> str:
        """A keyed hash: equal for equal texts, worth nothing without the deployment's key."""
        return blake2b(text.encode(), key=bytes(self._master), digest_size=32).hexdigest()

    async def read(self, session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> dict[int, str]:
        """The texts of several bodies of one commune, by id."""
        mine = (col(Body.commune_id) == commune_id, col(Body.id).in_(body_ids))
        return {body.id or 0: self.open(body) for body in await session.exec(select(Body).where(*mine))}


async def erase(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> None:
    """Drop key and text for good; rows that refer to them stay and show that they were erased."""
    if not body_ids:
        return
    mine = (col(Body.commune_id) == commune_id, col(Body.id).in_(body_ids), col(Body.state) == "open")
    await session.exec(update(Body).where(*mine).values(state="erased", wrapped_key=None, ciphertext=None))
    await files.erase(session, commune_id=commune_id, body_ids=body_ids)
    await case_words.forget(session, commune_id=commune_id, body_ids=body_ids)


async def mark_sealed(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> None:
    """Their words are sealed to the holders: key and text go for good, and so does what was attached to them."""
    mine = (col(Body.commune_id) == commune_id, col(Body.id).in_(body_ids), col(Body.state) == "open")
    await session.exec(update(Body).where(*mine).values(state="sealed", wrapped_key=None, ciphertext=None))
    await files.erase(session, commune_id=commune_id, body_ids=body_ids)
    await case_words.forget(session, commune_id=commune_id, body_ids=body_ids)


async def forget_brief(session: AsyncSession, *, commune_id: int, body_ids: list[int]) -> None:
    """These brief words were seen: they are gone for good."""
    mine = (col(Body.commune_id) == commune_id, col(Body.id).in_(body_ids), col(Body.state) == "brief")
    await session.exec(update(Body).where(*mine).values(state="erased", wrapped_key=None, ciphertext=None))


async def erase_brief(session: AsyncSession, *, commune_id: int, before: datetime) -> None:
    """Brief words that were shown long enough are gone for good."""
    old = (col(Body.commune_id) == commune_id, col(Body.state) == "brief", col(Body.written_at) < before)
    await session.exec(update(Body).where(*old).values(state="erased", wrapped_key=None, ciphertext=None))
