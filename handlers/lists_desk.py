"""Lists that a commune sends in from the console: permission and trace; the rows were checked before."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Literal

from handlers.permissions import Act
from handlers.workplace import Workplace
from storage import contacts, dossiers, places

Replace = Callable[..., Coroutine[Any, Any, None]]
ListKind = Literal["contacts", "places", "dossiers"]


async def replace_list(work: Workplace, kind: ListKind, rows: Sequence[dict[str, Any]]) -> None:
    """The whole list in place of the one before, in one transaction, with its trace."""
    work.demand(Act.LIST_IMPORT)
    put: dict[ListKind, Replace] = {
        "contacts": contacts.replace_all,
        "places": partial(places.replace_all, today=work.today),
        "dossiers": dossiers.replace_all,
    }
    await put[kind](work.session, commune_id=work.commune_id, rows=rows)
    await work.note(Act.LIST_IMPORT, kind, what="imported")


async def note_prices(work: Workplace, rows: int) -> None:
    """The trace of a price file that was loaded in chunks; `rows` is how many."""
    work.demand(Act.LIST_IMPORT)
    await work.note(Act.LIST_IMPORT, "prices", rows, what="imported")
