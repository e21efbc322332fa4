"""No secret reaches a log: by value, percent-encoded, by shape, in arguments and in tracebacks."""

from __future__ import annotations

import io
import logging
from urllib.parse import quote

import pytest

from bot.redaction import RedactingFormatter, Redactor

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
ZALO = "4242424242:kQz9-secret_of_zalo"
REFRESH = "rt-0123456789abcdefghij"


@pytest.fixture
def told() -> tuple[logging.Logger, io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(logging.Formatter("%(message)s"), Redactor((TELEGRAM, ZALO, REFRESH))))
    log = logging.Logger("test")
    log.addHandler(handler)
    return log, stream


@pytest.mark.parametrize(
    "line",
    [
        f"POST https://api.telegram.org/bot{TELEGRAM}/sendMessage",
        f"GET https://bot-api.zaloplatforms.com/bot{quote(ZALO, safe='')}/getMe",
        f"file/bot{TELEGRAM}/photos/1.jpg",
        f"the token is {ZALO}",
        f"refresh_token={REFRESH}&grant_type=refresh_token",
    ],
)
def test_our_own_secrets_are_masked(told: tuple[logging.Logger, io.StringIO], line: str) -> None:
    log, stream = told
    log.warning("%s", line)
    for secret in (TELEGRAM, ZALO, REFRESH, "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "kQz9-secret_of_zalo"):
        assert secret not in stream.getvalue() and quote(secret, safe="") not in stream.getvalue()
    assert "***" in stream.getvalue()


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("/bot987654:another-one_we-do-not-know/getMe", "another-one_we-do-not-know"),
        ("/bot987654%3Aanother-one/getMe", "another-one"),
        ("{'access_token': 'at-777777777'}", "at-777777777"),
        ('{"refresh_token":"rt-888888888"}', "rt-888888888"),
        ("secret_key: sk-999999999", "sk-999999999"),
        ("X-ZEvent-Signature: mac=abcdef0123456789", "abcdef0123456789"),
        ("'X-Bot-Api-Secret-Token': 'hook-secret-1'", "hook-secret-1"),
        ("X-Telegram-Bot-Api-Secret-Token=hook-secret-2", "hook-secret-2"),
        ("Authorization: Bearer metrics-token-3", "metrics-token-3"),
        ("GET /callback?code=one-time-code&oa_id=3", "one-time-code"),
        ("987654321:AAFx9_a-secret-standing-alone_12345", "AAFx9_a-secret-standing-alone_12345"),
    ],
)
def test_whatever_has_a_secrets_shape_is_masked(
    told: tuple[logging.Logger, io.StringIO], line: str, secret: str
) -> None:
    log, stream = told
    log.warning(line)
    assert secret not in stream.getvalue()


def test_a_traceback_is_masked_too(told: tuple[logging.Logger, io.StringIO]) -> None:
    log, stream = told
    try:
        raise ConnectionError(f"cannot reach https://api.telegram.org/bot{TELEGRAM}/getMe")
    except ConnectionError:
        log.exception("no luck")
    assert TELEGRAM not in stream.getvalue() and "ConnectionError" in stream.getvalue()


def test_plain_words_stay_as_they_are() -> None:
    line = "event 12 failed: 10:30 ngày 23/11/2026, message 7 of chat 123456789"
    assert Redactor((TELEGRAM,)).clean(line) == line
