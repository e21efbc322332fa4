"""One message, understood once: what is wanted, which entry, how sure; new entries compete at once."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge.actions import out_of_scope
from knowledge.base import Knowledge
from knowledge.lexicon import listed, spoken
from knowledge.training import train, trained
from knowledge.understanding import Understanding
from knowledge.variants import same_when_folded
from tests.conftest import THE_DAY

EVAL = Path(__file__).parent.parent / "eval" / "questions.jsonl"


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("đèn đường ngõ nhà tôi tắt cả tuần rồi", "report"),
        ("tôi không đồng ý quyết định phạt của xã, tôi khiếu nại", "complaint"),
        ("cán bộ địa chính đòi tiền mới ký, tôi muốn tố cáo", "denunciation"),
        ("cháy nhà rồi cứu với", "emergency"),
        ("đơn tôi gửi tuần trước tới đâu rồi", "track"),
        ("cho gặp người thật đi", "handoff"),
        ("ubnd xã mấy giờ mở cửa", "directory"),
        ("cảm ơn nhiều nha", "smalltalk"),
        ("menu", "menu"),
        ("khiếu nại trong mấy ngày thì phải trả lời", "answer"),
        ("trưởng thôn do ai bầu", "answer"),
    ],
)
def test_what_a_message_wants(knowledge: Knowledge, text: str, action: str) -> None:
    assert knowledge.understand(text, on=THE_DAY).action == action


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("làm giấy khai sinh cho con cần những gì", "tthc.dang-ky-khai-sinh"),
        ("lam giay khai sinh cho con can nhung gi", "tthc.dang-ky-khai-sinh"),
        ("lm gks cho con cần j", "tthc.dang-ky-khai-sinh"),
        ("hop thon bao truoc may ngay", "dancho.dan-ban.hop-thon"),
    ],
)
def test_marks_and_short_forms_do_not_matter(knowledge: Knowledge, text: str, topic: str) -> None:
    assert knowledge.understand(text, on=THE_DAY).topics[0].topic == topic


@pytest.mark.parametrize(
    ("text", "command"),
    [("thôi", "leave"), ("huy", "leave"), ("xem thêm", "more"), ("dữ liệu của tôi", "my_data"), ("bỏ qua", "skip")],
)
def test_commands(knowledge: Knowledge, text: str, command: str) -> None:
    assert knowledge.understand(text, on=THE_DAY).command == command


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2", 2),
        ("số 3", 3),
        ("chọn cái thứ hai", 2),
        ("chon so 3 di", 3),
        ("cai dau tien nha", 1),
        ("dạ 1 ạ", 1),
        ("nhà 4 người", None),
        ("năm nay", None),
        ("sau", None),
        ("ba tôi xin giấy này từ hồi đầu năm mà chưa có", None),
    ],
)
def test_numbers(knowledge: Knowledge, text: str, number: int | None) -> None:
    assert knowledge.understand(text, on=THE_DAY).number == number


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("em hỏi chuyện hộ khẩu", True),
        ("chung thuc giay to", True),
        ("tiền trợ cấp được bao nhiêu", True),
        ("chung thuc chu ky het nhieu", False),
        ("chứng thực chữ ký mất bao nhiêu", False),  # more is named than the general word
        ("thu hoi dat thi bao truoc cho dan", False),
    ],
)
def test_a_general_name_alone_is_asked_back(knowledge: Knowledge, text: str, asked: bool) -> None:
    meaning = knowledge.understand(text, on=THE_DAY)
    assert bool(meaning.general) == asked
    if meaning.general:
        offered = meaning.general.entries
        assert meaning.action == "clarify" and tuple(each.topic for each in meaning.topics[: len(offered)]) == offered


def test_every_entry_under_a_general_name_exists(knowledge: Knowledge) -> None:
    groups = listed("umbrellas")
    assert {entry for group in groups for entry in group["entries"]} <= set(knowledge.entries)
    assert all(len(group["entries"]) > 1 for group in groups)


@pytest.mark.parametrize(
    ("text", "facet"),
    [
        ("lệ phí bao nhiêu vậy ạ", "fee"),
        ("mấy ngày xong", "time"),
        ("nộp ở đâu", "where"),
        ("cần giấy tờ gì", "documents"),
    ],
)
def test_facets_without_a_subject(knowledge: Knowledge, text: str, facet: str) -> None:
    meaning = knowledge.understand(text, on=THE_DAY)
    assert (meaning.facet, meaning.content_words) == (facet, 0)


@pytest.mark.parametrize(
    ("regional", "facet"),
    [
        ("nộp ở mô rứa", "where"),
        ("nop o mo", "where"),
        ("mấy bữa xong", "time"),
        ("hết nhiêu vậy", "fee"),
        ("cần giấy chi", "documents"),
    ],
)
def test_regional_words_ask_for_the_same_part(knowledge: Knowledge, regional: str, facet: str) -> None:
    assert knowledge.understand(regional, on=THE_DAY).facet == facet


@pytest.mark.parametrize(
    ("regional", "read"),
    [
        ("mần răng mới được", "làm sao mới được"),
        ("bao nhiêu", "bao nhiêu"),
        ("hết nhiêu", "hết bao nhiêu"),
        ("bay chu o mo", "bay gio o dau"),
        ("là chị tôi", "là chị tôi"),
        ("la chi toi", "la chi toi"),  # may be "là chị tôi"
    ],
)
def test_regional_words_are_read_in_standard_ones(regional: str, read: str) -> None:
    assert " ".join(spoken(regional.split())) == read


@pytest.mark.parametrize("question", ["{} ở đâu", "{} cần giấy tờ gì", "tôi muốn {}"])
def test_whoever_asks_in_the_words_of_a_title_is_not_turned_away(knowledge: Knowledge, question: str) -> None:
    named = [
        re.split("[:;,(]", entry.title)[0].strip().lower() for entry in knowledge.entries.values() if entry.procedure
    ]
    asked = [question.format(title) for title in named if len(title.split()) > 1]
    met = [knowledge.understand(text, on=THE_DAY) for text in asked]
    turned_away = [meaning.text for meaning in met if meaning.action == "abstain"]
    assert len(asked) > 50 and len(turned_away) <= 0.03 * len(asked), turned_away


def test_the_half_that_only_measures_is_mostly_turned_away(knowledge: Knowledge) -> None:
    """The bar is 3 % (see docs/decisions/0003 for what is reached); here only a sudden loss is caught."""
    held = out_of_scope("held")
    answered = [text for text in held if knowledge.understand(text, on=THE_DAY).action == "answer"]
    assert len(held) > 300 and len(answered) / len(held) < 0.08
    assert not set(held) & set(out_of_scope("train"))


def test_no_variant_equals_a_question_of_the_evaluation(knowledge: Knowledge) -> None:
    asked = {same_when_folded(json.loads(line)["q"]) for line in EVAL.read_text(encoding="utf-8").splitlines()}
    ours = {same_when_folded(text) for entry in knowledge.entries.values() for text in entry.variants}
    assert len(asked) > 1000 and not asked & ours


def test_a_new_entry_competes_after_the_rebuild(knowledge: Knowledge) -> None:
    born = knowledge.entry("tthc.dang-ky-khai-sinh")
    fresh = replace(
        born,
        id="tthc.cam-quay-phim",
        title="Quay phim chụp ảnh ở trụ sở xã",
        variants=("xã có cho quay phim không", "chụp hình trong ủy ban được hông", "livestream lúc làm giấy"),
    )
    some = {entry_id: knowledge.entries[entry_id] for entry_id in list(knowledge.entries)[:60]}
    grown = Understanding({**some, fresh.id: fresh})
    assert grown.understand("vô ủy ban quay phim được không", on=THE_DAY).topics[0].topic == fresh.id


def test_trained_parts_are_kept_and_give_the_same(knowledge: Knowledge, tmp_path: Path) -> None:
    some = {entry_id: knowledge.entries[entry_id] for entry_id in list(knowledge.entries)[:40]}
    first = trained(some, tmp_path)
    (kept,) = tmp_path.iterdir()
    again = trained(some, tmp_path)
    said = first.repair.read("lam giay khai sinh can gi")
    assert again.ranker.rank(said, most=5).topics == first.ranker.rank(said, most=5).topics
    kept.write_bytes(kept.read_bytes()[:1000])
    assert trained(some, tmp_path).ranker.rank(said, most=5).topics == first.ranker.rank(said, most=5).topics


def test_training_is_the_same_each_time(knowledge: Knowledge) -> None:
    some = {entry_id: knowledge.entries[entry_id] for entry_id in list(knowledge.entries)[:40]}
    first, second = train(some), train(some)
    assert first.confidence.answer_from == second.confidence.answer_from
    assert (first.scope.weights == second.scope.weights).all()


def test_a_question_about_the_past_names_its_day(knowledge: Knowledge) -> None:
    asked = knowledge.understand("năm 2023 đóng bảo hiểm y tế hộ gia đình bao nhiêu", on=THE_DAY).asked_day
    assert asked is not None and asked.on == date(2023, 7, 1)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("vậy làm khai sinh cho bé thì ghé chỗ nào", "tthc.dang-ky-khai-sinh"),
        ("thế khai sinh cho con tôi ra huyện hay đâu", "tthc.dang-ky-khai-sinh"),
        ("khai sinh cho con ở chỗ nào", "tthc.dang-ky-khai-sinh"),
        ("hai đứa đăng ký kết hôn thì ghé đâu", "tthc.dang-ky-ket-hon"),
        ("khai sinh cho con lai thì ghé chỗ nào", "tthc.khai-sinh-yeu-to-nuoc-ngoai"),
        ("mẹ bé người nước ngoài thì khai sinh ở đâu", "tthc.khai-sinh-yeu-to-nuoc-ngoai"),
        ("cưới vợ bên Campuchia làm giấy kết hôn ở xã được không", "tthc.ket-hon-nuoc-ngoai"),
        ("con gai lay chong viet kieu dang ky ket hon o dau", "tthc.ket-hon-nuoc-ngoai"),
        ("cuoi vo cung xa lam giay ket hon o dau", "tthc.dang-ky-ket-hon"),
        ("lấy chồng nước ngoài đăng ký kết hôn chỗ nào", "tthc.ket-hon-nuoc-ngoai"),
        ("tiếp công dân qua mạng được không vậy", "tiepcongdan.truc-tuyen"),
        ("sáu mươi tuổi rồi chưa có khai sinh giờ làm được không", "tthc.dang-ky-khai-sinh-muon"),
    ],
)
def test_a_special_case_gives_way_unless_the_question_names_it(knowledge: Knowledge, text: str, topic: str) -> None:
    assert knowledge.understand(text, on=THE_DAY).topics[0].topic == topic
