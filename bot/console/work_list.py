"""The work list: what is about to be late first, filters in two taps, search, fresh numbers, many assigned at once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.case_forms import AssignMany
from bot.console.case_page import CASES
from bot.console.forms import choices, number
from bot.console.pages import ConsolePages, Link, Table, Tick, days_left
from bot.console.visits import Route, Visit
from handlers import case_acts, casework, work_list
from handlers.case_acts import NotTheirs
from handlers.casework import Listed, NoSuchCase
from handlers.lifecycle import NotNow
from handlers.permissions import Act, may_at_all
from handlers.workplace import Workplace
from knowledge.categories import categories
from storage import case_lists, officers, places
from storage.officers import Officer
from storage.places import Hamlet
from storage.work_list import RUNNING, Counts, Search, Wanted

MOST_AT_ONCE = 50
KEPT = 60.0  # seconds
FILTERS = ("due", "urgency", "hamlet", "field", "kind", "state", "mine", "q")
NUMBERS = (
    ("due", "late", "Trễ hẹn", "late"),
    ("due", "today", "Hôm nay", "today"),
    ("due", "soon", "Trong 3 ngày", "soon"),
    ("due", "later", "Sau 3 ngày", "later"),
    ("mine", "1", "Của tôi", "mine"),
)
STATES = {"all": "tất cả", **words.CASE_STATES}


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of a filter, and whether it is the one that holds now."""

    label: str
    to: str
    here: bool


class WorkList:
    """Whatever waits for an officer."""

    def __init__(self, pages: ConsolePages) -> None:
        """Draws with the console's pages."""
        self._pages = pages
        self._counted: dict[int, tuple[float, str]] = {}

    def table(self) -> list[Route]:
        """Every address of ours."""
        return [
            Route("GET", CASES, self.listed, Act.CASE_LIST),
            Route("GET", f"{CASES}/counts", self.counts, Act.CASE_LIST),
            Route("POST", f"{CASES}/assign", self.assign, Act.CASE_ASSIGN),
        ]

    async def listed(self, visit: Visit) -> web.StreamResponse:
        """A page at a time."""
        return await self._show(visit)

    async def counts(self, visit: Visit) -> web.StreamResponse:
        """The numbers alone, for the script that keeps them fresh."""
        async with visit.look() as work:
            found = await work_list.counted(work)
        return web.json_response(asdict(found) | {"running": found.running}, headers={"Cache-Control": "no-store"})

    async def assign(self, visit: Visit) -> web.StreamResponse:
        """The ticked cases to one officer, each in a transaction of its own; what did not go is named."""
        assert visit.form is not None
        form = AssignMany(visit.form)
        async with visit.look() as work:
            form.officer.choices = _people(await officers.of_commune(work.session, commune_id=work.commune_id))
        ticked = [each for text in visit.form.getall("case", []) if (each := number(str(text))) is not None]
        if not ticked or not form.validate():
            return await self._show(visit, trouble="Chọn ít nhất một vụ việc và người nhận.", form=form, status=422)
        went, stayed = 0, list[str]()
        for case_id in ticked[:MOST_AT_ONCE]:
            try:
                async with visit.work() as work:
                    await case_acts.assign(work, case_id, officer_id=number(form.officer.data) or 0)
                went += 1
            except (NoSuchCase, NotTheirs, NotNow):
                stayed.append(f"#{case_id}")
        told = f"Đã giao {went} vụ việc."
        if stayed:
            told = f"{told} Không giao được: {', '.join(stayed)} (đã xong, hoặc người nhận không có quyền)."
        return await self._show(visit, told=told, status=422 if stayed and not went else 200)

    async def _show(
        self, visit: Visit, *, form: AssignMany | None = None, told: str = "", trouble: str = "", status: int = 200
    ) -> web.Response:
        asked = {name: visit.request.query[name] for name in FILTERS if visit.request.query.get(name)}
        async with visit.look() as work:
            hamlets = await places.present(work.session, commune_id=work.commune_id, on=work.today)
            people = await officers.of_commune(work.session, commune_id=work.commune_id)
            search = await work_list.search_of(work, asked["q"]) if "q" in asked else None
            wanted = _wanted(visit, asked, search)
            page = await casework.listed(work, wanted=wanted, after=visit.request.query.get("after", ""))
            counted = await work_list.counted(work)
            came = await self._came(work) if not asked else ""
        assert visit.person is not None
        opens, assigns = (may_at_all(visit.person, act) for act in (Act.CASE_READ, Act.CASE_ASSIGN))
        names = {one.id: one.name for one in people}, {one.id: one.name for one in hamlets}
        form = form or AssignMany()
        form.officer.choices = _people(people)
        rows = [_row(one, names, visit.today, opens=opens, ticks=assigns) for one in page.rows]
        heads = ("Mã", "Việc", "Thôn", "Tình trạng", "Hạn", "Người xử lý")
        table = Table(
            ("Chọn", *heads) if assigns else heads,
            rows,
            empty="Không có vụ việc nào.",
            next=_address(asked | {"after": page.next}) if page.next else "",
        )
        return self._pages.show(
            visit,
            "cases.html",
            table=table,
            form=form,
            assigns=assigns and bool(rows),
            adds=may_at_all(visit.person, Act.CASE_ADD),
            numbers=_numbers(counted, asked),
            groups=_groups(asked, hamlets),
            asked=asked,
            held=_held(asked, names[1]),
            came=came,
            told=told,
            trouble=trouble,
            status=status,
        )

    async def _came(self, work: Workplace) -> str:
        """How many cases came by which path; counted anew after a minute."""
        known, now = self._counted.get(work.commune_id), time.monotonic()
        if known is None or now - known[0] > KEPT:
            counts = await case_lists.counts(work.session, commune_id=work.commune_id)
            known = self._counted[work.commune_id] = (now, _came(counts))
        return known[1]


