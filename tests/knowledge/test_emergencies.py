"""Danger told as happening now is an alarm; in a question about a rule, in the past or in a figure it is not."""

from __future__ import annotations

import pytest

from handlers.emergency import ADVICE, NUMBERS
from knowledge.base import Knowledge
from knowledge.emergencies import find_emergency, kinds
from knowledge.vietnamese import fold, syllables
from tests.conftest import THE_DAY

NOW = {
    "fire": ["nhà hàng xóm bốc cháy rồi cứu với", "chay nha chay nha", "bếp đang cháy lửa lan lên nóc"],
    "drowning": ["có đứa nhỏ té xuống kênh chưa vớt được", "ghe chìm có người kêu cứu"],
    "violence": ["chồng cầm dao rượt chém tôi", "nó đang đánh mẹ em"],
    "medical": ["ba tôi ôm ngực ngất xỉu rồi", "vợ em đẻ rớt máu ra nhiều quá"],
    "suicide": ["em không muốn sống nữa", "con định uống thuốc sâu"],
    "electric": ["dây điện đứt rơi xuống đường xẹt lửa", "có người bị điện giật"],
    "crime": ["có trộm đang ở trong nhà tôi"],
    "flood": ["nước lũ lên tới nóc cả nhà kẹt trên mái"],
    "accident": ["xe tải tông người nằm giữa đường"],
    "gas": ["bình gas xì gas mùi nồng quá sợ nổ"],
}
NOT_NOW = [
    "hồi xưa cháy nhà mất hết giấy khai sinh giờ xin lại sao",
    "bán hàng dạo này cháy túi quá",
    "đi cấp cứu không có giấy chuyển viện thì bảo hiểm trả bao nhiêu",
    "vợ chồng đánh nhau muốn ly hôn thì nộp đơn ở đâu",
    "người chết đuối làm khai tử ở đâu",
    "phòng cháy chữa cháy nhà trọ cần giấy gì",
    "lúa mất trắng vì lũ thì nhà nước hỗ trợ sao",
    "tự tử thì bảo hiểm y tế có trả không",
    "tai nạn giao thông bảo hiểm y tế có chi trả không",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NOW.items() for text in texts])
def test_danger_now_is_an_alarm(kind: str, text: str) -> None:
    found = find_emergency(syllables(text))
    assert found is not None, text
    assert found.kind == kind


@pytest.mark.parametrize("text", NOT_NOW)
def test_other_talk_of_danger_is_not(text: str) -> None:
    assert find_emergency(syllables(text)) is None


def test_every_kind_has_numbers_and_advice() -> None:
    assert set(kinds()) == set(NUMBERS) == set(ADVICE)
    assert all({"113", "114", "115"} & set(" ".join(numbers).split()) for numbers in NUMBERS.values())


