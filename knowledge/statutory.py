"""The law's own terms for what an office receives: by legal kind and day, each with its article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from knowledge.base import CONTENT
from knowledge.deadlines import UNITS, Rule, Unit, load_rules
from knowledge.entries import load_one
from knowledge.entry import Entry


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """So many days for one step, as the law has it on the day that was asked about. `cite`: document and article."""

    rule: str
    days: int
    unit: Unit
    cite: str


def legal_term(kind: str, *, starts: Literal["received", "accepted"], on: date) -> LegalTerm | None:
    """The term for a lawful petition of this kind; None where no confirmed one is known."""
    for rule, entry in _rules():
        if rule.for_kind == kind and rule.starts == starts:
            value = rule.term({entry.id: entry}, on)
            if value is not None and isinstance(value.value, int):
                return LegalTerm(rule.id, value.value, UNITS[value.unit], value.source.cite)
    return None


def cite_of(rule_id: str, *, on: date) -> str:
    """Document and article of a rule on that day; empty for what is no rule of the law."""
    for rule, entry in _rules():
        if rule.id == rule_id and (value := rule.term({entry.id: entry}, on)) is not None:
            return value.source.cite
    return ""


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[Rule, Entry], ...]:
    rules = [rule for rule in load_rules(CONTENT).values() if rule.for_kind]
    return tuple((rule, load_one(CONTENT, rule.entry_id)) for rule in rules)
