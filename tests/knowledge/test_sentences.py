"""A long story: which of its sentences asks, and what that changes."""

from __future__ import annotations

from knowledge.base import Knowledge
from knowledge.sentences import find_question
from knowledge.vietnamese import fold
from tests.conftest import THE_DAY

STORY = (
    "Nhà tôi ở cuối xóm, ông nội mất từ hồi tháng giêng, hàng xóm sang giúp đỡ rất nhiều nên cũng đỡ buồn. "
    "Giờ tôi đi xin bản sao giấy khai sinh cho cháu thì ra đâu xin được ạ? Tôi cảm ơn cán bộ nhiều lắm."
)


def question_of(knowledge: Knowledge, text: str) -> str:
    repair = knowledge.understanding.repair
    return fold(" ".join(find_question(text, repair.read(text), repair)))


def test_the_asking_sentence_of_a_story_is_found(knowledge: Knowledge) -> None:
    assert question_of(knowledge, STORY).startswith("gio toi di xin ban sao")


def test_a_short_message_is_taken_whole(knowledge: Knowledge) -> None:
    assert question_of(knowledge, "Chào em. Làm khai sinh ở đâu?") == ""


def test_without_a_mark_the_last_sentence_with_a_word_of_asking_counts(knowledge: Knowledge) -> None:
    told = STORY.replace("?", ".")
    assert question_of(knowledge, told).startswith("gio toi di xin ban sao")


def test_what_is_asked_outweighs_the_story(knowledge: Knowledge) -> None:
    meaning = knowledge.understand(STORY, on=THE_DAY)
    assert meaning.action == "answer" and meaning.topics[0].topic == "tthc.trich-luc-ho-tich"


def test_a_crime_told_in_a_story_is_not_outweighed_by_its_question(knowledge: Knowledge) -> None:
    text = (
        "Tôi muốn tố cáo ông kế toán xã khai khống danh sách hộ nghèo để lấy tiền bỏ túi riêng mấy năm liền, tôi có "
        "bằng chứng. Bà con ai cũng biết mà không dám nói. Bây giờ tôi phải làm sao?"
    )
    assert knowledge.understand(text, on=THE_DAY).action == "denunciation"
