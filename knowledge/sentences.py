"""Long messages tell a story and then ask: which of their sentences asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.cues import asks
from knowledge.lexicon import spoken
from knowledge.repair import Repair

LONG = 25  # syllables from which a message is looked at sentence by sentence
FEWEST = 4  # syllables of a sentence that can stand for the whole: "được không?" says nothing by itself
_ENDS = re.compile(r"(?<=[.!?;…])\s+")


def find_question(text: str, said: Sequence[str], repair: Repair) -> list[str]:
    """The syllables of the last sentence that asks, a question mark before other signs; empty for a short message."""
    if len(said) < LONG:
        return []
    sentences = [part for part in _ENDS.split(text) if part.strip()]
    if len(sentences) < 2:
        return []
    read = [(part.rstrip().endswith("?"), repair.read(part)) for part in sentences]
    told = [(marked, syllables) for marked, syllables in read if len(syllables) >= FEWEST]
    asked = [syllables for marked, syllables in told if marked] or [each for _, each in told if asks(spoken(each))]
    return asked[-1] if asked else []
