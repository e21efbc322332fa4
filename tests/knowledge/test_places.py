"""Old and new names of units: found without diacritics, narrowed by what stands above, never guessed."""

from __future__ import annotations

import pytest

from knowledge.base import CONTENT
from knowledge.errors import AmbiguousPlace, UnknownPlace
from knowledge.places import Places


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(CONTENT)


def test_all_communes_of_the_reform_are_there(places: Places) -> None:
    assert len(places.all) == 3321
    kinds = [place.kind for place in places.all]
    assert (kinds.count("xã"), kinds.count("phường"), kinds.count("đặc khu")) == (2611, 697, 13)


@pytest.mark.parametrize(
    ("name", "now"),
    [
        ("xã Đại Tâm, huyện Mỹ Xuyên, Sóc Trăng", "Phường Mỹ Xuyên"),
        ("xa dai tam huyen my xuyen soc trang", "Phường Mỹ Xuyên"),
        ("phường 1, Tân An, Long An", "Phường Long An"),
        ("31684", "Phường Mỹ Xuyên"),
        ("Bình An, Ninh Bình", "Xã Bình An"),
    ],
)
def test_a_name_leads_to_todays_unit(places: Places, name: str, now: str) -> None:
    assert places.one(name).full_name == now


def test_a_name_of_several_is_not_guessed(places: Places) -> None:
    with pytest.raises(AmbiguousPlace) as ambiguous:
        places.one("Bình An")
    assert len(ambiguous.value.candidates) == 5 and "Ninh Bình" in str(ambiguous.value)


def test_an_unknown_name_is_said_to_be_unknown(places: Places) -> None:
    with pytest.raises(UnknownPlace, match="Không Có Thật"):
        places.one("Xã Không Có Thật")


def test_an_old_district_is_all_that_came_of_it(places: Places) -> None:
    assert {place.name for place in places.find("huyện Mỹ Xuyên")} >= {"Mỹ Xuyên", "Nhu Gia", "Ngọc Tố"}


def test_units_named_in_a_message_are_found_with_what_they_are_now(places: Places) -> None:
    commune, district = places.mentions("tui ở xã Đại Tâm huyện Mỹ Xuyên Sóc Trăng giờ thành xã gì")
    assert (commune.words, commune.is_old, commune.places[0].full_name) == ("xã Đại Tâm", True, "Phường Mỹ Xuyên")
    assert district.words == "huyện Mỹ Xuyên" and district.is_old and len(district.places) > 1


@pytest.mark.parametrize(
    ("text", "words", "now"),
    [
        ("phuong 1 tan an long an", "phuong 1", "phường Long An, tỉnh Tây Ninh"),
        ("nhà ở P1 Tân An", "P1", "phường Long An, tỉnh Tây Ninh"),
        ("thị trấn Mỹ Xuyên nay là gì", "thị trấn Mỹ Xuyên", "phường Mỹ Xuyên, thành phố Cần Thơ"),
        ("Nhà tôi ở Đại Tâm", "Đại Tâm", "phường Mỹ Xuyên, thành phố Cần Thơ"),
        ("toi o dai tam", "dai tam", "phường Mỹ Xuyên, thành phố Cần Thơ"),
        ("hồi còn tỉnh Long An", "tỉnh Long An", "tỉnh Tây Ninh"),
        ("cho hỏi ở Sóc Trăng nộp ở đâu", "Sóc Trăng", "thành phố Cần Thơ"),
    ],
)
def test_a_mention_says_what_the_place_is_called_now(places: Places, text: str, words: str, now: str) -> None:
    (mention,) = places.mentions(text)
    assert (mention.words, mention.now, mention.is_old) == (words, now, True)


def test_a_place_that_kept_its_name_is_not_called_old(places: Places) -> None:
    (mention,) = places.mentions("tui o tp can tho")
    assert not mention.is_old and mention.now == "thành phố Cần Thơ"


def test_a_commune_that_was_divided_stays_several(places: Places) -> None:
    divided = places.find("phường Cửa Nam, quận Hoàn Kiếm, Hà Nội")
    assert {place.name for place in divided} >= {"Ba Đình", "Hoàn Kiếm"}
    (mention,) = places.mentions("tôi ở phường Cửa Nam, Hà Nội")
    assert len(mention.places) > 1 and "phường Ba Đình" in mention.now


def test_all_provinces_of_the_reform_are_there(places: Places) -> None:
    assert len(places.provinces) == 34
    assert {place.province for place in places.all} == {province.name for province in places.provinces}
    can_tho = places.province("Hậu Giang")
    assert can_tho is not None and can_tho.full_name == "thành phố Cần Thơ"
    assert set(can_tho.old_names) == {"Cần Thơ", "Sóc Trăng", "Hậu Giang"}


def test_a_province_is_all_its_communes(places: Places) -> None:
    assert len(places.find("TP Cần Thơ")) == len(places.find("tỉnh Hậu Giang")) == 103


@pytest.mark.parametrize(
    "text",
    [
        "xã có dán thông báo gì không",
        "ra phường xin giấy",
        "lên huyện hay ở xã",
        "xã nào gần",
        "nộp thành công",
        "xin thống nhất ở nhà",
    ],
)
def test_words_that_name_no_unit_are_left_alone(places: Places, text: str) -> None:
    assert places.mentions(text) == ()
