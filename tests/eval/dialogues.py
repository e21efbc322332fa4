"""Plays dialogues.yaml against the whole bot; its head explains the keys. One talk a dialogue."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from knowledge.vietnamese import fold

FILE = Path(__file__).parent / "dialogues.yaml"
CODE = re.compile(r"(?<![\w/-])[A-Z0-9-]{5,}(?![\w/-])")
DEFAULT_LIMIT = 8

Turn = Mapping[str, Any]


class Heard(Protocol):
    """One reply; several bubbles count as one."""

    @property
    def text(self) -> str:
        """All that was said."""

    @property
    def action(self) -> str | None:
        """The last action that was named."""

    @property
    def topic(self) -> str | None:
        """The last topic that was named."""

    @property
    def choices(self) -> Sequence[str]:
        """What was offered last."""


class Talker(Protocol):
    """Somebody who says things and hears replies."""

    async def says(self, text: str) -> Heard:
        """One message and its reply."""


@dataclass
class Played:
    """One dialogue: what failed, by the number of the turn (from 1)."""

    id: str
    turns: int = 0
    faults: dict[int, list[str]] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Every expectation of every turn held."""
        return not self.faults


def load() -> list[dict[str, Any]]:
    """All dialogues."""
    dialogues: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return dialogues


async def play(dialogue: Mapping[str, Any], talker: Talker) -> Played:
    """All turns, also after a failed one."""
    played = Played(dialogue["id"])
    saved: dict[str, str] = {}
    for number, turn in enumerate(dialogue["turns"], 1):
        played.turns += 1
        heard = await _fill(turn, talker) if "fill" in turn else await talker.says(_with_codes(turn["say"], saved))
        code = longest_code(heard.text)
        if "save" in turn and code:
            saved[turn["save"]] = code
        faults = list(_faults(turn, heard, code, saved))
        if faults:
            played.faults[number] = faults
    return played


async def _fill(turn: Turn, talker: Talker) -> Heard:
    """Answer whatever an intake asks, by the first rule that fits, until a code appears."""
    heard: Heard | None = None
    said = ""
    for _ in range(turn.get("limit", DEFAULT_LIMIT)):
        shown = heard.text.lower() if heard else ""
        said = next(rule["say"] for rule in turn["fill"] if _asks(rule["asks"], shown))
        heard = await talker.says(said)
        if longest_code(heard.text):
            break
    assert heard is not None
    return heard


def _asks(words: Sequence[str], shown: str) -> bool:
    return not words or any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", shown) for word in words)


def longest_code(text: str) -> str | None:
    """The longest token of A-Z, 0-9 and '-' with at least 5 characters, a letter and a digit, and no '/' beside it."""
    found = [token for token in CODE.findall(text) if re.search(r"[A-Z]", token) and re.search(r"\d", token)]
    return max(found, key=len, default=None)


def _with_codes(text: str, saved: Mapping[str, str]) -> str:
    for name, code in saved.items():
        text = text.replace(f"{{{name}}}", code)
    return text


def _faults(turn: Turn, heard: Heard, code: str | None, saved: Mapping[str, str]) -> list[str]:
    text = _compared(heard.text)
    faults = []
    if "action" in turn and heard.action not in _listed(turn["action"]):
        faults.append(f"action {heard.action}, not {turn['action']}")
    if "topic" in turn and heard.topic not in _listed(turn["topic"]):
        faults.append(f"topic {heard.topic}, not {turn['topic']}")
    faults += [f"lacks “{want}”" for want in turn.get("has", ()) if _compared(_with_codes(want, saved)) not in text]
    if "any" in turn and not any(_compared(want) in text for want in turn["any"]):
        faults.append(f"none of {turn['any']}")
    faults += [f"says “{bad}”" for bad in turn.get("lacks", ()) if _compared(bad) in text]
    if len(heard.choices) < turn.get("choices", 0):
        faults.append(f"{len(heard.choices)} choices")
    if "code" in turn and bool(code) != turn["code"]:
        faults.append(f"code {code}")
    return faults


def _compared(text: str) -> str:
    return " ".join(fold(text).split())


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
