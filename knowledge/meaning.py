"""What `understand()` found in one message: plain facts with scores, nothing decided about the conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Action = Literal[
    "answer",
    "clarify",
    "abstain",
    "report",
    "complaint",
    "denunciation",
    "emergency",
    "track",
    "price",
    "premium",
    "handoff",
    "directory",
    "menu",
    "smalltalk",
]
Band = Literal["answer", "clarify", "abstain"]
Facet = Literal["documents", "fee", "time", "where", "who", "basis", "result", "online", "avoid", "changed", "more"]
Command = Literal["leave", "more", "yes", "no", "none", "back", "my_data", "wrong", "right", "skip", "mailbox"]


@dataclass(frozen=True, slots=True)
class Found:
    """One topic that may be meant. `score` is a calibrated probability, 0 to 1, comparable across questions."""

    topic: str
    score: float


@dataclass(frozen=True, slots=True)
class AskedDay:
    """A day or period named in the question: `on` is the day to look rules up for, `words` how it was said."""

    on: date
    words: str
    precision: Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class Emergency:
    """A danger told as happening now. `kind` picks the numbers to show first (see knowledge/emergencies.py)."""

    kind: Literal["fire", "drowning", "violence", "medical", "suicide", "electric", "crime", "flood", "accident", "gas"]


@dataclass(frozen=True, slots=True)
class General:
    """A name that stands for several entries, and nothing else was said. `leans`: on the topic at hand, if any."""

    entries: tuple[str, ...]
    leans: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that one message says, before the conversation is looked at.

    `actions` are (action, probability), best first, over every action except `clarify` and `abstain`, which follow
    from `band`. `topics` are the entries that may be meant, best first. `band` says what the topic scores allow.
    `content_words` counts the syllables that carry a subject: neither courtesy nor filler nor the words that name a
    facet or a day, so that "lệ phí bao nhiêu vậy ạ" has 0 and "lệ phí kết hôn" has 2.
    `scolds`: an insult and nothing besides it.
    """

    text: str
    folded: str
    actions: tuple[tuple[Action, float], ...]
    topics: tuple[Found, ...]
    band: Band
    asked_day: AskedDay | None = None
    facet: Facet | None = None
    command: Command | None = None
    number: int | None = None
    codes: tuple[str, ...] = ()
    emergency: Emergency | None = None
    content_words: int = 0
    in_scope: float = field(default=0.0)
    general: General | None = None
    scolds: bool = False

    @property
    def action(self) -> Action:
        """What this message asks for when nothing was said before it."""
        if self.emergency:
            return "emergency"
        best = self.actions[0][0] if self.actions else "answer"
        return self.band if best == "answer" else best

    def offers(self, topic: str) -> bool:
        """Whether this entry is among the likely ones."""
        return any(found.topic == topic for found in self.topics)
