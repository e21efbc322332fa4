"""Petitions and letters as Word and PDF files, made in memory: the national heading, the lines, room for the pen."""

from __future__ import annotations

import io
from collections.abc import Callable

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from fpdf.enums import Align, XPos, YPos

from bot.paper import FAMILY, LINE, MARGIN, blank
from handlers.petition import Draft

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
PLACE_AND_DAY = "................, ngày ...... tháng ...... năm ......"
ROWS_FOR_THE_PEN = 2

MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def as_docx(draft: Draft) -> bytes:
    """The paper as a Word file; nobody's name stands in its properties."""
    paper = Document()
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(MARGIN)
    style = paper.styles["Normal"]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size = "Times New Roman", Pt(13)
    paper.core_properties.author = paper.core_properties.last_modified_by = ""
    paper.core_properties.title = draft.title

    def put(text: str, *, align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT, bold: bool = False) -> None:
        paragraph = paper.add_paragraph()
        paragraph.alignment = align
        paragraph.add_run(text).bold = bold

    middle, right = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
    put(f"{NATION}\n{MOTTO}", align=middle, bold=True)
    put(PLACE_AND_DAY, align=right)
    put(draft.title, align=middle, bold=True)
    put(f"Kính gửi: {draft.to or _dots(50)}", align=middle)
    for label, words in draft.lines:
        paragraph = paper.add_paragraph()
        paragraph.add_run(f"{label}: ").bold = True
        paragraph.add_run(words or _dots(60))
    if draft.pledge:
        put(draft.pledge)
    put(f"{draft.signs}\n{draft.pen}\n\n\n", align=right)
    paper.add_paragraph().add_run(draft.note).font.size = Pt(9)
    held = io.BytesIO()
    paper.save(held)
    return held.getvalue()


def as_pdf(draft: Draft) -> bytes:
    """The same as a PDF file, its letters inside."""
    paper = blank(draft.title)

    def put(text: str, *, align: Align = Align.L, bold: bool = False, size: float = 11.5) -> None:
        paper.set_font(FAMILY, "B" if bold else "", size)
        paper.multi_cell(0, LINE, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    put(f"{NATION}\n{MOTTO}", align=Align.C, bold=True)
    paper.ln(LINE)
    put(PLACE_AND_DAY, align=Align.R)
    paper.ln(LINE)
    put(draft.title, align=Align.C, bold=True, size=14)
    put(f"Kính gửi: {draft.to or _dots(50)}", align=Align.C)
    paper.ln(LINE / 2)
    for label, words in draft.lines:
        put(f"{label}:", bold=True)
        put(words or "\n".join([_dots(int(paper.epw / paper.get_string_width(".")) - 2)] * ROWS_FOR_THE_PEN))
    paper.ln(LINE / 2)
    if draft.pledge:
        put(draft.pledge)
    put(f"{draft.signs}\n{draft.pen}", align=Align.R)
    paper.ln(LINE * 4)
    put(draft.note, size=8)
    return bytes(paper.output())


FORMS: dict[str, Callable[[Draft], bytes]] = {"docx": as_docx, "pdf": as_pdf}


def _dots(count: int) -> str:
    return "." * count
