"""Forms of address: the commune's own words, and only where the bot speaks of the person or of itself."""

from __future__ import annotations

import pytest

from handlers.addressing import address
from storage.communes import Commune
from storage.database import Database
from tests.conftest import NINE_O_CLOCK, THE_DAY, Citizen


def speaking(calls_citizen: str, calls_itself: str) -> Commune:
    return Commune(
        code="x",
        name="Xã",
        checked_on=THE_DAY,
        created_at=NINE_O_CLOCK,
        calls_citizen=calls_citizen,
        calls_itself=calls_itself,
    )


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("Dạ, em chưa rõ. Anh/chị gõ lại giúp em ạ.", "Dạ, trợ lý chưa rõ. Bà con gõ lại giúp trợ lý ạ."),
        ("Việc của anh/chị em chưa có quy định.", "Việc của bà con trợ lý chưa có quy định."),
        (
            "Trẻ em dưới 6 tuổi, anh em ruột, chị em, em bé, em gái",
            "Trẻ em dưới 6 tuổi, anh em ruột, chị em, em bé, em gái",
        ),
        ("Em là máy.", "Trợ lý là máy."),
        ("kiểm tra, xem, thêm", "kiểm tra, xem, thêm"),
    ],
)
def test_every_sentence_in_the_commune_s_words(said: str, heard: str) -> None:
    assert address(said, speaking("bà con", "trợ lý")) == heard
    assert address(said, speaking("anh/chị", "em")) == said


async def test_a_citizen_hears_the_words_that_the_commune_chose(
    citizen: Citizen, database: Database, commune: Commune
) -> None:
    async with database.writing() as session:
        commune.calls_citizen, commune.calls_itself = "bà con", "trợ lý"
        session.add(commune)
    first = await citizen.says("xin chào")
    assert "bà con" in first.text.lower() and "anh/chị" not in first.text.lower()
