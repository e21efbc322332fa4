"""A dossier is given back late: the desk says why and until when, the person reads it, and a letter says sorry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers import case_owner
from handlers.permissions import Act, Role
from handlers.petition import Draft
from handlers.wording import as_body, words_in
from handlers.workplace import Workplace
from knowledge.deadlines import in_words
from storage import communes, dossiers, late_dossiers, officers
from storage.late_dossiers import LateDossier

NOBODY = "Lãnh đạo UBND xã"
TITLE, DOTS = "THƯ XIN LỖI", "Ông/Bà ............................................."


class NotLate(Exception):
    """The day that was promised has not passed, or the new one is no later than today."""


class NoSuchLetter(Exception):
    """No letter of this commune."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The paper of one apology and the row that it follows from."""

    row: LateDossier
    draft: Draft


async def register(work: Workplace, *, code: str, due_on: date, new_due_on: date, reason: str) -> int:
    """Write it down; from now on whoever asks with the code reads it. Raises NotAllowed, NotLate."""
    work.demand(Act.DOSSIER_APOLOGISE)
    if due_on >= work.today or new_due_on <= work.today:
        raise NotLate
    body = await work.vault.put(work.session, commune_id=work.commune_id, text=as_body(code), at=work.now)
    row = LateDossier(
        commune_id=work.commune_id,
        code_hash=dossiers.hashed(code, commune_id=work.commune_id),
        code_body_id=body.id or 0,
        due_on=due_on,
        new_due_on=new_due_on,
        reason=reason,
        head=await _head(work),
        officer_id=work.person.officer_id,
        at=work.now,
    )
    late_id = await late_dossiers.add(work.session, row)
    await work.note(Act.DOSSIER_APOLOGISE, "late_dossier", late_id, what="added")
    return late_id


async def letter(work: Workplace, late_id: int) -> Letter:
    """What the letter says. Raises NotAllowed, NoSuchLetter."""
    work.demand(Act.DOSSIER_APOLOGISE)
    row = await late_dossiers.get(work.session, commune_id=work.commune_id, late_id=late_id)
    if row is None:
        raise NoSuchLetter
    commune = await communes.get(work.session, commune_id=work.commune_id)
    words = await work.vault.read(work.session, commune_id=work.commune_id, body_ids=[row.code_body_id])
    await work.note(Act.DOSSIER_APOLOGISE, "late_dossier", late_id, what="printed")
    sorry = (
        f"UBND {commune.name} xin lỗi ông/bà vì đã không trả kết quả đúng ngày hẹn và sẽ trả chậm nhất vào ngày hẹn "
        "mới. Việc trễ hẹn này không làm phát sinh thêm giấy tờ hay chi phí nào cho ông/bà."
    )
    lines = (
        ("Mã hồ sơ", words_in(words[row.code_body_id]) or ""),
        ("Ngày hẹn trả", in_words(row.due_on)),
        ("Lý do trễ hẹn", row.reason),
        ("Ngày hẹn mới", in_words(row.new_due_on)),
        ("Nội dung", sorry),
    )
    draft = Draft(TITLE, DOTS, lines, row.head, _note(commune.phone), pledge="", pen="(ký tên, đóng dấu)")
    return Letter(row, draft)


def told(row: LateDossier) -> str:
    """What the person reads in the chat."""
    return (
        f"Xã xin lỗi anh/chị. Lý do: {row.reason.rstrip('.')}. Hẹn lại: {in_words(row.new_due_on)}. "
        f"Người chịu trách nhiệm: {row.head}."
    )


def _note(phone: str) -> str:
    return f"Cần hỏi thêm, xin gọi bộ phận một cửa: {phone}." if phone else ""


async def _head(work: Workplace) -> str:
    """Who signs: the first leader at work today."""
    people = await case_owner.at_work(work.session, commune_id=work.commune_id, on=work.today)
    heads = case_owner.holders_of(people, Role.LEADER, work.here)
    officer = await officers.get(work.session, commune_id=work.commune_id, officer_id=heads[0]) if heads else None
    return officer.name if officer is not None else NOBODY
