"""Two layers: the shipped entries, and a commune's approved edits over them, each kept only while its ground stands.

An edit remembers the stamp of the shipped text on which it was written. When that text changes, the edit is stale:
the shipped text answers until somebody looks at both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from knowledge.entry import Entry
from knowledge.errors import ContentFaulty
from knowledge.parameters import Parameter
from knowledge.reading import Reader

OWN = "xa"  # the group of entries that a commune adds
FOLDER = Path("soạn")  # what faults of a draft are named after; no such folder is ever made


@dataclass(frozen=True, slots=True)
class Edit:
    """One approved text of a commune. `based_on`: the stamp of the shipped text; empty for an entry of its own."""

    entry_id: str
    text: str
    based_on: str


@dataclass(frozen=True, slots=True)
class Layered:
    """What a commune answers with, the ids that are edits of its own, and those whose ground has changed."""

    entries: Mapping[str, Entry]
    edited: frozenset[str]
    stale: frozenset[str]


def stamp(text: str) -> str:
    """Short hash of a text; the empty text has the empty stamp."""
    return sha256(text.encode()).hexdigest()[:32] if text else ""


def shipped_text(shipped: Mapping[str, Entry], entry_id: str) -> str:
    """The file of a shipped entry as it stands now; empty where none is shipped under this id."""
    entry = shipped.get(entry_id)
    return entry.file.read_text(encoding="utf-8") if entry is not None and entry.written is None else ""


def read_text(text: str, entry_id: str, parameters: Mapping[str, tuple[Parameter, ...]]) -> Entry:
    """The entry that a text holds; raises ContentFaulty with all that is wrong in its form."""
    return Reader(file_of(entry_id), parameters, written=text).entry()


def file_of(entry_id: str) -> Path:
    """The name under which a draft's faults are told."""
    return FOLDER / entry_id.partition(".")[0] / f"{entry_id}.yaml"


def overlay(
    shipped: Mapping[str, Entry], edits: Iterable[Edit], parameters: Mapping[str, tuple[Parameter, ...]]
) -> Layered:
    """The shipped entries with these edits; one that is stale, or can no longer be read, leaves the shipped text."""
    entries, edited, stale = dict(shipped), set[str](), set[str]()
    for edit in edits:
        if stamp(shipped_text(shipped, edit.entry_id)) != edit.based_on:
            stale.add(edit.entry_id)
            continue
        try:
            entries[edit.entry_id] = read_text(edit.text, edit.entry_id, parameters)
        except ContentFaulty:  # a table or a rule of ours that it leant on is gone
            stale.add(edit.entry_id)
            continue
        edited.add(edit.entry_id)
    return Layered(entries, frozenset(edited), frozenset(stale))


def national_changes(shipped: Entry, draft: Entry) -> list[str]:
    """What a draft changes of the nation's own: numbers, documents, days, codes. Wording and additions are free.

    Names what is changed or gone; a commune changes these only with a document and a reason (DESIGN, storage).
    """
    found = [f"số liệu “{name}”" for name, values in shipped.fields.items() if draft.fields.get(name) != values]
    found += [f"nguồn “{source.cite}”" for key, source in shipped.sources.items() if draft.sources.get(key) != source]
    if draft.procedure != shipped.procedure:
        found.append("mã hoặc cấp giải quyết của thủ tục")
    kept = {(one.since, one.until, source.cite) for one in draft.statements() for source in one.sources}
    ours = {(one.since, one.until, source.cite) for one in shipped.statements() for source in one.sources}
    gone = sorted({cite for _since, _until, cite in ours - kept})
    return found + [f"ngày áp dụng hoặc căn cứ “{cite}”" for cite in gone]
