"""What the web refuses, and the plain sentence for each."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.webchat import MessageTooLong, MessageUnreadable
from bot.errors import Words
from bot.pace import TooOften


class WebError(Exception):
    """Base of the errors that a browser is told about."""


@dataclass(eq=False)
class UnknownCommune(WebError):
    """No commune with a web chat has this code here."""

    code: str


@dataclass(eq=False)
class ForeignOrigin(WebError):
    """A page of somebody else tried to post in the citizen's name."""

    origin: str


class SessionEnded(WebError):
    """This chat was ended on this device; its secret opens nothing any more."""


class NotForOutside(WebError):
    """The page is for the operator: from this machine, or with the token."""


SENTENCES: dict[type[Exception], Words] = {
    MessageTooLong: Words(
        413,
        "Tin nhắn dài quá",
        "Dạ, tin này dài quá {most} ký tự nên em chưa nhận được. Anh/chị chia thành vài tin ngắn giúp em ạ.",
    ),
    MessageUnreadable: Words(
        400, "Chưa nhận được tin", "Dạ, em chưa đọc được tin này. Anh/chị tải lại trang rồi gửi lại giúp em ạ."
    ),
    UnknownCommune: Words(
        404,
        "Không có xã này",
        "Dạ, ở đây không có xã, phường nào với địa chỉ này. Anh/chị xem lại đường dẫn giúp em ạ.",
    ),
    ForeignOrigin: Words(
        403,
        "Chưa nhận được tin",
        "Dạ, tin này không gửi từ trang của xã nên em không nhận. Anh/chị mở trang của xã rồi gửi lại ạ.",
    ),
    TooOften: Words(
        429,
        "Nhanh quá",
        "Dạ, tin đến nhanh quá nên em chưa nhận kịp. Anh/chị chờ {seconds} giây rồi gửi lại giúp em ạ.",
    ),
    SessionEnded: Words(
        410,
        "Phiên này đã xóa",
        "Dạ, cuộc trò chuyện này đã được xóa khỏi máy. Anh/chị mở lại trang để bắt đầu cuộc mới ạ.",
    ),
    NotForOutside: Words(
        404, "Không có trang này", "Dạ, ở đây không có trang nào như vậy. Anh/chị về trang hỏi giúp em ạ."
    ),
}
NOT_FOUND = SENTENCES[NotForOutside]
NOT_ALLOWED = Words(
    405, "Không làm được cách này", "Dạ, địa chỉ này không dùng theo cách đó. Anh/chị về trang hỏi giúp em ạ."
)
UNEXPECTED = Words(
    500,
    "Máy đang trục trặc",
    "Dạ, máy đang trục trặc nên chưa nhận được tin. Anh/chị thử lại sau ít phút; việc gấp xin gọi số ở đầu trang ạ.",
)
