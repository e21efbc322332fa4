"""From a typed value to the words that a citizen reads: the only way in which a number enters a text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from knowledge.entry import Entry, FieldValue, Value

NAMED = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def in_words(value: Value, unit: str) -> str:
    """20000, "đồng" -> "20.000 đồng"; 2026-07-01 -> "01/07/2026"; 30, "%" -> "30%"; CT01 as it stands."""
    if unit in ("", "mã"):
        return _plain(value) if isinstance(value, date | float) else str(value)
    return _plain(value) + (unit if unit == "%" else f" {unit}")


def names_in(text: str) -> list[str]:
    """The fields that a text names, in order."""
    return NAMED.findall(text)


def fill(text: str, entry: Entry, on: date) -> str:
    """The text with every field in the words of the value in force on that day; one without a value stays visible."""
    return NAMED.sub(lambda named: _filled(named, entry, on), text)


def value_on(values: Iterable[FieldValue], entry: Entry, on: date) -> FieldValue | None:
    """The value in force on that day."""
    return next(iter(entry.in_force(values, on)), None)


def _filled(named: re.Match[str], entry: Entry, on: date) -> str:
    value = value_on(entry.fields.get(named[1], ()), entry, on)
    return named[0] if value is None else in_words(value.value, value.unit)


def _plain(value: Value) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".") if abs(value) >= 1_000 else str(value)
    if isinstance(value, float):
        return _plain(int(value)) if value.is_integer() else f"{value:g}".replace(".", ",")
    return value
