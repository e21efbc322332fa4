"""Promise 6: the words stand in one place, encrypted; dropping the key leaves nothing to read, not even in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage import bodies
from storage.bodies import ERASED, Vault
from storage.communes import Commune
from storage.database import Database
from storage.errors import BodyUnreadable
from tests.conftest import NINE_O_CLOCK

WORDS = "chú Ba Hoàng ở ấp Bến Đò kể chuyện riêng"


async def put(database: Database, vault: Vault, commune: Commune) -> int:
    async with database.writing() as session:
        body = await vault.put(session, commune_id=commune.id or 0, text=WORDS, at=NINE_O_CLOCK)
    assert body.id is not None
    return body.id


async def read(database: Database, vault: Vault, commune_id: int, body_id: int) -> dict[int, str]:
    async with database.reading() as session:
        return await vault.read(session, commune_id=commune_id, body_ids=[body_id])


async def test_words_come_back_and_are_not_in_the_file(
    database: Database, vault: Vault, commune: Commune, tmp_path: Path
) -> None:
    body_id = await put(database, vault, commune)
    assert await read(database, vault, commune.id or 0, body_id) == {body_id: WORDS}
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("danhoi.db*"))  # noqa: ASYNC240
    assert "Bến Đò".encode() not in stored and "Bến Đò".encode("utf-16-le") not in stored


async def test_erased_words_are_gone(database: Database, vault: Vault, commune: Commune) -> None:
    body_id = await put(database, vault, commune)
    async with database.writing() as session:
        await bodies.erase(session, commune_id=commune.id or 0, body_ids=[body_id])
    assert await read(database, vault, commune.id or 0, body_id) == {body_id: ERASED}


async def test_another_commune_reads_and_erases_nothing(database: Database, vault: Vault, commune: Commune) -> None:
    body_id, other = await put(database, vault, commune), (commune.id or 0) + 1
    assert await read(database, vault, other, body_id) == {}
    async with database.writing() as session:
        await bodies.erase(session, commune_id=other, body_ids=[body_id])
    assert await read(database, vault, commune.id or 0, body_id) == {body_id: WORDS}


async def test_another_key_opens_nothing(database: Database, vault: Vault, commune: Commune) -> None:
    body_id = await put(database, vault, commune)
    with pytest.raises(BodyUnreadable, match=str(body_id)):
        await read(database, Vault(bytes(32)), commune.id or 0, body_id)