def _wanted(visit: Visit, asked: Mapping[str, str], search: Search | None) -> Wanted:
    """What runs, unless a state was chosen or something is looked for."""
    state = asked.get("state", "all" if "q" in asked else "running")
    return Wanted(
        kind=_known(asked.get("kind"), words.CASE_KINDS),
        hamlet_id=number(asked.get("hamlet")),
        state=None if state == "all" else _known(state, words.CASE_STATES) or "running",
        officer_id=visit.person.officer_id if visit.person is not None and "mine" in asked else None,
        field=_known(asked.get("field"), words.FIELDS),
        due=_known(asked.get("due"), words.DUES),
        urgency=number(_known(asked.get("urgency"), words.URGENCY)),
        search=search,
    )


def _numbers(counted: Counts, asked: Mapping[str, str]) -> list[tuple[str, int, Choice]]:
    """The numbers above the list; each is also its own filter, and a second tap takes it away."""
    found = []
    for name, value, label, key in NUMBERS:
        here = asked.get(name) == value
        others = {each: held for each, held in asked.items() if each not in (name, "state")}
        to = _address(others if here else others | {name: value})
        found.append((key, getattr(counted, key), Choice(label, to, here)))
    return found


def _groups(asked: Mapping[str, str], hamlets: Iterable[Hamlet]) -> list[tuple[str, list[Choice]]]:
    """Each filter and its choices: one tap opens it, one more chooses."""
    return [
        ("Thôn", _choices(asked, "hamlet", {str(one.id): one.name for one in hamlets})),
        ("Lĩnh vực", _choices(asked, "field", words.FIELDS)),
        ("Loại đơn", _choices(asked, "kind", words.CASE_KINDS)),
        ("Hạn", _choices(asked, "due", words.DUES)),
        ("Mức gấp", _choices(asked, "urgency", words.URGENCY)),
        ("Tình trạng", _choices(asked, "state", STATES)),
    ]


def _choices(asked: Mapping[str, str], name: str, known: Mapping[str, str]) -> list[Choice]:
    return [
        Choice(label, _address(dict(asked) | {name: value}), asked.get(name) == value) for value, label in known.items()
    ]


def _held(asked: Mapping[str, str], hamlets: Mapping[int | None, str]) -> list[Choice]:
    """What is filtered by now; a tap takes it away."""
    said = {
        "due": words.DUES,
        "urgency": words.URGENCY,
        "hamlet": {str(each): name for each, name in hamlets.items()},
        "field": words.FIELDS,
        "kind": words.CASE_KINDS,
        "state": STATES,
        "mine": {"1": "của tôi"},
    }
    return [
        Choice(
            said.get(name, {}).get(value, f"“{value}”"),
            _address({each: held for each, held in asked.items() if each != name}),
            True,
        )
        for name, value in asked.items()
    ]


def _people(known: Iterable[Officer]) -> list[Any]:
    return choices(((one.id, one.name) for one in known if one.state == "active"), empty="Chọn người nhận")


def _came(counts: list[tuple[str, str, int]]) -> str:
    """ "trang chat 12 · tại quầy 3": every path in the same numbers."""
    by_origin: dict[str, int] = {}
    for origin, _kind, count in counts:
        by_origin[origin] = by_origin.get(origin, 0) + count
    return " · ".join(f"{words.ORIGINS.get(origin, origin)} {count}" for origin, count in sorted(by_origin.items()))


def _known(value: str | None, words_of: Mapping[str, str]) -> str | None:
    return value if value in words_of else None


Names = tuple[dict[int | None, str], dict[int | None, str]]


def _row(one: Listed, names: Names, today: date, *, opens: bool, ticks: bool) -> tuple[object, ...]:
    case = one.case
    name = case.code or f"#{case.id}"
    category = categories().get(case.category or "")
    kind = words.CASE_KINDS.get(case.kind, case.kind)
    held = words.ROLES.get(case.held_by, "") if case.held_by else ""
    what = f"{kind} · {category.label}" if category and category.id != "other" else kind
    cells = (
        Link(name, f"{CASES}/{case.id}") if opens else name,
        f"{what} · {words.URGENCY[str(case.urgency)]}" if case.urgency else what,
        names[1].get(case.hamlet_id, ""),
        words.CASE_STATES.get(case.state, case.state),
        _due(case.due_on, case.state, today)
        or f"nhận {(case.received_at or case.opened_at).astimezone(VIET_NAM):%d/%m}",
        names[0].get(case.officer_id, "") or held,
    )
    return (Tick("case", str(case.id), f"Chọn {name}"), *cells) if ticks else cells


def _due(due_on: date | None, state: str, today: date) -> str:
    """Nothing for what rests."""
    return days_left(due_on, today) if due_on is not None and state in RUNNING else ""


def _address(query: Mapping[str, str]) -> str:
    return f"{CASES}?{urlencode(query)}" if query else CASES
