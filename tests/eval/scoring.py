"""How a bot is scored on labelled questions: the rules of README.md in this folder, for all and per form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Line = Mapping[str, Any]
FORMS = ("clean", "nodiac", "half", "teen", "typo", "telex", "dialect", "long")
FOLDS = 5
OUTSIDE_ALLOWED = 1  # of the 75 abstain lines
HELD_ALLOWED = 0.03  # share of the near questions out of scope that nothing was trained on
LARGE = 100  # answer lines from which a form is held to a share of clean, below which to points on the same questions
ANSWERING = ("answer", "price", "premium", "directory")


@dataclass(frozen=True, slots=True)
class Scored:
    """One labelled line and what the bot gave."""

    label: Line
    given: Line

    @property
    def form(self) -> str:
        """How the question was typed."""
        return str(self.label["form"])

    @property
    def right_action(self) -> bool:
        """The bot did what it should."""
        return bool(self.given["action"] == self.label["action"])

    @property
    def accepted(self) -> set[str]:
        """Topics that are full answers (or, for clarify, those in doubt)."""
        return {topic for topic in (self.label["topic"], *self.label["also"]) if topic}

    @property
    def top1(self) -> bool:
        """Answered, and with an accepted topic."""
        return self.given["action"] == "answer" and self.given["topic"] in self.accepted

    @property
    def top3(self) -> bool:
        """An accepted topic is among the first three, whatever was done."""
        return any(each["topic"] in self.accepted for each in self.given["candidates"][:3])

    @property
    def clarified(self) -> bool:
        """Asked back, and offered two of those in doubt."""
        offered = {each["topic"] for each in self.given["candidates"][:4]}
        return self.given["action"] == "clarify" and len(offered & self.accepted) >= 2


def figures(lines: Sequence[Scored]) -> dict[str, float | int]:
    """All figures over these lines; shares between 0 and 1."""
    answers = [line for line in lines if line.label["action"] == "answer"]
    outside = [line for line in lines if line.label["action"] == "abstain"]
    doubts = [line for line in lines if line.label["action"] == "clarify"]
    told = Counter((line.label["action"], line.given["action"]) for line in lines)
    return {
        "lines": len(lines),
        "action": _share(line.right_action for line in lines),
        "answer_lines": len(answers),
        "top1": _share(line.top1 for line in answers),
        "top3": _share(line.top3 for line in answers),
        "outside_lines": len(outside),
        "outside_answered": sum(line.given["action"] in ANSWERING for line in outside),
        "clarify": _share(line.clarified for line in doubts),
        "emergency_misses": sum(n for (want, got), n in told.items() if want == "emergency" != got),
        "emergency_false_alarms": sum(n for (want, got), n in told.items() if got == "emergency" != want),
        "denunciation_misses": sum(n for (want, got), n in told.items() if want == "denunciation" != got),
    }


def by_form(lines: Sequence[Scored]) -> dict[str, dict[str, float | int]]:
    """The figures of all lines, then of each form."""
    groups = {form: [line for line in lines if line.form == form] for form in FORMS}
    return {"all": figures(lines)} | {form: figures(group) for form, group in groups.items() if group}


def by_action(lines: Sequence[Scored]) -> dict[str, dict[str, float | int]]:
    """Recall and precision of each action."""
    found: dict[str, dict[str, float | int]] = {}
    for action in sorted({line.label["action"] for line in lines}):
        wanted = [line for line in lines if line.label["action"] == action]
        given = [line for line in lines if line.given["action"] == action]
        found[action] = {
            "lines": len(wanted),
            "recall": _share(line.right_action for line in wanted),
            "precision": _share(line.right_action for line in given),
        }
    return found


def spread(lines: Sequence[Scored]) -> dict[str, dict[str, float | int | bool]]:
    """Each form's top-1 beside the clean form's: of all its lines, and of the same base questions (`g`).

    The bar: 95 % of clean for a form with 100 or more answer lines, within 5 points on the same `g` for a smaller one.
    """
    answers = [line for line in lines if line.label["action"] == "answer"]
    clean = {line.label["g"]: line.top1 for line in answers if line.form == "clean"}
    whole = _share(clean.values())
    found: dict[str, dict[str, float | int | bool]] = {}
    for form in FORMS[1:]:
        own = [line for line in answers if line.form == form]
        if not own:
            continue
        same = [line for line in own if line.label["g"] in clean]
        top1, there = _share(line.top1 for line in own), _share(clean[line.label["g"]] for line in same)
        found[form] = {
            "answer_lines": len(own),
            "top1": top1,
            "of_clean": round(top1 / whole, 4) if whole else 0.0,
            "clean_same_g": there,
            "points": round(100 * (_share(line.top1 for line in same) - there), 1),
        }
        found[form]["meets"] = found[form]["of_clean"] >= 0.95 if len(own) >= LARGE else found[form]["points"] >= -5.0
    return found


def by_fold(lines: Sequence[Scored]) -> list[dict[str, float]]:
    """Clean figures of each fifth of the base questions (`g` modulo 5): how much they hang on the draw."""
    folds = [
        [line for line in lines if line.form == "clean" and line.label["g"] % FOLDS == fold] for fold in range(FOLDS)
    ]
    return [{name: figures(fold)[name] for name in ("action", "top1", "top3")} for fold in folds]


def worse(now: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """Why a release stops: clean top-1 or action down by more than one point, a new emergency miss, a talk that passed
    before, more questions out of scope answered than the bars allow."""
    reasons = [
        f"{name} of the clean form fell from {before['forms']['clean'][name]:.3f} to {now['forms']['clean'][name]:.3f}"
        for name in ("top1", "action")
        if now["forms"]["clean"][name] < before["forms"]["clean"][name] - 0.01
    ]
    missed = now["forms"]["all"]["emergency_misses"] - before["forms"]["all"]["emergency_misses"]
    lost = [name for name, faults in now["dialogues"].items() if faults and not before["dialogues"].get(name, True)]
    beyond = {
        "questions out of scope": now["forms"]["all"]["outside_answered"] > OUTSIDE_ALLOWED,
        "held near questions out of scope": now["held"]["near"]["share"] > HELD_ALLOWED,
    }
    return [
        *reasons,
        *([f"{missed} new emergency misses"] if missed > 0 else []),
        *(f"dialogue {name} passed before" for name in lost),
        *(f"too many {name} answered" for name, over in beyond.items() if over),
    ]


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return round(sum(counted) / len(counted), 4) if counted else 0.0
