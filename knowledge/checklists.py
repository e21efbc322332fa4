"""Lists of papers: a few questions, then the papers that this case needs; without questions, one list for everybody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.entry import Entry
from knowledge.errors import ContentFaulty, Fault

FOLDER = "checklists"
MOST_QUESTIONS = 5


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; `leads` names the entry that is for such a case instead."""

    key: str
    label: str
    leads: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to ask, with its possible answers; asked only when those before were answered as in `when`."""

    key: str
    ask: str
    options: tuple[Option, ...]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def may_come(self, answers: Mapping[str, str]) -> bool:
        """Whether it is asked, or may yet be, after these answers."""
        return all(answers.get(question, keys[0]) in keys for question, keys in self.when.items())

    def option(self, key: str) -> Option | None:
        """The answer of that key."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Item:
    """A paper, or a remark: shown when every question in `when` was answered by one of its keys."""

    key: str
    text: str
    when: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]
    since: date | None = None
    until: date | None = None

    def fits(self, answers: Mapping[str, str], on: date) -> bool:
        """Whether this case needs it on that day, first and last day included."""
        if (self.since and on < self.since) or (self.until and self.until < on):
            return False
        return all(answers.get(question) in keys for question, keys in self.when.items())


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions and papers of one procedure."""

    entry_id: str
    questions: tuple[Question, ...]
    papers: tuple[Item, ...]
    remarks: tuple[Item, ...]

    @property
    def is_fixed(self) -> bool:
        """Whether the papers are the same in every case."""
        return not self.questions

    def next_question(self, answers: Mapping[str, str]) -> Question | None:
        """The first one that is not answered and that this case must be asked."""
        return next((each for each in self.asked(answers) if each.key not in answers), None)

    def asked(self, answers: Mapping[str, str]) -> tuple[Question, ...]:
        """Those that were asked and those that may yet be."""
        return tuple(question for question in self.questions if question.may_come(answers))

    def papers_for(self, answers: Mapping[str, str], *, on: date) -> tuple[Item, ...]:
        """The papers that this case needs, in order."""
        return tuple(item for item in self.papers if item.fits(answers, on))

    def remarks_for(self, answers: Mapping[str, str], *, on: date) -> tuple[Item, ...]:
        """What else holds for this case."""
        return tuple(item for item in self.remarks if item.fits(answers, on))


def load_checklists(content: Path) -> dict[str, Checklist]:
    """Every checklist by its entry; raises ContentFaulty for a file that cannot be read."""
    return {each.entry_id: each for file in _files(content) for each in _read(file)}


def faults(content: Path, entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """What an editor must mend: unknown entries and sources, questions that nothing depends on, too many of them."""
    for file in _files(content):
        try:
            read = _read(file)
        except ContentFaulty as broken:
            yield from broken.faults
            continue
        for checklist in read:
            for problem in _problems(checklist, entries):
                yield Fault(file, 1, f"{checklist.entry_id}: {problem}")


def _files(content: Path) -> list[Path]:
    return sorted((content / FOLDER).glob("*.yaml"))


def _read(file: Path) -> list[Checklist]:
    try:
        return [_checklist(each) for each in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)]
    except (yaml.YAMLError, KeyError, TypeError) as broken:
        raise ContentFaulty((Fault(file, 1, f"danh sách giấy tờ không đọc được ({broken})"),)) from broken


def _problems(checklist: Checklist, entries: Mapping[str, Entry]) -> Iterator[str]:
    entry = entries.get(checklist.entry_id)
    if entry is None:
        yield "không có mục này"
        return
    if len(checklist.questions) > MOST_QUESTIONS:
        yield f"nhiều hơn {MOST_QUESTIONS} câu hỏi"
    asked = {question.key: {option.key for option in question.options} for question in checklist.questions}
    for option in (option for question in checklist.questions for option in question.options):
        if option.leads is not None and option.leads not in entries:
            yield f"“{option.label}” dẫn đến mục không có: {option.leads}"
    for item in (*checklist.papers, *checklist.remarks):
        if not item.sources or any(source not in entry.sources for source in item.sources):
            yield f"“{item.text}”: nguồn không có trong mục"
    for name, when in _conditions(checklist):
        if any(key not in asked or not set(keys) <= asked[key] for key, keys in when.items()):
            yield f"“{name}”: điều kiện không khớp câu hỏi"
    for question in checklist.questions:
        if not any(question.key in when for _, when in _conditions(checklist)) and not _leads(question):
            yield f"“{question.ask}”: câu trả lời không đổi gì trong danh sách"


def _leads(question: Question) -> bool:
    return any(option.leads for option in question.options)


def _conditions(checklist: Checklist) -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    yield from ((item.text, item.when) for item in (*checklist.papers, *checklist.remarks))
    yield from ((question.ask, question.when) for question in checklist.questions)


def _checklist(raw: Mapping[str, Any]) -> Checklist:
    return Checklist(
        entry_id=str(raw["entry"]),
        questions=tuple(_question(each) for each in raw.get("questions", ())),
        papers=tuple(_item(each) for each in raw["papers"]),
        remarks=tuple(_item(each) for each in raw.get("remarks", ())),
    )


def _question(raw: Mapping[str, Any]) -> Question:
    options = tuple(Option(str(each["key"]), str(each["label"]), each.get("leads")) for each in raw["options"])
    return Question(str(raw["key"]), str(raw["ask"]), options, _when(raw))


def _item(raw: Mapping[str, Any]) -> Item:
    dates = raw.get("from"), raw.get("to")
    return Item(str(raw.get("key", "")), str(raw["text"]), _when(raw), tuple(raw["sources"]), *dates)


def _when(raw: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {str(key): tuple(map(str, keys)) for key, keys in raw.get("when", {}).items()}
