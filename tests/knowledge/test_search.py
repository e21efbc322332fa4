"""The index: words of titles weigh most, marks may be missing, regional and colloquial words find the official ones."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge.search import Document, Index, Postings, folded_terms, terms
from knowledge.special_cases import SpecialCases, name_of
from knowledge.titles import Titles
from knowledge.vietnamese import fold, syllables

TEXTS = {
    "khai-sinh": ("Đăng ký khai sinh", ["mới đẻ con thì làm giấy gì"], "Nộp giấy chứng sinh ở ủy ban xã."),
    "khai-tu": ("Đăng ký khai tử", ["ông nội mất thì báo ai"], "Nộp giấy báo tử ở ủy ban xã."),
    "so-do": ("Cấp sổ đỏ lần đầu", ["đất chưa có sổ giờ xin ở đâu"], "Giấy chứng nhận quyền sử dụng đất."),
    "bhyt": ("Mức đóng bảo hiểm y tế", ["mua thẻ cho cả nhà bao nhiêu"], "Người thứ hai giảm ba mươi phần trăm."),
}


def documents() -> list[Document]:
    return [
        Document(
            topic,
            {
                "title": (tuple(syllables(title)),),
                "variants": tuple(tuple(syllables(each)) for each in variants),
                "body": (tuple(syllables(body)),),
            },
        )
        for topic, (title, variants, body) in TEXTS.items()
    ]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(documents())


def first(index: Index, question: str) -> str:
    return index.topics[int(np.argmax(index.scores(syllables(question)).sum(axis=1)))]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("làm khai sinh cho con", "khai-sinh"),
        ("lam khai sinh cho con", "khai-sinh"),
        ("khai tử cho ông", "khai-tu"),
        ("xin bìa đỏ", "so-do"),  # colloquial for giấy chứng nhận quyền sử dụng đất
        ("mới sanh con mần giấy chi", "khai-sinh"),  # the delta's words
        ("bhyt cả nhà", "bhyt"),
    ],
)
def test_the_right_topic_is_first(index: Index, question: str, topic: str) -> None:
    assert first(index, question) == topic


def test_unmarked_and_marked_questions_score_alike(index: Index) -> None:
    said = syllables("đăng ký khai sinh")
    marked, plain = index.scores(said), index.scores([fold(each) for each in said])
    assert marked.sum(axis=1).argmax() == plain.sum(axis=1).argmax()
    assert plain.max() == pytest.approx(marked.max(), rel=0.35)


def test_unknown_words_score_nothing(index: Index) -> None:
    assert not index.scores(syllables("xyz qwrt")).any()


def test_pairs_do_not_cross_passages(index: Index) -> None:
    assert "sinh_moi" not in index.folded.names


def test_terms_are_syllables_pairs_and_official_words() -> None:
    assert terms(["khai", "sinh"]) == ["khai", "sinh", "khai_sinh"]
    assert "=giay_chung_nhan_quyen_su_dung_dat" in folded_terms(syllables("xin sổ đỏ"))


def test_kept_postings_answer_as_built_ones(index: Index) -> None:
    kept = Index(index.topics, *(Postings.from_arrays(half.as_arrays()) for half in (index.marked, index.folded)))
    asked = syllables("giấy chứng sinh nộp ở đâu")
    assert np.array_equal(kept.scores(asked), index.scores(asked))


def test_titles_speak_for_short_messages_only(index: Index) -> None:
    titles = Titles([" ".join(syllables(title)) for title, _, _ in TEXTS.values()], index)
    assert index.topics[int(titles.likeness(["khai", "tử"]).argmax())] == "khai-tu"
    assert not titles.likeness(["khai", "tử"] * 5).any()


def test_covered_tells_how_much_a_topic_speaks_of(index: Index) -> None:
    at = index.topics.index("khai-tu")
    assert index.covered([["khai"], ["tu"]], at) == pytest.approx(1.0)
    assert index.covered([["may"], ["bay"]], at) == 0.0


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Đăng ký khai sinh", "khai sinh"),
        ("Đăng ký kết hôn (hai người Việt Nam)", "ket hon"),
        ("Kết hôn với người nước ngoài", "ket hon voi nguoi nuoc ngoai"),
        ("Nhà nào không phải xin giấy phép xây dựng", ""),  # a rule about permits is no permit
    ],
)
def test_what_a_title_names(title: str, name: str) -> None:
    assert name_of(title) == name


def test_a_special_case_is_found_by_the_beginning_of_its_name() -> None:
    texts = {"plain": "Đăng ký khai sinh", "special": "Khai sinh ở nước ngoài", "other": "Đăng ký lại khai sinh"}
    built = Index.build(
        [
            Document(topic, {"title": (tuple(syllables(title)),), "variants": (), "body": ()})
            for topic, title in texts.items()
        ]
    )
    cases = SpecialCases([name_of(title) for title in texts.values()], built)
    assert cases.plain(1) == (0,) and cases.plain(0) == () and cases.plain(2) == ()
    assert cases.is_named(syllables("con sinh ở nước ngoài"), 1, 0)
    assert not cases.is_named(syllables("khai sinh cho cháu"), 1, 0)
