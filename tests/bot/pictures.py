"""Photos and documents for tests, made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript


def a_photo(size: tuple[int, int] = (640, 480), *, form: str = "JPEG") -> bytes:
    """A photo that says where and with what it was taken."""
    told = Image.Exif()
    told[0x010F] = "SecretCam"
    place = told.get_ifd(0x8825)
    place.update({1: "N", 2: (21.0, 2.0, 3.0), 3: "E", 4: (105.0, 50.0, 0.0)})
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, form, exif=told)
    return written.getvalue()


def a_pdf(change: Callable[[PdfWriter], object] = lambda _writer: None) -> bytes:
    """A document of one empty page."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def with_a_script(writer: PdfWriter) -> None:
    """It does something as soon as it is opened."""
    writer.add_open_action(JavaScript("app.alert(1)"))
