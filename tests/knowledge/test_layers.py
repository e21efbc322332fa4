"""Two layers: an edit counts only on the shipped text that it was written on; what is the nation's is named."""

from __future__ import annotations

import pytest

from knowledge.base import Knowledge
from knowledge.layers import Edit, national_changes, overlay, read_text, shipped_text, stamp

ENTRY = "tthc.tach-ho"


@pytest.fixture
def text(knowledge: Knowledge) -> str:
    return shipped_text(knowledge.entries, ENTRY)


def test_an_edit_answers_on_its_ground_and_not_on_another(knowledge: Knowledge, text: str) -> None:
    mine = text.replace("value: 5\n", "value: 9\n")
    good = overlay(knowledge.entries, [Edit(ENTRY, mine, stamp(text))], knowledge.parameters)
    assert good.edited == {ENTRY} and good.entries[ENTRY].fields["thoi_han"][0].value == 9
    assert knowledge.entries[ENTRY].fields["thoi_han"][0].value == 5
    stale = overlay(knowledge.entries, [Edit(ENTRY, mine, stamp(text + " "))], knowledge.parameters)
    assert stale.stale == {ENTRY} and stale.entries[ENTRY] is knowledge.entries[ENTRY]
    broken = overlay(knowledge.entries, [Edit(ENTRY, "id: 5", stamp(text))], knowledge.parameters)
    assert broken.stale == {ENTRY} and broken.entries[ENTRY] is knowledge.entries[ENTRY]


def test_an_own_entry_is_stale_once_one_of_its_name_is_shipped(knowledge: Knowledge, text: str) -> None:
    found = overlay(knowledge.entries, [Edit(ENTRY, text, "")], knowledge.parameters)
    assert found.stale == {ENTRY}


def test_wording_and_additions_are_free_and_numbers_and_sources_are_not(knowledge: Knowledge, text: str) -> None:
    shipped = knowledge.entries[ENTRY]

    def of(before: str, after: str) -> list[str]:
        assert before in text
        return national_changes(shipped, read_text(text.replace(before, after), ENTRY, knowledge.parameters))

    assert of("title: Tách hộ", "title: Tách hộ ở xã mình") == []
    assert of("text: Tách hộ làm ở công an xã", "text: Ở xã mình làm tại công an xã") == []
    assert of("fields:\n", "fields:\n  o_moi:\n  - {value: 2, unit: quầy, from: null, to: null, source: cong}\n") == []
    assert of("value: 5\n", "value: 9\n") == ["số liệu “thoi_han”"]
    assert of("cite: Thông tư 75/2022/TT-BTC", "cite: Thông tư 1/2022/TT-BTC")[-1] == (
        "ngày áp dụng hoặc căn cứ “Thông tư 75/2022/TT-BTC”"
    )
    assert of("code: '1.010038'", "code: '1.999999'") == ["mã hoặc cấp giải quyết của thủ tục"]
