"""What people attach: photos and documents, encrypted one by one; the bytes lie in a store, everything else here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from storage.columns import UtcDateTime

FEW_TRIES = 5
COMING = ("waiting", "kept")  # the commune has it, or will


class AttachedFile(SQLModel, table=True):
    """One photo or document that came with a message.

    `state`: arriving (its bytes are being written), offered (the platform has it, nobody asked for it yet), waiting (to
    be fetched), kept, refused (`why` says what for), erased. `number` is its place in the message, from 0.
    Units: size is bytes as kept. `hash` is keyed: equal for equal content, worth nothing without the deployment's key.
    Privacy: personal, encrypted under a key of its own; without `wrapped_key` no copy can be read.
    """

    id: int | None = Field(default=None, primary_key=True)
    commune_id: int = Field(foreign_key="commune.id", index=True)
    channel_account_id: int = Field(foreign_key="channelaccount.id")
    chat_key: str = ""
    body_id: int | None = Field(default=None, foreign_key="body.id", index=True)
    number: int = 0
    kind: str = Field(default="", description="image or pdf, decided by what is in it")
    media_type: str = ""
    size: int = 0
    hash: str = ""
    state: str = Field(default="offered", index=True)
    why: str = ""
    blob: str | None = Field(default=None, unique=True, description="its name in the store")
    wrapped_key: bytes | None = None
    tries: int = 0
    not_before: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)


async def add(session: AsyncSession, row: AttachedFile) -> int:
    """A new file, and its id."""
    session.add(row)
    await session.flush()
    assert row.id is not None
    return row.id


async def get(session: AsyncSession, *, commune_id: int, file_id: int) -> AttachedFile | None:
    """One file of this commune."""
    mine = (col(AttachedFile.commune_id) == commune_id, col(AttachedFile.id) == file_id)
    return (await session.exec(select(AttachedFile).where(*mine))).first()


async def of_bodies(session: AsyncSession, *, commune_id: int, body_ids: Sequence[int]) -> list[AttachedFile]:
    """The files that came with these messages, in order."""
    mine = (col(AttachedFile.commune_id) == commune_id, col(AttachedFile.body_id).in_(body_ids))
    return list(await session.exec(select(AttachedFile).where(*mine).order_by(col(AttachedFile.id))))


async def claim_uploads(
    session: AsyncSession, *, commune_id: int, chat_key: str, file_ids: Sequence[int], body_id: int
) -> int:
    """Files that this chat uploaded belong to that message from now on; gives how many."""
    mine = (
        col(AttachedFile.commune_id) == commune_id,
        col(AttachedFile.chat_key) == chat_key,
        col(AttachedFile.id).in_(file_ids),
        col(AttachedFile.body_id).is_(None),
        col(AttachedFile.state) == "kept",
    )
    result = await session.exec(update(AttachedFile).where(*mine).values(body_id=body_id))
    return int(result.rowcount)


async def want(session: AsyncSession, *, commune_id: int, body_ids: Sequence[int], now: datetime) -> None:
    """What the platform still holds is to be fetched."""
    mine = (
        col(AttachedFile.commune_id) == commune_id,
        col(AttachedFile.body_id).in_(body_ids),
        col(AttachedFile.state) == "offered",
    )
    await session.exec(update(AttachedFile).where(*mine).values(state="waiting", not_before=now))


async def erase(session: AsyncSession, *, commune_id: int, body_ids: Sequence[int]) -> None:
    """The files of these messages go with them: unreadable at once, their bytes with the next sweep."""
    mine = (col(AttachedFile.commune_id) == commune_id, col(AttachedFile.body_id).in_(body_ids))
    gone = {"state": "erased", "wrapped_key": None, "hash": "", "chat_key": ""}
    await session.exec(update(AttachedFile).where(*mine).values(**gone))


async def next_waiting(
    session: AsyncSession, *, channel_account_ids: Sequence[int], now: datetime, lease: timedelta
) -> AttachedFile | None:
    """Take one file that is to be fetched; nobody else takes it while the lease lasts."""
    mine = (
        col(AttachedFile.channel_account_id).in_(channel_account_ids),
        col(AttachedFile.state) == "waiting",
        col(AttachedFile.not_before) <= now,
    )
    first = select(AttachedFile).where(*mine).order_by(col(AttachedFile.id)).limit(1)
    row = (await session.exec(first.with_for_update(skip_locked=True))).first()
    if row is not None:
        row.not_before, row.tries = now + lease, row.tries + 1
        session.add(row)
    return row


async def recent(session: AsyncSession, *, commune_id: int, chat_key: str, since: datetime) -> int:
    """How many files this chat has brought since then."""
    mine = (
        col(AttachedFile.commune_id) == commune_id,
        col(AttachedFile.chat_key) == chat_key,
        col(AttachedFile.created_at) >= since,
    )
    return int((await session.exec(select(func.count()).select_from(AttachedFile).where(*mine))).one())


async def erase_unclaimed(session: AsyncSession, *, before: datetime) -> None:
    """Uploads that no message took, files that never arrived whole, and offers that nobody took up."""
    stray = (col(AttachedFile.state) == "kept") & col(AttachedFile.body_id).is_(None)
    old = col(AttachedFile.created_at) < before
    gone = {"state": "erased", "wrapped_key": None, "hash": "", "chat_key": ""}
    await session.exec(
        update(AttachedFile).where(old, stray | col(AttachedFile.state).in_(("arriving", "offered"))).values(**gone)
    )


async def leftovers(session: AsyncSession, *, limit: int = 100) -> list[AttachedFile]:
    """Files whose bytes nobody can read any more."""
    gone = (col(AttachedFile.state).in_(("erased", "refused")), col(AttachedFile.blob).is_not(None))
    return list(await session.exec(select(AttachedFile).where(*gone).limit(limit)))
