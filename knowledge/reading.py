"""Reads one entry file into typed objects. It notes every fault and goes on, so that an editor sees all at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from knowledge import marked_yaml
from knowledge.entry import Doubt, Entry, FieldValue, Procedure, Source, Statement, Status, Unpublished, Value
from knowledge.errors import ContentFaulty, Fault
from knowledge.meaning import Facet
from knowledge.parameters import Confidence, Parameter

FACETS: tuple[Facet, ...] = (
    "documents",
    "fee",
    "time",
    "where",
    "who",
    "online",
    "result",
    "avoid",
    "changed",
    "more",
)
DOUBTFUL: Mapping[Confidence, int] = {"high": 0, "medium": 1, "low": 2}
PARAMETER_UNITS: Mapping[str, str] = {
    "VND": "đồng",
    "VND/month": "đồng/tháng",
    "VND/year": "đồng/năm",
    "VND/calendar_year": "đồng/năm",
    "VND/person/month": "đồng/người/tháng",
    "days": "ngày",
    "days_max": "ngày",
    "working_days": "ngày làm việc",
    "months": "tháng",
    "years": "năm",
    "consecutive_years": "năm",
    "diseases": "bệnh",
}
ENTRY_KEYS = frozenset(
    {
        *("id", "title", "status", "papi", "checked_on", "first_checked_on", "aliases", "related", "procedure"),
        *("sources", "fields", "answer", "steps", "details", "doubts", "unpublished", "variants"),
    }
)
STATEMENT_KEYS = frozenset({"text", "items", "from", "to", "sources", "confidence", "note"})


class Reader:
    """One file being read, or (`written`) a text that lies in no file yet."""

    def __init__(
        self, file: Path, parameters: Mapping[str, tuple[Parameter, ...]], *, written: str | None = None
    ) -> None:
        self.file, self.written = file, written
        self.parameters = parameters
        self.faults: list[Fault] = []
        self.sources: dict[str, Source] = {}

    def entry(self) -> Entry:
        """The entry that the file holds; raises ContentFaulty with all that is wrong."""
        raw = marked_yaml.read(self.file) if self.written is None else marked_yaml.parse(self.written, self.file)
        self.known(raw, ENTRY_KEYS)
        self.sources = self.read_sources(raw)
        checked_on = self.day(raw, "checked_on", required=True) or date.min
        entry = Entry(
            id=self.text(raw, "id"),
            title=self.text(raw, "title"),
            status=self.status(raw),
            papi=self.papi(raw),
            checked_on=checked_on,
            first_checked_on=self.day(raw, "first_checked_on") or checked_on,
            aliases=self.texts(raw, "aliases"),
            related=self.texts(raw, "related"),
            procedure=self.procedure(raw),
            sources=self.sources,
            fields=self.fields(raw),
            answer=self.statements(raw, "answer"),
            steps=self.statements(raw, "steps"),
            details=self.details(raw),
            doubts=self.doubts(raw),
            unpublished=self.unpublished(raw),
            variants=self.texts(raw, "variants"),
            file=self.file,
            written=self.written,
        )
        if self.file.stem != entry.id or self.file.parent.name != entry.id.partition(".")[0]:
            self.fault(raw, "id", f"tệp của “{entry.id}” phải là {entry.id.partition('.')[0]}/{entry.id}.yaml")
        if self.faults:
            raise ContentFaulty(tuple(self.faults))
        return entry

    def fault(self, raw: marked_yaml.Mapping, key: str, problem: str) -> None:
        """Note a fault at the line of that key."""
        self.faults.append(Fault(self.file, raw.lines.get(key, raw.line), problem))

    def known(self, raw: marked_yaml.Mapping, keys: frozenset[str]) -> None:
        for key in raw:
            if key not in keys:
                self.fault(raw, key, f"không có khóa “{key}” ở đây; các khóa được dùng: {', '.join(sorted(keys))}")

    def text(self, raw: marked_yaml.Mapping, key: str) -> str:
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.fault(raw, key, f"thiếu “{key}”, hoặc nó không phải là chữ (thêm dấu nháy nếu là số)")
        return ""

    def optional(self, raw: marked_yaml.Mapping, key: str) -> str | None:
        return None if raw.get(key) is None else self.text(raw, key)

    def texts(self, raw: marked_yaml.Mapping, key: str) -> tuple[str, ...]:
        value = raw.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(raw, key, f"“{key}” phải là một danh sách")
            return ()
        for text, line in zip(value, getattr(value, "lines", ()), strict=True):
            if not isinstance(text, str) or not text.strip():
                self.faults.append(Fault(self.file, line, f"dòng này trong “{key}” phải là chữ (thêm dấu nháy)"))
        return tuple(text for text in value if isinstance(text, str))

    def rows(self, raw: marked_yaml.Mapping, key: str) -> list[marked_yaml.Mapping]:
        value = raw.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(raw, key, f"“{key}” phải là một danh sách")
            return []
        for row, line in zip(value, getattr(value, "lines", ()), strict=True):
            if not isinstance(row, marked_yaml.Mapping):
                self.faults.append(Fault(self.file, line, f"mỗi dòng của “{key}” phải có khóa: giá trị"))
        return [row for row in value if isinstance(row, marked_yaml.Mapping)]

    def table(self, raw: marked_yaml.Mapping, key: str) -> marked_yaml.Mapping:
        value = raw.get(key)
        if isinstance(value, marked_yaml.Mapping):
            return value
        if value is not None:
            self.fault(raw, key, f"“{key}” phải là một bảng khóa: giá trị")
        return marked_yaml.Mapping(raw.line)

    def day(self, raw: marked_yaml.Mapping, key: str, *, required: bool = False) -> date | None:
        value = raw.get(key)
        if isinstance(value, date):
            return value
        if value is not None or required:
            self.fault(raw, key, f"“{key}” phải là một ngày, viết năm-tháng-ngày (ví dụ 2026-07-01)")
        return None

    def status(self, raw: marked_yaml.Mapping) -> Status:
        value = raw.get("status")
        if value == "reviewed":
            return "reviewed"
        if value != "converted":
            self.fault(raw, "status", "“status” phải là reviewed hoặc converted")
        return "converted"

    def papi(self, raw: marked_yaml.Mapping) -> int:
        value = raw.get("papi")
        if isinstance(value, int) and 1 <= value <= 8:
            return value
        self.fault(raw, "papi", "“papi” phải là số của lĩnh vực PAPI, từ 1 đến 8")
        return 0

    def confidence(self, raw: marked_yaml.Mapping, key: str = "confidence") -> Confidence | None:
        value = raw.get(key)
        for known in DOUBTFUL:
            if value == known:
                return known
        if value is not None:
            self.fault(raw, key, "“confidence” phải là high, medium hoặc low")
        return None

    def read_sources(self, raw: marked_yaml.Mapping) -> dict[str, Source]:
        found: dict[str, Source] = {}
        table = self.table(raw, "sources")
        for key in table:
            row = self.table(table, key)
            self.known(row, frozenset({"cite", "read_at", "confidence"}))
            found[key] = Source(
                key, self.text(row, "cite"), self.optional(row, "read_at"), self.confidence(row) or "low"
            )
            if row.get("confidence") is None:
                self.fault(table, key, f"nguồn “{key}” thiếu confidence (high, medium, low)")
        return found

    def cited(self, raw: marked_yaml.Mapping) -> tuple[Source, ...]:
        keys = self.texts(raw, "sources")
        for key in keys:
            if key not in self.sources:
                self.fault(raw, "sources", f"nguồn “{key}” chưa có trong mục sources; thêm vào hoặc sửa tên")
        return tuple(self.sources[key] for key in keys if key in self.sources)

    def statements(self, raw: marked_yaml.Mapping, key: str) -> tuple[Statement, ...]:
        return tuple(self.statement(row) for row in self.rows(raw, key))

    def statement(self, row: marked_yaml.Mapping) -> Statement:
        self.known(row, STATEMENT_KEYS)
        items = self.texts(row, "items")
        sources = self.cited(row)
        lowest: Confidence = max((one.confidence for one in sources), key=DOUBTFUL.__getitem__, default="medium")
        for key in ("from", "to"):
            if key not in row:
                self.fault(row, "text", f"thiếu “{key}”; ghi ngày, hoặc null nếu chưa biết")
        return Statement(
            text=(self.optional(row, "text") or "") if items else self.text(row, "text"),
            items=items,
            since=self.day(row, "from"),
            until=self.day(row, "to"),
            sources=sources,
            confidence=self.confidence(row) or lowest,
            note=self.optional(row, "note"),
            line=row.line,
        )

    def details(self, raw: marked_yaml.Mapping) -> dict[Facet, tuple[Statement, ...]]:
        table = self.table(raw, "details")
        self.known(table, frozenset(FACETS))
        return {facet: self.statements(table, facet) for facet in FACETS if facet in table}

    def fields(self, raw: marked_yaml.Mapping) -> dict[str, tuple[FieldValue, ...]]:
        table = self.table(raw, "fields")
        return {
            name: self.parameter(table, name, values)
            if isinstance(values, marked_yaml.Mapping)
            else tuple(self.field_value(row) for row in self.rows(table, name))
            for name, values in table.items()
        }

    def field_value(self, row: marked_yaml.Mapping) -> FieldValue:
        self.known(row, frozenset({"value", "unit", "from", "to", "source", "note"}))
        value = row.get("value")
        if isinstance(value, bool) or not isinstance(value, get_args(Value)):
            self.fault(row, "value", "“value” phải là số, chữ hoặc ngày")
            value = ""
        for key in ("from", "to"):
            if key not in row:
                self.fault(row, "value", f"thiếu “{key}”; ghi ngày, hoặc null nếu chưa biết")
        key = self.text(row, "source")
        if key and key not in self.sources:
            self.fault(row, "source", f"nguồn “{key}” chưa có trong mục sources; thêm vào hoặc sửa tên")
        source = self.sources.get(key, Source(key, "", None, "low"))
        unit = self.optional(row, "unit") if row.get("unit") else ""
        return FieldValue(value, unit or "", self.day(row, "from"), self.day(row, "to"), source, row.line)

    def parameter(self, table: marked_yaml.Mapping, name: str, row: marked_yaml.Mapping) -> tuple[FieldValue, ...]:
        self.known(row, frozenset({"parameter", "unit"}))
        periods = self.parameters.get(self.text(row, "parameter"))
        if not periods:
            self.fault(table, name, f"bhyt_parameters.csv không có tham số “{row.get('parameter')}”; sửa tên")
            return ()
        unit = row.get("unit")
        return tuple(
            FieldValue(
                period.value,
                unit if isinstance(unit, str) else parameter_unit(period.unit),
                period.since,
                period.until,
                Source(f"{period.name}:{period.line}", period.law, period.read_at, period.confidence),
                table.lines[name],
            )
            for period in periods
        )

    def procedure(self, raw: marked_yaml.Mapping) -> Procedure | None:
        if raw.get("procedure") is None:
            return None
        table = self.table(raw, "procedure")
        self.known(table, frozenset({"code", "other_codes", "level"}))
        codes = self.table(table, "other_codes")
        return Procedure(
            self.optional(table, "code"),
            {code: self.text(codes, code) for code in codes},
            self.statements(table, "level"),
        )

    def doubts(self, raw: marked_yaml.Mapping) -> tuple[Doubt, ...]:
        rows = self.rows(raw, "doubts")
        for row in rows:
            self.known(row, frozenset({"text", "ask"}))
        return tuple(Doubt(self.text(row, "text"), self.text(row, "ask"), row.line) for row in rows)

    def unpublished(self, raw: marked_yaml.Mapping) -> tuple[Unpublished, ...]:
        rows = self.rows(raw, "unpublished")
        for row in rows:
            self.known(row, frozenset({"text", "confidence", "why"}))
        return tuple(
            Unpublished(self.text(row, "text"), self.confidence(row), self.text(row, "why"), row.line) for row in rows
        )


def parameter_unit(unit: str) -> str:
    """The Vietnamese word behind the number: percents of anything are “%”; remarks in brackets are dropped."""
    bare = unit.partition(" (")[0]
    return "%" if bare.startswith("percent") else PARAMETER_UNITS.get(bare, "")
