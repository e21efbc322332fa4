"""Papers of a notice as PDF, made in memory: a sheet for the board, and the certificate of what was delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fpdf.enums import Align, XPos, YPos

from bot.clock import VIET_NAM
from bot.paper import FAMILY, LINE, blank
from handlers.notice_kinds import KINDS
from handlers.notice_report import Report
from handlers.notice_words import DETAILS, TITLE, lines
from storage.communes import Commune
from storage.notices import Notice

LARGE = 18.0  # points: read standing, from a step away


class Paper:
    """A sheet of A4 with our letters in it."""

    def __init__(self, title: str) -> None:
        """An empty first page."""
        self._pdf = blank(title)

    def put(self, text: str, *, align: Align = Align.L, bold: bool = False, size: float = 11.5) -> None:
        """A paragraph."""
        self._pdf.set_font(FAMILY, "B" if bold else "", size)
        self._pdf.multi_cell(0, LINE * size / 11.5, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def gap(self, lines: float = 1.0) -> None:
        """Empty lines."""
        self._pdf.ln(LINE * lines)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """Heads first."""
        self._pdf.set_font(FAMILY, "", 10)
        with self._pdf.table(rows, col_widths=tuple(widths), line_height=LINE):
            pass

    def done(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())


def sheet(notice: Notice, commune: Commune) -> bytes:
    """To hang up where people pass by: the same words as in the chats, in large letters."""
    paper = Paper(notice.facts[TITLE])
    paper.put(f"ỦY BAN NHÂN DÂN {commune.name.upper()}", align=Align.C, bold=True, size=14)
    if commune.is_sample:
        paper.put("(DỮ LIỆU MẪU)", align=Align.C)
    paper.gap()
    paper.put("THÔNG BÁO", align=Align.C, bold=True, size=28)
    paper.put(KINDS[notice.kind].label, align=Align.C, size=LARGE)
    paper.gap()
    paper.put(notice.facts[TITLE], align=Align.C, bold=True, size=22)
    paper.gap()
    for label, words in lines(notice):
        paper.put(f"{label}:", bold=True, size=LARGE)
        paper.put(words, size=LARGE)
    if notice.facts.get(DETAILS):
        paper.gap(0.5)
        paper.put(str(notice.facts[DETAILS]), size=LARGE)
    paper.gap()
    paper.put(f"Mã thông báo: {notice.code}", align=Align.R)
    return paper.done()


def certificate(
    notice: Notice,
    commune: Commune,
    told: Report,
    *,
    facts: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str]],
    fingerprint: str,
    count: int,
    run: int,
    at: datetime,
) -> bytes:
    """What the ledger says at an instant, with the hash by which anybody can check that it was not changed since."""
    when = f"{at.astimezone(VIET_NAM):%H:%M:%S %d/%m/%Y}"
    paper = Paper(f"Xác nhận gửi {notice.code}")
    paper.put(f"UBND {commune.name}" + (" (DỮ LIỆU MẪU)" if commune.is_sample else ""), bold=True)
    paper.gap()
    paper.put("XÁC NHẬN GỬI THÔNG BÁO", align=Align.C, bold=True, size=16)
    paper.put(f"{notice.code}: {notice.facts[TITLE]}", align=Align.C)
    paper.gap(0.5)
    for label, words in facts:
        paper.put(f"{label}: {words}")
    paper.gap(0.5)
    whole = told.total
    paper.put(
        f"Tính đến {when}: {whole.reached} lượt đã tới, {whole.waiting} đang chờ, {whole.failed} lỗi, "
        f"{whole.unknown} chưa rõ, {whole.skipped + whole.cancelled} không gửi, trong {whole.all} lượt.",
        bold=True,
    )
    paper.gap(0.5)
    paper.table(rows, (30, 26, 14, 14, 10, 14, 16))
    for why, number in sorted(told.reasons.items(), key=lambda each: -each[1]):
        paper.put(f"- {number} lượt: {why}", size=10)
    paper.gap(0.5)
    paper.put(f"Mã băm SHA-256 của sổ lượt gửi (lượt {run}, {count} dòng, tính đến {when}):", size=10)
    paper.put(fingerprint, size=10)
    paper.put(
        f"Kiểm lại: danhoi notices verify {notice.code} --run {run} --at {at.astimezone(VIET_NAM).isoformat()}. "
        "Mã này cũng nằm trong nhật ký hệ thống. “Đã tới” là nền tảng nhắn tin đã nhận, hoặc trang chat đã mở; "
        "không phải đã đọc.",
        size=9,
    )
    return paper.done()
