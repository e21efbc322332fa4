"""A text of ours or made of a citizen's own words, as it may stand in a body and be quoted on every channel."""

from __future__ import annotations

import json

KEY = "danhoi_words"  # no channel's own events have it


def as_body(text: str) -> str:
    """The text as the vault keeps it."""
    return json.dumps({KEY: text}, ensure_ascii=False)


def words_in(raw: str) -> str | None:
    """The text of such a body; None for what a channel gave."""
    if not raw.startswith(f'{{"{KEY}"'):
        return None
    try:
        content = json.loads(raw)
    except ValueError:
        return None
    return str(content[KEY]) if isinstance(content, dict) and set(content) == {KEY} else None
