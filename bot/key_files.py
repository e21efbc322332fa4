"""The holder's side of the seal, on their own machine: the key file, and opening a package. No database, no network."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey
from nacl.secret import SecretBox
from nacl.utils import random

from bot.errors import EdgeError
from storage.sealing import fingerprint, open_share, public_of, unlock

KEY_FILE, PACKAGE = "danhoi_seal_key", "danhoi_sealed"
VERSION = 1
SHORTEST_PASSPHRASE = 12
OPS, MEMORY = pwhash.argon2id.OPSLIMIT_MODERATE, pwhash.argon2id.MEMLIMIT_MODERATE  # 3 passes over 256 MiB


@dataclass(eq=False)
class KeyTrouble(EdgeError):
    """A key file or a package cannot be used; `problem` is a sentence for the holder."""

    problem: str

    def __str__(self) -> str:
        """For the holder."""
        return self.problem


@dataclass(frozen=True, slots=True)
class Text:
    """One opened text of a package. `words` is None where these holders have no share of it together."""

    number: int
    day: str
    words: str | None


def new_key(passphrase: str) -> tuple[bytes, dict[str, Any]]:
    """A fresh pair: the public key (32 bytes), and what the file holds, the private key under the passphrase."""
    private = bytes(PrivateKey.generate())
    salt = random(pwhash.argon2id.SALTBYTES)
    locked = SecretBox(_stretched(passphrase, salt, OPS, MEMORY)).encrypt(private)
    content = {
        KEY_FILE: VERSION,
        "public": _text(public_of(private)),
        "salt": _text(salt),
        "passes": OPS,
        "memory": MEMORY,
        "locked": _text(bytes(locked)),
    }
    return public_of(private), content


def write_new(file: Path, content: dict[str, Any]) -> None:
    """Write a file that only its owner reads; one that is there stays. Raises KeyTrouble."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as there:
        raise KeyTrouble(f"Tệp {file} đã có, không ghi đè. Chọn tên khác.") from there
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(content, opened, ensure_ascii=False, indent=1)


def private_key(file: Path, passphrase: str) -> bytes:
    """The private key of a file. Raises KeyTrouble: not a key file, or another passphrase."""
    content = _read(file, KEY_FILE, "tệp khóa niêm phong")
    try:
        stretched = _stretched(passphrase, _bytes(content["salt"]), int(content["passes"]), int(content["memory"]))
        return bytes(SecretBox(stretched).decrypt(_bytes(content["locked"])))
    except CryptoError as wrong:
        raise KeyTrouble(f"Câu mật khẩu của {file.name} chưa đúng.") from wrong
    except (KeyError, TypeError, ValueError) as damaged:
        raise KeyTrouble(f"Tệp khóa {file.name} bị hỏng.") from damaged


def read_package(file: Path) -> dict[str, Any]:
    """A package as the console gives it, opened half-way or not. Raises KeyTrouble."""
    return _read(file, PACKAGE, "gói niêm phong")


def take_part(package: dict[str, Any], private: bytes) -> int:
    """Open this holder's halves inside the package; gives how many there are. Alone they say nothing."""
    me, opened = fingerprint(public_of(private)), 0
    for text in package["texts"]:
        for share in text["shares"]:
            if share["holder"] == me:
                half = open_share(_bytes(share["box"]), private)
                if half is not None:
                    share["half"], opened = _text(half), opened + 1
    return opened


def texts(package: dict[str, Any]) -> list[Text]:
    """What can be read with the halves that are open."""
    return [Text(int(one["number"]), str(one["day"]), _words(one)) for one in package["texts"]]


def _words(text: dict[str, Any]) -> str | None:
    halves = {(one["holder"], one["other"]): _bytes(one["half"]) for one in text["shares"] if "half" in one}
    for (holder, other), half in halves.items():
        if (other, holder) in halves:
            return unlock(_bytes(text["locked"]), half, halves[other, holder])
    return None


def _stretched(passphrase: str, salt: bytes, passes: int, memory: int) -> bytes:
    return bytes(pwhash.argon2id.kdf(SecretBox.KEY_SIZE, passphrase.encode(), salt, opslimit=passes, memlimit=memory))


def _read(file: Path, mark: str, what: str) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as unreadable:
        raise KeyTrouble(f"Không đọc được {file}.") from unreadable
    if not isinstance(content, dict) or content.get(mark) != VERSION:
        raise KeyTrouble(f"{file.name} không phải {what}.")
    return content


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
