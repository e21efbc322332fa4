"""Keeps what people attach: examined first, encrypted under a key of its own, and only then stored."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.channels.base import Downloads, read
from bot.clock import Clock
from bot.files.errors import WORDS, FileRefused, NotFetched
from bot.files.examination import Examined, Place, examine
from storage import accounts, files, outbox
from storage.blobs import Blobs
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.errors import BlobMissing
from storage.files import FEW_TRIES, AttachedFile
from storage.outbox import OutboxMessage

POLL, SWEEP_EVERY = 2.0, 600.0  # seconds
LEASE = timedelta(minutes=2)
PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
UNCLAIMED = timedelta(hours=2)  # after it, what no message took is erased
MOST_AN_HOUR = 20  # files of one chat

OnQueued = Callable[[int, str], None]

log = logging.getLogger(__name__)


class FileKeeper:
    """All files of this process: uploads, what platforms hold, reading again, and the sweep."""

    def __init__(self, database: Database, vault: Vault, clock: Clock, blobs: Blobs) -> None:
        """`serve` names the platforms that files are fetched from."""
        self._database, self._vault, self._clock, self._blobs = database, vault, clock, blobs
        self._platforms: Mapping[int, Downloads] = {}
        self._news = asyncio.Event()
        self._listeners: list[OnQueued] = []

    def on_queued(self, tell: OnQueued) -> None:
        """Call `tell(channel_account_id, chat_key)` when a person is told that their file was not kept."""
        self._listeners.append(tell)

    def serve(self, platforms: Mapping[int, Downloads]) -> None:
        """Fetch from these, by the id of their channel account."""
        self._platforms = platforms

    def queued(self, _channel_account_id: int, _chat_key: str) -> None:
        """The worker's callback: a message may have asked for its files."""
        self._news.set()

    async def take(self, account: ChannelAccount, *, chat_key: str, content: bytes) -> tuple[int, Place | None]:
        """Keep an upload until its message comes: its id, and where it was taken, which is kept nowhere.

        Raises FileRefused.
        """
        now = self._clock.now()
        async with self._database.reading() as session:
            came = await files.recent(
                session, commune_id=account.commune_id, chat_key=chat_key, since=now - timedelta(hours=1)
            )
        if came >= MOST_AN_HOUR:
            raise FileRefused("many")
        found = await asyncio.to_thread(examine, content)
        row = AttachedFile(
            commune_id=account.commune_id,
            channel_account_id=account.id or 0,
            chat_key=chat_key,
            state="arriving",
            not_before=now,
            created_at=now,
        )
        return await self._keep(row, found), found.place

    async def content(self, row: AttachedFile) -> bytes:
        """The file as it was kept. Raises BlobMissing where it was erased."""
        if row.state != "kept" or row.blob is None or row.wrapped_key is None:
            raise BlobMissing(row.blob or "")
        return self._vault.unlock_file(row.wrapped_key, await self._blobs.get(row.blob))

    async def run(self) -> None:
        """For ever: fetch what waits, and sweep."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_fetching())
            group.create_task(self._keep_sweeping())

    async def fetch_one(self) -> bool:
        """Fetch the next file that waits; False where none does."""
        if not self._platforms:
            return False
        async with self._database.writing() as session:
            row = await files.next_waiting(
                session, channel_account_ids=list(self._platforms), now=self._clock.running(), lease=LEASE
            )
        if row is None:
            return False
        try:
            content = await self._download(row)
            await self._keep(row, await asyncio.to_thread(examine, content))
        except FileRefused as refused:
            await self._refuse(row, refused.why)
        except NotFetched as fault:
            await self._later(row, again=fault.again, what=fault.what)
        return True

    async def sweep(self) -> int:
        """Remove the bytes of what was erased; gives how many."""
        async with self._database.writing() as session:
            await files.erase_unclaimed(session, before=self._clock.now() - UNCLAIMED)
            gone = await files.leftovers(session)
        for row in gone:
            await self._blobs.remove(row.blob or "")
        async with self._database.writing() as session:
            for row in gone:
                row.blob = None
                session.add(row)
        return len(gone)

    async def _download(self, row: AttachedFile) -> bytes:
        """What the message at the platform refers to; the reference stands in its encrypted body alone."""
        platform, body_id = self._platforms[row.channel_account_id], row.body_id or 0
        async with self._database.reading() as session:
            bodies = await self._vault.read(session, commune_id=row.commune_id, body_ids=[body_id])
        received = read(platform, bodies.get(body_id, ""))
        if received is None or row.number >= len(received.files):
            raise NotFetched("no reference", again=False)
        return await platform.download(received.files[row.number])

    async def _keep(self, row: AttachedFile, found: Examined) -> int:
        """The name in the row first, then the bytes, then the row again: no crash leaves bytes that no row knows."""
        key, stored = await asyncio.to_thread(self._vault.lock_file, found.content)
        name = secrets.token_hex(16)
        async with self._database.writing() as session:
            known = row if row.id is None else await _still_wanted(session, row)
            if known is None:
                return row.id or 0
            known.blob = name
            file_id = await files.add(session, known)
        await self._blobs.put(name, stored)
        async with self._database.writing() as session:
            kept = await _still_wanted(session, known)
            if kept is not None:
                kept.kind, kept.media_type, kept.size = found.kind, found.media_type, len(found.content)
                kept.hash = self._vault.fingerprint(hashlib.sha256(found.content).hexdigest())
                kept.state, kept.wrapped_key, kept.why = "kept", key, ""
                await files.add(session, kept)
        return file_id

    async def _refuse(self, row: AttachedFile, why: str) -> None:
        """It is not kept, and the person learns why: otherwise they would believe that the commune has it."""
        async with self._database.writing() as session:
            known = await _still_wanted(session, row)
            if known is None:
                return
            known.state, known.why = "refused", why
            await files.add(session, known)
            account = await accounts.find(
                session,
                commune_id=known.commune_id,
                channel_account_id=known.channel_account_id,
                chat_key=known.chat_key,
            )
            if account is None:
                return
            note = OutboxMessage(
                commune_id=account.commune_id,
                account_id=account.id or 0,
                channel_account_id=account.channel_account_id,
                chat_key=account.chat_key,
                text=f"Dạ, ảnh hoặc tệp anh/chị vừa gửi em không giữ được: {WORDS[why]}.",
                not_before=self._clock.now(),
                created_at=self._clock.now(),
            )
            await outbox.put(session, note)
        for tell in self._listeners:
            tell(row.channel_account_id, row.chat_key)

    async def _later(self, row: AttachedFile, *, again: bool, what: str) -> None:
        if not again or row.tries >= FEW_TRIES:
            log.warning("file %s cannot be fetched: %s", row.id, what)
            await self._refuse(row, "unreachable")
            return
        async with self._database.writing() as session:
            known = await _still_wanted(session, row)
            if known is not None:
                known.not_before = self._clock.running() + PAUSES[min(known.tries, len(PAUSES)) - 1]
                await files.add(session, known)

    async def _keep_fetching(self) -> None:
        while True:
            self._news.clear()
            try:
                while await self.fetch_one():
                    pass
            except Exception:
                log.exception("files cannot be fetched now; it is tried again")
            try:
                async with asyncio.timeout(POLL):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                while await self.sweep():
                    pass
            except Exception:
                log.exception("files cannot be swept now; it is tried again")
            await asyncio.sleep(SWEEP_EVERY)


async def _still_wanted(session: AsyncSession, row: AttachedFile) -> AttachedFile | None:
    """The row as it stands now; None where it was erased meanwhile: the person may have taken everything back."""
    known = await files.get(session, commune_id=row.commune_id, file_id=row.id or 0)
    return known if known is not None and known.state in ("arriving", "waiting") else None
