"""How a case is spoken of to its citizen: its kind, where it stands, whose it is, and why it was refused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import terms
from handlers.casebook import is_overdue
from handlers.contract import Desk
from handlers.lifecycle import RUNNING
from knowledge.deadlines import in_words
from storage import officers, offices
from storage.cases import Case

KINDS = {
    "report": "phản ánh",
    "proposal": "kiến nghị",
    "feedback": "góp ý",
    "complaint": "việc khiếu nại",
    "question": "câu hỏi gửi cán bộ",
    "denunciation": "tố cáo",
}
STATES = {
    "draft": "bản nháp, chưa gửi",
    "received": "đã tiếp nhận",
    "assigned": "đã giao người xử lý",
    "working": "đang xử lý",
    "asked": "chờ anh/chị trả lời thêm",
    "transferred": "đã chuyển cơ quan khác",
    "answered": "đã trả lời, chờ anh/chị xác nhận",
    "closed": "đã xong",
    "refused": "không xử lý được, đã nêu lý do",
    "sealed": "đã niêm phong, chỉ người giữ khóa mở được",
}
HOLDERS = {
    "desk": "Bộ phận một cửa",
    "field": "Cán bộ chuyên môn",
    "unit_head": "Trưởng đơn vị",
    "leader": "Lãnh đạo xã",
    "inspector": "Thanh tra, giám sát của xã",
    "seal_holder": "Người giữ khóa niêm phong",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a case is not taken up, as a code: its words, the rule behind it, and the door that is open."""

    label: str
    basis: str
    next_step: str
    entry_id: str = ""


# `basis` of a law is the source of the entry named beside it; tests hold the two together.
REFUSALS: dict[str, Refusal] = {
    "unclear": Refusal(
        "nội dung chưa rõ để xử lý",
        "Nghị định 20/2008/NĐ-CP Điều 7",
        "Anh/chị gửi lại, nói rõ việc gì, ở đâu, từ khi nào; xã sẽ nhận ngay.",
        "phananh.quy-dinh-hanh-chinh",
    ),
    "needs_petition": Refusal(
        "việc này phải làm bằng đơn khiếu nại hoặc trình bày trực tiếp",
        "Luật Khiếu nại 02/2011/QH13 Điều 8",
        "Anh/chị gửi đơn hoặc đến trình bày tại nơi tiếp công dân của xã.",
        "khieunai.hinh-thuc",
    ),
    "answered_before": Refusal(
        "việc này xã đã trả lời trong một vụ việc khác",
        "quy định tiếp nhận của xã",
        "Anh/chị xem lại trả lời trước; có tình tiết mới thì gửi phản ánh mới, nói rõ điểm mới.",
    ),
}


async def holder(session: AsyncSession, case: Case) -> str:
    """The unit, or the role, that has the case: no officer's name unless the case is in their hands."""
    if case.officer_id is not None:
        officer = await officers.get(session, commune_id=case.commune_id, officer_id=case.officer_id)
        unit = await offices.office(session, commune_id=case.commune_id, office_id=case.office_id or 0)
        if officer is not None:
            return f"{officer.name}{f' ({unit.name})' if unit else ''}"
    return HOLDERS.get(case.held_by, HOLDERS["desk"])


async def line_of(desk: Desk, case: Case) -> str:
    """One case in one line: code, kind, state, and the day that counts."""
    name = KINDS.get(case.kind, case.kind)
    if case.state == "draft":
        return f"- {name}: {STATES['draft']}"
    parts = [f"- {case.code}: {name}", STATES[case.state]]
    if case.due_on is not None and case.state in RUNNING:
        late = " (đã quá hẹn, xã đang nợ anh/chị)" if is_overdue(case, desk.now) else ""
        parts.append(f"{terms.due_words(case)} {in_words(case.due_on)}{late}")
    return ", ".join(parts)
