"""Where an officer's act happens: one transaction, one person, one commune, one day; every act leaves its trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.permissions import Act, NotAllowed, Person, Thing, basis, may
from storage import audit
from storage.bodies import Vault

Reads = Callable[[str, str], str | None]


def _as_it_came(_channel: str, raw: str) -> str:
    return raw


@dataclass(slots=True)
class Workplace:
    """The officer's counterpart of the Desk. `reads` (channel, raw) gives the words in what a channel gave."""

    session: AsyncSession
    person: Person
    vault: Vault
    now: datetime
    today: date
    reads: Reads = _as_it_came

    @property
    def commune_id(self) -> int:
        """The tenant's key, which every repository function demands."""
        return self.person.commune_id

    @property
    def here(self) -> Thing:
        """The commune itself as a thing to act on."""
        return Thing(self.commune_id)

    def demand(self, act: Act, thing: Thing | None = None) -> None:
        """Go on only if the person may. Raises NotAllowed."""
        if not may(self.person, act, thing or self.here):
            raise NotAllowed(act)

    async def note(
        self,
        act: Act,
        object_kind: str,
        object_id: int | None = None,
        *,
        what: str = "",
        why: str = "",
        thing: Thing | None = None,
    ) -> None:
        """Write into the audit, in this transaction. `what` narrows the act (officer.edit: role), `why` is a code."""
        held = basis(self.person, act, thing or self.here)
        await audit.write(
            self.session,
            commune_id=self.commune_id,
            at=self.now,
            actor="officer",
            officer_id=self.person.officer_id,
            stands_for=held.stands_for if held else None,
            act=f"{act}:{what}" if what else str(act),
            object_kind=object_kind,
            object_id=object_id,
            why=why,
        )
