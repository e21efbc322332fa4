"""BHYT for counted people: the sum worked line by line, for the day asked about; only what is missing is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from handlers import benefit, topics
from handlers.contract import FIRST_SCREEN, Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from knowledge.headcount import MOST_PEOPLE, POOR, Headcount, read_headcount
from knowledge.insurance import (
    FIRST_CHECKED,
    SUPPORT,
    Kind,
    Parameters,
    Worked,
    household,
    laws,
    of_wage,
    self_paid,
    supported,
)
from knowledge.vietnamese import dong, fold
from storage.talks import Talk

RATES = "bhyt.ho-gia-dinh.so-tien"
POOR_HOUSEHOLD = "bhyt.ho-ngheo"
ASKS_PEOPLE = "insurance.people"
SHOWN = "insurance.shown"
YEAR = 12
PERIODS = (3, 6, 12)  # months for which a household may pay at once
FEW_WORDS = 5
OTHERS: tuple[tuple[Kind, str], ...] = (
    ("student", "Học sinh, sinh viên"),
    ("near_poor", "Hộ cận nghèo"),
    ("household", "Hộ gia đình"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be worked out, as far as it is known. `months` None: a year, and a month beside it."""

    kind: Kind
    people: int | None
    months: int | None
    on: date


async def handle(message: Incoming, desk: Desk) -> Reply:
    """A wage, or counted people; what was said before goes on counting."""
    said = read_headcount(message.meaning.folded)
    match message.verb:
        case "months" if message.argument.isdigit():
            said = Headcount(months=int(message.argument))
        case "people" if message.argument.isdigit():
            said = Headcount(people=int(message.argument))
        case "kind":
            said = Headcount(kind=next((kind for kind, _ in OTHERS if kind == message.argument), None))
    day = _day(message, desk)
    if said.wages_vnd:
        return wages(said, desk, day)
    if POOR.search(message.meaning.folded):
        return topics.present(message, desk, POOR_HOUSEHOLD, on=day)
    if desk.talk.asks == ASKS_PEOPLE and said.people is None and 0 < (message.meaning.number or 0) <= MOST_PEOPLE:
        said = replace(said, people=message.meaning.number)
    asked = merged(said, desk, day)
    if asked.people is None:
        return ask_people(asked, desk)
    return work_out(asked, desk)


def merged(said: Headcount, desk: Desk, on: date) -> Asked:
    """What this message says over what was said before in this talk."""
    held: dict[str, Any] = desk.talk.held if _goes_on(desk.talk) else {}
    before = held.get("people")
    people = said.people or ((before + said.change if before else None) if said.change else before)
    kind = said.kind or held.get("kind", "household")
    return Asked(kind, people if people and people > 0 else None, said.months or held.get("months"), on)


def ask_people(asked: Asked, desk: Desk) -> Reply:
    """The one thing that cannot be left open."""
    _hold(asked, desk)
    text = (
        "Dạ, nhà mình có mấy người cùng mua ạ? "
        "(không tính người đã có thẻ của công ty, trường học, người được Nhà nước cấp thẻ, trẻ dưới 6 tuổi)"
    )
    choices = tuple(Choice(f"{people} người", f"insurance.people:{people}") for people in range(1, 6))
    return Reply(text, "premium", choices=(*choices, TO_A_PERSON), asks=ASKS_PEOPLE)


def work_out(asked: Asked, desk: Desk) -> Reply:
    """The sum with its lines. Raises RateUnknown for a day of which we know no rate."""
    assert asked.people is not None
    _hold(asked, desk)
    months = asked.months or YEAR
    worked = _worked(asked, months, desk.knowledge.parameters)
    per_month = "" if asked.months else f" ({dong(_worked(asked, 1, desk.knowledge.parameters).vnd)} mỗi tháng)"
    base = next(rate for rate in worked.rests_on if rate.name == "base_salary")
    head = f"{_who(asked)}, đóng {months} tháng theo lương cơ sở {dong(int(base.value))}{_since(base.since)}:"
    opening = "Dạ, " if asked.on == desk.today else f"Dạ, tính theo ngày nộp tiền {asked.on:%d/%m/%Y}: "
    total = f"Cộng: {dong(worked.vnd)}{per_month}."
    text = "\n".join([opening + head, *_joined(worked), total, *_remarks(asked, desk)])
    return _reply(text, worked, desk, _choices(asked))


