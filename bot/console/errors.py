"""What the console refuses, and the plain sentence for each."""

from __future__ import annotations

from dataclasses import dataclass

from bot.errors import Words
from handlers.casework import NoSuchCase
from handlers.content_desk import NoSuchVersion
from handlers.disclosures import NoSuchDisclosure
from handlers.gap_desk import NoSuchGap
from handlers.late_dossiers import NoSuchLetter
from handlers.notices import NoSuchNotice
from handlers.pausing import NotAKind
from handlers.permissions import NotAllowed
from handlers.practice import NoSuchRound
from handlers.proposals import NoSuchTemplate
from handlers.sealed_tips import NoSuchTip
from handlers.sign_in import LinkSpent
from handlers.staff import NoSuchOfficer
from handlers.townhall import NoSuchUnit


class ConsoleError(Exception):
    """Base of the errors that an officer's browser is told about."""


@dataclass(eq=False)
class SignedOut(ConsoleError):
    """Nobody is signed in, or not wholly; `wanted` is the page to show after the sign-in."""

    wanted: str


class FormTooOld(ConsoleError):
    """A form without this browser's key: from another site, or from before the sign-in."""


SENTENCES: dict[type[Exception], Words] = {
    NotAllowed: Words(
        403,
        "Không thuộc phần việc của anh/chị",
        "Tài khoản của anh/chị không có quyền xem hoặc làm việc này. Mục “Tôi được làm gì” ghi rõ các quyền; "
        "cần thêm quyền thì báo người vận hành của xã.",
    ),
    FormTooOld: Words(
        403,
        "Biểu mẫu đã cũ",
        "Trang này mở từ trước khi đăng nhập hoặc từ nơi khác nên không được nhận. Anh/chị mở lại trang rồi làm lại.",
    ),
    LinkSpent: Words(
        410,
        "Đường dẫn không dùng được nữa",
        "Mỗi đường dẫn chỉ dùng một lần và có hạn. Anh/chị nhờ người vận hành của xã tạo đường dẫn mới.",
    ),
    NoSuchOfficer: Words(404, "Không có cán bộ này", "Không tìm thấy cán bộ hoặc quyền này trong xã của anh/chị."),
    NoSuchUnit: Words(404, "Không có đơn vị này", "Không tìm thấy đơn vị hoặc thôn này trong xã của anh/chị."),
    NoSuchTip: Words(404, "Không có tin báo này", "Không tìm thấy tin báo này trong phần việc của anh/chị."),
    NoSuchTemplate: Words(404, "Không có mẫu này", "Không tìm thấy mẫu trả lời này trong xã của anh/chị."),
    NoSuchLetter: Words(404, "Không có thư này", "Không tìm thấy thư xin lỗi này trong xã của anh/chị."),
    NoSuchVersion: Words(404, "Không có mục này", "Không tìm thấy mục hoặc phiên bản này trong xã của anh/chị."),
    NotAKind: Words(422, "Không có việc này", "Chỉ tạm dừng được trả lời, gửi tin hoặc tiếp nhận."),
    NoSuchRound: Words(404, "Không có lượt này", "Không tìm thấy lượt luyện tập này của anh/chị."),
    NoSuchGap: Words(404, "Không có câu này", "Câu này không còn trong danh sách chờ trả lời của xã anh/chị."),
    NoSuchCase: Words(404, "Không có vụ việc này", "Không tìm thấy vụ việc này trong phần việc của anh/chị."),
    NoSuchDisclosure: Words(404, "Không có mục này", "Không tìm thấy mục công khai này trong xã của anh/chị."),
    NoSuchNotice: Words(404, "Không có thông báo này", "Không tìm thấy thông báo này trong phần việc của anh/chị."),
}
