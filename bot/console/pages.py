"""Draws the console's pages: the shell around each, the menu by what the person may, and one-line notices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from bot.clock import VIET_NAM
from bot.console import words
from bot.console.entry_form import PARTS
from bot.console.visits import Visit
from bot.site import Site
from handlers.permissions import Act, may_at_all

MENU: tuple[tuple[str, str, Act], ...] = (
    ("/console", "Trang đầu", Act.ACCOUNT_OWN),
    ("/console/cases", "Vụ việc", Act.CASE_LIST),
    ("/console/bell", "Việc mới", Act.CASE_LIST),
    ("/console/figures", "Số liệu", Act.FIGURE_READ),
    ("/console/books", "Sổ, hồ sơ trễ", Act.BOOK_READ),
    ("/console/notices", "Thông báo", Act.NOTICE_READ),
    ("/console/disclosures", "Sổ công khai", Act.DISCLOSURE_READ),
    ("/console/seals", "Niêm phong", Act.SEAL_READ),
    ("/console/gaps", "Câu chưa trả lời", Act.GAP_READ),
    ("/console/knowledge", "Kho tri thức", Act.KNOWLEDGE_READ),
    ("/console/templates", "Mẫu trả lời", Act.TEMPLATE_EDIT),
    ("/console/practice", "Luyện tập", Act.PRACTICE_TAKE),
    ("/console/switch", "Tạm dừng", Act.SWITCH_USE),
    ("/console/officers", "Cán bộ", Act.OFFICER_READ),
    ("/console/stand-ins", "Nghỉ phép, làm thay", Act.STAND_IN_EDIT),
    ("/console/commune", "Thông tin xã", Act.COMMUNE_READ),
    ("/console/calendar", "Lịch làm việc", Act.CALENDAR_EDIT),
    ("/console/imports", "Nhập danh sách", Act.LIST_IMPORT),
    ("/console/channels", "Kênh nhắn tin", Act.CHANNEL_READ),
    ("/console/audit", "Nhật ký", Act.AUDIT_READ),
    ("/console/rights", "Tôi được làm gì", Act.ACCOUNT_OWN),
    ("/console/account", "Tài khoản", Act.ACCOUNT_OWN),
)
# What a page says once after something was done; the address carries the code, never the words.
DONE: dict[str, str] = {
    "da-luu": "Đã lưu.",
    "da-them": "Đã thêm.",
    "da-dong": "Đã đóng.",
    "cho-duyet": "Việc này cần lãnh đạo duyệt: câu trả lời đã gửi lãnh đạo, người dân chưa nhận.",
    "da-duyet-gui": "Đã duyệt và gửi người dân.",
    "da-tra-lai-sua": "Đã trả lại để sửa; người soạn được báo.",
    "da-doi-lich": "Đã thêm ngày; lịch năm đó cần duyệt lại.",
    "da-duyet-lich": "Đã duyệt lịch.",
    "da-nhap": "Đã nhập tất cả các dòng.",
    "da-doi-mat-khau": "Đã đổi mật khẩu; các máy khác phải đăng nhập lại.",
    "da-thoat": "Đã đăng xuất.",
    "da-thoat-het": "Đã đăng xuất khỏi mọi máy.",
    "da-ket-thuc": "Đã kết thúc.",
    "da-de-nghi": "Đã ghi đề nghị cấp lại mã xác thực. Cần một cán bộ khác có quyền xác nhận trong 24 giờ.",
    "da-cap-lai": "Đã gỡ mã xác thực cũ. Lần đăng nhập tới, cán bộ này gắn ứng dụng mới.",
    "da-luu-nhap": "Đã lưu bản nháp.",
    "da-gui-duyet": "Đã gửi duyệt. Người khác duyệt xong thì bot trả lời theo bản này.",
    "da-bo-nhap": "Đã bỏ bản nháp.",
    "da-duyet": "Đã duyệt. Bot trả lời theo bản này sau vài giây.",
    "da-duyet-va-bao": "Đã duyệt. Người từng hỏi câu này đã được gửi câu trả lời.",
    "da-tra-lai": "Đã trả lại người soạn.",
    "da-khoi-phuc": "Đã khôi phục. Bot trả lời theo bản này sau vài giây.",
    "da-tam-dung": "Đã tạm dừng. Mọi trang của cán bộ đều báo điều này.",
    "da-mo-lai": "Đã mở lại.",
    "da-bo-ban-xa": "Đã bỏ bản của xã. Bot trả lời theo bản gốc.",
    "da-nghi": "Cán bộ này không đăng nhập được nữa.",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table for any page: heads, rows of cells (text or links), and the address of the next page."""

    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    empty: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads somewhere."""

    words: str
    to: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A cell with a box to tick; it belongs to the form `many` of the page. `label` is what a screen reader says."""

    name: str
    value: str
    label: str


class ConsolePages:
    """Every page of the console."""

    def __init__(self, site: Site) -> None:
        """Draws with the site's templates."""
        self._site = site
        site.environment.filters |= {
            "moment": moment,
            "channel": lambda code: words.ORIGINS.get(code, code),
            "number": said,
            "role": lambda code: words.ROLES.get(code, code),
            "field_of_work": lambda code: words.FIELDS.get(code, code),
            "part": lambda code: PARTS.get(code, code),
        }
        site.environment.tests |= {
            "link": lambda cell: isinstance(cell, Link),
            "tick": lambda cell: isinstance(cell, Tick),
            "in_row": lambda box, kind: box.startswith(f"{kind}-"),
        }

    def show(self, visit: Visit, template: str, *, status: int = 200, **facts: Any) -> web.Response:
        """A page in its shell. Every page says whose commune it is, and whether that is a sample."""
        menu = [
            (to, label, _is_here(visit, to))
            for to, label, act in MENU
            if visit.person is not None and may_at_all(visit.person, act)
        ]
        shell: Mapping[str, Any] = {
            "visit": visit,
            "csrf": visit.csrf,
            "menu": menu,
            "commune": visit.commune,
            "sample": visit.commune.is_sample if visit.commune else visit.parts.settings.sample,
            "paused": [words.PAUSES[each.what].lower() for each in visit.pauses],
            "done": DONE.get(visit.request.query.get("done", ""), ""),
            "trouble": "",
            "warning": _warning(visit),
        }
        return self._site.page(template, {**shell, **facts}, status=status)


def _warning(visit: Visit) -> str:
    """What every officer must know of the channels: whose messages may be made up."""
    unproven = visit.parts.settings.channels.unproven if visit.person is not None else ()
    names = ", ".join(sorted(words.CHANNELS.get(one, one) for one in unproven))
    return words.UNPROVEN.format(channels=names) if names else ""


def svg(text: str) -> Markup:
    """A drawing of our own making (the QR code), which the template must not escape."""
    return Markup(text)  # noqa: S704  # nosec B704


def days_left(due_on: date, today: date) -> str:
    """ "02/12, còn 3 ngày", "20/11, TRỄ 3 ngày"."""
    left = (due_on - today).days
    told = f"TRỄ {-left} ngày" if left < 0 else "hôm nay" if left == 0 else f"còn {left} ngày"
    return f"{due_on:%d/%m}, {told}"


def moment(at: datetime) -> str:
    """An instant as people in Viet Nam read it: 09:00 23/11/2026."""
    return f"{at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}"


def said(value: object) -> str:
    """A number as people in Viet Nam write it: 1.234,5; nothing for what is not there."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0")
    return text.translate(str.maketrans(",.", ".,"))


def _is_here(visit: Visit, to: str) -> bool:
    path = visit.request.path
    return path == to or (to != "/console" and path.startswith(to + "/"))
