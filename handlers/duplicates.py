"""The same trouble told twice: open cases of the same category nearby are proposed, and "tôi cũng gặp" joins one."""

from __future__ import annotations

from datetime import timedelta

from handlers import casebook
from handlers.contract import Desk
from knowledge.categories import OTHER, categories
from knowledge.distance import Spot
from storage import case_lists, cases
from storage.cases import Case

NEAR, RECENT = 200.0, timedelta(days=14)
MOST = 3
KINDS = ("report", "proposal")


async def alike(desk: Desk, case: Case) -> list[Case]:
    """Running cases within 200 metres or in the same hamlet, of the last 14 days, the newest first.

    What is told about officers is nobody else's to read.
    """
    category = categories().get(case.category or OTHER)
    if category is None or category.id == OTHER or category.about_staff or case.kind not in KINDS:
        return []
    found = await case_lists.alike(
        desk.session, commune_id=desk.commune_id, category=category.id, since=desk.now - RECENT
    )
    about = await cases.subjects(desk.session, commune_id=desk.commune_id, case_ids=[each.id or 0 for each in found])
    hidden = {row.case_id for row in about}
    near = [each for each in found if each.id not in hidden and each.kind in KINDS and _is_near(case, each)]
    return near[:MOST]


async def join(desk: Desk, case: Case) -> bool:
    """This person has the same trouble; False where they are its citizen or were counted before."""
    if case.account_id == desk.account_id or case.id is None:
        return False
    fresh = await cases.support(
        desk.session, commune_id=desk.commune_id, case_id=case.id, account_id=desk.account_id, at=desk.now
    )
    if fresh:
        await casebook.happen(desk.session, case, "support", at=desk.now)
    return fresh


def _is_near(one: Case, other: Case) -> bool:
    here, there = _spot(one), _spot(other)
    if here is not None and there is not None:
        return here.metres_to(there) <= NEAR
    return one.hamlet_id is not None and one.hamlet_id == other.hamlet_id


def _spot(case: Case) -> Spot | None:
    if case.latitude is None or case.longitude is None:
        return None
    return Spot(case.latitude, case.longitude)
