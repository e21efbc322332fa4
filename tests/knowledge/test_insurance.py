"""BHYT sums against published figures and sums by hand; each names the row of bhyt_parameters.csv it rests on."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.base import CONTENT
from knowledge.errors import RateUnknown
from knowledge.headcount import read_headcount
from knowledge.insurance import Visit, benefit, household, of_wage, self_paid, supported
from knowledge.money import find_all_money, find_money
from knowledge.parameters import Parameter, load_parameters

PARAMETERS = load_parameters(CONTENT)
ROWS: dict[int, Parameter] = {each.line: each for rows in PARAMETERS.values() for each in rows}
D19, D23, D24, D26 = date(2019, 7, 1), date(2023, 7, 1), date(2024, 7, 1), date(2026, 7, 1)
LAST_23, LAST_24, LAST_26 = date(2023, 6, 30), date(2024, 6, 30), date(2026, 6, 30)

# (people, months, day of payment, total worked by hand, row of the published amount of the last member counted)
FAMILIES: tuple[tuple[int, int, date, int, int], ...] = (
    (1, 1, D19, 67_050, 27), (2, 1, D19, 113_985, 29), (3, 1, D19, 154_215, 31), (4, 1, D19, 187_740, 33),
    (5, 1, D19, 214_560, 35), (1, 12, LAST_23, 804_600, 28), (2, 12, LAST_23, 1_367_820, 30),
    (3, 12, LAST_23, 1_850_580, 32), (4, 12, LAST_23, 2_252_880, 34), (5, 12, LAST_23, 2_574_720, 36),
    (1, 1, D23, 81_000, 37), (2, 1, D23, 137_700, 39), (3, 1, D23, 186_300, 41), (4, 1, D23, 226_800, 43),
    (5, 1, D23, 259_200, 45), (1, 12, LAST_24, 972_000, 38), (2, 12, LAST_24, 1_652_400, 40),
    (3, 12, LAST_24, 2_235_600, 42), (4, 12, LAST_24, 2_721_600, 44), (5, 12, LAST_24, 3_110_400, 46),
    (1, 1, D24, 105_300, 47), (2, 1, D24, 179_010, 49), (3, 1, D24, 242_190, 51), (4, 1, D24, 294_840, 53),
    (5, 1, D24, 336_960, 55), (1, 12, LAST_26, 1_263_600, 48), (2, 12, LAST_26, 2_148_120, 50),
    (3, 12, LAST_26, 2_906_280, 52), (4, 12, LAST_26, 3_538_080, 54), (5, 12, LAST_26, 4_043_520, 56),
    (1, 1, D26, 113_850, 57), (2, 1, D26, 193_545, 59), (3, 1, D26, 261_855, 61), (4, 1, D26, 318_780, 63),
    (5, 1, D26, 364_320, 65), (1, 12, D26, 1_366_200, 58), (2, 12, D26, 2_322_540, 60), (3, 12, D26, 3_142_260, 62),
    (4, 12, D26, 3_825_360, 64), (5, 12, D26, 4_371_840, 66), (6, 12, D26, 4_918_320, 66), (7, 3, D26, 1_366_200, 65),
    (4, 6, D26, 1_912_680, 63), (8, 6, D26, 3_005_640, 65),
)  # fmt: skip
# (kind, people, months, day, total worked by hand, row of the support)
HELPED = (
    ("student", 1, 1, date(2024, 9, 1), 73_710, 75),
    ("student", 1, 12, date(2025, 9, 1), 631_800, 78),
    ("student", 1, 1, date(2025, 7, 1), 52_650, 76),
    ("student", 1, 1, D26, 56_925, 77),
    ("student", 1, 12, D26, 683_100, 79),
    ("student", 2, 9, D26, 1_024_650, 77),
    ("student", 1, 12, date(2025, 6, 30), 884_520, 75),
    ("near_poor", 1, 1, D26, 34_155, 83),
    ("near_poor", 1, 12, D26, 409_860, 84),
    ("near_poor", 3, 12, D26, 1_229_580, 84),
    ("near_poor", 4, 6, date(2023, 8, 1), 583_200, 81),
    ("farm", 4, 12, D26, 3_825_360, 95),
    ("farm", 1, 1, date(2024, 1, 15), 56_700, 94),
)
# (wage, day, kept back a month worked by hand, row of the cap)
WAGES = (
    (8_000_000, D26, 120_000, 16),
    (30_000_000, D26, 450_000, 16),
    (50_600_000, D26, 759_000, 16),
    (60_000_000, D26, 759_000, 16),
    (60_000_000, date(2026, 6, 30), 702_000, 15),
    (7_333_333, D26, 110_000, 16),
)
OUT_OF_LINE = "basic_outpatient_former_province_or_central"
# (group, route, cost, primary level, paid this year after five full years, day, what the fund pays, row of the rate)
VISITS = (
    ("household", None, 2_000_000, False, None, date(2026, 11, 23), 1_600_000, 112),
    ("household", None, 379_499, False, None, date(2026, 11, 23), 379_499, 127),
    ("household", None, 379_500, False, None, date(2026, 11, 23), 303_600, 127),
    ("household", None, 900_000, True, None, date(2026, 11, 23), 900_000, 121),
    ("pensioner", None, 1_000_000, False, None, date(2026, 11, 23), 950_000, 110),
    ("poor_household", None, 1_000_000, False, None, date(2026, 11, 23), 1_000_000, 98),
    ("near_poor_household", None, 1_000_000, False, None, date(2026, 11, 23), 1_000_000, 107),
    ("social_pension_age_75_plus", None, 1_000_000, False, None, date(2025, 12, 31), 800_000, 108),
    ("social_pension_age_75_plus", None, 1_000_000, False, None, date(2026, 1, 1), 1_000_000, 109),
    ("household", "specialized_former_central_inpatient", 10_000_000, False, None, date(2026, 11, 23), 3_200_000, 153),
    ("household", "specialized_former_central_outpatient", 10_000_000, False, None, date(2026, 11, 23), 0, 154),
    ("household", OUT_OF_LINE, 1_000_000, False, None, date(2026, 11, 23), 400_000, 148),
    ("poor_household", OUT_OF_LINE, 1_000_000, False, None, date(2026, 6, 30), 0, 147),
    ("student", "former_district_any", 1_000_000, False, None, date(2026, 11, 23), 800_000, 149),
    ("household", None, 20_000_000, False, 15_180_000, date(2026, 11, 23), 20_000_000, 133),
    ("household", None, 20_000_000, False, 13_180_000, date(2026, 11, 23), 18_000_000, 133),
    ("household", None, 20_000_000, False, 0, date(2026, 11, 23), 16_000_000, 133),
)


def test_there_are_at_least_sixty_worked_cases() -> None:
    assert len(FAMILIES) + len(HELPED) + len(WAGES) + len(VISITS) >= 60


@pytest.mark.parametrize(("people", "months", "on", "vnd", "row"), FAMILIES)
def test_households(people: int, months: int, on: date, vnd: int, row: int) -> None:
    worked = household(PARAMETERS, people=people, months=months, on=on)
    assert worked.vnd == vnd
    published = ROWS[row]
    assert (published.since or on) <= on <= (published.until or on), published.name
    fewer = household(PARAMETERS, people=people - 1, months=months, on=on).vnd if people > 1 else 0
    times = 1 if published.unit == "VND/year" else months
    assert vnd - fewer == published.value * times


@pytest.mark.parametrize(("kind", "people", "months", "on", "vnd", "row"), HELPED)
def test_people_whom_the_state_helps(kind: str, people: int, months: int, on: date, vnd: int, row: int) -> None:
    assert supported(PARAMETERS, kind=kind, people=people, months=months, on=on).vnd == vnd  # type: ignore[arg-type]
    assert ROWS[row].name.startswith(("student.", "support."))


@pytest.mark.parametrize(("wage", "on", "vnd", "row"), WAGES)
def test_wages_count_up_to_the_cap(wage: int, on: date, vnd: int, row: int) -> None:
    assert of_wage(PARAMETERS, wage_vnd=wage, on=on).vnd == vnd
    assert ROWS[row].name == "employee.salary_cap"


@pytest.mark.parametrize(("group", "route", "cost", "primary", "paid", "on", "vnd", "row"), VISITS)
def test_visits(
    group: str, route: str | None, cost: int, primary: bool, paid: int | None, on: date, vnd: int, row: int
) -> None:
    visit = Visit(f"benefit.{group}", f"self_referral.{route}" if route else None, cost, primary, paid)
    worked = benefit(PARAMETERS, visit, on=on)
    assert worked.vnd == vnd
    assert ROWS[row] in worked.rests_on or ROWS[row].name.startswith("threshold."), ROWS[row]
    assert f"Quỹ trả: {cost:,}".replace(",", ".") in "\n".join(worked.lines)


def test_unpaid_leave_has_no_reductions() -> None:
    assert self_paid(PARAMETERS, people=2, months=12, on=D26).vnd == 2 * 1_366_200


def test_a_day_without_a_rate_is_refused() -> None:
    with pytest.raises(RateUnknown):
        household(PARAMETERS, people=1, months=12, on=date(2018, 11, 30))
    with pytest.raises(RateUnknown):
        of_wage(PARAMETERS, wage_vnd=8_000_000, on=date(2025, 6, 30))
    with pytest.raises(RateUnknown):  # its beginning is not known, so it says nothing about the past
        benefit(PARAMETERS, Visit("benefit.household", None, 1_000_000), on=date(2024, 1, 1))


@given(people=st.integers(1, 30), months=st.integers(1, 60), on=st.dates(D19, date(2027, 12, 31)))
def test_each_further_member_pays_less_or_alike_and_the_sum_is_whole(people: int, months: int, on: date) -> None:
    sums = [household(PARAMETERS, people=count, months=months, on=on).vnd for count in range(people + 1)]
    steps = [after - before for before, after in pairwise(sums)]
    assert steps == sorted(steps, reverse=True) and all(step > 0 for step in steps)
    assert household(PARAMETERS, people=people, months=1, on=on).vnd * months == sums[-1]


@given(cost=st.integers(1, 500_000_000), paid=st.none() | st.integers(0, 30_000_000), primary=st.booleans())
def test_the_fund_never_pays_more_than_the_cost(cost: int, paid: int | None, primary: bool) -> None:
    for group in ("household", "pensioner", "poor_household"):
        worked = benefit(PARAMETERS, Visit(f"benefit.{group}", None, cost, primary, paid), on=date(2026, 11, 23))
        assert 0 < worked.vnd <= cost


@given(on=st.dates(date(2023, 1, 1), date(2027, 12, 31)))
def test_the_contribution_changes_only_on_the_days_of_the_base_salary(on: date) -> None:
    changes = [D23, D24, D26]
    expected = [67_050, 81_000, 105_300, 113_850][sum(day <= on for day in changes)]
    assert household(PARAMETERS, people=1, months=1, on=on).vnd == expected


@pytest.mark.parametrize(
    ("words", "people", "months", "kind"),
    [
        ("nha 4 nguoi mua bhyt het nhieu tien 1 nam", 4, 12, None),
        ("nha toi co bay nguoi mua nua nam", 7, 6, None),
        ("hai vo chong va 2 con mua bao hiem", 4, None, None),
        ("ho 6 nguoi ma 2 nguoi co the cong ty roi", 4, None, None),
        ("nha 4 nguoi trong do 1 be duoi 6 tuoi", 3, None, None),
        ("nha 3 nguoi chua ai co the, mua 3 thang", 3, 3, None),
        ("mua cho ba noi 68 tuoi 6 thang", 1, 6, None),
        ("3 dua con hoc sinh mot nam", 3, 12, "student"),
        ("can ngheo nam nguoi dong bao nhieu", 5, None, "near_poor"),
        ("mot nguoi moi thang dong bao nhieu", 1, 1, None),
        ("thang 9 nam 2023 dong bao nhieu", None, None, None),
        ("muc dong bao hiem la bao nhieu", None, None, None),
    ],
)
def test_who_and_how_long_is_read_from_a_sentence(
    words: str, people: int | None, months: int | None, kind: str | None
) -> None:
    said = read_headcount(words)
    assert (said.people, said.months, said.kind) == (people, months, kind)


def test_one_more_and_one_less() -> None:
    assert read_headcount("bot mot dua co the cong ty roi").change == -1
    assert read_headcount("them 2 nguoi nua").change == 2


@pytest.mark.parametrize(
    ("words", "vnd"),
    [("2 trieu", 2_000_000), ("1tr5", 1_500_000), ("350k", 350_000), ("3.825.360 dong", 3_825_360),
     ("ba trieu ruoi", 3_500_000), ("hai muoi lam trieu", 25_000_000), ("15 trieu 500", 15_500_000), ("nam 2024", None),
     ("4 nguoi", None)],
)  # fmt: skip
def test_sums_of_money_are_read(words: str, vnd: int | None) -> None:
    assert find_money(words) == vnd
    assert find_all_money(f"{words} voi 2 ty") == ((vnd,) if vnd else ()) + (2_000_000_000,)
