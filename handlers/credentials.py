"""What proves who somebody is: passwords (argon2id), one-time codes by time (RFC 6238), recovery codes, link tokens."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from nacl.exceptions import CryptoError as CryptoError

from knowledge.vietnamese import fold

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
STEP_SECONDS = 30
CODES = 10
CODE_BYTES = 8
TOKEN_BYTES = 32
ISSUER = "Dân Hỏi"
COMMON = frozenset(
    {
        *("1234567890", "0123456789", "1111111111", "0000000000", "abcd123456", "qwertyuiop", "qwerty12345"),
        *("matkhau123", "matkhau1234", "password12", "password123", "password1234", "vietnam123", "danhoi2026"),
        *("iloveyou12", "anhyeuem12", "anhyeuem123", "toilatoi123"),
    }
)

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(TOKEN_BYTES))  # an unknown login costs the same time as a known one


@dataclass(eq=False)
class WeakPassword(Exception):
    """This password is too easy; `why` is short, long, common, same (one letter only) or login (holds the login)."""

    why: str


def hash_password(password: str, *, login: str) -> str:
    """An argon2id hash. Raises WeakPassword. Slow on purpose: call it beside the loop."""
    _refuse_weak(password, login)
    return _hasher.hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether this is the password. Slow on purpose, also for somebody unknown (`stored` None)."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def new_factor() -> str:
    """The secret of a new second factor, in base 32 as apps take it."""
    return pyotp.random_base32()


def factor_address(secret: str, *, login: str) -> str:
    """What the QR code says: an otpauth address that authenticator apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def matching_step(secret: str, code: str, *, now: datetime, after: int) -> int | None:
    """The time step of this code: now, one before or one later, and newer than `after`, so that none is used twice."""
    digits = "".join(letter for letter in code if letter.isdigit())
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    at = int(now.timestamp()) // STEP_SECONDS
    for step in (at, at - 1, at + 1):
        if step > after and secrets.compare_digest(totp.at(step * STEP_SECONDS), digits):
            return step
    return None


def new_recovery_codes() -> list[str]:
    """Ten codes to print: four groups of four hexadecimal digits, 64 random bits each."""
    return ["-".join(_groups(secrets.token_hex(CODE_BYTES))) for _ in range(CODES)]


def plain_code(typed: str) -> str:
    """A recovery code as it was printed, however it was typed."""
    return "-".join(_groups("".join(letter for letter in typed.lower() if letter.isalnum())))


def new_token() -> str:
    """For a link or a cookie: 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What stands in the table for a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _groups(digits: str) -> list[str]:
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


def _refuse_weak(password: str, login: str) -> None:
    folded = fold(password).replace(" ", "")
    faults = {
        "short": len(password) < SHORTEST_PASSWORD,
        "long": len(password) > LONGEST_PASSWORD,
        "common": folded in COMMON,
        "same": len(set(password)) < 4,
        "login": bool(login) and login.replace("-", "") in folded.replace("-", ""),
    }
    for why, found in faults.items():
        if found:
            raise WeakPassword(why)
