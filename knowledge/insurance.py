"""BHYT sums, worked in the open: what counted people pay, and what the fund pays of a visit. Whole đồng, dated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from knowledge.errors import RateUnknown
from knowledge.parameters import Parameter
from knowledge.vietnamese import dong

Parameters = Mapping[str, tuple[Parameter, ...]]
Kind = Literal["household", "student", "near_poor", "farm", "self"]
FIRST_CHECKED = date(2026, 11, 22)  # a rate whose beginning is not known answers from this day
LAST_ORDER = 5  # from the fifth member on one factor holds
SUPPORT: Mapping[Kind, tuple[str, str]] = {
    "student": ("student.state_support_min", "học sinh, sinh viên"),
    "near_poor": ("support.near_poor_min", "hộ cận nghèo"),
    "farm": ("support.farm_household_average_income_min", "hộ nông, lâm, ngư, diêm nghiệp có mức sống trung bình"),
}


@dataclass(frozen=True, slots=True)
class Worked:
    """A sum with its lines, in the order in which it is worked out, and the rates on which it rests."""

    lines: tuple[str, ...]
    vnd: int
    rests_on: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. `group`: a `benefit.` parameter; `route`: a `self_referral.` parameter, None for one in line.

    `cost_vnd` is what lies within the insured scope. `five_years_paid_vnd`: co-payments of this year once five years in
    a row are full, None where they are not.
    """

    group: str
    route: str | None
    cost_vnd: int
    primary_care: bool = False
    five_years_paid_vnd: int | None = None


class Rates:
    """The parameters in force on one day; remembers which were used."""

    def __init__(self, parameters: Parameters, on: date) -> None:
        """`on`: the day of the payment, or of the visit."""
        self._parameters, self.on = parameters, on
        self.used: list[Parameter] = []

    def get(self, name: str) -> Decimal:
        """The value; raises RateUnknown where none is in force that day."""
        for each in self._parameters.get(name, ()):
            if (each.since or FIRST_CHECKED) <= self.on and (each.until is None or self.on <= each.until):
                if each not in self.used:
                    self.used.append(each)
                return Decimal(str(each.value))
        raise RateUnknown(name, self.on)


def monthly_contribution(rates: Rates) -> int:
    """What the first member of a household pays a month: the rate of the base salary."""
    return _whole(rates.get("contribution_rate") * rates.get("base_salary") / 100)


def household(parameters: Parameters, *, people: int, months: int, on: date) -> Worked:
    """Members in order, with the reductions of that day: 100, 70, 60, 50 and then 40 percent of the first."""
    rates = Rates(parameters, on)
    first = monthly_contribution(rates)
    lines = [f"Người 1 mỗi tháng: {_of_base(rates)} = {dong(first)}"]
    total = 0
    for order in range(1, min(people, LAST_ORDER) + 1):
        factor = rates.get(_factor(order))
        share = _whole(factor * first * months / 100)
        alike = people - LAST_ORDER + 1 if order == LAST_ORDER else 1
        total += share * alike
        name = f"Người {order}" if alike == 1 else f"Người {order} đến {people}, mỗi người"
        percent = f" ({_rate(factor)})" if order > 1 else ""
        lines.append(f"{name}{percent}: {dong(share)}")
    return Worked(tuple(lines), total, tuple(rates.used))


def supported(parameters: Parameters, *, kind: Kind, people: int, months: int, on: date) -> Worked:
    """People whom the State helps to pay, each alike: the contribution less the least support; no household order."""
    rates = Rates(parameters, on)
    name, _label = SUPPORT[kind]
    first, help_percent = monthly_contribution(rates), rates.get(name)
    own = _whole((100 - help_percent) * first / 100)
    total = own * people * months
    lines = (
        f"Mức đóng mỗi tháng: {_of_base(rates)} = {dong(first)}",
        f"Nhà nước hỗ trợ ít nhất {_rate(help_percent)}; tự đóng nhiều nhất {_rate(100 - help_percent)}: "
        f"{dong(own)}/tháng",
        f"{people} người × {months} tháng × {dong(own)} = {dong(total)}",
    )
    return Worked(lines, total, tuple(rates.used))


