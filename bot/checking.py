"""`danhoi check`: all curated content, as files and as a citizen would see it on the first screen; and the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.errors import AuditBroken
from handlers.casebook import differences
from handlers.entry_checks import too_long
from handlers.lifecycle import Lacking, NotNow
from knowledge.base import CONTENT
from knowledge.check import faults, summary
from knowledge.entries import load
from storage import audit, case_lists, communes, health, inbox
from storage.bodies import Vault
from storage.database import Database

Say = Callable[[str], None]


def check_content(say: Say, *, today: date) -> bool:
    """Say every fault with file and line, then what there is; True when there is no fault."""
    found = [str(fault) for fault in faults(CONTENT)]
    if not found:
        found = [f"{entry.file}:1: {problem}" for entry in load(CONTENT).values() for problem in too_long(entry, today)]
    for fault in found:
        say(fault)
    say(" · ".join(f"{name}: {count}" for name, count in summary(CONTENT).items()))
    return not found


async def _rebuilt(session: AsyncSession) -> AsyncIterator[str]:
    """Every case is built anew from its events; where the row says otherwise, that is a fault."""
    for commune in await communes.all_of_them(session):
        last = 0
        while chunk := await case_lists.chunk(session, commune_id=commune.id or 0, after_id=last):
            told = await case_lists.histories(
                session, commune_id=commune.id or 0, case_ids=[one.id or 0 for one in chunk]
            )
            for case in chunk:
                last = case.id or 0
                try:
                    differs = differences(case, told.get(last, []))
                except (NotNow, Lacking) as broken:
                    yield f"case {case.id}: nhật ký không thể có bước “{broken.kind}” ở đó"
                else:
                    if differs:
                        yield f"case {case.id}: khác với nhật ký ở {', '.join(differs)}"


async def check_database(database: Database, vault: Vault, say: Say) -> bool:
    """Say what in the database cannot be right; True when nothing is found."""
    async with database.reading() as session:
        found = [
            *(
                f"body {body_id}: không mở được bằng DANHOI_SECRET_KEY"
                for body_id in await health.locked(session, vault)
            ),
            *(f"event {event_id}: ghi là đã trả lời nhưng không có tin nào" for event_id in await health.mute(session)),
            *(f"case {case_id}: không có dòng nhật ký nào" for case_id in await health.without_history(session)),
        ]
        found += [fault async for fault in _rebuilt(session)]
        for commune in await communes.all_of_them(session):
            broken = await audit.verify(session, commune_id=commune.id or 0)
            if broken is not None:
                found.append(str(AuditBroken(commune.code, broken.seq, broken.what)))
            for event in await inbox.parked(session, commune_id=commune.id or 0):
                say(f"{commune.code}: event {event.id} bị gác lại sau {event.attempts} lần lỗi ({event.error})")
    for fault in found:
        say(fault)
    say("Cơ sở dữ liệu: " + ("không thấy lỗi" if not found else f"{len(found)} lỗi"))
    return not found
