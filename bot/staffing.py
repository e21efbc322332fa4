"""Officers that come from the command line: the first operator, one more by `danhoi officer add`, the sample staff."""

from __future__ import annotations

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession

from bot import command_audit
from bot.clock import Clock
from handlers.permissions import Act, Role
from handlers.sign_in import Door
from handlers.staff import add_officer
from knowledge.base import CONTENT
from knowledge.sample import sample_townhall
from storage import officers, offices
from storage.bodies import Vault
from storage.communes import Commune
from storage.database import Database
from storage.officers import Officer
from storage.offices import Office


async def add_by_command(
    database: Database, vault: Vault, clock: Clock, *, commune: Commune, name: str, role: Role
) -> tuple[Officer, str]:
    """A new officer, and the token of their sign-up link. Raises BadName."""
    async with database.writing() as session:
        officer = await _add(session, clock, commune, name, role)
        return officer, await Door(session, vault, clock.now()).make_link(officer)


async def sample_links(
    database: Database, vault: Vault, clock: Clock, *, commune: Commune
) -> AsyncIterator[tuple[Officer, str]]:
    """The sample staff, made at the first start; a fresh link for each who has not signed up, else an empty one."""
    townhall = sample_townhall(CONTENT)
    assert commune.id is not None
    async with database.writing() as session:
        known = {one.name: one for one in await officers.of_commune(session, commune_id=commune.id)}
        if not known:
            await _add_units(session, commune.id, clock, townhall)
        for one in townhall["officers"]:
            officer = known.get(one["name"]) or await _add(session, clock, commune, one["name"], Role(one["role"]))
            door = Door(session, vault, clock.now())
            yield officer, await door.make_link(officer) if officer.state == "invited" else ""


async def _add(session: AsyncSession, clock: Clock, commune: Commune, name: str, role: Role) -> Officer:
    assert commune.id is not None
    now, today = clock.now(), clock.today()
    officer = await add_officer(session, commune_id=commune.id, name=name, role=role, now=now, today=today)
    await command_audit.note(
        session,
        commune_id=commune.id,
        at=now,
        act=f"{Act.OFFICER_EDIT}:added",
        object_kind="officer",
        object_id=officer.id,
    )
    return officer


async def _add_units(session: AsyncSession, commune_id: int, clock: Clock, townhall: dict[str, list[str]]) -> None:
    for name in townhall["offices"]:
        await offices.keep(session, Office(commune_id=commune_id, name=name, valid_from=clock.today()))
