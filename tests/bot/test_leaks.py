"""Promise 6, searched for: a marked identity and a marked story, told on every channel, stand nowhere to be read."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from nacl.secret import SecretBox
from sqlalchemy import select as select_rows

from bot.channels.telegram import TelegramBot
from bot.channels.zalo_bot import ZaloBot
from bot.channels.zalo_oa import ZaloOa
from bot.console.routes import routes
from bot.site import Site
from handlers.permissions import Role
from knowledge.vietnamese import fold
from storage import communes, mailboxes
from storage.bodies import Vault
from storage.cases import Case
from storage.mailboxes import Mailbox
from storage.tables import METADATA
from tests.bot.console import hire, seat
from tests.bot.drivers import Driver, PlatformDriver, driving
from tests.bot.running import Serves
from tests.conftest import THE_DAY
from tests.sealed import appoint, read_together

CHANNELS = ("webchat", "terminal", "telegram", "zalo_bot", "zalo_oa")
NAME, PHONE = "Quách Thị Lạc Hồng", "0987 123 654"
STORY, MORE = "nuốt trọn bảy mươi bảy bao xi măng", "chở đêm bằng ghe ông Sáu Kèo"
TOLD = f"tôi tố cáo kế toán xã {STORY} của công trình. Tôi tên {NAME}, số {PHONE}"
HIDDEN = "mười hai bóng mới còn nằm trong kho riêng"
REPORTED = f"đèn đường ngõ 5 hỏng từ hôm qua, {HIDDEN}. Tôi tên {NAME}, số {PHONE}"
LOOKED_FOR = (NAME, "Lạc Hồng", PHONE, STORY, "bảy mươi bảy bao", MORE, "Sáu Kèo")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform in (TelegramBot, ZaloBot, ZaloOa):
        monkeypatch.setattr(platform, "limits", replace(platform.limits, chat_gap=0.02))


@pytest.fixture
def dropped(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """Every data key and text that was ever written, as it stood in the table: (key, text)."""
    written: list[tuple[bytes, bytes]] = []
    locked = Vault.locked

    def remember(vault: Vault, **named: Any) -> Any:
        body = locked(vault, **named)
        written.append((body.wrapped_key or b"", body.ciphertext or b""))
        return body

    monkeypatch.setattr(Vault, "locked", remember)
    return written


@pytest.fixture
async def someone(request: pytest.FixtureRequest, serves: Serves) -> AsyncIterator[Any]:
    async with driving(request.param, serves) as driver:
        yield driver


@pytest.mark.parametrize("someone", CHANNELS, indirect=True)
async def test_told_on_any_channel_it_is_read_by_two_holders_and_nobody_else(
    someone: Driver, dropped: list[tuple[bytes, bytes]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    parts = someone.served.parts
    commune = await communes_only(someone)
    now = parts.clock.now()
    names = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")
    holders = await appoint(parts.database, commune, names=names, now=now, today=THE_DAY)

    assert "đã niêm phong" in (await someone.says(TOLD))[-1].text
    given = (await someone.says("2"))[-1].text
    phrase = given.split("chép ra giấy:\n")[1].split("\n")[0]
    await someone.says(f"{MORE}, em là {NAME}")
    shown = await someone.says("xong")
    assert "2 phần đã niêm phong" in shown[-1].text

    first, second = await read_together(parts.database, holders[0], holders[2])
    assert STORY in first and MORE in second and "Lạc Hồng" not in first + second and "987" not in first
    assert len(await read_together(parts.database, holders[1], holders[2])) == 2, "losing the first loses nothing"
    for one in holders:
        assert await read_together(parts.database, one) == []

    async with parts.database.writing() as session:
        box = (await mailboxes.open_ones(session, commune_id=commune.id or 0))[0]
        await mailboxes.answer(session, box, officer_id=holders[0].officer.id or 0, text=f"Về {STORY}", at=now)
    answered = await someone.says(f"hộp thư {phrase}")
    assert STORY in answered[-1].text, ("the person reads what was answered", phrase, given)
    await someone.says("Đóng hộp thư")

    await asyncio.sleep(1)
    places = {
        **await pages(someone, commune),
        **files(tmp_path),
        "rows": json.dumps(await rows(someone), ensure_ascii=False, default=str).encode(),
        "log": caplog.text.encode(),
        "names": "\n".join(all_names(tmp_path)).encode(),
    }
    assert len(places) > 20 and all(places[name] for name in ("rows", "log", "names", "danhoi.db", "backup"))
    found = {(name, words) for name, raw in places.items() for words in forms((*LOOKED_FOR, phrase)) if words in raw}
    assert found == set()
    assert readable_with_our_key(places, dropped, parts.vault) == []


@pytest.mark.parametrize("someone", ("webchat", "zalo_oa"), indirect=True)
async def test_a_report_that_an_officer_calls_a_denunciation_stands_nowhere_any_more(
    someone: Driver, dropped: list[tuple[bytes, bytes]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)  # as served; the masked question passed the driver while it was any report
    parts, server = someone.served.parts, someone.served.server
    commune = await communes_only(someone)
    names = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")
    holders = await appoint(parts.database, commune, names=names, now=parts.clock.now(), today=THE_DAY)
    await someone.says(REPORTED)
    for _question in range(3):
        if "Mã của anh/chị" in (said := (await someone.says("gửi"))[-1].text):
            break
        await someone.says("bỏ qua")
    assert "Mã của anh/chị" in said
    [case] = await someone.served.rows(Case)
    desk = await seat(parts, server, await hire(parts, commune, Role.DESK))
    address = f"/console/cases/{case.id}"
    assert HIDDEN in await desk.opens(address), "until then it is read as any report"
    answered = await desk.sends(f"{address}/ask", page=address, words=f"Có phải {HIDDEN}?")
    assert answered.status == 303
    await someone.says(f"dạ phải, {MORE}")
    sealed = await desk.sends(f"{address}/seal", page=address, reason="duty")
    assert (sealed.status, sealed.headers["Location"]) == (303, "/console/cases?done=da-luu")
    assert (await desk.client.get(address)).status == 404
    await desk.client.session.close()

    [both] = await read_together(parts.database, holders[0], holders[2])
    assert HIDDEN in both and MORE in both and "Lạc Hồng" not in both and "987" not in both
    await asyncio.sleep(1)
    places = {
        **await pages(someone, commune),
        **files(tmp_path),
        "rows": json.dumps(await rows(someone), ensure_ascii=False, default=str).encode(),
        "log": caplog.text.encode(),
        "names": "\n".join(all_names(tmp_path)).encode(),
    }
    wanted = forms((*LOOKED_FOR, HIDDEN, "bóng mới còn"))
    assert {(name, words) for name, raw in places.items() for words in wanted if words in raw} == set()
    assert readable_with_our_key(places, dropped, parts.vault) == []
    [case] = await someone.served.rows(Case)
    assert (case.state, case.account_id, case.latitude, case.hamlet_id) == ("sealed", None, None, None)


def readable_with_our_key(places: dict[str, bytes], dropped: list[tuple[bytes, bytes]], vault: Vault) -> list[str]:
    """Texts whose key and words both stand in the file, its log or the backup: those our own key could open."""
    raw = b"".join(places[name] for name in places if name.startswith("danhoi.db") or name == "backup")
    left: list[str] = []
    for key, text in dropped:
        if key in raw and text in raw:
            left.append(SecretBox(vault.unwrap(key)).decrypt(text).decode())
    return [words for words in left if any(one in words for one in (STORY, HIDDEN, MORE, NAME, fold(STORY)))]


def forms(wanted: tuple[str, ...]) -> list[bytes]:
    """As written, without marks, as JSON and as UTF-16 would hold it."""
    shapes = [(one, fold(one)) for one in wanted]
    texts = {text for pair in shapes for text in pair if len(text) > 8}
    return [
        form for text in texts for form in (text.encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le"))
    ]


def all_names(folder: Path) -> list[str]:
    return [str(path) for path in folder.rglob("*")]


def files(folder: Path) -> dict[str, bytes]:
    """The database, its log, and a backup made now."""
    backup = folder / "copy.db"
    with sqlite3.connect(folder / "danhoi.db") as source, sqlite3.connect(backup) as copy:
        source.backup(copy)
    found = {path.name: path.read_bytes() for path in folder.glob("danhoi.db*")}
    return {**found, "backup": backup.read_bytes()}


async def communes_only(someone: Driver) -> communes.Commune:
    async with someone.served.parts.database.reading() as session:
        [commune] = await communes.all_of_them(session)
    return commune


async def rows(someone: Driver) -> list[Any]:
    """Every row of every table."""
    async with someone.served.parts.database.reading() as session:
        connection = await session.connection()
        return [
            (table.name, [list(row) for row in await connection.execute(select_rows(table))])
            for table in METADATA.sorted_tables
        ]


async def pages(someone: Driver, commune: communes.Commune) -> dict[str, bytes]:
    """Every page, list and export of the console, as each role sees it, and the chat itself."""
    parts, server = someone.served.parts, someone.served.server
    box = (await someone.served.rows(Mailbox))[0]
    found: dict[str, bytes] = {}
    for role in Role:
        colleague = await seat(parts, server, await hire(parts, commune, role))
        for route in routes(Site()):
            if route.method == "GET" and ("{" not in route.path or "/seals/" in route.path):
                address = route.path.format(id=box.id)
                answer = await colleague.client.get(f"{address}?q={STORY[:20]}", allow_redirects=False)
                found[f"{role} {route.path}"] = await answer.read()
        await colleague.client.session.close()
    return found


@pytest.mark.parametrize("someone", ("telegram", "zalo_oa"), indirect=True)
async def test_a_picture_and_a_place_told_with_it_leave_nothing(
    someone: Any, dropped: list[tuple[bytes, bytes]], tmp_path: Path
) -> None:
    parts = someone.served.parts
    names = ("Trần Quốc Bảo", "Phạm Hải Yến")
    holders = await appoint(
        parts.database, await communes_only(someone), names=names, now=parts.clock.now(), today=THE_DAY
    )
    await someone.says(TOLD)
    await someone.says("2")
    pictured = await someone.brings(someone.photo())
    assert "chưa niêm phong được" in pictured[-1].text
    placed = await someone.brings(someone.place())
    assert "lộ chỗ anh/chị đứng" in placed[-1].text
    assert len(await read_together(parts.database, *holders)) == 1, "only what was told in words"
    raw = b"".join(files(tmp_path).values())
    assert [
        text for key, text in dropped[1:] if key in raw and text in raw and b"x.zdn.vn" in opened(parts, key, text)
    ] == []
    assert not any(key in raw for key, _text in dropped[:1]), "the first message's key is gone from file and log"


def opened(parts: Any, key: bytes, text: bytes) -> bytes:
    return SecretBox(parts.vault.unwrap(key)).decrypt(text)


@pytest.mark.parametrize("name", ("webchat", "zalo_bot"))
async def test_a_restart_in_the_middle_loses_nothing(name: str, serves: Serves) -> None:
    async with driving(name, serves) as first:
        parts = first.served.parts
        names = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")
        holders = await appoint(
            parts.database, await communes_only(first), names=names, now=parts.clock.now(), today=THE_DAY
        )
        await first.says(TOLD)
        given = (await first.says("2"))[-1].text
        await first.says(MORE)
    phrase = given.split("chép ra giấy:\n")[1].split("\n")[0]
    async with driving(name, serves) as second:
        if isinstance(second, PlatformDriver):
            second.fake.last_message = 1_000  # the platform itself goes on counting
        assert "2 phần đã niêm phong" in (await second.says(f"hộp thư {phrase}"))[-1].text
        await second.says("ông ấy còn giữ sổ tay")
        told = await read_together(second.served.parts.database, holders[0], holders[1])
    assert [STORY in told[0], MORE in told[1], "sổ tay" in told[2]] == [True, True, True]
