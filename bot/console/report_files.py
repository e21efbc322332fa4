"""The report of a month as PDF and Word: every figure as a table, and the head of the audit that proves its days."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import FontFace

from bot.clock import VIET_NAM
from bot.paper import FAMILY, blank
from handlers.figures import Span

MARGIN, LINE = 15.0, 5.5  # millimetres
EMPTY = "Không có số liệu trong tháng."
NO_HEAD = "Nhật ký hệ thống chưa có mã chốt ngày nào trong tháng."


@dataclass(frozen=True, slots=True)
class Section:
    """One figure; its cells are text already."""

    title: str
    says: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Report:
    """One month of one commune. `head`: the hash of the audit's chain at the end of `head_day`."""

    commune: str
    span: Span
    made_at: datetime
    sections: Sequence[Section]
    head_day: date | None
    head: str

    @property
    def title(self) -> str:
        """What stands on top."""
        return f"Báo cáo tháng {self.span.since:%m/%Y}: tiếp nhận và trả lời người dân"

    @property
    def made(self) -> str:
        """Who made it, of which days, and when."""
        days = f"từ {self.span.since:%d/%m/%Y} đến {self.span.until:%d/%m/%Y}"
        return f"UBND {self.commune}, {days}. Lập lúc {self.made_at.astimezone(VIET_NAM):%H:%M %d/%m/%Y}."

    @property
    def proof(self) -> str:
        """The audit's head, to compare with."""
        if self.head_day is None:
            return NO_HEAD
        return f"Mã chốt nhật ký hệ thống ngày {self.head_day:%d/%m/%Y}: {self.head}"


def as_pdf(report: Report) -> bytes:
    """A4 across, its letters inside."""
    paper = blank(report.title, across=True, margin=MARGIN)

    def put(text: str, *, bold: bool = False, size: float = 10.5) -> None:
        paper.set_font(FAMILY, "B" if bold else "", size)
        paper.multi_cell(0, LINE, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    put(report.title, bold=True, size=15)
    paper.ln(1)
    put(report.made)
    for each in report.sections:
        paper.ln(LINE)
        put(each.title, bold=True, size=12)
        put(each.says, size=9)
        if not each.rows:
            put(EMPTY)
            continue
        paper.set_font(FAMILY, "", 8.5)
        widths = (2.4, *(1.0 for _ in each.heads[1:]))
        with paper.table(
            col_widths=widths, line_height=5, text_align="LEFT", headings_style=FontFace(emphasis="BOLD")
        ) as table:
            for cells in (each.heads, *each.rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
    paper.ln(LINE)
    put(report.proof, size=8.5)
    return bytes(paper.output())


def as_docx(report: Report) -> bytes:
    """The same as a Word file; nobody's name stands in its properties."""
    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    style = paper.styles["Normal"]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    paper.core_properties.author = paper.core_properties.last_modified_by = ""
    paper.core_properties.title = report.title
    paper.add_paragraph().add_run(report.title).bold = True
    paper.add_paragraph(report.made)
    for each in report.sections:
        paper.add_paragraph().add_run(each.title).bold = True
        paper.add_paragraph(each.says if each.rows else f"{each.says} {EMPTY}")
        if not each.rows:
            continue
        table = paper.add_table(rows=0, cols=len(each.heads))
        table.style = "Table Grid"
        for number, cells in enumerate((each.heads, *each.rows)):
            for place, text in zip(table.add_row().cells, cells, strict=True):
                run = place.paragraphs[0].add_run(text)
                run.font.size, run.bold = Pt(9), number == 0
    paper.add_paragraph(report.proof)
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()
