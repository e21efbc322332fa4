"""What both engines say differently about instants: the hour, day and month in Viet Nam, and whole days between two.

Viet Nam has kept UTC+7 without summer time since 1975-06-13.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

ZONE = "Asia/Ho_Chi_Minh"


class _Hour(FunctionElement[int]):
    type = Integer()
    inherit_cache = True
    name = "hour_in_viet_nam"


class _Day(FunctionElement[date]):
    type = Date()
    inherit_cache = True
    name = "day_in_viet_nam"


class _Month(FunctionElement[str]):
    type = String()
    inherit_cache = True
    name = "month_in_viet_nam"


class _Days(FunctionElement[int]):
    type = Integer()
    inherit_cache = True
    name = "whole_days_between"


def hour_of(instant: Any) -> ColumnElement[int]:
    """0 to 23."""
    return _Hour(col(instant))


def day_of(instant: Any) -> ColumnElement[date]:
    """The Viet Nam day."""
    return _Day(col(instant))


def month_of(instant: Any) -> ColumnElement[str]:
    """2026-11."""
    return _Month(col(instant))


def days_between(first: datetime | Any | None, last: datetime | Any | None) -> ColumnElement[int]:
    """Whole days that passed, rounded down."""
    return _Days(col(first), col(last))


def _parts(element: FunctionElement[Any], compiler: Any, **more: Any) -> list[str]:
    return [compiler.process(clause, **more) for clause in element.clauses]


@compiles(_Hour, "sqlite")
def _hour_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST(strftime('%H', {_parts(element, compiler, **more)[0]}, '+7 hours') AS INTEGER)"


@compiles(_Hour)
def _hour(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST(EXTRACT(HOUR FROM {_parts(element, compiler, **more)[0]} AT TIME ZONE '{ZONE}') AS INTEGER)"


@compiles(_Day, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"date({_parts(element, compiler, **more)[0]}, '+7 hours')"


@compiles(_Day)
def _day(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST({_parts(element, compiler, **more)[0]} AT TIME ZONE '{ZONE}' AS DATE)"


@compiles(_Month, "sqlite")
def _month_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"strftime('%Y-%m', {_parts(element, compiler, **more)[0]}, '+7 hours')"


@compiles(_Month)
def _month(element: Any, compiler: Any, **more: Any) -> str:
    return f"to_char({_parts(element, compiler, **more)[0]} AT TIME ZONE '{ZONE}', 'YYYY-MM')"


@compiles(_Days, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    first, last = _parts(element, compiler, **more)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


@compiles(_Days)
def _days(element: Any, compiler: Any, **more: Any) -> str:
    first, last = _parts(element, compiler, **more)
    return f"CAST(FLOOR(EXTRACT(EPOCH FROM ({last} - {first})) / 86400) AS INTEGER)"
