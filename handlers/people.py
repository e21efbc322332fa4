"""The way to a human: what every conversation offers last."""

from __future__ import annotations

from handlers.contract import Choice, Desk

TO_A_PERSON = Choice("Gặp cán bộ", "handoff.ask", aside=True)


def desk_line(desk: Desk) -> str:
    """Where a person can be reached, in one line; says so when the commune has not filled it in."""
    commune = desk.commune
    parts = [f"gọi {commune.phone}" if commune.phone else "", f"đến {commune.address}" if commune.address else ""]
    ways = " hoặc ".join(part for part in parts if part) or f"đến trụ sở UBND {commune.name}"
    return ways + (f" ({commune.hours})" if commune.hours else "")
