"""What was counted since this process started: refusals, repeats, people whom a channel keeps from us."""

from __future__ import annotations

from collections import Counter

REASONS = ("wrong_secret", "wrong_signature", "unsigned", "stale", "repeated", "unknown", "protected", "stored")


class Tally:
    """Counters by channel and reason; `/metrics` shows them, a restart begins them anew."""

    def __init__(self) -> None:
        """Nothing was counted."""
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(self, channel: str, reason: str) -> None:
        """Once more."""
        self._counts[channel, reason] += 1

    def of(self, channel: str, reason: str) -> int:
        """How often."""
        return self._counts[channel, reason]

    def lines(self) -> list[str]:
        """In the text form that Prometheus reads."""
        return [
            "# HELP danhoi_channel_events_total events at the doors of the channels",
            "# TYPE danhoi_channel_events_total counter",
            *(
                f'danhoi_channel_events_total{{channel="{channel}",what="{reason}"}} {count}'
                for (channel, reason), count in sorted(self._counts.items())
            ),
        ]
