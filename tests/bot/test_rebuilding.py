"""Content changes while the bot serves: people are answered meanwhile, then it answers; faults change nothing."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from bot.assembly import Parts
from bot.rebuilding import Rebuilder
from knowledge.base import CONTENT
from tests.conftest import Citizen

NEW = "tthc.quay-phim"


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the procedures, free to be changed."""
    folder = tmp_path / "content"
    shutil.copytree(CONTENT / "entries" / "tthc", folder / "entries" / "tthc")
    for table in (*CONTENT.glob("*.csv"), *CONTENT.glob("*.yaml")):
        shutil.copy(table, folder)
    return folder


def publish(content: Path) -> None:
    """An entry that was not there before."""
    born = (content / "entries" / "tthc" / "tthc.tach-ho.yaml").read_text("utf-8")
    head, _, _ = born.partition("\nvariants:")
    text = head.replace("id: tthc.tach-ho", f"id: {NEW}").replace("title: Tách hộ", "title: Quay phim ở trụ sở xã")
    asked = (
        "xã có cho quay phim không",
        "vào trụ sở quay phim chụp ảnh được không",
        "xin quay phim trong trụ sở ở đâu",
    )
    (content / "entries" / "tthc" / f"{NEW}.yaml").write_text(
        text + "\nvariants:\n" + "".join(f"- {variant}\n" for variant in asked), "utf-8"
    )


async def test_people_are_answered_while_the_new_entry_is_learnt(parts: Parts, content: Path, citizen: Citizen) -> None:
    rebuilder = Rebuilder(parts, content=content)
    assert not await rebuilder.look()
    publish(content)
    learning = asyncio.create_task(rebuilder.look())
    heard = await citizen.says("đăng ký khai sinh cho con ở đâu")
    assert heard.topic == "tthc.dang-ky-khai-sinh" and not learning.done()
    assert await learning
    heard = await citizen.says("xin vào trụ sở xã quay phim được không")
    assert heard.topic == NEW
    assert not await rebuilder.look()


async def test_faulty_content_is_refused_and_the_old_answers_on(
    parts: Parts, content: Path, citizen: Citizen, caplog: pytest.LogCaptureFixture
) -> None:
    rebuilder = Rebuilder(parts, content=content)
    file = content / "entries" / "tthc" / "tthc.tach-ho.yaml"
    file.write_text(file.read_text("utf-8").replace("papi:", "papy:"), "utf-8")
    before = parts.knowledge
    assert not await rebuilder.look()
    assert parts.knowledge is before and "tthc.tach-ho.yaml" in caplog.text
    heard = await citizen.says("tách hộ khẩu cần giấy gì")
    assert heard.topic == "tthc.tach-ho"
