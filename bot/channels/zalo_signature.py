"""Whether a webhook of a Zalo Official Account is genuine: sha256(app id + raw body + timestamp + OA secret key).

A plain hash of joined text, not an HMAC. The raw body is the bytes as they came. Nearly all sources put the app id
first, some working code the OA id: both are accepted.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.channels.base import Verdict, parsed

HEADER, TIME_HEADER = "X-ZEvent-Signature", "X-ZEvent-Timestamp"
OLDEST, NEWEST = timedelta(hours=3), timedelta(minutes=5)  # it repeats for an hour and more; clocks differ a little


def signature(first: str, body: bytes, timestamp: str, secret: str) -> str:
    """The hexadecimal digest for one first term."""
    return hashlib.sha256(first.encode() + body + timestamp.encode() + secret.encode()).hexdigest()


def judge(
    headers: Mapping[str, str], body: bytes, *, first_terms: tuple[str, ...], secret: str, enforce: bool, now: datetime
) -> Verdict:
    """Signature and age. Where signatures are only logged, an event without a good one is let in and counted."""
    if not body:
        return Verdict(True, "unknown")  # the console probes with an empty post
    content = parsed(body.decode("utf-8", "replace")) or {}
    stamps = {str(content.get("timestamp", "")), headers.get(TIME_HEADER, "")} - {""}
    given = headers.get(HEADER, "").strip().removeprefix("mac=").lower()
    expected = [signature(first, body, stamp, secret) for first in first_terms for stamp in stamps]
    matches = [hmac.compare_digest(given.encode("utf-8", "replace"), each.encode()) for each in expected]
    if not any(matches):
        return Verdict(not enforce, "wrong_signature" if enforce else "unsigned")
    if not is_fresh(content.get("timestamp"), now=now):
        return Verdict(False, "stale")
    return Verdict(True)


def sent_at(timestamp: object) -> datetime | None:
    """Milliseconds as digits."""
    text = str(timestamp or "")
    if not (text.isascii() and text.isdigit() and len(text) <= 14):
        return None
    return datetime.fromtimestamp(int(text) / 1000, UTC)


def is_fresh(timestamp: object, *, now: datetime) -> bool:
    """At most 3 hours behind our clock and 5 minutes ahead."""
    at = sent_at(timestamp)
    return at is not None and now - OLDEST <= at <= now + NEWEST
