"""How soon a report must be looked at, proposed from its words: 0 in its turn, 1 soon, 2 people are in danger."""

from __future__ import annotations

from knowledge.lexicon import labelled
from knowledge.vietnamese import syllables, tidy

ORDINARY, URGENT, DANGER = 0, 1, 2


def urgency_of(text: str) -> int:
    """Danger where a word of the emergencies stands in it as such; an officer can correct it."""
    said = syllables(tidy(text))
    hits = labelled("emergencies", as_typed=True).find(said)
    harmless = {at for hit in hits if hit.label == "harmless" for at in range(hit.start, hit.end)}
    told = [hit for hit in hits if hit.guesses == 0 and not (set(range(hit.start, hit.end)) & harmless)]
    if any(hit.label.endswith(".strong") for hit in told):
        return DANGER
    return URGENT if labelled("urgency").find(said) else ORDINARY
