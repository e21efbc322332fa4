"""The HTML pages and their static files: Jinja2 with autoescape, files named by what is in them."""

from __future__ import annotations

import gzip
import hashlib
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.channels.webchat import LONGEST_TEXT
from bot.webchat.conversation import Option, Said, Told, clock_time
from handlers.welcome import PRIVACY
from knowledge.vietnamese import fold
from storage.communes import Commune

HERE = Path(__file__).parent
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
A_YEAR = "public, max-age=31536000, immutable"
SEARCHABLE = 8  # more communes than this get a search box

# What a newcomer can press instead of typing; said as if typed.
STARTERS = (
    Option("Làm giấy khai sinh cho con cần gì?", aside=False),
    Option("Mua bảo hiểm y tế hộ gia đình ở đâu?", aside=False),
    Option("Giá đất tra ở đâu?", aside=False),
    Option("Tôi muốn gửi phản ánh", aside=False),
    Option("Xem danh mục", aside=True),
    Option("Gặp cán bộ", aside=True),
    Option("Dữ liệu của tôi", aside=True),
)


@dataclass(frozen=True, slots=True)
class Static:
    """One file with its content hash."""

    content: bytes
    packed: bytes
    type: str
    version: str


class Pages:
    """Every page of the web chat."""

    def __init__(self) -> None:
        """Reads templates and static files once."""
        self._static = {file.name: _read(file) for file in (HERE / "static").iterdir() if file.suffix in TYPES}
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"clock": clock_time, "digits": _digits}
        self._environment.globals |= {"static": self.address, "new_id": lambda: str(uuid.uuid4())}

    def address(self, name: str) -> str:
        """Where a static file is; the address changes with the content."""
        return f"/static/{name}?v={self._static[name].version}"

    def file(self, request: web.Request) -> web.Response:
        """A static file; kept for a year when it was asked for by its version."""
        found = self._static.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        lasting = request.query.get("v") == found.version
        headers = {
            "Cache-Control": A_YEAR if lasting else "no-cache",
            "ETag": f'"{found.version}"',
            "Vary": "Accept-Encoding",
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        packs = "gzip" in request.headers.get("Accept-Encoding", "")
        if packs:
            headers["Content-Encoding"] = "gzip"
        body = found.packed if packs else found.content
        return web.Response(body=body, content_type=found.type, charset="utf-8", headers=headers)

    def chat(
        self,
        commune: Commune,
        messages: Sequence[Said | Told],
        *,
        status: int = 200,
        notice: str = "",
        trouble: str = "",
        kept: str = "",
    ) -> web.Response:
        """The commune's chat. `kept` is what was typed and could not be taken, `trouble` says why."""
        facts = {
            "commune": commune,
            "messages": messages,
            "waiting": any(isinstance(one, Said) and one.waiting for one in messages),
            "last_id": max((one.id for one in messages if isinstance(one, Told)), default=0),
            "starters": STARTERS,
            "privacy": PRIVACY,
            "longest": LONGEST_TEXT,
            "notice": notice,
            "trouble": trouble,
            "kept": kept,
        }
        return self._page("chat.html", facts, status=status)

    def chooser(self, communes: Sequence[Commune], q: str) -> web.Response:
        """Which commune, where there are several."""
        wanted = fold(q).strip()
        facts = {
            "communes": [one for one in communes if wanted in fold(f"{one.name} {one.province}")],
            "sample": any(one.is_sample for one in communes),
            "searchable": len(communes) > SEARCHABLE or bool(q),
            "q": q,
        }
        return self._page("chooser.html", facts)

    def error(self, status: int, title: str, sentence: str, *, back: str = "/", sample: bool = False) -> web.Response:
        """What went wrong, in plain words, and the way back."""
        facts = {"title": title, "sentence": sentence, "back": back, "sample": sample}
        return self._page("error.html", facts, status=status)

    def _page(self, template: str, facts: Mapping[str, Any], *, status: int = 200) -> web.Response:
        text = self._environment.get_template(template).render(facts)
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