def wages(said: Headcount, desk: Desk, on: date) -> Reply:
    """What is kept back of one or several wages; of two, the difference."""
    worked = [of_wage(desk.knowledge.parameters, wage_vnd=wage, on=on) for wage in said.wages_vnd]
    lines = [line for each in worked for line in (each.lines if len(worked) == 1 else each.lines[:1])]
    if len(worked) == 2:
        lines.append(f"Chênh nhau: {dong(abs(worked[0].vnd - worked[1].vnd))}/tháng")
    text = "Dạ, tiền BHYT của người đi làm:\n" + "\n".join(lines)
    desk.talk.held = {}
    return _reply(text, worked[0], desk, ())


def _worked(asked: Asked, months: int, parameters: Parameters) -> Worked:
    people = asked.people or 1
    if asked.kind in SUPPORT:
        return supported(parameters, kind=asked.kind, people=people, months=months, on=asked.on)
    if asked.kind == "self":
        return self_paid(parameters, people=people, months=months, on=asked.on)
    return household(parameters, people=people, months=months, on=asked.on)


def _joined(worked: Worked) -> list[str]:
    """The formula on its own line, members side by side."""
    members = [line for line in worked.lines if line.startswith("Người ") and "mỗi tháng" not in line]
    others = [line for line in worked.lines if line not in members]
    return [*others, *([" · ".join(members)] if members else [])]


def _who(asked: Asked) -> str:
    if asked.kind == "household":
        return f"hộ {asked.people} người"
    label = SUPPORT[asked.kind][1] if asked.kind in SUPPORT else "tự đóng ngoài hộ"
    return f"{asked.people} người diện {label}"


def _since(since: date | None) -> str:
    return f" (từ {since:%d/%m/%Y})" if since else ""


def _remarks(asked: Asked, desk: Desk) -> list[str]:
    lines = []
    if asked.kind == "household" and asked.months and asked.months not in PERIODS:
        lines.append("Hộ gia đình đóng một lần cho 3, 6 hoặc 12 tháng.")
    if asked.kind in SUPPORT:
        lines.append("Tỉnh có thể hỗ trợ thêm; hỏi nơi thu để biết số phải nộp.")
    if asked.on != desk.today and asked.on < FIRST_CHECKED:
        lines.append("Hỏi “bây giờ thì sao” để tính theo mức hiện nay.")
    return lines


def _choices(asked: Asked) -> tuple[Choice, ...]:
    periods = [months for months in PERIODS if months != (asked.months or YEAR)]
    kinds = [(kind, label) for kind, label in OTHERS if kind != asked.kind]
    return (
        *(Choice(f"{months} tháng", f"insurance.months:{months}") for months in periods),
        *(Choice(label, f"insurance.kind:{kind}", aside=True) for kind, label in kinds),
        benefit.START,
    )


def _reply(text: str, worked: Worked, desk: Desk, choices: tuple[Choice, ...]) -> Reply:
    sources = tuple(Source(rate.law, rate.since, rate.until, FIRST_CHECKED) for rate in laws(worked.rests_on))
    fitting = next((kept for kept in range(len(sources), 0, -1) if _fits(text, sources[:kept])), 1)
    desk.talk.topic = RATES
    return Reply(text, "premium", choices=(*choices, TO_A_PERSON), sources=sources[:fitting], asks=SHOWN)


def _fits(text: str, sources: tuple[Source, ...]) -> bool:
    return len(Reply(text, "premium", sources=sources).printed) <= FIRST_SCREEN


def _hold(asked: Asked, desk: Desk) -> None:
    desk.talk.held = {"people": asked.people, "months": asked.months, "kind": asked.kind}
    desk.talk.on_day = asked.on if asked.on != desk.today else None


def _day(message: Incoming, desk: Desk) -> date:
    """The day of the payment: named, or of this talk, or today."""
    if message.meaning.asked_day is not None:
        return message.meaning.asked_day.on
    return (desk.talk.on_day if _goes_on(desk.talk) else None) or desk.today


def _goes_on(talk: Talk) -> bool:
    return (talk.asks or "").startswith("insurance.")


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked what counted people would pay."""
    return message.meaning.action == "premium"


def continues(message: Incoming, talk: Talk) -> bool:
    """How many, how long, for which day, one more or one less: in a few words."""
    meaning = message.meaning
    if meaning.action not in ("answer", "clarify", "abstain", "smalltalk", "premium", "directory") or meaning.command:
        return False
    if talk.asks == ASKS_PEOPLE and meaning.number is not None:
        return True
    said = read_headcount(fold(message.text))
    if said.change or (said.people and talk.asks == ASKS_PEOPLE):
        return True
    ours = not meaning.content_words or meaning.band != "answer" or meaning.topics[0].topic.startswith("bhyt.")
    few = ours and meaning.content_words <= FEW_WORDS
    return few and (said.says_something or meaning.asked_day is not None)


FEATURE = Feature("insurance", handle, takes=takes, continues=continues)
