"""Domain error -> Vietnamese sentence. Errors carry facts; only here do they get words."""

from __future__ import annotations

from handlers.contract import Choice, Reply
from handlers.people import TO_A_PERSON
from knowledge.errors import NothingInForce, RateUnknown, UnknownEntry

UNEXPECTED = (
    "Dạ, em xin lỗi, máy đang gặp trục trặc nên chưa trả lời được câu này. Anh/chị nhắn lại sau ít phút giúp em, "
    "hoặc gõ “gặp cán bộ” ạ."
)
LATE = "Dạ, em xin lỗi vì trả lời chậm: tin của anh/chị gửi đã lâu mà nay em mới đọc được."
SLOWER = (
    "Dạ, anh/chị nhắn nhanh quá nên em chưa trả lời kịp. Anh/chị chờ một phút rồi nhắn tiếp giúp em ạ. "
    "Việc khẩn cấp em vẫn trả lời ngay: 113, 114, 115."
)
APOLOGIES: dict[type[Exception], str] = {
    NothingInForce: "Dạ, em không có quy định nào về việc này áp dụng cho ngày {on:%d/%m/%Y}, nên không dám trả lời.",
    RateUnknown: "Dạ, em không có mức đóng, mức hưởng áp dụng cho ngày {on:%d/%m/%Y}, nên không dám tính. Anh/chị hỏi "
    "cơ quan bảo hiểm xã hội giúp em ạ.",
    UnknownEntry: "Dạ, mục anh/chị chọn không còn nữa. Anh/chị hỏi lại bằng lời giúp em ạ.",
}


def apologise(error: Exception) -> Reply:
    """The sentence for this error, with the way to a person; the question counts as unanswered."""
    text = APOLOGIES.get(type(error), UNEXPECTED).format_map(vars(error))
    return Reply(text, "abstain", choices=(Choice("Xem danh mục", "welcome.menu"), TO_A_PERSON), unhelpful=True)
