"""The first hello and the menu: a machine says that it is one, what it does, and what it keeps."""

from __future__ import annotations

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from storage.talks import Talk

EMERGENCIES = "Khẩn cấp: 113 · 114 · 115."
PRIVACY = (
    "Lời nhắn được xóa khi nói chuyện xong, trừ khi anh/chị chọn “Đồng ý lưu 7 ngày”; "
    "nhắn “dữ liệu của tôi” để xem hoặc xóa."
)
START_WITH = (
    Choice("Thủ tục giấy tờ", "welcome.procedures"),
    Choice("Bảo hiểm y tế", "welcome.insurance"),
    Choice("Đất đai, giá đất", "welcome.land"),
    Choice("Quyền của người dân", "welcome.rights"),
    Choice("Gửi phản ánh, kiến nghị", "reports.start"),
    Choice("Đơn của tôi tới đâu", "tracking.show", aside=True),
)
# The entries behind each door of the menu: what people ask most, in the order in which they are offered.
DOORS = {
    "procedures": (
        "Dạ, anh/chị cần giấy tờ gì ạ? Chọn một việc hay hỏi, hoặc gõ việc của mình.",
        "tthc.dang-ky-khai-sinh",
        "tthc.chung-thuc-ban-sao",
        "tthc.xac-nhan-tinh-trang-hon-nhan",
        "tthc.dang-ky-thuong-tru",
        "tthc.cap-can-cuoc",
        "tthc.dang-ky-khai-tu",
    ),
    "insurance": (
        "Dạ, anh/chị hỏi gì về bảo hiểm y tế ạ? Chọn một việc, hoặc gõ câu hỏi của mình.",
        "bhyt.ho-gia-dinh.so-tien",
        "bhyt.muc-huong.tong-quan",
        "bhyt.noi-mua",
        "bhyt.tre-duoi-6-tuoi",
        "bhyt.mat-the-doi-the",
        "bhyt.tu-di-kham",
    ),
    "land": (
        "Dạ, anh/chị hỏi gì về đất ạ? Chọn một việc, hoặc gõ câu hỏi của mình.",
        "giadat.tra-cuu.o-dau",
        "tthc.dat-dai.cap-so-do-lan-dau",
        "tthc.dat-dai.sang-ten",
        "giadat.chuyen-muc-dich.muc-30-50-100",
        "giadat.thu-hoi.gia-boi-thuong",
        "tthc.dat-dai.hoa-giai-tranh-chap",
    ),
    "rights": (
        "Dạ, anh/chị muốn biết quyền nào ạ? Chọn một việc, hoặc gõ câu hỏi của mình.",
        "dancho.quyen-cong-dan",
        "dancho.dan-biet.noi-dung-cong-khai",
        "dancho.dan-ban.hop-thon",
        "dancho.cong-khai.dong-gop-tu-nguyen",
        "donthu.phan-biet",
        "thongtin.luat-moi-2026",
    ),
}


def hello(desk: Desk) -> str:
    """Said once to every account: Luật 134/2025/QH15 Điều 11 (a machine says so), Luật 91/2025/QH15 (what is kept)."""
    sample = " (DỮ LIỆU MẪU)" if desk.commune.is_sample else ""
    return (
        f"Dạ, em là trợ lý tự động (máy trả lời) của UBND {desk.commune.name}{sample}. "
        "Em giúp: hỏi thủ tục, bảo hiểm y tế, giá đất, quyền của người dân; gửi phản ánh, kiến nghị; "
        "giờ làm việc của xã.\n"
        f"Anh/chị cứ nhắn như nói chuyện, không dấu cũng được. {EMERGENCIES} {PRIVACY}"
    )


def menu_choices(_desk: Desk) -> tuple[Choice, ...]:
    """The doors, and the way to a person."""
    return (*START_WITH, TO_A_PERSON)


async def handle(message: Incoming, desk: Desk) -> Reply:
    """A door of the menu, or the menu itself."""
    if message.verb in DOORS:
        text, *entry_ids = DOORS[message.verb]
        known = [desk.knowledge.entry(entry_id) for entry_id in entry_ids]
        choices = tuple(Choice(entry.title, f"topics.open:{entry.id}") for entry in known)
        return Reply(
            text, "menu", choices=(*choices, Choice("Danh mục chính", "welcome.menu", aside=True), TO_A_PERSON)
        )
    desk.talk.topic = desk.talk.facet = None
    return Reply(
        "Dạ, em giúp được những việc sau; anh/chị chọn một việc, hoặc cứ gõ câu hỏi của mình ạ.",
        "menu",
        choices=menu_choices(desk),
    )


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked what the bot can do, or to go back to the start."""
    return message.meaning.action == "menu"


FEATURE = Feature("welcome", handle, takes=takes)
