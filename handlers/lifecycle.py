"""A case's life as pure facts: which event may follow which state, what it must carry, and what stands after it.

The states: draft; received (a code, nobody's name on it yet), assigned, working, asked (the citizen was asked
something), transferred (another body has it), answered (with evidence), closed, refused, sealed (a denunciation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

REOPENS_WITHIN = timedelta(days=15)
EVIDENCE = ("photo", "document", "decision")
IN_HAND = ("received", "assigned", "working", "asked")
RUNNING = (*IN_HAND, "transferred")
SEAL_HOLDER = "seal_holder"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is true of a case after all its events; the columns of `Case` with the same names hold it."""

    state: str = "draft"
    kind: str = ""
    officer_id: int | None = None
    office_id: int | None = None
    held_by: str = ""
    due_on: date | None = None
    extensions: int = 0
    evidence: str = ""
    reason: str = ""
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    is_reopened: bool = False
    is_forced: bool = False

    @property
    def has_owner(self) -> bool:
        """Whether somebody, or at least a role, has the case in hand."""
        return self.officer_id is not None or bool(self.held_by)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. `facts` as they stand in the history: ids, codes, days as text."""

    kind: str
    at: datetime
    facts: Mapping[str, Any]


@dataclass(eq=False)
class NotNow(Exception):
    """This event cannot follow that state."""

    state: str
    kind: str


@dataclass(eq=False)
class Lacking(Exception):
    """The event must carry something that it does not."""

    kind: str
    fact: str


Change = Callable[[Standing, Happening], Standing]


def _registered(before: Standing, event: Happening) -> Standing:
    return replace(
        _owned(before, event), state="received", kind=event.facts["kind"], due_on=_day(event.facts.get("due_on"))
    )


def _assigned(before: Standing, event: Happening) -> Standing:
    return replace(_owned(before, event), state="assigned")


def _owned(before: Standing, event: Happening) -> Standing:
    facts = event.facts
    return replace(
        before,
        officer_id=facts.get("officer_id"),
        office_id=facts.get("office_id"),
        held_by=facts["held_by"],
    )


def _to(state: str) -> Change:
    return lambda before, _event: replace(before, state=state)


def _told(before: Standing, _event: Happening) -> Standing:
    return replace(before, state="working" if before.state == "asked" else before.state)


def _answered(before: Standing, event: Happening) -> Standing:
    return replace(before, state="answered", evidence=event.facts["evidence"], answered_at=event.at)


def _refused(before: Standing, event: Happening) -> Standing:
    return replace(before, state="refused", reason=event.facts["reason"], closed_at=event.at)


def _closed(before: Standing, event: Happening) -> Standing:
    return replace(before, state="closed", closed_at=event.at, is_forced=event.kind == "close")


def _reopened(before: Standing, event: Happening) -> Standing:
    if before.is_reopened or before.answered_at is None or event.at - before.answered_at > REOPENS_WITHIN:
        raise NotNow(before.state, event.kind)
    return replace(
        before,
        state="assigned",
        is_reopened=True,
        is_forced=False,
        closed_at=None,
        answered_at=None,
        evidence="",
        due_on=_day(event.facts["due_on"]),
    )


def _lapsed(before: Standing, event: Happening) -> Standing:
    if before.answered_at is None or event.at - before.answered_at <= REOPENS_WITHIN:
        raise NotNow(before.state, event.kind)
    return _closed(before, event)


def _extended(before: Standing, event: Happening) -> Standing:
    return replace(before, due_on=_day(event.facts["due_on"]), extensions=before.extensions + 1)


def _redated(before: Standing, event: Happening) -> Standing:
    return replace(before, due_on=_day(event.facts["due_on"]))


def _accepted(before: Standing, event: Happening) -> Standing:
    return replace(before, state="working", due_on=_day(event.facts["due_on"]))


def _reclassed(before: Standing, event: Happening) -> Standing:
    return replace(before, kind=event.facts["kind"])


def _sealed(before: Standing, event: Happening) -> Standing:
    """Its words are with the holders of keys; the row tells that it ended, and nothing of what it was."""
    return replace(
        before,
        state="sealed",
        kind="denunciation",
        officer_id=None,
        office_id=None,
        held_by=SEAL_HOLDER,
        due_on=None,
        reason=event.facts["reason"],
        closed_at=event.at,
    )


def _same(before: Standing, _event: Happening) -> Standing:
    return before


# kind: the states in which it may happen, what it must carry, what follows
EVENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], Change]] = {
    "register": (("draft",), ("kind", "held_by"), _registered),
    "assign": (RUNNING, ("held_by",), _assigned),
    "begin": (("received", "assigned"), (), _to("working")),
    "accept": (IN_HAND, ("due_on",), _accepted),
    "ask": (("received", "assigned", "working"), (), _to("asked")),
    "tell": (RUNNING, (), _told),
    "answer": (RUNNING, ("evidence",), _answered),
    "transfer": (IN_HAND, ("body", "document", "on"), _to("transferred")),
    "refuse": (IN_HAND, ("reason",), _refused),
    "confirm": (("answered",), (), _closed),
    "reopen": (("answered", "closed"), ("due_on",), _reopened),
    "lapse": (("answered",), (), _lapsed),
    "close": (("answered",), (), _closed),
    "extend": (RUNNING, ("reason", "due_on"), _extended),
    "redate": (RUNNING, ("due_on",), _redated),
    "reclass": (RUNNING, ("kind", "reason"), _reclassed),
    "seal": (RUNNING, ("reason",), _sealed),
    "sort": (RUNNING, (), _same),
    "warn": (RUNNING, ("percent",), _same),
    "apologise": (RUNNING, (), _same),
    "support": (RUNNING, (), _same),
    "rate": (("answered", "closed", "refused"), (), _same),
    "publish": (("answered", "closed"), (), _same),
}
# Lines of a draft, and what is copied from the talk: they change nothing.
LINES = frozenset({"told", "place", "since", "summary", "asked", "asked_for_person", "said", "subject"})


def follow(before: Standing, event: Happening) -> Standing:
    """What stands after one event. Raises NotNow, and Lacking where a fact is missing or empty."""
    if event.kind in LINES:
        return before
    if event.kind not in EVENTS:
        raise NotNow(before.state, event.kind)
    states, needed, change = EVENTS[event.kind]
    if before.state not in states:
        raise NotNow(before.state, event.kind)
    for fact in needed:
        if not event.facts.get(fact):
            raise Lacking(event.kind, fact)
    if event.kind == "answer" and event.facts["evidence"] not in EVIDENCE:
        raise Lacking(event.kind, "evidence")
    return change(before, event)


def after_all(events: Iterable[Happening], *, kind: str = "") -> Standing:
    """What stands after a whole history, from nothing. `kind`: what the draft began as."""
    standing = Standing(kind=kind)
    for event in events:
        standing = follow(standing, event)
    return standing


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None
