"""Every walk through a case's life keeps its promises: an owner, evidence, a reason, and no event lost."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.lifecycle import EVENTS, EVIDENCE, RUNNING, Happening, Lacking, NotNow, Standing, after_all, follow
from tests.conftest import NINE_O_CLOCK

DAYS = st.dates(min_value=NINE_O_CLOCK.date()).map(lambda day: day.isoformat())
MAYBE_ID = st.none() | st.integers(1, 9)
FACTS: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from(["report", "proposal", "complaint", "question"]),
    "held_by": st.sampled_from(["", "desk", "leader", "inspector"]),
    "officer_id": MAYBE_ID,
    "office_id": MAYBE_ID,
    "evidence": st.sampled_from(["", "photo", "document", "decision", "my word"]),
    "body": st.sampled_from(["", "Sở Xây dựng"]),
    "document": st.sampled_from(["", "12/CV"]),
    "on": DAYS,
    "reason": st.sampled_from(["", "not_ours"]),
    "due_on": st.none() | DAYS,
    "percent": st.sampled_from([50, 80, 100]),
}
STEPS = st.tuples(
    st.sampled_from(sorted(EVENTS)) | st.sampled_from(["assign", "begin", "answer", "reopen", "confirm"]),
    st.fixed_dictionaries(FACTS),
    st.integers(0, 20),
)
REGISTER = {"kind": "report", "held_by": "desk", "due_on": "2026-11-30"}


Steps = list[tuple[str, dict[str, Any], int]]


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, min_size=1, max_size=25))
def test_no_walk_loses_an_event_an_owner_or_the_evidence(steps: Steps) -> None:
    walk(steps)


def test_ten_thousand_random_walks_keep_the_same_promises() -> None:
    chance = Random(28)
    ended = Counter(walk(random_steps(chance)).state for _ in range(10_000))
    assert set(ended) >= {"received", "assigned", "working", "answered", "closed", "refused"}, ended


def random_steps(chance: Random) -> Steps:
    """Up to 25 events with facts as they may come, right ones and wrong ones."""
    kinds = [*sorted(EVENTS), "assign", "begin", "answer", "reopen", "confirm"]
    return [(chance.choice(kinds), random_facts(chance), chance.randint(0, 20)) for _ in range(chance.randint(1, 25))]


def random_facts(chance: Random) -> dict[str, Any]:
    day = (NINE_O_CLOCK + timedelta(days=chance.randint(0, 400))).date().isoformat()
    return {
        "kind": chance.choice(["report", "proposal", "complaint", "question"]),
        "held_by": chance.choice(["", "desk", "leader", "inspector"]),
        "officer_id": chance.choice([None, *range(1, 10)]),
        "office_id": chance.choice([None, *range(1, 10)]),
        "evidence": chance.choice(["", "photo", "document", "decision", "my word"]),
        "body": chance.choice(["", "Sở Xây dựng"]),
        "document": chance.choice(["", "12/CV"]),
        "on": day,
        "reason": chance.choice(["", "not_ours"]),
        "due_on": chance.choice([None, day]),
        "percent": chance.choice([50, 80, 100]),
    }


def walk(steps: Steps) -> Standing:
    """Follow the steps that may be taken, and check each; gives where it ended."""
    at = NINE_O_CLOCK
    history = [Happening("told", at, {}), Happening("register", at, REGISTER)]
    standing = after_all(history, kind="report")
    for kind, facts, days in steps:
        at += timedelta(days=days)
        event = Happening(kind, at, facts)
        try:
            after = follow(standing, event)
        except (NotNow, Lacking):
            continue
        history.append(event)
        keeps_its_promises(standing, event, after)
        standing = after
    assert after_all(history, kind="report") == standing
    return standing


def keeps_its_promises(before: Standing, event: Happening, after: Standing) -> None:
    assert after.state != "draft" and after.has_owner
    if after.state in ("answered", "closed"):
        assert after.evidence in EVIDENCE and after.answered_at is not None
    if after.state == "refused":
        assert after.reason and after.closed_at is not None
    if before.state in ("refused", "sealed"):
        assert after.state == before.state  # neither is taken back behind the citizen's back
    if after.state == "sealed":
        assert (after.kind, after.held_by) == (
            "denunciation",
            "seal_holder",
        ) and after.due_on is after.officer_id is None
    if event.kind == "reopen":
        assert not before.is_reopened and after.is_reopened and after.state in RUNNING and after.due_on is not None
    if before.is_reopened:
        assert after.is_reopened
    assert (after.closed_at is not None) == (after.state in ("closed", "refused", "sealed"))
    assert not after.is_forced or after.state == "closed"


def test_every_state_can_be_reached_and_left_as_the_law_of_the_house_says() -> None:
    at = NINE_O_CLOCK
    path = [
        ("register", REGISTER, "received"),
        ("assign", {"held_by": "field", "officer_id": 3}, "assigned"),
        ("begin", {}, "working"),
        ("ask", {}, "asked"),
        ("tell", {}, "working"),
        ("transfer", {"body": "Sở Xây dựng", "document": "12/CV", "on": "2026-11-24"}, "transferred"),
        ("answer", {"evidence": "document"}, "answered"),
        ("reopen", {"due_on": "2026-12-07"}, "assigned"),
        ("answer", {"evidence": "photo"}, "answered"),
        ("confirm", {}, "closed"),
    ]
    standing = Standing()
    for kind, facts, state in path:
        standing = follow(standing, Happening(kind, at, facts))
        assert standing.state == state, kind
    assert standing.is_reopened and not standing.is_forced


def test_reopening_ends_after_fifteen_days_and_silence_closes_then() -> None:
    answered = after_all(
        [Happening("register", NINE_O_CLOCK, REGISTER), Happening("answer", NINE_O_CLOCK, {"evidence": "photo"})]
    )
    early, late = NINE_O_CLOCK + timedelta(days=15), NINE_O_CLOCK + timedelta(days=15, seconds=1)
    again = {"due_on": "2026-12-20"}
    assert follow(answered, Happening("reopen", early, again)).state == "assigned"
    assert refuses(answered, Happening("reopen", late, again))
    assert refuses(answered, Happening("lapse", early, {}))
    assert follow(answered, Happening("lapse", late, {})).state == "closed"


def refuses(standing: Standing, event: Happening) -> bool:
    try:
        follow(standing, event)
    except NotNow:
        return True
    return False
