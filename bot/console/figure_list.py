"""Every figure of the console: its name in addresses, its words, how it is drawn, and the table behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.console import grids
from bot.console.grids import Grid
from handlers.figures import Span
from handlers.workplace import Workplace

OF_NOW = "Đang mở và trễ tính đến hôm nay; còn lại tính trong khoảng ngày."
FACES = "Điểm 1 đến 5 của những việc đã xong, cạnh tỷ lệ người trả lời."
HEAT = "Ô càng đậm càng nhiều. Không phải điểm PAPI chính thức."


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. `kind`: bars, columns, stacked or heat; `drawn`: the columns of its table that are drawn."""

    title: str
    says: str
    grid: Callable[[Workplace, Span], Awaitable[Grid]]
    kind: str = "bars"
    drawn: tuple[int, ...] = ()
    whole: bool = False  # needs a role without bounds


FIGURES: dict[str, Figure] = {
    "units": Figure("Khối lượng, đúng hẹn theo đơn vị", OF_NOW, grids.units, drawn=(2, 3)),
    "people": Figure("Khối lượng, đúng hẹn theo cán bộ", OF_NOW, grids.people, drawn=(2, 3)),
    "fields": Figure(
        "Khối lượng, đúng hẹn theo lĩnh vực",
        f"{OF_NOW} Người dân xem ở trang kết quả; nhóm dưới 5 việc được giấu.",
        grids.fields,
        drawn=(2, 3),
    ),
    "satisfaction": Figure("Người dân hài lòng theo đơn vị", FACES, grids.satisfaction, drawn=(4,)),
    "satisfaction-fields": Figure("Người dân hài lòng theo lĩnh vực", FACES, grids.satisfaction_by_field, drawn=(4,)),
    "satisfaction-mandatory": Figure(
        "Hài lòng trong ba lĩnh vực bắt buộc",
        "Chứng thực, cấp phép xây dựng, giấy chứng nhận quyền sử dụng đất; từ phiếu bộ phận một cửa ghi mỗi tháng.",
        grids.mandatory,
        drawn=(4,),
        whole=True,
    ),
    "papi-hamlets": Figure("PAPI theo thôn: tất cả", HEAT, grids.papi_by_hamlet("all"), "heat", whole=True),
    "papi-months": Figure("PAPI theo tháng: tất cả", HEAT, grids.papi_by_month("all"), "heat", whole=True),
    "papi-hamlets-questions": Figure(
        "PAPI theo thôn: câu hỏi", HEAT, grids.papi_by_hamlet("questions"), "heat", whole=True
    ),
    "papi-months-questions": Figure(
        "PAPI theo tháng: câu hỏi", HEAT, grids.papi_by_month("questions"), "heat", whole=True
    ),
    "papi-hamlets-cases": Figure("PAPI theo thôn: vụ việc", HEAT, grids.papi_by_hamlet("cases"), "heat", whole=True),
    "papi-months-cases": Figure("PAPI theo tháng: vụ việc", HEAT, grids.papi_by_month("cases"), "heat", whole=True),
    "papi-hamlets-ratings": Figure(
        "PAPI theo thôn: điểm người dân chấm", HEAT, grids.papi_by_hamlet("ratings"), "heat", whole=True
    ),
    "papi-months-ratings": Figure(
        "PAPI theo tháng: điểm người dân chấm", HEAT, grids.papi_by_month("ratings"), "heat", whole=True
    ),
    "hours": Figure(
        "Câu hỏi theo giờ trong ngày", "Giờ nào người dân hỏi nhiều.", grids.hours, "columns", (1,), whole=True
    ),
    "outcomes": Figure(
        "Bot trả lời, hỏi lại, chưa trả lời được",
        "Mỗi câu hỏi kết thúc thế nào.",
        grids.outcomes,
        "stacked",
        (1, 2, 3),
        whole=True,
    ),
    "channels": Figure(
        "Tình trạng các kênh",
        "Tin đến và đi trong khoảng ngày; đang nghỉ hay không là lúc này.",
        grids.channels,
        drawn=(1, 2),
        whole=True,
    ),
    "warnings": Figure(
        "Cảnh báo sớm",
        "Một loại việc lặp lại từ 5 lần ở một thôn trong 7 ngày qua.",
        grids.warnings,
        drawn=(1,),
        whole=True,
    ),
}


def ranges(today: date) -> list[tuple[str, Span]]:
    """The ranges that are asked for most."""
    this = Span.month_of(today)
    return [
        ("Tháng này", this),
        ("Tháng trước", Span.month_of(this.since - timedelta(days=1))),
        ("30 ngày qua", Span(today - timedelta(days=29), today)),
        ("Năm nay", Span(today.replace(month=1, day=1), today)),
    ]