def self_paid(parameters: Parameters, *, people: int, months: int, on: date) -> Worked:
    """People who pay all of it by themselves outside a household (unpaid leave): no reductions."""
    rates = Rates(parameters, on)
    first = monthly_contribution(rates)
    total = first * people * months
    lines = (
        f"Mỗi người mỗi tháng: {_of_base(rates)} = {dong(first)}",
        f"{people} người × {months} tháng = {dong(total)}",
    )
    return Worked(lines, total, tuple(rates.used))


def of_wage(parameters: Parameters, *, wage_vnd: int, on: date) -> Worked:
    """What is kept back of a month's wage, and what the employer adds; the wage counts up to the cap."""
    rates = Rates(parameters, on)
    own, theirs, cap = (
        rates.get("employee.employee_share"),
        rates.get("employee.employer_share"),
        rates.get("employee.salary_cap"),
    )
    counted = min(Decimal(wage_vnd), cap)
    kept = _whole(own * counted / 100)
    capped = f" (tính tối đa {dong(int(cap))})" if counted < wage_vnd else ""
    lines = (
        f"Lương {dong(wage_vnd)}{capped}: trừ {_rate(own)} × {dong(int(counted))} = {dong(kept)}/tháng",
        f"Nơi làm việc đóng thêm {_rate(theirs)}: {dong(_whole(theirs * counted / 100))}/tháng",
    )
    return Worked(lines, kept, tuple(rates.used))


def benefit(parameters: Parameters, visit: Visit, *, on: date) -> Worked:
    """What the fund pays of the insured cost: by group, route, a cheap visit, the primary level, five full years."""
    rates = Rates(parameters, on)
    share, why = _benefit_share(rates, visit)
    route = rates.get(visit.route) if visit.route else Decimal(100)
    lines = [f"Mức hưởng: {_rate(share)} ({why})"]
    if route != 100:
        lines.append(f"Tự đi khám nơi này: được tính {_rate(route)} của mức hưởng")
    paid = _whole(Decimal(visit.cost_vnd) * share * route / 10_000)
    rest = visit.cost_vnd - paid
    lines.append(
        f"Quỹ trả: {dong(visit.cost_vnd)} × {_rate(share)}"
        + (f" × {_rate(route)}" if route != 100 else "")
        + f" = {dong(paid)}"
    )
    if visit.five_years_paid_vnd is not None and route == 100 and share < 100:
        paid, rest, line = _after_five_years(rates, visit, paid, rest)
        lines.append(line)
    lines.append(f"Người bệnh trả: {dong(rest)}")
    return Worked(tuple(lines), paid, tuple(rates.used))


def _benefit_share(rates: Rates, visit: Visit) -> tuple[Decimal, str]:
    share = rates.get(visit.group)
    if share == 100:
        return share, "theo đối tượng ghi trên thẻ"
    if visit.route is not None and rates.get(visit.route) != 100:
        return share, "theo đối tượng ghi trên thẻ"
    if visit.primary_care:
        return rates.get("benefit.primary_level_facility"), "khám ở trạm y tế, cấp khám bệnh ban đầu"
    limit = _whole(rates.get("threshold.low_cost_visit_ratio") * rates.get("base_salary") / 100)
    if visit.cost_vnd < limit:
        return Decimal(100), f"một lần khám dưới 15% lương cơ sở, tức dưới {dong(limit)}"
    return share, "theo đối tượng ghi trên thẻ"


def _after_five_years(rates: Rates, visit: Visit, paid: int, rest: int) -> tuple[int, int, str]:
    """Above six base salaries of co-payment in the year, the fund pays all."""
    limit = _whole(rates.get("threshold.copay_exemption_multiplier") * rates.get("base_salary"))
    before = visit.five_years_paid_vnd or 0
    left = max(0, min(rest, limit - before))
    line = f"Đủ 5 năm liên tục: cùng chi trả trong năm nhiều nhất {dong(limit)}, đã trả {dong(before)}"
    return paid + rest - left, left, line


def _factor(order: int) -> str:
    return f"household.member_{order}_factor" if order < LAST_ORDER else "household.member_5_and_later_factor"


def _of_base(rates: Rates) -> str:
    return f"{_rate(rates.get('contribution_rate'))} × {dong(int(rates.get('base_salary')))}"


def _rate(percent: Decimal) -> str:
    return f"{percent.normalize():f}".replace(".", ",") + "%"


def _whole(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def laws(rests_on: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """One parameter for each law, the order of use kept."""
    return tuple({each.law: each for each in rests_on}.values())
