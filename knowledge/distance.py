"""Places on the map: read from what a channel gives, and how far apart two of them are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH = 6_371_000.0  # metres
_PAIR = re.compile(r"(?<![\d.])(?P<lat>-?\d{1,2}\.\d{3,}), ?(?P<lon>-?\d{1,3}\.\d{3,})(?![\d.])")


@dataclass(frozen=True, slots=True)
class Spot:
    """Degrees north and east, rounded to about 10 metres."""

    latitude: float
    longitude: float

    def metres_to(self, other: Spot) -> float:
        """Along the surface."""
        north = radians(other.latitude - self.latitude) / 2
        east = radians(other.longitude - self.longitude) / 2
        flat = cos(radians(self.latitude)) * cos(radians(other.latitude))
        return 2 * EARTH * asin(sqrt(sin(north) ** 2 + flat * sin(east) ** 2))


def find_spot(text: str) -> Spot | None:
    """The place on the map that a channel wrote into its words; None where there is none, or none on earth."""
    found = _PAIR.search(text)
    if found is None:
        return None
    latitude, longitude = float(found["lat"]), float(found["lon"])
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Spot(round(latitude, 4), round(longitude, 4))
