"""What chat and console share: Jinja2 with autoescape, static files named by what is in them, the error page."""

from __future__ import annotations

import gzip
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
FOLDERS = (HERE, HERE / "webchat", HERE / "console")  # each with templates/ and static/
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Static:
    """One file with its content hash."""

    content: bytes
    packed: bytes
    type: str
    version: str


class Site:
    """Templates and static files of the whole deployment."""

    def __init__(self) -> None:
        """Reads templates and static files once."""
        files = (file for folder in FOLDERS for file in (folder / "static").iterdir())
        self._static = {file.name: _read(file) for file in files if file.suffix in TYPES}
        self.environment = Environment(
            loader=FileSystemLoader([folder / "templates" for folder in FOLDERS]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.filters["digits"] = _digits
        self.environment.globals |= {"static": self.address, "new_id": lambda: str(uuid.uuid4())}

    def address(self, name: str) -> str:
        """Where a static file is; the address changes with the content."""
        return f"/static/{name}?v={self._static[name].version}"

    async def file(self, request: web.Request) -> web.Response:
        """A static file; kept for a year when it was asked for by its version."""
        return self.reply(request.match_info["name"], request)

    def reply(self, name: str, request: web.Request, *, cache: str = "no-cache") -> web.Response:
        """The same by name; `cache` is for whoever does not name the version."""
        found = self._static.get(name)
        if found is None:
            raise web.HTTPNotFound
        lasting = request.query.get("v") == found.version
        headers = {
            "Cache-Control": A_YEAR if lasting else cache,
            "ETag": f'"{found.version}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        if packs:
            headers["Content-Encoding"] = "gzip"
        body = found.packed if packs else found.content
        charset = None if found.type == "image/png" else "utf-8"
        return web.Response(body=body, content_type=found.type, charset=charset, headers=headers)

    def error(
        self, status: int, title: str, sentence: str, *, back: tuple[str, str] = ("/", ""), sample: bool = False
    ) -> web.Response:
        """What went wrong, in plain words, and the way back: its address and its words."""
        where, words = back
        facts = {
            "title": title,
            "sentence": sentence,
            "back": where,
            "back_words": words or "Về trang hỏi",
            "sample": sample,
        }
        return self.page("error.html", facts, status=status)

    def page(self, template: str, facts: Mapping[str, Any], *, status: int = 200) -> web.Response:
        """A page that no browser keeps."""
        text = self.environment.get_template(template).render(facts)
        headers = {"Cache-Control": "no-store"}
        page = web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=headers)
        page.enable_compression()
        return page


def _read(file: Path) -> Static:
    content = file.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Static(content, gzip.compress(content, mtime=0), TYPES[file.suffix], version)


def _digits(phone: str) -> str:
    """What a phone dials."""
    return re.sub(r"[^0-9+]", "", phone)
