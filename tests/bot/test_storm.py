"""How the storm counts: what was really lost or doubled, and not what two equal texts look like."""

from __future__ import annotations

import pytest

from benchmarks._invariants import compare


@pytest.mark.parametrize(
    ("held", "taken", "found"),
    [
        ([("A", "sent"), ("B", "sent")], ["A", "B"], (0, 0)),
        ([("A", "sent"), ("B", "sent")], ["A"], (1, 0)),
        ([("A", "sent")], ["A", "A"], (0, 1)),
        ([("A", "unknown"), ("B", "sent")], ["A", "B"], (0, 0)),
        ([("A", "unknown"), ("B", "sent")], ["B"], (0, 0)),
        ([("A", "unknown"), ("A", "sent"), ("B", "sent")], ["A", "B"], (0, 0)),  # the unknown one never arrived
        ([("A", "unknown"), ("A", "sent"), ("B", "sent")], ["B"], (1, 0)),
        ([("A", "sent"), ("B", "sent")], ["B", "A"], (1, 1)),
    ],
)
def test_lost_and_doubled_are_told_from_equal_texts(
    held: list[tuple[str, str]], taken: list[str], found: tuple[int, int]
) -> None:
    assert compare(held, taken) == found
