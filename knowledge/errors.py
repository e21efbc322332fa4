"""What can go wrong when our content is asked: each error carries its facts, never its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path


class KnowledgeError(Exception):
    """Something that we publish cannot answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend in a content file, in a sentence that says what to do."""

    file: Path
    line: int
    problem: str

    def __str__(self) -> str:
        """The form that editors click on: file:line: problem."""
        return f"{self.file}:{self.line}: {self.problem}"


@dataclass(eq=False)  # an exception stays hashable
class UnknownEntry(KnowledgeError):
    """No entry has this id or alias."""

    entry_id: str


@dataclass(eq=False)
class NothingInForce(KnowledgeError):
    """The entry says nothing for the day asked about."""

    entry_id: str
    on: date


@dataclass(eq=False)
class RateUnknown(KnowledgeError):
    """No value of this rate is known for the day asked about."""

    name: str
    on: date


@dataclass(eq=False)
class ContentFaulty(KnowledgeError):
    """The content files cannot be read as they stand."""

    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        """Every fault on a line of its own."""
        return "\n".join(str(fault) for fault in self.faults)


@dataclass(eq=False)
class UnknownPlace(KnowledgeError):
    """No unit, old or new, has this name."""

    name: str

    def __str__(self) -> str:
        """For whoever named it."""
        return f"Không có xã, phường, huyện hay tỉnh nào (cũ hay mới) tên “{self.name}”; kiểm tra lại tên"


@dataclass(eq=False)
class AmbiguousPlace(KnowledgeError):
    """Several units have this name; `candidates` are written as a citizen would tell them apart."""

    name: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        """For whoever named it."""
        places = "; ".join(self.candidates)
        return f"“{self.name}” có thể là nhiều nơi: {places}. Ghi mã xã, hoặc thêm tỉnh sau dấu phẩy"
