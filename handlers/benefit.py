"""What the fund pays of a visit: whose card, where, how much; then the sum line by line, for the day asked about."""

from __future__ import annotations

import re
from typing import Any

from handlers.contract import FIRST_SCREEN, Choice, Desk, Feature, Incoming, Reply, Source
from handlers.people import TO_A_PERSON
from knowledge.insurance import FIRST_CHECKED, Visit, benefit, laws
from knowledge.money import find_money
from knowledge.vietnamese import fold
from storage.talks import Talk

TOPIC = "bhyt.muc-huong.tong-quan"
START = Choice("Đi khám được trả bao nhiêu", "benefit.start", aside=True)
ASKS_GROUP, ASKS_ROUTE, ASKS_COST, ASKS_PAID = "benefit.group", "benefit.route", "benefit.cost", "benefit.paid"
SHOWN = "benefit.shown"
IN_LINE, PRIMARY = "in_line", "primary"
GROUPS: tuple[tuple[str, str], ...] = (
    ("household", "Mua theo hộ gia đình"),
    ("student", "Học sinh, sinh viên"),
    ("employee", "Đi làm hưởng lương"),
    ("pensioner", "Lương hưu, mất sức"),
    ("poor_household", "Hộ nghèo"),
    ("near_poor_household", "Hộ cận nghèo"),
    ("child_under_6", "Trẻ dưới 6 tuổi"),
    ("meritorious_person", "Người có công"),
    ("social_pension_age_75_plus", "Từ 75 tuổi hưởng trợ cấp hưu trí xã hội"),
)
ROUTES: tuple[tuple[str, str], ...] = (
    (PRIMARY, "Trạm y tế xã, nơi khám ban đầu"),
    (IN_LINE, "Đúng nơi đăng ký, hoặc có phiếu chuyển"),
    ("emergency_any_facility", "Cấp cứu"),
    ("former_district_any", "Tự đi, bệnh viện huyện (cũ)"),
    ("basic_inpatient", "Tự đi nằm viện, bệnh viện cấp cơ bản"),
    ("basic_outpatient_former_province_or_central", "Tự đi khám ngoại trú, cơ bản (tỉnh, trung ương cũ)"),
    ("specialized_former_province_inpatient", "Tự đi nằm viện, chuyên sâu (tỉnh cũ)"),
    ("specialized_former_province_outpatient", "Tự đi khám ngoại trú, chuyên sâu (tỉnh cũ)"),
    ("specialized_former_central_inpatient", "Tự đi nằm viện, chuyên sâu (trung ương cũ)"),
    ("specialized_former_central_outpatient", "Tự đi khám ngoại trú, chuyên sâu (trung ương cũ)"),
)
_PAYS = re.compile(r"\b(?:tra|chi tra|thanh toan|lo|chiu|huong|do)\b")
_CARE = re.compile(r"\b(?:kham|vien|mo|dieu tri|sinh de|de mo|cap cuu|phau thuat|chua benh)\b")
_CARD = re.compile(r"\b(?:bhyt|bao hiem|the)\b")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One question at a time: the card, the place, the cost; then the answer, and the five full years on request."""
    held: dict[str, Any] = dict(desk.talk.held) if _goes_on(desk.talk) and message.verb != "start" else {}
    cost = find_money(message.meaning.folded)
    match message.verb:
        case "group":
            held["group"] = message.argument
        case "route":
            held["route"] = message.argument
        case "five":
            desk.talk.held = held
            text = "Dạ, từ đầu năm đến nay anh/chị đã cùng chi trả bao nhiêu tiền ạ? (ví dụ: 12 triệu; chưa thì gõ 0)"
            return Reply(text, "answer", topic=TOPIC, choices=(TO_A_PERSON,), asks=ASKS_PAID)
    if desk.talk.asks == ASKS_PAID and message.verb != "start":
        held["paid"] = cost if cost is not None else 0 if message.meaning.number == 0 else held.get("paid", 0)
    elif cost is not None:
        held["cost"] = cost
    desk.talk.held = held
    return _next(held, desk)


def _next(held: dict[str, Any], desk: Desk) -> Reply:
    if "group" not in held:
        text = "Dạ, thẻ BHYT thuộc diện nào ạ?"
        choices = tuple(Choice(label, f"benefit.group:{group}") for group, label in GROUPS)
        return Reply(text, "answer", topic=TOPIC, choices=(*choices, TO_A_PERSON), asks=ASKS_GROUP)
    if "route" not in held:
        text = "Dạ, khám ở đâu ạ?"
        choices = tuple(Choice(label, f"benefit.route:{route}") for route, label in ROUTES)
        return Reply(text, "answer", topic=TOPIC, choices=(*choices, TO_A_PERSON), asks=ASKS_ROUTE)
    if "cost" not in held:
        text = "Dạ, tiền khám chữa bệnh hết bao nhiêu ạ? (chỉ phần bảo hiểm chi trả; ví dụ: 2 triệu, 350 nghìn)"
        return Reply(text, "answer", topic=TOPIC, choices=(TO_A_PERSON,), asks=ASKS_COST)
    return _answer(held, desk)


def _answer(held: dict[str, Any], desk: Desk) -> Reply:
    """Raises RateUnknown for a day of which we know no rate."""
    route = held["route"]
    visit = Visit(
        group=f"benefit.{held['group']}",
        route=None if route in (IN_LINE, PRIMARY) else f"self_referral.{route}",
        cost_vnd=held["cost"],
        primary_care=route == PRIMARY,
        five_years_paid_vnd=held.get("paid"),
    )
    worked = benefit(desk.knowledge.parameters, visit, on=desk.talk.on_day or desk.today)
    place = dict(ROUTES)[route].lower()
    text = f"Dạ, thẻ diện {dict(GROUPS)[held['group']].lower()}, {place}:\n" + "\n".join(worked.lines)
    text += "\nChỉ tính phần trong phạm vi được hưởng; thuốc, dịch vụ ngoài danh mục tự trả."
    sources = tuple(Source(rate.law, rate.since, rate.until, FIRST_CHECKED) for rate in laws(worked.rests_on))
    kept = [number for number in range(1, len(sources) + 1) if _fits(text, sources[:number])]
    again = (Choice("Đủ 5 năm liên tục", "benefit.five"), Choice("Tính lần khám khác", "benefit.start", aside=True))
    return Reply(
        text, "answer", topic=TOPIC, choices=(*again, TO_A_PERSON), sources=sources[: max(kept, default=1)], asks=SHOWN
    )


def _fits(text: str, sources: tuple[Source, ...]) -> bool:
    return len(Reply(text, "answer", sources=sources).printed) <= FIRST_SCREEN


def _goes_on(talk: Talk) -> bool:
    return (talk.asks or "").startswith("benefit.")


def takes(message: Incoming, _talk: Talk) -> bool:
    """A sum of money for treatment, and the question what the card pays of it."""
    folded = fold(message.text)
    asked = message.meaning.action in ("answer", "clarify", "abstain", "premium")
    about = bool(_PAYS.search(folded) and _CARE.search(folded) and _CARD.search(folded))
    return asked and about and "luong" not in folded.split() and find_money(message.meaning.folded) is not None


def continues(message: Incoming, talk: Talk) -> bool:
    """The cost that we asked for."""
    money = find_money(message.meaning.folded) is not None or message.meaning.number == 0
    return talk.asks in (ASKS_COST, ASKS_PAID, SHOWN) and money


FEATURE = Feature("benefit", handle, takes=takes, continues=continues)
