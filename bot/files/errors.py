"""Why a file is not taken, and the plain sentence for each reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class FileRefused(Exception):
    """This file is not kept; `why` is a key of WORDS."""

    why: str

    def __str__(self) -> str:
        """The reason's code, for logs."""
        return self.why


@dataclass(eq=False)
class NotFetched(Exception):
    """The platform did not hand the file over. `again`: another try may help."""

    what: str
    again: bool

    def __str__(self) -> str:
        """For logs."""
        return self.what


WORDS = {
    "type": "em chỉ nhận ảnh (JPG, PNG, WEBP) và tệp PDF",
    "size": "tệp lớn quá 10 MB",
    "empty": "tệp rỗng",
    "damaged": "tệp bị hỏng, em không mở được",
    "pixels": "ảnh quá lớn, em không mở được",
    "active": "tệp PDF này có phần tự chạy (mã lệnh, tệp kèm bên trong) nên không an toàn",
    "locked": "tệp PDF này có mật khẩu",
    "many": "anh/chị đã gửi nhiều tệp trong một giờ, mời gửi tiếp sau",
    "unreachable": "em chưa lấy được tệp từ ứng dụng",
}