# Written apart from the word lists and the examples; the few that may be missed are measured, not chosen.
TOLD_NOW = [
    "bà con ơi xóm chài cháy rồi, lửa bén mấy nhà luôn",
    "cháu em nuốt phải đồng xu mặt tím ngắt rồi",
    "thằng út nhà tui tắm sông chìm mất tiêu nãy giờ chưa thấy nổi lên",
    "có ông say rượu cầm rựa đòi chém cả nhà",
    "ông ngoại con nằm im không nhúc nhích kêu hoài không trả lời",
    "con bé hàng xóm nó trèo lên lan can cầu khóc đòi nhảy",
    "tôi vừa uống hết vỉ thuốc ngủ",
    "nhà bên đang la làng có kẻ gian trèo vào",
    "sập giàn giáo, hai chú thợ bị kẹt bên dưới",
    "má em bị bò cạp chích giờ khó thở quá",
    "xe chở gas lật giữa đường xì khói trắng",
    "đứt dây điện cao thế rớt xuống ruộng có người đang đứng gần",
    "nước tràn đê rồi, nhà em ngập tới cổ",
    "ba đánh mẹ chảy máu đầu rồi cứu mẹ con",
    "cứu con với con bị nhốt trong phòng",
    "có hai người chết ngạt dưới hầm biogas",
    "bé mới sinh không khóc tím tái",
    "đang có xả súng ngoài quán",
    "sống khổ quá chắc em đi theo má em luôn cho rồi",
    "chị tôi cắt cổ tay máu chảy lênh láng",
    "tàu ghe đâm nhau ngoài sông cái nhiều người rớt xuống",
    "chay lon o cho roi",
    "co nguoi bi tai nan nam bat tinh ngoai lo",
    "me toi kho tho qua",
    "co trom vo nha",
    "ai do cuu voi",
    "nó lấy dao đâm ba con",
    "lu quet cuon mat may can nha roi",
    "bi dien giat ngoai dong",
    "em be sot cao co giat",
    "thang nho leo cot dien bi dien hut roi",
    "nội em đang ăn cơm thì ngã lăn ra sùi bọt mép",
    "có chiếc xe lao xuống mương, người bên trong đang la",
    "lửa cháy lan sang vách nhà tui rồi làm sao đây",
    "hai vợ chồng nhà kia đang đâm chém nhau máu me",
    "tui bị đau thắt ngực vã mồ hôi lạnh",
    "con em ngã vào nồi nước sôi phỏng hết người",
    "thuyền chở khách lật ngoài hồ",
    "có bọn cướp chặn xe ngoài đường vắng",
    "bà bầu vỡ ối ngoài chợ",
    "con không muốn tồn tại nữa",
    "dạ em xin vĩnh biệt mọi người, em mệt lắm rồi",
    "nha em bi lu cuon troi roi",
    "hàng xóm hét lên có rắn cắn người",
    "cháu bé lọt xuống hố cọc",
    "kho xưởng bên cạnh phát nổ",
    "nguoi ta danh nhau vo dau o quan",
    "em bi chong bop co",
    "mui gas nong nac ca day tro",
    "nuoc ngap len noc nha roi ma con nguoi o trong",
]
TOLD_OTHERWISE = [
    "cháy nổ chung cư thì ban quản trị chịu trách nhiệm gì",
    "nhà tôi bị cháy năm ngoái giờ xin hỗ trợ được không",
    "đuối nước học sinh thì trường có được bảo hiểm chi trả",
    "đi cấp cứu có cần mang theo giấy tờ gì không",
    "vợ sắp sinh thì làm thủ tục gì trước",
    "bạo lực gia đình thì gọi ai, xã có trách nhiệm gì",
    "chồng hay đánh đập, tôi muốn ly hôn",
    "mất trộm xe hôm qua thì trình báo công an ở đâu",
    "con bị chó cắn hôm kia tiêm phòng ở trạm có tính bảo hiểm không",
    "điện giật chết bò thì được đền không",
    "cầu sắp sập rồi xã sửa dùm",
    "cây sắp đổ đè nhà tôi nhờ xã chặt",
    "hàng xóm hăm dọa tranh chấp bờ rào thì làm sao",
    "tai nạn lao động có được trợ cấp không",
    "khai tử cho người chết đuối không tìm thấy xác",
    "giá đất bốc cháy luôn rồi ha",
    "làm giấy tờ mệt muốn chết",
    "thuốc trừ sâu chai vứt đầy ruộng không ai dọn",
    "đường trơn té xe hoài nhờ xã làm lại",
    "thiên tai bão lũ làm sập nhà được cho bao nhiêu",
    "người bị tai biến liệt có được trợ cấp khuyết tật không",
    "đau tim nằm viện tỉnh bảo hiểm trả mấy phần",
    "công an xã bắn người là đúng hay sai",
    "mua bình chữa cháy ở đâu",
    "phong chay chua chay cho quan an can giay gi",
    "nuoc lu lam hu lua thi bao ai",
    "chay xe khong bang lai phat bao nhieu",
    "dam cuoi chay nhac lon qua khuya",
    "cho toi hoi cap lai the bhyt",
    "duoi nuoc duoc bao hiem khong",
    "có được hưởng bảo hiểm khi bị rắn cắn không",
    "cháu bị phỏng nước sôi nằm viện bảo hiểm có trả tiền không",
    "bị cướp mất giấy tờ thì xin cấp lại ra sao",
    "xã có thông báo lịch diễn tập chữa cháy chưa",
    "chồng nhậu về chửi bới suốt ngày, hội phụ nữ có can thiệp không",
    "ngập nước trước nhà mỗi lần mưa xin xã xử lý",
    "nước ngập hư hết sổ đỏ rồi xin lại sao",
    "có thẻ hộ nghèo mổ tim được giảm không",
    "người cao tuổi bị ngã gãy xương có được trợ cấp không",
    "trẻ đuối nước mất rồi thì khai tử thế nào",
    "hàng xóm đốt rác khói mù mịt",
    "quán nhậu đánh nhau hoài đêm nào cũng ồn",
    "gần nhà có cây xăng sợ cháy nổ, xã kiểm tra",
    "điện chập chờn hoài sợ cháy đồ",
    "chợ cháy năm ngoái tiểu thương được hỗ trợ gì",
    "sao y giấy ra viện",
    "the bhyt bi mat",
    "toi muon hoi ve dat dai",
    "nuoc may duc",
    "chet thi lam giay gi",
]


def test_people_in_danger_are_heard_with_and_without_marks(knowledge: Knowledge) -> None:
    missed = [
        text
        for told in TOLD_NOW
        for text in {told, fold(told)}
        if knowledge.understand(text, on=THE_DAY).emergency is None
    ]
    assert len(missed) <= 0.05 * 2 * len(TOLD_NOW), missed


def test_people_who_talk_of_danger_are_not_alarmed(knowledge: Knowledge) -> None:
    alarmed = [
        text
        for told in TOLD_OTHERWISE
        for text in {told, fold(told)}
        if knowledge.understand(text, on=THE_DAY).emergency is not None
    ]
    assert len(alarmed) <= 0.05 * 2 * len(TOLD_OTHERWISE), alarmed
