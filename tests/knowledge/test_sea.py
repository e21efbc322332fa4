"""Land and sea of Viet Nam, at places that everybody can look up."""

from __future__ import annotations

import pytest

from knowledge.distance import Spot
from knowledge.sea import is_sea

LAND = {
    "Hà Nội": (21.03, 105.85),
    "bãi biển Mỹ Khê": (16.06, 108.247),
    "Vũng Tàu": (10.346, 107.084),
    "Đất Mũi": (8.60, 104.72),
    "Cần Giờ": (10.41, 106.95),
    "Phú Quốc": (10.22, 103.97),
    "Lý Sơn": (15.38, 109.11),
    "Côn Đảo": (8.68, 106.60),
    "Bạch Long Vĩ": (20.13, 107.72),
    "Nam Du": (9.69, 104.35),
}
SEA = {"ngoài Vũng Tàu": (10.15, 107.2), "giữa Biển Đông": (12.0, 112.0), "vịnh Bắc Bộ": (19.5, 107.2)}


@pytest.mark.parametrize("name", LAND)
def test_land(name: str) -> None:
    assert is_sea(Spot(*LAND[name])) is False


@pytest.mark.parametrize("name", SEA)
def test_sea(name: str) -> None:
    assert is_sea(Spot(*SEA[name])) is True


@pytest.mark.parametrize("spot", [Spot(0, 0), Spot(48.85, 2.35), Spot(-90, 180)])
def test_elsewhere_nothing_is_known(spot: Spot) -> None:
    assert is_sea(spot) is None
