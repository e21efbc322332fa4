"""The sample commune that a fresh machine starts with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

FILE = "sample/commune.yaml"
TOWNHALL = "sample/townhall.yaml"


def sample_commune(content: Path) -> dict[str, Any]:
    """The columns of the sample commune, as the file gives them."""
    columns: dict[str, Any] = yaml.safe_load((content / FILE).read_text(encoding="utf-8"))
    return columns


def sample_townhall(content: Path) -> dict[str, Any]:
    """Its `offices` (names) and its `officers` (name and role)."""
    townhall: dict[str, Any] = yaml.safe_load((content / TOWNHALL).read_text(encoding="utf-8"))
    return townhall
