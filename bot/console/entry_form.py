"""An entry as a form: rows that grow without scripts, and faults of the checks beside the box that caused them.

The form is a flat set of names ("said-2-text"). It is turned into the text of a content file, which the ordinary
checks read; the line of each fault leads back to the box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.console.case_forms import PAPI
from bot.console.forms import tidy_lines
from handlers.topics import LABELS
from knowledge import marked_yaml
from knowledge.drafts import dump
from knowledge.errors import ContentFaulty, Fault
from knowledge.layers import file_of
from knowledge.reading import FACETS

PARTS: dict[str, str] = {
    "answer": "Câu trả lời (đứng đầu)",
    "steps": "Việc cần làm",
    **{facet: LABELS.get(facet, "Chi tiết khác") for facet in FACETS},
}
CONFIDENCE = {"": "Theo nguồn", "high": "Chắc chắn", "medium": "Khá chắc"}
SURE = {"high": "Đã đọc văn bản", "medium": "Chưa đọc văn bản gốc", "low": "Chưa xác nhận"}
# Boxes of each kind of row: name, label, shape. A row in which only lists are chosen is an empty one.
ROWS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "said": (
        ("part", "Phần", "part"),
        ("text", "Nội dung; số viết là {ten_o}", "long"),
        ("items", "Từng mục, mỗi dòng một mục", "long"),
        ("from", "Áp dụng từ ngày", "day"),
        ("to", "Đến hết ngày", "day"),
        ("sources", "Mã nguồn, cách nhau dấu phẩy", "short"),
        ("note", "Vì sao chưa biết ngày bắt đầu", "short"),
        ("confidence", "Mức chắc chắn", "confidence"),
    ),
    "field": (
        ("name", "Tên ô (chữ thường không dấu)", "short"),
        ("value", "Giá trị", "short"),
        ("unit", "Đơn vị (đồng, ngày, %...)", "short"),
        ("from", "Từ ngày", "day"),
        ("to", "Đến hết ngày", "day"),
        ("source", "Mã nguồn", "short"),
    ),
    "source": (
        ("key", "Mã nguồn (đặt ngắn, không dấu)", "short"),
        ("cite", "Văn bản và điều, hoặc cơ quan công bố", "short"),
        ("read_at", "Đọc ở đâu (địa chỉ; dân không thấy)", "short"),
        ("confidence", "Mức chắc chắn", "sure"),
    ),
    "doubt": (("text", "Điều chưa xác nhận", "long"), ("ask", "Hỏi ai", "short")),
}
CHOSEN = ("part", "confidence")
TITLES = {"said": "Câu chữ", "field": "Số liệu", "source": "Nguồn", "doubt": "Điều chưa xác nhận"}
PLAIN = ("title", "papi", "checked_on", "related", "variants")
KEPT = ("aliases", "procedure", "unpublished", "first_checked_on")  # not in the form: they stay as they are
MOST_ROWS = 80
NAMED = re.compile(r"(said|field|source|doubt)-(\d{1,2})-([a-z_]+)\Z")
THOUSANDS = re.compile(r"-?\d{1,3}(?:\.\d{3})+\Z")
NUMBER = re.compile(r"-?\d+(?:,\d+)?\Z")
DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
# What the checks call a key of the file, the form calls by its label.
SPOKEN = {
    "sources": "Nguồn",
    "fields": "Số liệu",
    "doubts": "Điều chưa xác nhận",
    "details": "phần chi tiết",
    "variants": "Cách hỏi",
    "answer": "Câu trả lời",
    "steps": "Việc cần làm",
    "related": "Mục liên quan",
    "note": "Vì sao chưa biết ngày bắt đầu",
    "from": "Từ ngày",
    "to": "Đến hết ngày",
    "source": "Mã nguồn",
    "confidence": "Mức chắc chắn",
    "cite": "Văn bản và điều",
    "value": "Giá trị",
    "text": "Nội dung",
    "title": "Tên việc",
    "ask": "Hỏi ai",
}
_KEYS = re.compile(rf"(?<![\w{{])(?:{'|'.join(SPOKEN)})(?![\w}}])")


@dataclass(slots=True)
class Sheet:
    """A filled form: `values` by name, how many rows of each kind are shown, and the entry's other keys."""

    entry_id: str
    values: dict[str, str]
    kept: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    def row(self, kind: str, number: int) -> dict[str, str]:
        """One row's boxes."""
        return {name: self.values.get(f"{kind}-{number}-{name}", "") for name, _label, _shape in ROWS[kind]}

    def filled(self, kind: str) -> Iterator[tuple[int, dict[str, str]]]:
        """Rows in which anything is written."""
        for number in range(self.rows.get(kind, 0)):
            row = self.row(kind, number)
            if any(value for name, value in row.items() if name not in CHOSEN):
                yield number, row


