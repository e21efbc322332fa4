"""The pace of a channel account, and how it rests: arithmetic on instants, nothing slept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.lines import LONGEST_PAUSE, Line

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def line() -> Line:
    return Line(channel_account_id=1, commune_id=1, parked_because="", needs_person=False, failures=0)


@settings(deadline=None)
@given(st.lists(st.integers(0, 400), min_size=20, max_size=120), st.integers(1, 8))
def test_no_second_sees_more_than_the_platform_allows(pauses: list[int], most: int) -> None:
    """25 a second are aimed at; Telegram allows 30."""
    mine, now, went = line(), NOW, []
    for pause in pauses:
        now += timedelta(milliseconds=pause)
        count = mine.room(now=now, per_second=25.0, most=most)
        mine.take(count, now=now, per_second=25.0)
        went += [now] * count
    for start in went:
        assert sum(1 for at in went if start <= at < start + timedelta(seconds=1)) <= 31


def test_a_steady_stream_reaches_its_pace() -> None:
    mine, now, went = line(), NOW, 0
    for _ in range(1_000):
        now += timedelta(milliseconds=10)
        count = mine.room(now=now, per_second=25.0, most=8)
        mine.take(count, now=now, per_second=25.0)
        went += count
    assert 245 <= went <= 256


def test_each_failure_in_a_row_rests_longer_and_success_ends_it() -> None:
    mine, rests = line(), []
    for _ in range(12):
        mine.park(now=NOW, because="unreachable", needs_person=False, after=None)
        assert mine.parked_until is not None
        rests.append(mine.parked_until - NOW)
    assert rests == sorted(rests) and rests[0] == timedelta(seconds=2) and rests[-1] == LONGEST_PAUSE
    assert mine.room(now=NOW, per_second=25.0, most=8) == 0 and "unreachable" in mine.state(NOW)
    mine.free()
    assert mine.room(now=NOW, per_second=25.0, most=8) > 0 and mine.state(NOW) == "ok"


def test_a_platform_that_names_the_pause_is_taken_at_its_word() -> None:
    mine = line()
    mine.park(now=NOW, because="429", needs_person=False, after=7.0)
    assert mine.parked_until == NOW + timedelta(seconds=7)
