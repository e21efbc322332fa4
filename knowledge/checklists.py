"""Lists of papers fitted to a case: a few questions, then the papers of the entry that this case needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
    """One thing to ask, with its possible answers."""

    key: str
    ask: str
    options: tuple[Option, ...]

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

    def fits(self, answers: Mapping[str, str], on: date) -> bool:
        """Whether this case needs it on that day."""
        if self.since is not None and on < self.since:
            return False
        return all(answers.get(question) in keys for question, keys in self.when.items())


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions and papers of one procedure."""

    entry_id: str
    questions: tuple[Question, ...]
    papers: tuple[Item, ...]
    remarks: tuple[Item, ...]

    def next_question(self, answers: Mapping[str, str]) -> Question | None:
        """The first one that is not answered."""
        return next((question for question in self.questions if question.key not in answers), None)

    def papers_for(self, answers: Mapping[str, str], *, on: date) -> tuple[Item, ...]:
        """The papers that this case needs, in order."""
        return tuple(item for item in self.papers if item.fits(answers, on))

    def remarks_for(self, answers: Mapping[str, str], *, on: date) -> tuple[Item, ...]:
        """What else holds for this case."""
        return tuple(item for item in self.remarks if item.fits(answers, on))


def load_checklists(content: Path) -> dict[str, Checklist]:
    """Every checklist by its entry; raises ContentFaulty for a file that cannot be read."""
    found: dict[str, Checklist] = {}
    for file in sorted((content / FOLDER).glob("*.yaml")):
        try:
            raw = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
            found |= {str(each["entry"]): _checklist(each) for each in raw}
        except (yaml.YAMLError, KeyError, TypeError) as broken:
            raise ContentFaulty((Fault(file, 1, f"danh sách giấy tờ không đọc được ({broken})"),)) from broken
    return found


def faults(content: Path, entries: Mapping[str, Entry]) -> Iterator[Fault]:
    """What an editor must mend: unknown entries and sources, questions that nothing depends on, too many of them."""
    for file in sorted((content / FOLDER).glob("*.yaml")):
        for each in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader):
            for problem in _problems(_checklist(each), entries):
                yield Fault(file, 1, f"{each['entry']}: {problem}")


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
        if any(key not in asked or not set(keys) <= asked[key] for key, keys in item.when.items()):
            yield f"“{item.text}”: điều kiện không khớp câu hỏi"


def _checklist(raw: Mapping[str, Any]) -> Checklist:
    return Checklist(
        entry_id=str(raw["entry"]),
        questions=tuple(_question(each) for each in raw["questions"]),
        papers=tuple(_item(each) for each in raw["papers"]),
        remarks=tuple(_item(each) for each in raw.get("remarks", ())),
    )


def _question(raw: Mapping[str, Any]) -> Question:
    options = tuple(Option(str(each["key"]), str(each["label"]), each.get("leads")) for each in raw["options"])
    return Question(str(raw["key"]), str(raw["ask"]), options)


def _item(raw: Mapping[str, Any]) -> Item:
    when = {str(key): tuple(map(str, keys)) for key, keys in raw.get("when", {}).items()}
    return Item(str(raw.get("key", "")), str(raw["text"]), when, tuple(raw["sources"]), raw.get("from"))
