"""Nháp đơn: what a chat cannot be in law is written down for the person to sign; nothing is asked twice, no name.

The file is drawn when it is fetched, by the browser that asked for it, for half an hour.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from handlers import drafts
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from handlers.people import TO_A_PERSON
from knowledge.base import Knowledge
from knowledge.errors import NothingInForce
from knowledge.meaning import Action
from storage import petitions
from storage.communes import Commune
from storage.petitions import Petition
from storage.talks import Talk

WHAT, WANTS = "petition.what", "petition.wants"
FORM, DEADLINE, OFFICE = "khieunai.hinh-thuc", "khieunai.thoi-hieu-va-thu-ly", "khieunai.tham-quyen-va-doi-thoai"
DENOUNCE = "tocao.hinh-thuc-va-rut-don"
KEPT = timedelta(minutes=30)
START = Choice("Soạn nháp đơn khiếu nại", "petition.start")
BLANK = Choice("Tải mẫu đơn tố cáo để trống", "petition.blank", aside=True)
TIP = Choice("Gửi tin báo không nêu tên", "denunciation.receive")
SKIP = Choice("Bỏ qua", "petition.skip")


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands on the paper, from top to bottom. `lines` are (label, words); empty words are left to the pen."""

    title: str
    to: str
    lines: tuple[tuple[str, str], ...]
    signs: str
    note: str
    pledge: str = "Tôi cam đoan nội dung trên là đúng sự thật."
    pen: str = "(ký tên hoặc điểm chỉ, ghi rõ họ tên)"


async def handle(message: Incoming, desk: Desk) -> Reply:
    """What happened, unless it was told already; what the person wants; then the files."""
    match message.verb:
        case "start":
            return _ask_wants() if "what" in desk.talk.held else _ask_what()
        case "blank":
            return await _ready(desk, "denunciation", {})
        case "skip":
            return await _ready(desk, "complaint", _parts(desk))
    if desk.talk.asks == WHAT and message.text:
        desk.talk.held = {**desk.talk.held, "what": desk.body_id}
        await drafts.keep(desk, kind="complaint", told="told")
        return _ask_wants()
    if desk.talk.asks == WANTS and message.meaning.command not in ("skip", "none", "no") and message.text:
        await drafts.keep(desk, kind="complaint", told="told")
        return await _ready(desk, "complaint", {**_parts(desk), "wants": desk.body_id})
    return await _ready(desk, "complaint", _parts(desk))


def explain(desk: Desk, opening: str, *, quotes: int | None = None) -> Reply:
    """The lawful way of a khiếu nại: by when, at which office, with what; each from its entry."""
    desk.talk.topic = DEADLINE
    told = f"{opening}\nTin nhắn này chưa phải là đơn khiếu nại theo luật. {headline(desk, DEADLINE)}"
    choices = (
        START,
        Choice("Đơn cần ghi gì, kèm gì", f"topics.open:{FORM}"),
        Choice("Gửi đơn cho ai", f"topics.open:{OFFICE}"),
        Choice("Còn bao lâu để khiếu nại", f"topics.open:{DEADLINE}"),
        Choice("Chưa chắc là khiếu nại", "kinds.start", aside=True),
        TO_A_PERSON,
    )
    return Reply(told, "complaint", choices=choices, sources=grounds(desk, FORM, DEADLINE), quotes=quotes)


def headline(desk: Desk, entry_id: str) -> str:
    """The first sentences of an entry today; empty where nothing is in force."""
    try:
        return desk.knowledge.answer(entry_id, on=desk.today, today=desk.today).headline
    except NothingInForce:
        return ""


def _ask_what() -> Reply:
    text = (
        "Dạ, anh/chị kể giúp em: quyết định hay việc làm nào, của cơ quan nào, ngày nào, thiệt cho mình ra sao?\n"
        "Họ tên, địa chỉ em để trống trên đơn cho anh/chị tự điền, đừng nhắn ở đây."
    )
    return Reply(text, "complaint", choices=(SKIP,), asks=WHAT)


def _ask_wants() -> Reply:
    text = "Dạ, anh/chị muốn giải quyết thế nào ạ? Ví dụ: hủy quyết định phạt, trả lại hồ sơ. (“bỏ qua” cũng được)"
    return Reply(text, "complaint", choices=(SKIP,), asks=WANTS)


def _parts(desk: Desk) -> dict[str, int]:
    return {"what": desk.talk.held["what"]} if "what" in desk.talk.held else {}


