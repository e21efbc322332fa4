"""Any two of N open a text, one learns nothing, and losing all but two loses nothing."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from storage.sealing import (
    BadKey,
    Sealed,
    TooFewHolders,
    open_share,
    public_of,
    read_key,
    seal,
    seal_to,
    unlock,
    unseal,
    write_key,
)

STORY = "ông chủ tịch nhận 50 triệu của bà Tư ở ấp Đông"


def pairs(count: int) -> dict[int, bytes]:
    """Private keys of so many holders."""
    return {number: bytes(PrivateKey.generate()) for number in range(1, count + 1)}


def public(keys: dict[int, bytes]) -> dict[int, bytes]:
    return {number: public_of(key) for number, key in keys.items()}


def opened_by(sealed: Sealed, keys: dict[int, bytes]) -> list[str]:
    """Every text that these holders get when they put together whatever any of their keys opens."""
    halves = [half for share in sealed.shares for key in keys.values() if (half := open_share(share.box, key))]
    found = [unlock(sealed.ciphertext, one, other) for one in halves for other in halves]
    return [text for text in found if text is not None]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_any_two_open_it_and_one_cannot(count: int) -> None:
    keys = pairs(count)
    sealed = seal(STORY, public(keys))
    for one in keys:
        assert opened_by(sealed, {one: keys[one]}) == []
    for first, second in combinations(keys, 2):
        assert set(opened_by(sealed, {first: keys[first], second: keys[second]})) == {STORY}


def test_losing_one_of_three_loses_nothing() -> None:
    keys = pairs(3)
    sealed = seal(STORY, public(keys))
    for lost in keys:
        left = {number: key for number, key in keys.items() if number != lost}
        assert set(opened_by(sealed, left)) == {STORY}


def test_a_later_holder_opens_nothing_of_before() -> None:
    keys = pairs(2)
    sealed = seal(STORY, public(keys))
    newcomers = {number + 10: key for number, key in pairs(2).items()}
    assert opened_by(sealed, newcomers) == []
    assert opened_by(sealed, {1: keys[1], **newcomers}) == []


def test_two_sealings_share_nothing() -> None:
    keys = pairs(2)
    one, other = seal(STORY, public(keys)), seal(STORY, public(keys))
    assert one.ciphertext != other.ciphertext
    assert {share.box for share in one.shares}.isdisjoint(share.box for share in other.shares)


def test_one_holder_or_the_same_key_twice_is_refused() -> None:
    keys = public(pairs(1))
    for few in ({}, keys, {1: keys[1], 2: keys[1]}):
        with pytest.raises(TooFewHolders):
            seal(STORY, few)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=2_000))
def test_whatever_was_told_comes_back_and_its_length_tells_little(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    keys = pairs(2)
    sealed = seal(text, public(keys))
    assert set(opened_by(sealed, keys)) == {text}
    assert (len(sealed.ciphertext) - 40) % 256 == 0


def test_a_pasted_key_is_read_through_blanks_and_refused_after_a_slip() -> None:
    key = public_of(bytes(PrivateKey.generate()))
    written = write_key(key)
    assert read_key(f" {written[:20]}\n{written[20:].upper()} ") == key
    other = "a" if written[30] != "a" else "b"
    for slip in (written[:-1], written[:30] + other + written[31:], "dhseal1", "", "xin chào", written + "a"):
        with pytest.raises(BadKey):
            read_key(slip)


def test_an_answer_is_for_its_mailbox_alone() -> None:
    mine, other = bytes(PrivateKey.generate()), bytes(PrivateKey.generate())
    box = seal_to(STORY, public_of(mine))
    assert unseal(box, mine) == STORY and unseal(box, other) is None
