"""The dated numbers of health insurance (BHYT): one row per value and period, with its law."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from knowledge.errors import ContentFaulty, Fault

FILE = "bhyt_parameters.csv"
Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one parameter. Money is whole đồng, `unit` as in the file; both days are included.

    `since` is None where the beginning is not known; `read_at` is where an editor read it and is never shown.
    """

    name: str
    value: int | float
    unit: str
    since: date | None
    until: date | None
    law: str
    read_at: str | None
    confidence: Confidence
    line: int


def load_parameters(content: Path) -> Mapping[str, tuple[Parameter, ...]]:
    """Every parameter by name, its periods in the file's order; raises ContentFaulty."""
    file = content / FILE
    found: dict[str, list[Parameter]] = {}
    if file.exists():
        for row in _rows(file):
            found.setdefault(row.name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def _rows(file: Path) -> Iterator[Parameter]:
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            try:
                yield Parameter(
                    name=row["name"],
                    value=_number(row["value"]),
                    unit=row["unit"],
                    since=_day(row["valid_from"]),
                    until=_day(row["valid_to"]),
                    law=row["law"],
                    read_at=row["source"] or None,
                    confidence=_confidence(row["confidence"]),
                    line=reader.line_num,
                )
            except (KeyError, ValueError) as broken:
                raise ContentFaulty(
                    (Fault(file, reader.line_num, f"dòng tham số không đọc được ({broken}); sửa lại"),)
                ) from broken


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _confidence(text: str) -> Confidence:
    if text == "high":
        return "high"
    if text == "medium":
        return "medium"
    if text == "low":
        return "low"
    raise ValueError(f"confidence {text!r}")
