"""Messages of nothing but anger: they ask nothing, and get a polite word."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import yaml

from knowledge.vietnamese import tidy

FILE = Path(__file__).parent / "content" / "language" / "rough.yaml"
MOST_WORDS = 12


def only_scolds(text: str) -> bool:
    """Whether the message is an insult and nothing besides it."""
    said = " ".join(re.findall(r"\w+", tidy(text).lower()))
    strong, anything = _patterns()
    if not said or len(said.split()) > MOST_WORDS:
        return False
    return strong.search(said) is not None and anything.fullmatch(said) is not None


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = yaml.load(FILE.read_text("utf-8"), Loader=yaml.CSafeLoader)
    strong, every = _either(listed["strong"]), _either([*listed["strong"], *listed["beside"]])
    return re.compile(rf"\b{strong}\b"), re.compile(rf"{every}(?: {every})*")


def _either(phrases: list[str]) -> str:
    longest_first = sorted((tidy(each).lower() for each in phrases), key=len, reverse=True)
    return f"(?:{'|'.join(re.escape(each) for each in longest_first)})"
