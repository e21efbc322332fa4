"""`check`: what an editor must mend before content is published, each fault with its file, its line and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from knowledge import checklists, deadlines, disclosures, marked_yaml
from knowledge.answers import answer
from knowledge.entries import read_all
from knowledge.entry import Dated, Entry, Held, Statement
from knowledge.errors import ContentFaulty, Fault, NothingInForce
from knowledge.fields import NAMED, names_in, value_on
from knowledge.parameters import FILE, Parameter, load_parameters
from knowledge.reading import DOUBTFUL
from knowledge.variants import near_copy, same_when_folded

LONGEST_OPENING = 480  # characters of answer and steps together; with the grounds it stays under the first screen
FEWEST_VARIANTS = 8
DIGIT = re.compile(r"[0-9]")


def faults(content: Path) -> list[Fault]:
    """Everything that is wrong, in the order of the files."""
    entries, found = read_all(content)
    ids = {entry.id for entry in entries}
    for entry in entries:
        found += alone(entry, ids)
    found += [*_names(entries), *_variants(entries), *_parameters(content)]
    by_id = {entry.id: entry for entry in entries}
    found += checklists.faults(content, by_id)
    found += deadlines.faults(content, by_id) if (content / deadlines.FILE).exists() else []
    found += disclosures.faults(by_id) if (content / disclosures.FILE.name).exists() else []
    return sorted(found, key=lambda fault: (str(fault.file), fault.line))


def alone(entry: Entry, ids: Iterable[str]) -> list[Fault]:
    """What is wrong within one entry; `ids` are those of all entries, which it may name as related."""
    found = [*_sources(entry), *_days(entry), *_fields(entry), *_openings(entry), *_related(entry, set(ids))]
    return found + ([*_digits(entry), *_reviewed(entry)] if entry.status == "reviewed" else [])


def beside(entry: Entry, others: Iterable[Entry]) -> list[Fault]:
    """What is wrong with one entry because of the others: a name or a question that one of them has."""
    taken: dict[str, Entry] = {}
    asked: dict[str, Entry] = {}
    for other in others:
        if other.id != entry.id:
            taken |= dict.fromkeys((other.id, *other.aliases), other)
            asked |= dict.fromkeys(map(same_when_folded, other.variants), other)
    return [*_names([entry], taken), *_variants([entry], asked)]


def summary(content: Path) -> dict[str, int]:
    """How much there is: the figures that a report quotes."""
    entries, _ = read_all(content)
    return {
        "mục": len(entries),
        "đã rà soát": sum(entry.status == "reviewed" for entry in entries),
        "mới chuyển": sum(entry.status == "converted" for entry in entries),
        "phiên bản trả lời": sum(len(entry.answer) for entry in entries),
        "ô số liệu": sum(len(values) for entry in entries for values in entry.fields.values()),
        "câu": sum(len(entry.statements()) for entry in entries),
        "điểm chưa xác nhận": sum(len(entry.doubts) for entry in entries),
        "cách hỏi": sum(len(entry.variants) for entry in entries),
    }


def _said(entry: Entry) -> tuple[Statement, ...]:
    """Every statement, and the competent level of a procedure."""
    return entry.statements() + (entry.procedure.level if entry.procedure else ())


def _sources(entry: Entry) -> Iterator[Fault]:
    for one in _said(entry):
        if not one.sources:
            yield Fault(entry.file, one.line, "câu này chưa có nguồn; thêm sources, hoặc chuyển xuống doubts")
        elif DOUBTFUL[one.confidence] < min(DOUBTFUL[source.confidence] for source in one.sources):
            yield Fault(entry.file, one.line, "confidence cao hơn mọi nguồn của câu; bỏ confidence hoặc sửa nguồn")
        if one.confidence == "low":
            yield Fault(entry.file, one.line, "điều chưa xác nhận (low) không được viết như luật; chuyển xuống doubts")
        if one.since is None and not one.note:
            yield Fault(entry.file, one.line, "from để trống mà thiếu note; ghi vì sao chưa biết ngày bắt đầu")
    said = " ".join(text for one in entry.statements() for text in (one.text, *one.items))
    for name in dict.fromkeys(names_in(said)):
        for value in entry.fields.get(name, ()):
            if value.source.confidence == "low":
                problem = f"ô “{name}” lấy từ nguồn chưa xác nhận (low) mà câu viết như luật; chuyển xuống doubts"
                yield Fault(entry.file, value.line, problem)


def _days(entry: Entry) -> Iterator[Fault]:
    levels: tuple[Dated, ...] = entry.procedure.level if entry.procedure else ()  # may tell of a past without its start
    for line, dated in _all_dated(entry):
        if dated.until and dated.since and dated.until < dated.since:
            yield Fault(entry.file, line, "to đứng trước from; to là ngày cuối cùng còn áp dụng")
        elif dated.until and dated.until < entry.begins(dated) and dated not in levels:
            problem = "from để trống mà to đã qua trước ngày kiểm tra: không trả lời được ngày nào; ghi from hoặc bỏ"
            yield Fault(entry.file, line, problem)
    for first, second in _overlaps(entry, entry.answer):
        yield Fault(entry.file, second.line, f"hai câu trả lời cùng áp dụng một ngày (câu kia ở dòng {first.line})")
    for name, values in entry.fields.items():
        for before, after in _overlaps(entry, values):
            yield Fault(entry.file, after.line, f"ô “{name}” có hai giá trị cùng một ngày (dòng {before.line})")


def _overlaps(entry: Entry, dated: Iterable[Held]) -> Iterator[tuple[Held, Held]]:
    ordered = sorted(dated, key=entry.begins)
    for first, second in pairwise(ordered):
        if first.until is None or first.until >= entry.begins(second):
            yield first, second


def _all_dated(entry: Entry) -> Iterator[tuple[int, Dated]]:
    for one in _said(entry):
        yield one.line, one
    for values in entry.fields.values():
        for value in values:
            yield value.line, value


def _fields(entry: Entry) -> Iterator[Fault]:
    """A named field must have a value on every day on which the text that names it is in force."""
    for one in entry.statements():
        if set("{}") & set(NAMED.sub("", "".join((one.text, *one.items)))):
            problem = "dấu { } không đúng dạng {ten_o} (chữ thường không dấu, số, gạch dưới); sửa lại"
            yield Fault(entry.file, one.line, problem)
        for name in dict.fromkeys(names_in(" ".join((one.text, *one.items)))):
            if name not in entry.fields:
                yield Fault(entry.file, one.line, f"chưa khai báo ô “{name}” trong fields")
                continue
            day = _first_day_without(entry, name, one)
            if day is not None:
                yield Fault(entry.file, one.line, f"ngày {day:%d/%m/%Y} ô “{name}” không có giá trị mà câu vẫn áp dụng")
    for doubt in entry.doubts:
        for name in names_in(doubt.text):
            if value_on(entry.fields.get(name, ()), entry, entry.checked_on) is None:
                yield Fault(entry.file, doubt.line, f"ô “{name}” không có giá trị vào ngày kiểm tra")


def _first_day_without(entry: Entry, name: str, one: Statement) -> date | None:
    values = entry.fields[name]
    days = {entry.begins(one), *(entry.begins(value) for value in values)}
    days |= {value.until + timedelta(days=1) for value in values if value.until}
    asked = sorted(day for day in days if entry.holds(one, day))
    return next((day for day in asked if value_on(values, entry, day) is None), None)


def _openings(entry: Entry) -> Iterator[Fault]:
    for day in entry.change_days():
        try:
            said = answer(entry, day, day)
        except NothingInForce:
            continue
        length = len(said.headline) + len(said.steps) + 1
        if length > LONGEST_OPENING:
            line = entry.in_force(entry.answer, day)[0].line
            problem = f"answer và steps ngày {day:%d/%m/%Y} dài {length} ký tự (tối đa {LONGEST_OPENING}); rút gọn"
            yield Fault(entry.file, line, problem)
            return


def _related(entry: Entry, ids: set[str]) -> Iterator[Fault]:
    for other in entry.related:
        if other not in ids:
            problem = f"related “{other}” không có mục nào mang id này; sửa hoặc bỏ"
            yield Fault(entry.file, _line_of(entry, "related", other), problem)
        if other == entry.id:
            yield Fault(entry.file, _line_of(entry, "related", other), "related nêu chính mục này; bỏ đi")


def _digits(entry: Entry) -> Iterator[Fault]:
    said = [(one.line, text) for one in entry.statements() for text in (one.text, *one.items)]
    said += [(doubt.line, text) for doubt in entry.doubts for text in (doubt.text, doubt.ask)]
    for line, text in said:
        if DIGIT.search(NAMED.sub("", text)):
            yield Fault(
                entry.file, line, f"có chữ số ngoài ô số liệu: “{text[:60]}”; đưa số vào fields rồi viết {{ten_o}}"
            )


def _reviewed(entry: Entry) -> Iterator[Fault]:
    if not entry.answer and not entry.doubts:
        yield Fault(entry.file, 1, "mục đã rà soát mà không có answer, cũng không có doubts")
    if len(entry.variants) < FEWEST_VARIANTS:
        problem = f"mới có {len(entry.variants)} cách hỏi; mục đã rà soát cần ít nhất {FEWEST_VARIANTS}"
        yield Fault(entry.file, _line_of(entry, "variants"), problem)


def _names(entries: Iterable[Entry], known: Mapping[str, Entry] | None = None) -> Iterator[Fault]:
    taken = dict(known or {})
    for entry in entries:
        for name in (entry.id, *entry.aliases):
            if name in taken:
                problem = f"tên “{name}” đã là id hoặc alias của {taken[name].id}; mỗi tên một mục"
                yield Fault(entry.file, _line_of(entry, "aliases", name), problem)
            taken.setdefault(name, entry)


def _variants(entries: Iterable[Entry], known: Mapping[str, Entry] | None = None) -> Iterator[Fault]:
    """The same question twice, anywhere; and near-copies within an entry that was reviewed."""
    asked = dict(known or {})
    for entry in entries:
        for at, variant in enumerate(entry.variants):
            key = same_when_folded(variant)
            if key in asked:
                problem = f"cách hỏi “{variant[:60]}” đã có ở {asked[key].id} (bỏ dấu thì trùng); bỏ một"
                yield Fault(entry.file, _line_of(entry, "variants", variant), problem)
            asked.setdefault(key, entry)
            if entry.status != "reviewed":
                continue
            copied = next((other for other in entry.variants[:at] if near_copy(variant, other)), None)
            if copied is not None and same_when_folded(copied) != key:
                problem = f"cách hỏi “{variant[:50]}” gần như chép lại “{copied[:50]}”; viết cách khác"
                yield Fault(entry.file, _line_of(entry, "variants", variant), problem)


def _line_of(entry: Entry, key: str, text: str | None = None) -> int:
    """The line of a key of the file, or of a text in the list under it: read again, only to name a fault."""
    raw = marked_yaml.read(entry.file) if entry.written is None else marked_yaml.parse(entry.written, entry.file)
    listed = raw.get(key)
    if isinstance(listed, marked_yaml.Sequence) and text in listed:
        return listed.lines[listed.index(text)]
    return raw.lines.get(key, raw.line)


def _parameters(content: Path) -> Iterator[Fault]:
    """The table of BHYT numbers: every value with its law, and one value a day."""
    file = content / FILE
    try:
        table = load_parameters(content)
    except ContentFaulty:  # already told when the entries were read
        return
    for name, periods in table.items():
        for one in periods:
            if not one.law:
                yield Fault(file, one.line, f"tham số “{name}” thiếu văn bản (law); ghi luật và điều")
            if one.since and one.until and one.until < one.since:
                yield Fault(file, one.line, f"tham số “{name}”: valid_to đứng trước valid_from")
        for before, after in pairwise(sorted(periods, key=_beginning)):
            if before.until is None or before.until >= _beginning(after):
                problem = f"tham số “{name}” có hai giá trị cùng một ngày (dòng {before.line})"
                yield Fault(file, after.line, problem)


def _beginning(parameter: Parameter) -> date:
    return parameter.since or date.min
