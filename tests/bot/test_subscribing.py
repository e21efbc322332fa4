""" "Dừng" within one message, by kind or for all, on every chat of a person; whether a text is the commune's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlmodel import select

from bot.assembly import Parts
from bot.worker import Worker
from handlers.notices import Draft
from handlers.permissions import Role
from storage import links, places, wishes
from storage.accounts import Account
from storage.bodies import Vault
from storage.communes import Commune
from storage.wishes import NoticeWish
from tests.bot.console import hire
from tests.bot.noticing import FACTS, Village
from tests.conftest import THE_DAY, Citizen, MovableClock

STORM = Draft("storm", {**FACTS, "title": "Bão số 9 sắp vào", "act": "Vào nhà kiên cố"})


@pytest.fixture
async def village(parts: Parts, commune: Commune) -> Village:
    village = Village(parts, commune)
    await village.opens([(await hire(parts, commune, Role.BROADCASTER)).id or 0])
    return village


async def sent_to(village: Village, name: str, notice_id: int) -> str:
    await village.runs()
    return (await village.ledger(notice_id)).get(name, "")


@pytest.mark.parametrize("word", ["dừng", "DỪNG", "dung", "Stop", "ngừng", "dạ dừng ạ", "dừng lại"])
async def test_one_word_stops_that_kind_at_once(village: Village, citizen: Citizen, word: str) -> None:
    await citizen.says("alo")
    assert await sent_to(village, citizen.name, await village.sends()) == "sent"
    heard = await citizen.says(word)
    assert "không gửi tin cúp điện" in heard.text and "Dừng mọi thông báo" in heard.choices
    assert await sent_to(village, citizen.name, await village.sends()) == "skipped opted_out"
    assert await sent_to(village, citizen.name, await village.sends(STORM)) == "sent"
    heard = await citizen.says(word)
    assert "tin bão lũ" in heard.text
    heard = await citizen.says("1")
    assert "không gửi thông báo nào" in heard.text
    assert await sent_to(village, citizen.name, await village.sends(STORM)) == "skipped opted_out"
    heard = await citizen.says("nhận lại thông báo")
    assert "em sẽ gửi" in heard.text
    assert await sent_to(village, citizen.name, await village.sends()) == "sent"


async def test_what_waits_for_them_is_taken_back(village: Village, citizen: Citizen) -> None:
    await citizen.says("alo")
    await village.line.flush()
    notice_id = await village.sends()
    for _ in range(5):
        await village.sender.work()
    assert (await village.ledger(notice_id))[citizen.name] == "handed"
    await citizen.says("tắt thông báo")
    assert (await village.ledger(notice_id))[citizen.name] == "skipped opted_out"
    await village.runs()
    assert not any("Ngừng điện" in text for _chat, text in village.platforms["terminal"].sent)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("dừng tin cúp điện", "power"),
        ("dung nhan tin bao lu", "storm"),
        ("tôi không muốn nhận tin tiêm chủng nữa", "vaccination"),
        ("tắt thông báo của xã giúp em", "*"),
        ("dừng hết", "*"),
        ("đừng gửi tin nữa", "*"),
        ("huy dang ky nhan thong bao", "*"),
    ],
)
async def test_how_people_say_it(citizen: Citizen, parts: Parts, text: str, kind: str) -> None:
    await citizen.says("alo")
    await citizen.says(text)
    async with parts.database.reading() as session:
        found = list(await session.exec(select(NoticeWish)))
    assert [(one.topic, one.wants) for one in found] == [(kind, False)]


@pytest.mark.parametrize(
    "text",
    [
        "đúng",
        "dừng",
        "thôi",
        "hủy đăng ký thường trú",
        "đăng ký thông báo lưu trú",
        "thong bao luu tru lam the nao",
        "tôi không nhận được thông báo nào",
        "gửi tin báo không nêu tên",
        "cúp điện từ sáng tới giờ",
        "tôi ở nhà thuê có đăng ký tạm trú không",
    ],
)
async def test_what_is_no_wish_about_notices(citizen: Citizen, parts: Parts, text: str) -> None:
    await citizen.says("alo")
    heard = await citizen.says(text)
    async with parts.database.reading() as session:
        assert list(await session.exec(select(NoticeWish))) == []
    assert "không gửi" not in heard.text or "không gửi đi đâu" in heard.text


async def test_in_the_middle_of_a_report_stop_leaves_the_report(village: Village, citizen: Citizen) -> None:
    await citizen.says("alo")
    notice_id = await village.sends()
    await village.runs()
    assert (await village.ledger(notice_id))[citizen.name] == "sent"
    village.parts.clock.move(minutes=1)  # type: ignore[attr-defined]
    await citizen.says("đèn đường hỏng ba tuần nay")
    heard = await citizen.says("dừng")
    assert "đã hủy và xóa" in heard.text
    assert await sent_to(village, citizen.name, await village.sends()) == "sent"
    heard = await citizen.says("dừng")
    assert "không gửi tin cúp điện" in heard.text


async def test_a_notice_that_comes_into_a_report_is_what_stop_means(village: Village, citizen: Citizen) -> None:
    await citizen.says("đèn đường hỏng ba tuần nay")
    village.parts.clock.move(minutes=1)  # type: ignore[attr-defined]
    assert await sent_to(village, citizen.name, await village.sends()) == "sent"
    heard = await citizen.says("dừng")
    assert "không gửi tin cúp điện" in heard.text
    heard = await citizen.says("thôi")
    assert "đã hủy và xóa" in heard.text, "the report was still open"


async def test_one_chat_speaks_for_all_of_a_person_and_links_come_and_go(
    village: Village, citizen: Citizen, clock: MovableClock
) -> None:
    await citizen.says("alo")
    await village.person("zalo", "zalo_oa")
    async with village.parts.database.writing() as session:
        own = (await session.exec(select(Account).where(Account.chat_key == "zalo"))).one()
        other = (await session.exec(select(Account).where(Account.chat_key == citizen.name))).one()
        code = await links.issue(session, commune_id=own.commune_id, account_id=other.id or 0, now=clock.now())
        await links.join(session, own, code=code, now=clock.now())
    await citizen.says("dừng hết")
    notice_id = await village.sends()
    await village.runs()
    assert await village.ledger(notice_id) == {citizen.name: "skipped opted_out", "zalo": "skipped opted_out"}


async def test_it_is_kept_through_restarts_imports_and_erasing(
    village: Village, citizen: Citizen, worker: Worker, vault: Vault, clock: MovableClock
) -> None:
    await citizen.says("tôi ở ấp Đông")
    await citizen.says("dừng tin cúp điện")
    rows = [{"name": name, "key": name.lower(), "now": name, "valid_from": None, "valid_to": None}
            for name in ("Ấp Đông", "Ấp Nam")]  # fmt: skip
    async with village.parts.database.writing() as session:
        await places.replace_all(session, commune_id=village.commune.id or 0, rows=rows, today=THE_DAY)
    east = replace(STORM, hamlet_ids=(village.hamlets[0],))
    assert await sent_to(village, citizen.name, await village.sends(east)) == "sent"
    await citizen.says("xóa dữ liệu của tôi")
    await citizen.says("1")
    heard = await citizen.says("1")
    assert "đã xóa hết" in heard.text
    assert await sent_to(village, citizen.name, await village.sends()) == "skipped opted_out"
    assert await sent_to(village, citizen.name, await village.sends(east)) == "", "where they live is forgotten"


async def test_signing_up_asks_once_for_the_hamlet(village: Village, citizen: Citizen) -> None:
    await citizen.says("alo")
    heard = await citizen.says("đăng ký nhận tin cúp điện")
    assert "thôn, ấp, tổ nào" in heard.text and "Ấp Đông" in heard.choices
    heard = await citizen.says("ap dong")
    assert "em ghi nhận anh/chị ở Ấp Đông" in heard.text
    async with village.parts.database.reading() as session:
        account = (await session.exec(select(Account).where(Account.chat_key == citizen.name))).one()
        assert await wishes.hamlet_of(session, account) == village.hamlets[0]
    heard = await citizen.says("thông báo của tôi")
    assert "Ấp Đông" in heard.text and "cúp điện" in heard.text
    heard = await citizen.says("đăng ký nhận tin tiêm chủng")
    assert "thôn, ấp, tổ nào" not in heard.text
    heard = await citizen.says("tôi ở ấp Không Có")
    assert "chưa thấy" in heard.text
    heard = await citizen.says("làm khai sinh cho con cần gì")
    assert heard.topic and "khai-sinh" in heard.topic


# -- whether a text is the commune's own ---------------------------------------------------------------------------


@pytest.fixture
async def told(village: Village, citizen: Citizen) -> str:
    """The text of a notice that the citizen got."""
    await citizen.says("alo")
    await village.sends()
    await village.runs()
    return next(text for _chat, text in village.platforms["terminal"].sent if "Ngừng điện" in text)


async def test_a_forwarded_notice_of_ours_is_known(told: str, neighbour: Citizen) -> None:
    heard = await neighbour.says("tin này có phải của xã không?")
    assert "chuyển tiếp nguyên văn" in heard.text
    heard = await neighbour.says(told)
    assert "đúng là thông báo TB-" in heard.text and "7 giờ 30" in heard.text
    assert len(heard.text) < 600


async def test_question_and_text_in_one_message(told: str, neighbour: Citizen) -> None:
    body = "Ngừng điện để thay trạm biến áp\nNơi: Ấp Đông\nThời gian: từ 7 giờ 30 đến 11 giờ, thứ Ba 24/11/2026"
    heard = await neighbour.says(f"tin nay co phai cua xa khong: {body}")
    assert "đúng là thông báo TB-" in heard.text


@pytest.mark.parametrize(
    "added",
    ["Xem chi tiết: http://evn-hotro.top/dk", "Chuyển khoản 500.000 đồng vào STK 0123456789", "Gọi 0988 777 666"],
)
async def test_a_true_notice_that_was_tampered_with(told: str, neighbour: Citizen, added: str) -> None:
    await neighbour.says("tin này có phải của xã không")
    heard = await neighbour.says(f"{told}\n{added}")
    assert "COI CHỪNG" in heard.text and "đừng bấm đường dẫn" in heard.text
    assert "evn-hotro" not in heard.text and "0988" not in heard.text
    assert len(heard.text) < 600


async def test_a_swindle_is_not_ours_and_is_warned_of(told: str, neighbour: Citizen) -> None:
    await neighbour.says("Tin này có phải lừa đảo không?")
    heard = await neighbour.says(
        "UBND xã thông báo cập nhật VNeID mức 2, bà con tải ứng dụng tại http://vneid-gov.top và đọc mã OTP cho cán bộ"
    )
    assert "không thấy tin này" in heard.text and "dấu hiệu lừa đảo" in heard.text and "OTP" in heard.text
    code = told.partition("TB-")[2][:5]
    heard = await neighbour.says(f"TB-{code}")
    assert "đúng là thông báo" in heard.text
    await neighbour.says("tin này có phải của xã không")
    heard = await neighbour.says(
        f"Thông báo TB-{code}: thu mỗi hộ 300.000 đồng làm đường, nộp trong tuần này tại nhà văn hóa"
    )
    assert "của thông báo khác" in heard.text


async def test_what_was_never_sent_is_not_called_false(village: Village, neighbour: Citizen) -> None:
    heard = await neighbour.says("xã có gửi thông báo này không")
    heard = await neighbour.says("Chủ nhật này mời bà con ra nhà văn hóa dọn vệ sinh đường làng lúc 6 giờ sáng")
    assert "không thấy tin này" in heard.text and "Chưa chắc là tin giả" in heard.text
