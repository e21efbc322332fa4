"""The draft that a talk has begun: kept from the first sentence, taken back without a trace."""

from __future__ import annotations

from handlers import confirming
from handlers.contract import Desk
from storage import bodies, cases, talks


async def keep(desk: Desk, *, kind: str, told: str, body_id: int | None = None) -> int:
    """Add a message (the present one) to the talk's draft, beginning one if there is none. `told` names what it is.

    Raises NotConfirmed where the channel's events are not proved.
    """
    if desk.talk.draft_id is None:
        confirming.demand(desk)
        desk.talk.draft_id = await cases.open_draft(
            desk.session, commune_id=desk.commune_id, account_id=desk.account_id, kind=kind, at=desk.now
        )
    draft_id = desk.talk.draft_id
    await cases.append(
        desk.session,
        commune_id=desk.commune_id,
        case_id=draft_id,
        kind=told,
        body_id=body_id or desk.body_id,
        at=desk.now,
    )
    return draft_id


async def drop(desk: Desk) -> bool:
    """Take the talk's draft back whole and erase the words in it; tells whether there was one."""
    draft_id = desk.talk.draft_id
    if draft_id is None:
        return False
    desk.talk.draft_id = None
    await talks.save(desk.session, desk.talk)
    held = await cases.drop_draft(desk.session, commune_id=desk.commune_id, case_id=draft_id)
    await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=held)
    return True
