"""What an entry says on a day: numbers from fields, grounds for each, pages that fit, what changed and what will."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.answers import PAGE, Answer, answer
from knowledge.entries import load
from knowledge.entry import Entry
from knowledge.errors import NothingInForce
from knowledge.fields import in_words

TODAY = date(2026, 11, 23)
TEXT = """\
id: tthc.mau
title: Việc mẫu
status: reviewed
papi: 5
checked_on: 2026-11-22
sources:
  luat: {cite: Luật Mẫu Điều 1, read_at: 'https://a.example', confidence: high}
  phi: {cite: Thông tư 1/2024 Điều 4, read_at: 'https://b.example', confidence: high}
  khoan: {cite: Luật Mẫu Điều 1 khoản 2, read_at: 'https://a.example', confidence: high}
  nghe: {cite: Thông tư chưa đọc, confidence: medium}
fields:
  han:
  - {value: 5, unit: ngày làm việc, from: 2020-01-01, to: 2023-12-31, source: khoan}
  - {value: 7, unit: ngày làm việc, from: 2024-01-01, to: null, source: khoan}
  phi:
  - {value: 20000, unit: đồng, from: 2020-01-01, to: 2026-12-31, source: phi}
  - {value: 30000, unit: đồng, from: 2027-01-01, to: null, source: phi}
  mau: [{value: CT01, unit: '', from: 2000-01-01, to: null, source: nghe}]
  ngo: [{value: 3, unit: bản, from: 2000-01-01, to: null, source: nghe}]
answer:
- {text: 'Nộp ở huyện, xong trong {han}.', from: 2020-01-01, to: 2025-06-30, sources: [luat]}
- {text: 'Nộp ở xã, xong trong {han}, lệ phí {phi}.', from: 2025-07-01, to: null, sources: [luat]}
steps:
- {text: 'Điền tờ khai {mau}.', from: 2025-07-01, to: null, sources: [luat]}
details:
  result:
  - {text: Giấy xác nhận, from: 2025-07-01, to: null, sources: [nghe]}
  documents:
  - {text: 'Cần có:', items: ['Tờ khai {mau}.', Căn cước], from: 2025-07-01, to: null, sources: [luat]}
  fee:
  - {text: 'Lệ phí {phi}.', from: null, to: null, note: chưa rõ, sources: [luat]}
  time:
  - {text: 'Trước đây {han}.', from: 2020-01-01, to: 2023-12-31, sources: [luat]}
  who:
  - {text: 'Mang {ngo}.', from: 2025-07-01, to: null, sources: [luat]}
  more:
  - {text: LONG, from: 2025-07-01, to: null, sources: [luat]}
  - {text: Câu ngắn., from: 2025-07-01, to: null, sources: [phi]}
doubts:
- {text: Có phải nộp thêm không., ask: bộ phận một cửa của xã}
variants: []
"""


@pytest.fixture
def entry(tmp_path: Path) -> Entry:
    folder = tmp_path / "entries" / "tthc"
    folder.mkdir(parents=True)
    sentence = "Một câu dài vừa phải để đầy trang giấy mà không nói điều gì cụ thể. "
    text = TEXT.replace("LONG", sentence * 9)
    (folder / "tthc.mau.yaml").write_text(text, encoding="utf-8")
    return load(tmp_path)["tthc.mau"]


@pytest.fixture
def said(entry: Entry) -> Answer:
    return answer(entry, TODAY, TODAY)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (20000, "đồng", "20.000 đồng"),
        (2530000, "đồng/tháng", "2.530.000 đồng/tháng"),
        (7, "ngày làm việc", "7 ngày làm việc"),
        (30, "%", "30%"),
        (4.5, "%", "4,5%"),
        (date(2026, 7, 1), "", "01/07/2026"),
        ("CT01", "", "CT01"),
        ("1900.9095", "", "1900.9095"),
        (2.0, "lần", "2 lần"),
        (1351, "mã", "1351"),
    ],
)
def test_a_value_in_the_words_that_people_read(value: int | float | str | date, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


def test_the_first_screen_is_filled_from_fields(said: Answer) -> None:
    assert said.headline == "Nộp ở xã, xong trong 7 ngày làm việc, lệ phí 20.000 đồng."
    assert said.steps == "Điền tờ khai CT01."


def test_every_amount_brings_its_law_with_its_own_days(said: Answer) -> None:
    """The clause of a law that is cited already, and the code of a form, bring none."""
    assert [(one.cite, one.since, one.until) for one in said.citations] == [
        ("Luật Mẫu Điều 1", date(2025, 7, 1), None),
        ("Thông tư 1/2024 Điều 4", date(2020, 1, 1), date(2026, 12, 31)),
    ]
    assert all(one.checked_on == date(2026, 11, 22) for one in said.citations)


def test_facets_that_say_something_that_day_in_a_fixed_order(said: Answer) -> None:
    assert list(said.facets) == ["documents", "fee", "who", "result"]
    assert said.facets["documents"].text == "Cần có: 1) Tờ khai CT01; 2) Căn cước."


def test_what_rests_on_no_address_says_so(said: Answer) -> None:
    assert said.facets["result"].text == "Giấy xác nhận (em chưa có văn bản xác nhận)"
    assert said.facets["who"].text == "Mang 3 bản. (em chưa có văn bản xác nhận)"
    assert "xác nhận" not in said.facets["documents"].text


def test_an_unknown_beginning_is_cited_without_a_day(said: Answer) -> None:
    assert said.facets["fee"].citations[0].since is None


def test_details_come_in_pages_that_fit_and_lose_nothing(said: Answer) -> None:
    assert len(said.more) == 2 and all(len(page.text) <= PAGE for page in said.more)
    assert sum(page.text.count("Một câu dài") for page in said.more) == 9
    assert said.more[0].text.endswith("cụ thể.") and said.more[-1].text.endswith("Câu ngắn.")
    assert [one.cite for one in said.more[-1].citations] == ["Luật Mẫu Điều 1", "Thông tư 1/2024 Điều 4"]


def test_doubts_are_never_law(said: Answer) -> None:
    assert said.doubts is not None and said.doubts.citations == ()
    assert "chưa có văn bản xác nhận" in said.doubts.text and "bộ phận một cửa của xã" in said.doubts.text


def test_a_day_before_everything_is_not_answered(entry: Entry) -> None:
    with pytest.raises(NothingInForce):
        answer(entry, date(2019, 12, 31), TODAY)


@pytest.mark.parametrize(
    ("on", "headline", "superseded_on"),
    [
        (date(2023, 12, 31), "Nộp ở huyện, xong trong 5 ngày làm việc.", date(2024, 1, 1)),
        (date(2024, 1, 1), "Nộp ở huyện, xong trong 7 ngày làm việc.", date(2025, 7, 1)),
        (date(2025, 6, 30), "Nộp ở huyện, xong trong 7 ngày làm việc.", date(2025, 7, 1)),
        (date(2025, 7, 1), "Nộp ở xã, xong trong 7 ngày làm việc, lệ phí 20.000 đồng.", None),
    ],
)
def test_a_past_day_is_answered_as_it_was(entry: Entry, on: date, headline: str, superseded_on: date | None) -> None:
    then = answer(entry, on, TODAY)
    assert (then.headline, then.superseded_on) == (headline, superseded_on)


def test_a_known_change_is_announced_until_it_is_here(entry: Entry) -> None:
    assert answer(entry, TODAY, TODAY).upcoming == date(2027, 1, 1)
    there = answer(entry, date(2027, 1, 1), date(2027, 1, 1))
    assert there.upcoming is None and "30.000 đồng" in there.headline
