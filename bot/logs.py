"""The log of this process: when, how grave, by whom, what; whatever points at a person is masked on the way out."""

from __future__ import annotations

import logging
import sys
from typing import Any

from knowledge.masking import mask


class Masked(logging.Formatter):
    """Masks the message and the traceback, not the time before them."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line, with its message masked."""
        record.message = mask(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """The traceback: an error may quote what it choked on."""
        return mask(super().formatException(ei))


def begin() -> None:
    """Log to standard error from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
