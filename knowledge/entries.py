"""All curated topics. A file that cannot be read, or cites what it does not name, stops the load."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from knowledge.entry import Doubt, Entry, FieldValue, Procedure, Source, Statement
from knowledge.errors import ContentFaulty, Fault, UnknownEntry
from knowledge.parameters import load_parameters
from knowledge.reading import Reader

__all__ = ["Doubt", "Entry", "FieldValue", "Procedure", "Source", "Statement", "load", "read_all", "resolve"]
FOLDER = "entries"


def load(content: Path) -> dict[str, Entry]:
    """Every entry by id; raises ContentFaulty naming file and line of all that cannot be read."""
    entries, faults = read_all(content)
    if faults:
        raise ContentFaulty(tuple(faults))
    return {entry.id: entry for entry in entries}


def load_one(content: Path, entry_id: str) -> Entry:
    """One entry out of its own file; raises UnknownEntry, ContentFaulty."""
    file = next((content / FOLDER).rglob(f"{entry_id}.yaml"), None)
    if file is None:
        raise UnknownEntry(entry_id)
    return Reader(file, load_parameters(content)).entry()


def resolve(entries: Mapping[str, Entry], entry_id: str) -> Entry:
    """The entry with this id or alias; raises UnknownEntry."""
    if entry_id in entries:
        return entries[entry_id]
    for entry in entries.values():
        if entry_id in entry.aliases:
            return entry
    raise UnknownEntry(entry_id)


def read_all(content: Path) -> tuple[list[Entry], list[Fault]]:
    """The entries that can be read, and what is wrong with the rest: `load` refuses, `check` goes on."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    try:
        parameters = load_parameters(content)
    except ContentFaulty as faulty:
        parameters = {}
        faults += faulty.faults
    taken: dict[str, Path] = {}
    for file in sorted((content / FOLDER).rglob("*.yaml")):
        try:
            entry = Reader(file, parameters).entry()
        except ContentFaulty as faulty:
            faults += faulty.faults
            continue
        if entry.id in taken:
            faults.append(Fault(file, 1, f"id “{entry.id}” đã có ở {taken[entry.id].name}; mỗi id chỉ một tệp"))
            continue
        taken[entry.id] = file
        entries.append(entry)
    return entries, faults
