"""`danhoi bench masking`: how much of what points at a person is masked, and how much else is lost; a seeded corpus.

Names are put together from common Vietnamese surnames, middle and given names and stand in sentences as people
write them, with marks and without; the other kinds are numbers in every spelling. A second figure counts masks in
sentences that name nobody (streets, communes, offices, laws).
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

from knowledge.masking import mask
from knowledge.vietnamese import fold

SEED = 20261128
SURNAMES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh Đào Lâm Mai Lương Hà Lưu "
    "Thạch Danh Kim Sơn Châu Tô Tạ Thái Cao Đoàn Quách Nông Triệu Giang Vương Phùng Kiều Tống Điểu Ksor Siu H'"
)
MIDDLE = "Văn Thị Đức Minh Ngọc Quốc Thanh Hữu Kim Xuân Công Thu Mỹ Hồng Đình Bích Tuấn Anh Gia Bảo"
GIVEN = (
    "Hùng Lan Hương Tuấn Bình Tư Năm Hoa Nga Dũng Thảo Linh Phúc Sang Mai Sơn Hà Đào Trang Phượng Vy Khoa Tâm Lộc "
    "Út Bảy Yến Nhi Quyên Đạt Hải Long Giang Thủy Oanh Ngân Duy Khánh Tiến Toàn"
)
# The name stands at {}: told, addressed, in the middle, at the start, at the end, beside others, in a list.
SENTENCES = (
    "tôi tên là {}, ở ấp Đông, muốn hỏi giấy khai sinh",
    "Tôi là {} xin hỏi bảo hiểm y tế",
    "ông {} lấn đất nhà tôi đã 3 tháng nay",
    "cho hỏi hồ sơ của bà {} tới đâu rồi",
    "{} ở thôn 3 chưa được nhận tiền hộ nghèo",
    "hôm qua anh {} và tôi đi nộp hồ sơ mà cán bộ không nhận",
    "con tôi là {} sinh 2020 làm thẻ căn cước được không",
    "người hàng xóm tên {} đổ rác ra đường",
    "Kính gửi UBND xã, tôi {} xin phản ánh việc mất nước",
    "chị {} cán bộ hộ tịch nói phải chờ 10 ngày",
    "mẹ tôi, {}, 70 tuổi, hỏi trợ cấp",
    "xin hỏi thủ tục cho cháu {} nhập học",
    "vợ tôi {} mới sinh, cần giấy gì",
    "Họ và tên: {}",
    "em {} đây, hôm bữa em có hỏi sổ đỏ",
    "chú {} ở tổ 5 bị té giếng năm ngoái",
    "đất của cụ {} để lại cho ba tôi",
    "Chồng cũ là {} không chịu cấp dưỡng",
    "hộ {} chưa có nước sạch",
    "tôi muốn gặp cán bộ {}",
)
NOBODY = (
    "đường Nguyễn Trãi đoạn từ chợ Bến Thành đến cầu Ông Lãnh giá bao nhiêu",
    "xã Nguyễn Phích huyện U Minh nay thuộc xã nào",
    "phường Trần Hưng Đạo mở cửa mấy giờ",
    "Ủy ban nhân dân xã làm việc thứ Bảy không",
    "luật Thực hiện dân chủ ở cơ sở quy định gì về công khai",
    "bảo hiểm y tế hộ gia đình năm người đóng bao nhiêu",
    "làm giấy khai sinh cho con cần gì",
    "trường Lê Quý Đôn có nhận trẻ trái tuyến không",
    "giá đất ở khu dân cư Tân Phú, vị trí 2",
    "chợ Cái Răng, bến xe Miền Tây ô nhiễm quá",
    "tỉnh Lâm Đồng, thành phố Cần Thơ sáp nhập chưa",
    "hỏi thăm thủ tục đăng ký kết hôn",
    "con tôi bị mất thẻ căn cước",
    "lương tối thiểu vùng năm 2026",
    "ngày Quốc khánh ủy ban có nghỉ không",
    "giá vàng hôm nay bao nhiêu",
    "ba má tôi già rồi muốn lãnh tiền hằng tháng",
    "anh chị ơi cho em hỏi sổ hồng",
    "cô chú cán bộ ơi giúp con với",
    "tố cáo cán bộ nhận tiền thì gửi đâu",
)


def names(chance: random.Random, count: int) -> Iterator[str]:
    """Two to four syllables: surname, perhaps middle names, given name."""
    surnames, middles, givens = SURNAMES.split(), MIDDLE.split(), GIVEN.split()
    for _ in range(count):
        middle = chance.sample(middles, chance.choice((0, 1, 1, 1, 2)))
        yield " ".join([chance.choice(surnames), *middle, chance.choice(givens)]).replace("H' ", "H'")


def is_hidden(name: str, shown: str) -> bool:
    """Nothing of the name but at most one syllable is left, and that not its last one."""
    left = [part for part in name.split() if f" {part.lower()} " in f" {shown.lower()} "]
    return len(left) <= 1 and name.split()[-1] not in left


def share(sentences: list[tuple[str, str]]) -> float:
    """How many of (sentence, name) come out without the name."""
    return statistics.fmean(is_hidden(name, mask(text)) for text, name in sentences)


def corpus(*, count: int, marked: bool, seed: int = SEED) -> list[tuple[str, str]]:
    """Sentences with a name in each; unmarked ones are also in small letters, as people type."""
    chance = random.Random(seed)
    made = [(chance.choice(SENTENCES).format(name), name) for name in names(chance, count)]
    return made if marked else [(fold(text), fold(name)) for text, name in made]


def measure(*, quick: bool = False) -> dict[str, float]:
    """Shares of 1, and milliseconds for one message."""
    count = 400 if quick else 4_000
    marked, plain = corpus(count=count, marked=True), corpus(count=count, marked=False)
    lower = [(text.lower(), name.lower()) for text, name in marked]
    began = time.perf_counter()
    figures = {
        "names_marked": share(marked),
        "names_unmarked": share(plain),
        "names_marked_small_letters": share(lower),
    }
    each = (time.perf_counter() - began) / (3 * count) * 1000
    innocent = [*NOBODY, *(fold(text) for text in NOBODY)]
    figures["innocent_kept"] = statistics.fmean("[tên người]" not in mask(text) for text in innocent)
    figures["ms_per_message"] = each
    for name, value in figures.items():
        print(f"{name:28} {value:.3f}")
    return {name: round(value, 4) for name, value in figures.items()}
