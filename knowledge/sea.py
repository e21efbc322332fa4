"""Whether a place on the map lies in the sea, by a grid of about 900 metres over Viet Nam and its waters.

The grid (content/land.npz) is cut out of global-land-mask 1.0.0 (MIT), which is made of GLOBE, the elevation model of
NOAA (public domain); the whole library would hold 900 MB of memory for the whole earth. It does not know the small
islands: nobody whose own commune it takes for sea may be judged by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.distance import Spot

FILE = Path(__file__).parent / "content" / "land.npz"
SHORE = 2  # cells: beaches, piers and river mouths count as land


@dataclass(frozen=True, slots=True)
class Grid:
    """`sea` True where no land is; the first row is the northernmost, the first column the westernmost."""

    sea: NDArray[np.bool_]
    north: float
    west: float
    cells_per_degree: int


def is_sea(spot: Spot) -> bool | None:
    """Whether no land is near; None outside of the grid, where nothing is known."""
    grid = _grid()
    row = round((grid.north - spot.latitude) * grid.cells_per_degree)
    column = round((spot.longitude - grid.west) * grid.cells_per_degree)
    rows, columns = grid.sea.shape
    if not (0 <= row < rows and 0 <= column < columns):
        return None
    near = grid.sea[max(row - SHORE, 0) : row + SHORE + 1, max(column - SHORE, 0) : column + SHORE + 1]
    return bool(near.all())


@lru_cache(maxsize=1)
def _grid() -> Grid:
    with np.load(FILE) as kept:
        rows, columns = (int(size) for size in kept["shape"])
        sea = np.unpackbits(kept["sea"], count=rows * columns).reshape(rows, columns).astype(bool)
        return Grid(sea, float(kept["north"]), float(kept["west"]), int(kept["cells_per_degree"]))
