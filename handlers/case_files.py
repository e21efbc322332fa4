"""What people attached to a case, for whoever may read the case."""

from __future__ import annotations

from handlers import casework
from handlers.workplace import Workplace
from storage import cases, files
from storage.files import AttachedFile


async def attached(work: Workplace, case_id: int) -> list[AttachedFile]:
    """Photos and documents of a case in order; looking is written down like reading it. Raises NoSuchCase."""
    await casework.opened(work, case_id)
    history = await cases.history(work.session, commune_id=work.commune_id, case_id=case_id)
    held = [line.body_id for line in history if line.body_id is not None]
    return await files.of_bodies(work.session, commune_id=work.commune_id, body_ids=list(dict.fromkeys(held)))
