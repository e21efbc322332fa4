"""Holders at the console: a key of their own, a package that two open, an answer that only the phrase reads."""

from __future__ import annotations

import json

from nacl.public import PrivateKey
from sqlmodel import select

from bot.assembly import Parts
from bot.key_files import take_part, texts
from handlers.permissions import Role
from storage.audit import AuditRow
from storage.communes import Commune
from storage.database import Database
from storage.mailboxes import Mailbox, MailboxAnswer
from storage.sealing import public_of, write_key
from storage.seals import SealHolder
from tests.bot.conftest import Seats, Visitor
from tests.bot.console import Colleague

STORY = "kế toán xã khai khống mười hai hộ nghèo để lấy tiền"
SEALS = "/console/seals"


async def with_key(seats: Seats, name: str) -> tuple[Colleague, bytes]:
    """A holder who has pasted a key, and the private key that stays with them."""
    colleague, private = await seats(Role.SEAL_HOLDER, name=name), bytes(PrivateKey.generate())
    answer = await colleague.sends(f"{SEALS}/key", key=write_key(public_of(private)))
    assert answer.status == 303
    return colleague, private


async def tip(visitor: Visitor, told: str = f"tôi tố cáo {STORY}") -> str:
    await visitor.says(told)
    given = await visitor.says("2")
    await visitor.says("xong")
    return str(given["messages"][0]["text"].split("\n")[1])


async def box_id(database: Database) -> int:
    async with database.reading() as session:
        return (await session.exec(select(Mailbox))).one().id or 0


async def test_two_holders_download_and_open_it(seats: Seats, visitor: Visitor, database: Database) -> None:
    holders = [await with_key(seats, name) for name in ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")]
    phrase = await tip(visitor)
    number = await box_id(database)
    first, private = holders[0]
    page = await first.opens(f"{SEALS}/{number}")
    assert "[đã niêm phong]" in page and STORY not in page
    file = await first.client.get(f"{SEALS}/{number}/package")
    assert "attachment" in file.headers["Content-Disposition"] and file.headers["Cache-Control"] == "no-store"
    package = json.loads(await file.text())
    assert take_part(package, private) and [text.words for text in texts(package)] == [None]
    assert take_part(package, holders[2][1])
    [opened] = texts(package)
    assert opened.words is not None and STORY in opened.words
    async with database.reading() as session:
        downloads = list(await session.exec(select(AuditRow).where(AuditRow.act == "seal.hold:package")))
    assert [(row.officer_id, row.object_id) for row in downloads] == [(first.officer.id, number)]

    answer = await first.sends(f"{SEALS}/{number}/answer", text="Đã giao thanh tra xác minh.")
    assert answer.status == 303
    async with database.reading() as session:
        row = (await session.exec(select(MailboxAnswer))).one()
    assert b"thanh tra" not in row.box
    read = await visitor.says(f"hộp thư {phrase}")
    assert "Đã giao thanh tra xác minh." in read["messages"][0]["text"]
    assert "tải gói" in await (await seats(Role.INSPECTOR)).opens("/console/audit")


async def test_whom_it_is_about_never_hears_of_it(seats: Seats, visitor: Visitor, database: Database) -> None:
    named, _key = await with_key(seats, "Trần Quốc Bảo")
    other, _key = await with_key(seats, "Phạm Hải Yến")
    await with_key(seats, "Lý Gia Thịnh")
    await tip(visitor, "tố cáo ông Trần Quốc Bảo nhận tiền của dân để cấp sổ đỏ")
    number = await box_id(database)
    assert "TB-" in await other.opens(SEALS) and "TB-" not in await named.opens(SEALS)
    for address in (f"{SEALS}/{number}", f"{SEALS}/{number}/package"):
        assert (await named.client.get(address)).status == 404
    assert (await named.sends(f"{SEALS}/{number}/answer", text="x")).status == 404


async def test_a_holder_who_came_later_opens_nothing_of_before(
    seats: Seats, visitor: Visitor, database: Database
) -> None:
    await with_key(seats, "Trần Quốc Bảo")
    await with_key(seats, "Phạm Hải Yến")
    await tip(visitor)
    late, _key = await with_key(seats, "Lý Gia Thịnh")
    assert "Tải gói niêm phong" not in await late.opens(f"{SEALS}/{await box_id(database)}")
    assert (await late.client.get(f"{SEALS}/{await box_id(database)}/package")).status == 403


async def test_an_inspector_sees_that_there_is_one_and_no_more(
    seats: Seats, visitor: Visitor, database: Database
) -> None:
    await with_key(seats, "Trần Quốc Bảo")
    await with_key(seats, "Phạm Hải Yến")
    await tip(visitor)
    inspector, number = await seats(Role.INSPECTOR), await box_id(database)
    assert "TB-" in await inspector.opens(SEALS) and "dán dòng khóa" not in await inspector.opens(SEALS)
    assert (await inspector.client.get(f"{SEALS}/{number}/package")).status == 403


async def test_a_key_is_ones_own_and_whole(seats: Seats, parts: Parts, commune: Commune, database: Database) -> None:
    holder, private = await with_key(seats, "Trần Quốc Bảo")
    other = await seats(Role.SEAL_HOLDER, name="Phạm Hải Yến")
    written = write_key(public_of(private))
    used = await other.sends(f"{SEALS}/key", key=written)
    assert used.status == 422 and "đã có người dùng" in await used.text()
    slip = await other.sends(f"{SEALS}/key", key=written[:-3])
    assert slip.status == 422 and "chép thiếu" in await slip.text()
    fresh = write_key(public_of(bytes(PrivateKey.generate())))
    assert (await holder.sends(f"{SEALS}/key", key=fresh)).status == 303
    async with database.reading() as session:
        rows = list(await session.exec(select(SealHolder)))
    assert [row.ended_at is None for row in rows] == [False, True]
    assert "Cần ít nhất hai người" in await holder.opens(SEALS)
