"""The work list's own questions: how far an officer sees, what a search means, and the numbers above the list."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.permissions import ACTS, Act, Person
from handlers.workplace import Workplace
from knowledge.categories import categories
from knowledge.masking import mask
from knowledge.vietnamese import fold, syllables, tidy
from storage import accounts, case_words, cases, officers, places, work_list
from storage.cases import Case
from storage.work_list import Counts, Place, Reach, Scope, Search

MOST = 60  # characters of a search that are looked at
SHORTEST = 3  # letters from which a part of a name finds somebody
KEPT = 1_000  # characters of a case by which it is found
_CODE = re.compile(r"[A-Za-z]{2}-?[A-Za-z0-9]{2,8}")


def scope_of(person: Person, act: Act = Act.CASE_LIST) -> Scope:
    """All on which this person may do that, as the database is asked for it; `may` still looks at each row."""
    reaches = tuple(
        Reach(held.office_id, held.hamlet_id, held.field, held.stands_for)
        for held in person.holds
        if act in ACTS[held.role]
    )
    return Scope(person.officer_id, person.office_id, reaches)


async def search_of(work: Workplace, typed: str) -> Search:
    """What somebody looks for, typed with or without marks: words, a code, a category, a hamlet, a colleague.

    Signs alone find nothing.
    """
    folded = " ".join(syllables(fold(tidy(typed)[:MOST])))
    if not folded:
        return Search()
    hamlets = await places.present(work.session, commune_id=work.commune_id, on=work.today)
    people = await officers.of_commune(work.session, commune_id=work.commune_id)
    long = len(folded) >= SHORTEST
    return Search(
        tuple(folded.split()),
        _code(typed),
        tuple(each.id for each in categories().values() if long and folded in fold(each.label)),
        tuple(each.id or 0 for each in hamlets if long and folded in fold(each.name)),
        tuple(each.id or 0 for each in people if long and folded in fold(each.name)),
    )


async def counted(work: Workplace) -> Counts:
    """The numbers above the list."""
    return await work_list.counts(
        work.session, commune_id=work.commune_id, scope=scope_of(work.person), today=work.today
    )


def place_of(case: Case) -> str:
    """Where a page ends, as an address carries it."""
    runs = case.state in work_list.RUNNING and case.due_on is not None
    return f"{case.due_on:%Y%m%d}-{case.id}" if runs else f"{case.id}"


def place_from(written: str) -> Place | None:
    """The same read back; what is no such place is the beginning."""
    found = re.fullmatch(r"(?:(\d{8})-)?(\d{1,9})", written)
    if found is None:
        return None
    try:
        return Place(int(found[2]), datetime.strptime(found[1], "%Y%m%d").date() if found[1] else None)  # noqa: DTZ007
    except ValueError:
        return None


async def remember(session: AsyncSession, case: Case, text: str) -> None:
    """From now on the case is found by these words; by none where the person does not let us keep them."""
    if case.account_id is not None:
        account = await accounts.by_id(session, commune_id=case.commune_id, account_id=case.account_id)
        if account.keeps_text is False:
            return
    history = await cases.history(session, commune_id=case.commune_id, case_id=case.id or 0)
    told = next((event.body_id for event in history if event.body_id is not None), None)
    if told is None:
        return
    folded = " ".join(syllables(fold(tidy(mask(text[:KEPT])))))
    await case_words.keep(session, commune_id=case.commune_id, case_id=case.id or 0, body_id=told, folded=folded)


def _code(typed: str) -> str:
    """A code, or its beginning, as codes are written."""
    found = _CODE.fullmatch(typed.strip())
    if found is None:
        return ""
    plain = found[0].replace("-", "").upper()
    return f"{plain[:2]}-{plain[2:]}"