@dataclass(frozen=True, slots=True)
class Written:
    """The text that a form makes, and which box stands on which line of it."""

    text: str
    boxes: dict[int, str]

    def beside(self, faults: Iterable[Fault]) -> dict[str, str]:
        """The faults by the box that caused them; those of no box under ""."""
        found: dict[str, list[str]] = {}
        for fault in faults:
            ours = fault.file.parts[0] == file_of("xa.x").parts[0]
            line = max((each for each in self.boxes if each <= fault.line), default=0) if ours else 0
            problem = in_form_words(fault.problem)
            told = found.setdefault(self.boxes.get(line, ""), [])
            if problem not in told:
                told.append(problem)
        return {box: "; ".join(told) for box, told in found.items()}


def in_form_words(problem: str) -> str:
    """The same sentence with the names that the form uses."""
    return _KEYS.sub(lambda found: f"“{SPOKEN[found[0]]}”", problem.replace("“", "").replace("”", ""))


def from_text(text: str, entry_id: str) -> Sheet:
    """The form of an entry's text. Raises ContentFaulty where it is no entry at all."""
    raw = marked_yaml.parse(text, file_of(entry_id))
    sheet = Sheet(entry_id, {}, {key: raw[key] for key in KEPT if raw.get(key) is not None})
    values = sheet.values
    values["title"], values["papi"] = str(raw.get("title") or ""), str(raw.get("papi") or "")
    values["checked_on"] = shown(raw.get("checked_on"))
    values["related"] = ", ".join(raw.get("related") or ())
    values["variants"] = "\n".join(str(each) for each in raw.get("variants") or ())
    _put(sheet, "source", ({"key": key, **row} for key, row in (raw.get("sources") or {}).items()))
    _put(sheet, "field", _field_rows(raw.get("fields") or {}, sheet))
    _put(sheet, "said", _said_rows(raw))
    _put(sheet, "doubt", raw.get("doubts") or ())
    return sheet


def from_post(form: Mapping[str, Any], before: Sheet) -> Sheet:
    """What was typed, over the keys that the form does not show."""
    sheet = Sheet(before.entry_id, {}, before.kept)
    for name in PLAIN:
        sheet.values[name] = str(form.get(name, ""))
    sheet.values["variants"] = tidy_lines(sheet.values["variants"])
    sheet.values |= {name: str(form[name]) for name in ("reason", "document") if name in form}
    for name, value in form.items():
        found = NAMED.match(name)
        if found and int(found[2]) < MOST_ROWS and isinstance(value, str):
            sheet.values[name] = tidy_lines(value).strip()
            sheet.rows[found[1]] = max(sheet.rows.get(found[1], 0), int(found[2]) + 1)
    return sheet


def write(sheet: Sheet) -> Written:
    """The text of the form, in the order of the content files."""
    paths: dict[tuple[Any, ...], str] = {(name,): name for name in PLAIN}
    raw: dict[str, Any] = {
        "id": sheet.entry_id,
        "title": sheet.values["title"].strip(),
        "status": "reviewed",
        "papi": _typed(sheet.values["papi"], ""),
        "checked_on": _day(sheet.values["checked_on"]),
        **({"first_checked_on": sheet.kept["first_checked_on"]} if "first_checked_on" in sheet.kept else {}),
        "aliases": list(sheet.kept.get("aliases", ())),
        "related": [each.strip() for each in sheet.values["related"].split(",") if each.strip()],
    }
    if "procedure" in sheet.kept:
        raw["procedure"] = _plain(sheet.kept["procedure"])
    raw["sources"] = _sources(sheet, paths)
    raw["fields"] = _fields(sheet, paths)
    _said(sheet, raw, paths)
    raw["doubts"] = []
    for number, row in sheet.filled("doubt"):
        paths[("doubts", len(raw["doubts"]))] = f"doubt-{number}"
        raw["doubts"].append({"text": row["text"], "ask": row["ask"]})
    if "unpublished" in sheet.kept:
        raw["unpublished"] = _plain(sheet.kept["unpublished"])
    raw["variants"] = [line.strip() for line in sheet.values["variants"].splitlines() if line.strip()]
    text = dump(raw)
    return Written(text, _boxes(text, sheet.entry_id, paths))


def shown(value: object) -> str:
    """A value as a box holds it: 20000, "0,5", "2026-07-01"; text as it stands."""
    if value is None:
        return ""
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


def papi_choices() -> dict[str, str]:
    """The eight dimensions."""
    return {str(number): label for number, label in PAPI.items()}


def _put(sheet: Sheet, kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows):
        sheet.rows[kind] = number + 1
        for name, _label, _shape in ROWS[kind]:
            sheet.values[f"{kind}-{number}-{name}"] = shown(row.get(name))


def _field_rows(fields: Mapping[str, Any], sheet: Sheet) -> Iterator[dict[str, Any]]:
    """One row a value; a field that points at the table of parameters is kept beside the form."""
    for name, values in fields.items():
        if isinstance(values, Mapping):
            sheet.kept.setdefault("tabled", {})[name] = _plain(values)
            continue
        for value in values:
            held = value.get("value")
            quoted = f'"{held}"' if isinstance(held, str) and _typed(held, "x") != held else shown(held)
            yield {"name": name, **value, "value": quoted}


