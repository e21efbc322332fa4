"""Nobody's number or name stands readable in the log, not even in a traceback."""

from __future__ import annotations

import logging
import re
import sys

from bot.logs import Masked


def written(message: str, *, error: Exception | None = None) -> str:
    trace = None
    try:
        if error is not None:
            raise error
    except Exception:
        trace = sys.exc_info()
    record = logging.LogRecord("bot.worker", logging.ERROR, "x.py", 1, message, (), trace)
    return Masked("%(asctime)s %(levelname)s %(name)s: %(message)s").format(record)


def test_a_line_keeps_its_time_and_loses_the_person() -> None:
    line = written("send to 0912 345 678 failed for ông Nguyễn Văn Bình")
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} ERROR bot.worker: send to ", line)
    assert "345" not in line.partition("ERROR")[2] and "Bình" not in line


def test_a_traceback_loses_the_person_too() -> None:
    line = written("event 12 failed", error=ValueError("cannot read 079203001234 of Trần Thị Lan"))
    assert "event 12 failed" in line and "ValueError: cannot read" in line and "Traceback" in line
    assert "079203001234" not in line and "Trần" not in line
