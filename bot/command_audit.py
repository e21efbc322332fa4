"""What the operator of the machine did by a command: each change of a commune's data leaves its row in the audit."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import audit


async def note(
    session: AsyncSession, *, commune_id: int, at: datetime, act: str, object_kind: str, object_id: int | None = None
) -> None:
    """In the transaction of the change itself."""
    await audit.write(
        session, commune_id=commune_id, at=at, actor="command", act=act, object_kind=object_kind, object_id=object_id
    )
