"""Asks the real bot: batch lines as `danhoi ask --batch` answers them, dialogues through the whole pipeline."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import communes
from bot.ask import answer_lines
from bot.assembly import assemble, delivery_to
from bot.channels.base import Outgoing
from bot.channels.terminal import Terminal
from bot.clock import Clock
from bot.settings import read
from knowledge.base import Knowledge
from knowledge.lexicon import listed
from knowledge.variants import same_when_folded
from tests.eval import dialogues
from tests.eval.dialogues import Played
from tests.eval.scoring import ANSWERING, Scored

HERE = Path(__file__).parent
TODAY = date(2026, 11, 23)  # what a null `on` is read as
NINE = Clock(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))


def questions() -> list[dict[str, Any]]:
    """The labelled lines."""
    with (HERE / "questions.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


async def score(knowledge: Knowledge, labels: Sequence[Mapping[str, Any]]) -> list[Scored]:
    """Every line asked as a batch asks it."""
    lines = [{"q": label["q"], "on": label["on"] or TODAY.isoformat()} for label in labels]
    given = await answer_lines(lines, knowledge=knowledge, clock=NINE)
    return [Scored(label, line) for label, line in zip(labels, given, strict=True)]


def score_held(knowledge: Knowledge) -> dict[str, dict[str, Any]]:
    """The halves of our own out-of-scope lists that nothing is trained on: how many are answered, and which."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("near", "far"):
        asked = [str(text) for text in listed(f"{name}_out_of_scope")["held"]]
        answered = [text for text in asked if knowledge.understand(text, on=TODAY).action in ANSWERING]
        share = round(len(answered) / len(asked), 4)
        found[name] = {"lines": len(asked), "answered": len(answered), "share": share, "which": answered}
    return found


def born_here(knowledge: Knowledge, labels: Sequence[Mapping[str, Any]]) -> int:
    """How many of our variants equal an evaluation question once marks, capitals and punctuation are gone."""
    asked = {same_when_folded(label["q"]) for label in labels}
    return sum(same_when_folded(text) in asked for entry in knowledge.entries.values() for text in entry.variants)


class Screen(Terminal):
    """A terminal that keeps what it is sent, so that a dialogue can read it."""

    def __init__(self) -> None:
        super().__init__(lambda _text: None)
        self.shown: list[Outgoing] = []

    async def send(self, chat_key: str, message: Outgoing) -> None:
        """Keep it."""
        self.shown.append(message)


@dataclass(frozen=True)
class Reply:
    """Bubbles as one reply."""

    bubbles: tuple[Outgoing, ...]

    @property
    def text(self) -> str:
        """All that was said, with sources, as `danhoi chat --json` prints it."""
        return "\n".join(part for bubble in self.bubbles for part in (bubble.text, bubble.grounds) if part)

    @property
    def action(self) -> str | None:
        """The last one named."""
        return next((bubble.action for bubble in reversed(self.bubbles) if bubble.action), None)

    @property
    def topic(self) -> str | None:
        """The last one named."""
        return next((bubble.topic for bubble in reversed(self.bubbles) if bubble.topic), None)

    @property
    def choices(self) -> tuple[str, ...]:
        """What was offered last."""
        return self.bubbles[-1].choices if self.bubbles else ()


async def play_all(knowledge: Knowledge) -> list[Played]:
    """Every dialogue, each by a person of its own, on the day that it names."""
    with tempfile.TemporaryDirectory() as folder:
        played = []
        for dialogue in dialogues.load():
            day = date.fromisoformat(str(dialogue.get("on") or TODAY))
            played.append(await _play(dialogue, knowledge, Path(folder) / dialogue["id"], day))
        return played


async def _play(dialogue: Mapping[str, Any], knowledge: Knowledge, folder: Path, day: date) -> Played:
    clock = f"{datetime(day.year, day.month, day.day, 9, tzinfo=UTC) - timedelta(hours=7)}"
    settings = read({"DANHOI_DATA_DIR": str(folder), "DANHOI_CLOCK": clock})
    screen = Screen()
    async with assemble(settings, terminal=screen) as parts:
        commune = await communes.seed_sample(parts.database, now=parts.clock.now())
        account = await communes.account_of(parts.database, commune, "terminal")
        parts.take(knowledge)
        delivery = delivery_to(parts, screen, account)

        class Talker:
            """Says one line and reads the screen."""

            async def says(self, text: str) -> Reply:
                screen.shown.clear()
                await parts.worker.receive(
                    account, event_key=f"{len(text)}-{parts.clock.now()}", chat_key="eval", raw=text
                )
                while await parts.worker.work_one():
                    pass
                await delivery.flush()
                return Reply(tuple(screen.shown))

        return await dialogues.play(dialogue, Talker())