async def _ready(desk: Desk, kind: str, parts: dict[str, int]) -> Reply:
    """Where the files may be fetched; on channels without a page of ours, what to write by hand."""
    desk.talk.held = {name: value for name, value in desk.talk.held.items() if name != "what"}
    form = DENOUNCE if kind == "denunciation" else FORM
    action: Action = "denunciation" if kind == "denunciation" else "complaint"
    choices: tuple[Choice, ...] = (Choice("Đơn cần ghi gì, kèm gì", f"topics.open:{form}"), TO_A_PERSON)
    if kind == "denunciation":
        choices = (TIP, *choices)
    if not desk.files_at:
        page = f" Nháp tệp Word, PDF thì soạn ở trang {desk.web_chat}." if desk.web_chat else ""
        text = f"Dạ, ở kênh này em không gửi tệp được. {_steps(desk, form)}{page}"
        return Reply(text, action, choices=choices, sources=grounds(desk, form), keeps_body=kind == "complaint")
    token = secrets.token_urlsafe(24)
    await petitions.keep(
        desk.session,
        Petition(
            commune_id=desk.commune_id,
            account_id=desk.account_id,
            token_hash=hash_of(token),
            kind=kind,
            parts=parts,
            ends_at=desk.now + KEPT,
        ),
    )
    what = "mẫu đơn tố cáo để trống" if kind == "denunciation" else "nháp đơn khiếu nại"
    text = (
        f"Dạ, em đã soạn {what}; họ tên, địa chỉ, chữ ký để anh/chị tự điền. Tải trong 30 phút, chỉ trên máy này:\n"
        f"{desk.files_at}/{token}.docx\n{desk.files_at}/{token}.pdf\n"
        "Đọc lại, sửa cho đúng, in ra rồi ký. Đơn chỉ có giá trị khi anh/chị nộp, em không nộp thay được."
    )
    return Reply(text, action, choices=choices, sources=grounds(desk, form), keeps_body=kind == "complaint")


def _steps(desk: Desk, entry_id: str) -> str:
    try:
        return desk.knowledge.answer(entry_id, on=desk.today, today=desk.today).steps.split("\n")[0]
    except NothingInForce:
        return ""


def hash_of(token: str) -> str:
    """What the table knows of a token."""
    return sha256(token.encode()).hexdigest()


def drafted(petition: Petition, words: Mapping[str, str], commune: Commune, knowledge: Knowledge, *, on: date) -> Draft:
    """The paper, with the person's own words where they gave some. `words` by the part's name."""
    entry = DENOUNCE if petition.kind == "denunciation" else FORM
    try:
        cites = knowledge.answer(entry, on=on, today=on).citations[:2]
    except NothingInForce:
        cites = ()
    note = f"Bản nháp do trợ lý tự động của UBND {commune.name} soạn ngày {on:%d/%m/%Y}; sửa cho đúng trước khi ký."
    if cites:
        note += " Nội dung phải có: " + "; ".join(dict.fromkeys(one.cite for one in cites)) + "."
    own = (("Họ và tên", ""), ("Địa chỉ", ""))
    if petition.kind == "denunciation":
        lines = (
            *own,
            ("Điện thoại hoặc cách liên hệ khác", ""),
            ("Người bị tố cáo (họ tên, chức vụ, nơi làm việc)", ""),
            ("Việc làm vi phạm pháp luật, thời gian, địa điểm", ""),
            ("Tài liệu, chứng cứ kèm theo", ""),
            ("Yêu cầu giải quyết", ""),
        )
        return Draft("ĐƠN TỐ CÁO", "", lines, "Người tố cáo", note)
    lines = (
        *own,
        ("Khiếu nại quyết định, việc làm của", ""),
        ("Nội dung", words.get("what", "")),
        ("Lý do khiếu nại", ""),
        ("Yêu cầu giải quyết", words.get("wants", "")),
        ("Giấy tờ kèm theo", ""),
    )
    return Draft("ĐƠN KHIẾU NẠI", f"Chủ tịch Ủy ban nhân dân {commune.name}", lines, "Người khiếu nại", note)


def continues(message: Incoming, _talk: Talk) -> bool:
    """What happened and what is wanted, in whatever words; a person is still within reach."""
    return message.meaning.action not in ("handoff", "menu", "track")


FEATURE = Feature("petition", handle, continues=continues)
