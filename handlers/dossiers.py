""" "Hồ sơ của tôi tới đâu rồi" with a dossier code: the one-stop desk's last export, else where it can be looked up."""

from __future__ import annotations

import re

from handlers.contract import Choice, Desk, Feature, Incoming, Reply, Source
from handlers.grounds import grounds
from handlers.late_dossiers import told
from handlers.people import TO_A_PERSON, desk_line
from storage import dossiers, late_dossiers
from storage.dossiers import Dossier
from storage.late_dossiers import LateDossier
from storage.talks import Talk

LATE = "tthc.chung.ho-so-tre-hen"
LOOK_UP = "tthc.chung.tra-cuu-ho-so"
FEW_WORDS = 2  # beside a code that is all the message
_FORM = re.compile(r".*-\d{6}-\d{3,8}")  # office, day, number; a case of ours has no day


async def handle(message: Incoming, desk: Desk) -> Reply:
    """State and day as the commune imported them; a code that is not there is said not to be there."""
    code = message.meaning.codes[0]
    found = await dossiers.find(desk.shelf, commune_id=desk.commune_id, code=code)
    key = dossiers.hashed(code, commune_id=desk.commune_id)
    sorry = await late_dossiers.of_code(desk.shelf, commune_id=desk.commune_id, code_hash=key)
    if sorry is not None and not (found is not None and found.is_done):
        return _apologise(sorry, desk)
    if found is None:
        return await _not_found(desk)
    return _late(found, desk) if is_late(found, desk) else _known(found, desk)


def is_late(dossier: Dossier, desk: Desk) -> bool:
    """Whether its day has passed and it is not done."""
    return not dossier.is_done and dossier.due_on is not None and dossier.due_on < desk.today


async def _not_found(desk: Desk) -> Reply:
    last = await dossiers.last_import(desk.shelf, commune_id=desk.commune_id)
    why = (
        f"không thấy hồ sơ mang mã đó trong danh sách một cửa cập nhật ngày {last:%d/%m/%Y}"
        if last
        else f"chưa xem được hồ sơ một cửa của {desk.commune.name}"
    )
    text = (
        f"Dạ, em {why}. Anh/chị tra mã trên Cổng Dịch vụ công quốc gia (dichvucong.gov.vn, mục Tra cứu hồ sơ), "
        f"hoặc {desk_line(desk)}. Em không lưu mã này."
    )
    choices = (Choice("Cách tra cứu hồ sơ", f"topics.open:{LOOK_UP}"), TO_A_PERSON)
    return Reply(text, "track", choices=choices, sources=grounds(desk, LOOK_UP))


def _known(dossier: Dossier, desk: Desk) -> Reply:
    due = f"; hẹn trả {dossier.due_on:%d/%m/%Y}" if dossier.due_on and not dossier.is_done else ""
    text = f"Dạ, hồ sơ của anh/chị: {dossier.state}{due}. Em không lưu mã này."
    return Reply(text, "track", choices=(TO_A_PERSON,), sources=(_source(dossier, desk),))


def _late(dossier: Dossier, desk: Desk) -> Reply:
    """What the person may ask for is said from the entry about late dossiers."""
    answer = desk.knowledge.answer(LATE, on=desk.today, today=desk.today)
    text = (
        f"Dạ, hồ sơ của anh/chị: {dossier.state}; hẹn trả {dossier.due_on:%d/%m/%Y} nên đã trễ hẹn.\n"
        f"{answer.headline}\nEm không lưu mã này."
    )
    choices = (
        Choice("Khi hồ sơ trễ hẹn", f"topics.open:{LATE}"),
        Choice("Phản ánh việc trễ hẹn", "reports.start"),
        TO_A_PERSON,
    )
    return Reply(text, "track", choices=choices, sources=(_source(dossier, desk), *grounds(desk, LATE)))


def _apologise(row: LateDossier, desk: Desk) -> Reply:
    """The desk has said why it is late and when it comes."""
    text = f"Dạ, hồ sơ của anh/chị hẹn trả {row.due_on:%d/%m/%Y} nên đã trễ hẹn. {told(row)}\nEm không lưu mã này."
    choices = (
        Choice("Khi hồ sơ trễ hẹn", f"topics.open:{LATE}"),
        Choice("Phản ánh việc trễ hẹn", "reports.start"),
        TO_A_PERSON,
    )
    return Reply(text, "track", choices=choices, sources=grounds(desk, LATE))


def _source(dossier: Dossier, desk: Desk) -> Source:
    return Source(f"Danh sách một cửa của {desk.commune.name}", since=None, until=None, checked_on=dossier.imported_on)


def takes(message: Incoming, _talk: Talk) -> bool:
    """A dossier code, asked about or alone."""
    meaning = message.meaning
    coded = any(_FORM.fullmatch(code) for code in meaning.codes[:1])
    return coded and (meaning.action in ("track", "answer", "clarify", "abstain") or meaning.content_words <= FEW_WORDS)


FEATURE = Feature("dossiers", handle, takes=takes)