def _said_rows(raw: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    details = raw.get("details") or {}
    parts = [("answer", raw.get("answer")), ("steps", raw.get("steps"))]
    parts += [(facet, details.get(facet)) for facet in FACETS]
    for part, rows in parts:
        for row in rows or ():
            items, sources = "\n".join(row.get("items") or ()), ", ".join(row.get("sources") or ())
            yield {**row, "part": part, "items": items, "sources": sources}


def _sources(sheet: Sheet, paths: dict[tuple[Any, ...], str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in sheet.filled("source"):
        key = row["key"] or f"nguon_{number + 1}"
        paths[("sources", key)] = f"source-{number}"
        found[key] = {
            "cite": row["cite"],
            "read_at": row["read_at"] or None,
            "confidence": row["confidence"] or "medium",
        }
    return found


def _fields(sheet: Sheet, paths: dict[tuple[Any, ...], str]) -> dict[str, Any]:
    found: dict[str, Any] = dict(sheet.kept.get("tabled", {}))
    for number, row in sheet.filled("field"):
        rows = found.setdefault(row["name"] or f"o_{number + 1}", [])
        if not isinstance(rows, list):  # the name of a field of the table
            continue
        paths[("fields", row["name"] or f"o_{number + 1}", len(rows))] = f"field-{number}"
        unit = row["unit"]
        days = {"from": _day(row["from"]), "to": _day(row["to"])}
        rows.append({"value": _typed(row["value"], unit), "unit": unit, **days, "source": row["source"]})
    return found


def _said(sheet: Sheet, raw: dict[str, Any], paths: dict[tuple[Any, ...], str]) -> None:
    parts: dict[str, list[dict[str, Any]]] = {}
    for number, row in sheet.filled("said"):
        part = row["part"] if row["part"] in PARTS else "answer"
        rows = parts.setdefault(part, [])
        path = (part,) if part in ("answer", "steps") else ("details", part)
        paths[(*path, len(rows))] = f"said-{number}"
        rows.append(_statement(row))
    raw["answer"], raw["steps"] = parts.pop("answer", []), parts.pop("steps", [])
    raw["details"] = {facet: parts[facet] for facet in FACETS if facet in parts}


def _statement(row: Mapping[str, str]) -> dict[str, Any]:
    items = [line.strip() for line in row["items"].splitlines() if line.strip()]
    text = " ".join(row["text"].split())
    return {
        **({"text": text} if text or not items else {}),
        **({"items": items} if items else {}),
        "from": _day(row["from"]),
        "to": _day(row["to"]),
        **({"note": row["note"]} if row["note"] else {}),
        "sources": [each.strip() for each in row["sources"].split(",") if each.strip()],
        **({"confidence": row["confidence"]} if row["confidence"] else {}),
    }


def _typed(text: str, unit: str) -> int | float | str | date:
    """What was meant: "20.000" đồng, "0,5" %, 2026-07-01; a code, or anything in quotes, stays text."""
    text = text.strip()
    if unit == "mã" or (len(text) > 1 and text[0] == text[-1] == '"'):
        return text.strip('"')
    if THOUSANDS.match(text):
        return int(text.replace(".", "")) if unit else text
    if NUMBER.match(text):
        return float(text.replace(",", ".")) if "," in text else int(text)
    found = _day(text)
    return found if isinstance(found, date) else text


def _day(text: str) -> date | str | None:
    """A day as browsers send it or people type it; what is neither stays, and the checks say so."""
    text = text.strip()
    if not text:
        return None
    found = DAY.match(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return text


def _plain(value: Any) -> Any:
    """Plain lists and tables again, which the text is written from."""
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _boxes(text: str, entry_id: str, paths: Mapping[tuple[Any, ...], str]) -> dict[int, str]:
    """Which box stands on which line."""
    try:
        raw = marked_yaml.parse(text, file_of(entry_id))
    except ContentFaulty:
        return {}
    boxes: dict[int, str] = {}
    _walk(raw, (), "", paths, boxes)
    return boxes


def _walk(
    value: Any, path: tuple[Any, ...], box: str, paths: Mapping[tuple[Any, ...], str], boxes: dict[int, str]
) -> None:
    if isinstance(value, marked_yaml.Mapping):
        for key, line in value.lines.items():
            here = (*path, key)
            known = paths.get(here, "")
            inside = known or (f"{box}-{key}" if NAMED.match(f"{box}-{key}") else box)
            boxes[line] = inside if not known or known in PLAIN else _first_box(known)
            _walk(value[key], here, known or box, paths, boxes)
    elif isinstance(value, marked_yaml.Sequence):
        for number, line in enumerate(value.lines):
            known = paths.get((*path, number), box)
            boxes.setdefault(line, _first_box(known))
            _walk(value[number], (*path, number), known, paths, boxes)


def _first_box(name: str) -> str:
    """A whole row is told of at its first box."""
    kind, _, number = name.partition("-")
    if kind not in ROWS or "-" in number:
        return name
    first = "text" if kind in ("said", "doubt") else ROWS[kind][0][0]
    return f"{name}-{first}" if number else f"{kind}-0-{first}"
