"""Business time: the real clock, or the one that tests set. Pauses and leases use the monotonic clock instead."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Clock:
    """`starts_at` None is the real time; otherwise time starts there and runs on, or stands still if `frozen`."""

    starts_at: datetime | None = None
    frozen: bool = False
    _started: float = field(default_factory=time.monotonic)

    @classmethod
    def reading(cls, setting: str | None) -> Clock:
        """From DANHOI_CLOCK: an ISO instant, `=` in front freezes it; without a zone it is Viet Nam time."""
        if not setting:
            return cls()
        instant = datetime.fromisoformat(setting.removeprefix("="))
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=VIET_NAM)
        return cls(instant.astimezone(UTC), frozen=setting.startswith("="))

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        if self.starts_at is None:
            return datetime.now(UTC)
        return self.starts_at if self.frozen else self.starts_at + timedelta(seconds=time.monotonic() - self._started)

    def running(self) -> datetime:
        """The same time, but never frozen: for pauses, pace and leases, which must end."""
        if self.starts_at is None or not self.frozen:
            return self.now()
        return self.starts_at + timedelta(seconds=time.monotonic() - self._started)

    def today(self) -> date:
        """The day in Viet Nam, from which every lookup of a rule starts."""
        return self.now().astimezone(VIET_NAM).date()
