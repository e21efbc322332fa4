"""YAML with line numbers: mappings and lists that remember where each part stands in the file.

Built on the C parser's events alone, which is faster than `yaml.load` and keeps every mark. Plain scalars are read as
null, true, false, int, float and date; anything else, and anything in quotes, is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import ContentFaulty, Fault

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
NUMBER_OR_DAY = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?\Z|\d{4}-\d\d-\d\d\Z")


class Mapping(dict[str, Any]):
    """A YAML mapping; `line` is its own first line, `lines` that of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        """Empty; the reader fills it."""
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[Any]):
    """A YAML list; `lines` holds the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        """Empty; the reader fills it."""
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read(file: Path) -> Mapping:
    """The one mapping that a content file holds; raises ContentFaulty naming the line that cannot be read."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as broken:
        raise _faulty(file, 1, "tệp không phải UTF-8; lưu lại bằng UTF-8") from broken
    return parse(text, file)


def parse(text: str, file: Path) -> Mapping:
    """The same for a text at hand; `file` is what faults are named after."""
    try:
        events = yaml.parse(text, Loader=Loader)
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                return _mapping(event, events, file)
            if isinstance(event, yaml.NodeEvent):
                break
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        why = getattr(broken, "problem", None) or str(broken)
        raise _faulty(file, mark.line + 1 if mark else 1, f"không đọc được YAML ({why}); sửa lại dòng này") from broken
    raise _faulty(file, 1, "tệp phải là một bảng khóa: giá trị (id, title, ...)")


def _faulty(file: Path, line: int, problem: str) -> ContentFaulty:
    return ContentFaulty((Fault(file, line, problem),))


def _mapping(start: Any, events: Iterator[Any], file: Path) -> Mapping:
    found = Mapping(start.start_mark.line + 1)
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            raise _faulty(file, line, "tên khóa phải là chữ")
        if event.value in found:
            raise _faulty(file, line, f"khóa “{event.value}” ghi hai lần; bỏ bớt một")
        found[event.value] = _value(next(events), events, file)
        found.lines[event.value] = line
    return found


def _sequence(start: Any, events: Iterator[Any], file: Path) -> Sequence:
    found = Sequence(start.start_mark.line + 1)
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            break
        found.lines.append(event.start_mark.line + 1)
        found.append(_value(event, events, file))
    return found


def _value(event: Any, events: Iterator[Any], file: Path) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        return event.value if event.style else _plain(event, file)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(event, events, file)
    if isinstance(event, yaml.SequenceStartEvent):
        return _sequence(event, events, file)
    raise _faulty(file, event.start_mark.line + 1, "không dùng tham chiếu (*tên) trong tệp nội dung; chép hẳn ra")


def _plain(event: Any, file: Path) -> Any:
    text: str = event.value
    if text in WORDS:
        return WORDS[text]
    if not NUMBER_OR_DAY.match(text):
        return text
    if "-" in text[1:]:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _faulty(file, event.start_mark.line + 1, f"không có ngày {text}; viết năm-tháng-ngày") from None
    return float(text) if "." in text else int(text)
