"""What a file really is, by its content and never by its name; a photo is written anew and keeps only its picture.

Taken: JPEG, PNG and WEBP photos of at most 50 million pixels, and PDF without anything that acts; each at most 10 MB.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from bot.files.errors import FileRefused

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2_560  # pixels of a photo as it is kept: a number plate stays readable
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_OBJECTS = 20_000
MOST_PAGES = 200
# Keys and values by which a PDF acts when it is opened, or carries something else inside.
ACTIVE = frozenset(
    (
        *("/JS", "/JavaScript", "/Launch", "/AA", "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/XFA"),
        *("/RichMedia", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Sound", "/Movie", "/3D"),
    )
)

Place = tuple[float, float]  # latitude and longitude


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept, as it is kept. `place`: latitude and longitude that stood in the photo, if any."""

    kind: str
    media_type: str
    content: bytes
    place: Place | None = None


def examine(content: bytes) -> Examined:
    """Look into a file; slow, so not in the loop. Raises FileRefused."""
    if not content:
        raise FileRefused("empty")
    if len(content) > LARGEST:
        raise FileRefused("size")
    if content.startswith(b"%PDF-"):
        return _pdf(content)
    return _photo(content)


def _photo(content: bytes) -> Examined:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            with Image.open(io.BytesIO(content), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise FileRefused("pixels")
                place = _place(found)
                found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                picture = _flat(ImageOps.exif_transpose(found))
    except UnidentifiedImageError:
        raise FileRefused("type") from None
    except Image.DecompressionBombError:
        raise FileRefused("pixels") from None
    except (OSError, ValueError, SyntaxError, EOFError, TypeError) as fault:
        raise FileRefused("damaged") from fault
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=QUALITY, optimize=True)
    return Examined("image", "image/jpeg", written.getvalue(), place)


def _flat(picture: Image.Image) -> Image.Image:
    """Only the pixels, in colours that every browser knows, on white where it was transparent."""
    seen = picture.convert("RGBA")
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return flat


def _place(picture: Image.Image) -> Place | None:
    """Where a photo says that it was taken; a place that makes no sense is none."""
    try:
        told = picture.getexif().get_ifd(0x8825)
        north = _degrees(told[2]) * (-1 if told[1] == "S" else 1)
        east = _degrees(told[4]) * (-1 if told[3] == "W" else 1)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, SyntaxError, OSError):
        return None
    return (north, east) if -90 <= north <= 90 and -180 <= east <= 180 and (north, east) != (0, 0) else None


def _degrees(parts: Any) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    return degrees + minutes / 60 + seconds / 3600


def _pdf(content: bytes) -> Examined:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise FileRefused("locked")
        if len(reader.pages) > MOST_PAGES or not reader.pages:
            raise FileRefused("damaged")
        for name in _names(reader):
            if name in ACTIVE:
                raise FileRefused("active")
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError) as fault:
        raise FileRefused("damaged") from fault
    return Examined("pdf", "application/pdf", content)


def _names(reader: PdfReader) -> Iterator[str]:
    """Every name in every object, whether or not a page leads there, packed and written in escapes or not."""
    ids = {(number, generation) for generation, table in reader.xref.items() for number in table}
    ids |= {(number, 0) for number in reader.xref_objStm}
    if len(ids) > MOST_OBJECTS:
        raise FileRefused("damaged")
    yield from _in(reader.trailer)
    for number, generation in sorted(ids):
        yield from _in(reader.get_object(IndirectObject(number, generation, reader)))


def _in(top: Any) -> Iterator[str]:
    """Names in one object; what it refers to is looked at as an object of its own."""
    waiting = [top]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield from map(str, one)
            waiting.extend(dict.values(one))
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))
        elif isinstance(one, NameObject):
            yield str(one)
