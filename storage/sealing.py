"""Sealing a text so that any two holders of keys open it together and one alone learns nothing (libsodium).

The text lies under a fresh key that is kept nowhere. For every pair of holders that key is split into two random
shares, of which each holder of the pair gets one in a box sealed to their public key. Losing the keys of some holders
loses nothing as long as two are left.
"""

from __future__ import annotations

from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations

from nacl.bindings.utils import sodium_pad, sodium_unpad
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.secret import SecretBox
from nacl.utils import random

from storage.errors import StorageError

MARK = "dhseal1"  # begins every public key that people copy
BLOCK = 256  # bytes; what is sealed is padded to a multiple, so that its length tells little
FEWEST, MOST = 2, 12  # holders; the pairs of twelve fill 11 kB for each text


class TooFewHolders(StorageError):
    """Two different keys are needed at least."""


class BadKey(StorageError):
    """These letters are no public key of a holder, or were copied wrongly."""


@dataclass(frozen=True, slots=True)
class Share:
    """One holder's half of the key, as their pair with another holder has it. `box` is sealed to the holder."""

    holder: int
    other: int
    box: bytes


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text that no single holder reads: what is locked, and the shares of every pair, two of each."""

    ciphertext: bytes
    shares: tuple[Share, ...]


def seal(text: str, keys: Mapping[int, bytes]) -> Sealed:
    """Lock a text to the public keys (32 bytes each) of these holders. Raises TooFewHolders."""
    if not FEWEST <= len(set(keys.values())) == len(keys) <= MOST:
        raise TooFewHolders
    key = random(SecretBox.KEY_SIZE)
    shares: list[Share] = []
    for one, other in combinations(sorted(keys), 2):
        half = random(SecretBox.KEY_SIZE)
        shares.append(Share(one, other, _boxed(half, keys[one])))
        shares.append(Share(other, one, _boxed(_xor(key, half), keys[other])))
    locked = SecretBox(key).encrypt(sodium_pad(text.encode(), BLOCK))
    return Sealed(bytes(locked), tuple(shares))


def open_share(box: bytes, private_key: bytes) -> bytes | None:
    """The half in a box; None where the box is somebody else's."""
    try:
        return SealedBox(PrivateKey(private_key)).decrypt(box)
    except CryptoError:
        return None


def unlock(ciphertext: bytes, half: bytes, other_half: bytes) -> str | None:
    """The text again, from both halves of one pair; None where they do not belong together."""
    try:
        return sodium_unpad(SecretBox(_xor(half, other_half)).decrypt(ciphertext), BLOCK).decode()
    except CryptoError:
        return None


def seal_to(text: str, public_key: bytes) -> bytes:
    """A text that only the owner of one key reads: an answer in a mailbox."""
    return _boxed(sodium_pad(text.encode(), BLOCK), public_key)


def unseal(box: bytes, private_key: bytes) -> str | None:
    """The text of `seal_to`; None where it is somebody else's."""
    padded = open_share(box, private_key)
    return None if padded is None else sodium_unpad(padded, BLOCK).decode()


def public_of(private_key: bytes) -> bytes:
    """The public key (32 bytes) that belongs to a private one."""
    return bytes(PrivateKey(private_key).public_key)


def write_key(public_key: bytes) -> str:
    """A public key as people copy it: letters and digits, with a check against slips."""
    return MARK + b32encode(public_key + _check(public_key)).decode().rstrip("=").lower()


def read_key(written: str) -> bytes:
    """A public key out of what was pasted. Raises BadKey."""
    plain = "".join(written.split()).replace("-", "").lower()
    try:
        raw = b32decode(plain.removeprefix(MARK).upper() + "=" * (-len(plain.removeprefix(MARK)) % 8))
    except ValueError as slip:
        raise BadKey from slip
    key, check = raw[:32], raw[32:]
    if not plain.startswith(MARK) or len(key) != PublicKey.SIZE or check != _check(key):
        raise BadKey
    return key


def fingerprint(public_key: bytes) -> str:
    """Sixteen letters by which people tell keys apart."""
    return blake2b(public_key, digest_size=8).hexdigest()


def _check(public_key: bytes) -> bytes:
    return blake2b(public_key, digest_size=3, person=b"danhoi seal").digest()


def _boxed(secret: bytes, public_key: bytes) -> bytes:
    return bytes(SealedBox(PublicKey(public_key)).encrypt(secret))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
