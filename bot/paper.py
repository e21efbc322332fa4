"""An empty PDF page with Vietnamese letters in it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from fpdf import FPDF

FAMILY = "letters"
MARGIN, LINE = 20.0, 6.5  # millimetres
STYLES: dict[Literal["", "B"], str] = {"": "Regular", "B": "Bold"}


def blank(title: str, *, across: bool = False, margin: float = MARGIN) -> FPDF:
    """A4, upright or across, margin in millimetres, with its first page; the letters go into the file."""
    paper = FPDF(orientation="landscape" if across else "portrait", format="A4")
    paper.set_margins(margin, margin, margin)
    paper.set_auto_page_break(True, margin)
    paper.set_title(title)
    paper.set_lang("vi")
    for style, weight in STYLES.items():
        paper.add_font(FAMILY, style, letters(weight))
    paper.add_page()
    return paper


def letters(weight: str) -> Path:
    """Be Vietnam Pro (OFL-1.1): one file a weight, so that no page waits for a weight to be worked out."""
    return Path(str(files("fontpkg_be_vietnam_pro") / "files" / f"BeVietnamPro-{weight}.ttf"))
