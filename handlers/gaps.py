"""What people asked and we could not answer, near-duplicates together, the most asked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from storage.questions import Question

ALIKE = 85.0  # of 100: how much of their words two questions share to be one gap
SHOWN = 3  # examples of one gap


@dataclass(slots=True)
class Gap:
    """Questions that ask the same; their texts are masked."""

    questions: list[Question] = field(default_factory=list)

    @property
    def disliked(self) -> int:
        """Answered, and judged wrong by the person."""
        return sum(question.gap == "disliked" for question in self.questions)

    @property
    def examples(self) -> list[str]:
        """Different wordings, the newest first."""
        return list(dict.fromkeys(question.masked_text for question in self.questions))[:SHOWN]

    @property
    def line(self) -> str:
        """For the screen: how many, and how they were put."""
        disliked = f", {self.disliked} chưa đúng" if self.disliked else ""
        return f"{len(self.questions)} câu{disliked}: " + " | ".join(self.examples)


def cluster(questions: Sequence[Question]) -> list[Gap]:
    """Group by folded words; a question joins the first gap that it is alike to. Wordless ones are left out."""
    gaps: list[Gap] = []
    for question in questions:
        if not question.folded_text:
            continue
        home = next((gap for gap in gaps if is_alike(gap.questions[0], question)), None)
        if home is None:
            gaps.append(Gap([question]))
        else:
            home.questions.append(question)
    return sorted(gaps, key=lambda gap: -len(gap.questions))


def is_alike(one: Question, other: Question) -> bool:
    """Whether two questions ask the same, by their folded words."""
    return fuzz.token_set_ratio(one.folded_text, other.folded_text, score_cutoff=ALIKE) >= ALIKE
