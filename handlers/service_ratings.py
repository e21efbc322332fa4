"""Satisfaction in certification, construction permits and land certificates: slips counted each month, and published.

Paper slips and answers by phone count alike; a month's score stands beside the share of those who answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.figures import Span
from handlers.outcomes import FEWEST
from handlers.permissions import Act
from handlers.workplace import Workplace
from storage import service_ratings
from storage.service_ratings import ServiceRating

SERVICES = ("certification", "building", "land")


class TooManySlips(Exception):
    """More slips than results, or a month that has not begun."""


@dataclass(frozen=True, slots=True)
class Score:
    """One field in one month. `mean`: 1 to 5, None where nobody answered."""

    service: str
    month: date
    asked: int
    answered: int
    mean: float | None

    @property
    def share(self) -> int | None:
        """Percent of those asked who answered."""
        return round(100 * self.answered / self.asked) if self.asked else None


async def record(work: Workplace, *, service: str, month: date, asked: int, faces: Sequence[int]) -> None:
    """The counts of a month, in place of earlier ones. Raises NotAllowed, TooManySlips."""
    work.demand(Act.SERVICE_RATE)
    if service not in SERVICES or sum(faces) > asked or month > work.today:
        raise TooManySlips
    counts = {f"faces_{number}": count for number, count in enumerate(faces, 1)}
    row = ServiceRating(
        commune_id=work.commune_id,
        service=service,
        month=month.replace(day=1),
        asked=asked,
        officer_id=work.person.officer_id,
        at=work.now,
        **counts,
    )
    await service_ratings.keep(work.session, row, commune_id=work.commune_id)
    await work.note(Act.SERVICE_RATE, "service_rating", what="added", why=f"{service} {month:%Y-%m}")


async def scores(session: AsyncSession, *, commune_id: int, span: Span, public: bool = False) -> list[Score]:
    """By month and field, the newest first; for the public none with fewer than five answers."""
    found = await service_ratings.between(session, commune_id=commune_id, since=span.since, until=span.until)
    every = [_score(row) for row in found]
    return [one for one in every if one.answered >= FEWEST] if public else every


def _score(row: ServiceRating) -> Score:
    answered = sum(row.faces)
    total = sum(faces * count for faces, count in enumerate(row.faces, 1))
    return Score(row.service, row.month, row.asked, answered, round(total / answered, 2) if answered else None)
