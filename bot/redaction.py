"""No secret reaches a log: every line is masked by value and by shape, tracebacks included."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"

_SHAPES = (
    re.compile(r"(/(?:file/)?bot)[0-9]+(?::|%3A)[0-9A-Za-z_-]+", re.I),  # a bot's token in the path of an address
    re.compile(r"\b()[0-9]{6,}(?::|%3A)[0-9A-Za-z_-]{20,}", re.I),
    re.compile(
        r"((?:access_token|refresh_token|secret_key|app_secret|code_verifier|secret_token|x-zevent-signature|"
        r"x-bot-api-secret-token|x-telegram-bot-api-secret-token|authorization)[\"']?\s*[:=]\s*[\"']?(?:mac=|bearer )?)"
        r"[^\s\"'&,;}<>]+",
        re.I,
    ),
    re.compile(r"([?&]code=)[^\s\"'&]+"),
)


class Redactor:
    """Masks the secrets that it was told, as they are or percent-encoded, and whatever has a secret's shape."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Values shorter than 6 characters are left to the shapes: they would mask common words."""
        values = {form for one in secrets if len(one) >= 6 for form in (one, quote(one, safe=""))}
        self._values = re.compile("|".join(re.escape(one) for one in sorted(values, key=len, reverse=True)) or r"(?!)")

    def clean(self, text: str) -> str:
        """The text without any of them."""
        masked = self._values.sub(MASK, text)
        for shape in _SHAPES:
            masked = shape.sub(rf"\1{MASK}", masked)
        return masked


class RedactingFormatter(logging.Formatter):
    """Formats as its pattern says and masks the whole line, so that no argument and no traceback slips by."""

    def __init__(self, inner: logging.Formatter | None, redactor: Redactor) -> None:
        """`inner` is what the handler had before."""
        super().__init__()
        self._inner, self._redactor = inner or logging.Formatter(), redactor

    def format(self, record: logging.LogRecord) -> str:
        """The masked line."""
        return self._redactor.clean(self._inner.format(record))


def install(secrets: Iterable[str]) -> None:
    """On every handler of the root logger; libraries that write addresses into the log are quietened."""
    redactor = Redactor(secrets)
    for handler in logging.getLogger().handlers:
        inner = handler.formatter
        handler.setFormatter(
            RedactingFormatter(inner._inner if isinstance(inner, RedactingFormatter) else inner, redactor)
        )
    for noisy in ("httpx", "httpcore", "telegram"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
