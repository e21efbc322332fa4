"""An officer calls a report a denunciation: who reads it from then on, what its citizen is told, and what is left."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.checking import check_database
from bot.scheduler import tidy_seals
from handlers import approvals, case_acts, casework, into_seal
from handlers.casework import NoSuchCase
from handlers.contract import FIRST_SCREEN
from handlers.into_seal import TooFewMayRead
from handlers.lifecycle import Lacking
from knowledge.categories import categories
from storage import cases, files, mailboxes
from storage.bodies import Vault
from storage.cases import CaseSubject
from storage.communes import Commune
from storage.database import Database
from storage.files import AttachedFile
from storage.outbox import OutboxMessage
from storage.pending_replies import PendingReply
from storage.questions import Question
from storage.work_list import Wanted
from tests.casework import Post, Staff, Works, bell, the_case
from tests.conftest import THE_DAY, Citizen, MovableClock
from tests.sealed import Holder, appoint, read_together

STORY = "đèn đường ngõ 5 hỏng từ hôm qua, mười hai bóng mới về nằm trong kho riêng"
NAMES = ("Trần Quốc Bảo", "Phạm Hải Yến", "Lý Gia Thịnh")


@pytest.fixture
async def holders(database: Database, commune: Commune, clock: MovableClock) -> list[Holder]:
    return await appoint(database, commune, names=NAMES, now=clock.now(), today=THE_DAY)


@pytest.fixture
async def told(citizen: Citizen, staff: Staff, database: Database) -> int:
    """A report that is none."""
    await citizen.says(STORY)
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text
    return (await the_case(database)).id or 0


async def test_two_holders_read_it_and_no_officer_sees_it_any_more(
    told: int,
    holders: list[Holder],
    staff: Staff,
    works: Works,
    database: Database,
    vault: Vault,
    citizen: Citizen,
    neighbour: Citizen,
    post: Post,
) -> None:
    code = (await the_case(database)).code
    async with works(staff["field"]) as work:
        await case_acts.ask(work, told, words="Kho của ai ạ?")
    await citizen.says("kho sau nhà văn hóa, ông Sáu giữ")
    await post.new()
    async with works(staff["field"]) as work:
        await into_seal.seal(work, told, reason="duty")
    both = " ".join(await read_together(database, holders[0], holders[1]))
    assert "mười hai bóng mới" in both and "Kho của ai" in both and "ông Sáu" in both
    assert await read_together(database, holders[0]) == []
    for role in ("field", "desk", "leader"):
        async with works(staff[role]) as work:
            assert (await casework.listed(work, wanted=Wanted())).rows == []
            with pytest.raises(NoSuchCase):
                await casework.opened(work, told)
        assert await bell(database, staff[role]) == []
    case = await the_case(database)
    assert (case.state, case.kind, case.account_id, case.category) == ("sealed", "denunciation", None, None)
    (news,) = await post.new()
    for part in ("23/11/2026", "tố cáo", into_seal.REASONS["duty"], "câu bí mật", "15 ngày"):
        assert part in news
    assert (code or "?") not in news and "mười hai" not in news and len(news) <= FIRST_SCREEN
    assert "chưa thấy vụ việc" in (await neighbour.says("đơn của tôi tới đâu rồi")).text
    assert await check_database(database, vault, lambda _line: None)


async def test_the_phrase_is_given_once_and_then_nothing_leads_to_the_mailbox(
    told: int,
    holders: list[Holder],
    staff: Staff,
    works: Works,
    database: Database,
    citizen: Citizen,
    neighbour: Citizen,
    clock: MovableClock,
) -> None:
    async with works(staff["field"]) as work:
        await into_seal.seal(work, told, reason="law")
    clock.move(days=2)  # weeks of silence do not take the offer away
    given = (await citizen.says("Nhận câu bí mật")).text
    phrase = given.split("chép ra giấy:\n")[1].split("\n")[0]
    assert (await the_case(database)).mailbox_id is None
    await citizen.says("còn giữ hóa đơn giả")
    await citizen.says("xong")
    assert len(await read_together(database, holders[0], holders[2])) == 2
    assert "2 phần đã niêm phong" in (await neighbour.says(f"hộp thư {phrase}")).text
    async with database.reading() as session:
        rows = list(await session.exec(select(OutboxMessage).where(col(OutboxMessage.event_id).is_(None))))
    assert all("tố cáo" not in row.text for row in rows)


async def test_from_another_phone_the_code_with_its_three_words_gives_the_phrase(
    holders: list[Holder],
    staff: Staff,
    works: Works,
    database: Database,
    commune: Commune,
    citizen: Citizen,
    neighbour: Citizen,
) -> None:
    await citizen.says(STORY)
    sent = (await citizen.says("gửi")).text
    case = await the_case(database)
    words = sent.split("ba chữ “")[1].split("”")[0]
    async with works(staff["field"]) as work:
        await into_seal.seal(work, case.id or 0, reason="duty")
    assert "không thấy vụ việc" in (await neighbour.says(str(case.code))).text, "the code alone opens nothing"
    shown = await neighbour.says(f"{case.code} {words}")
    assert "đã niêm phong" in shown.text and "Nhận câu bí mật" in shown.choices
    assert "chép ra giấy" in (await neighbour.says("Nhận câu bí mật")).text
    assert "đã có người nhận" in (await citizen.says("Nhận câu bí mật")).text


async def test_whom_it_is_about_gets_no_share(
    told: int, holders: list[Holder], staff: Staff, works: Works, database: Database, clock: MovableClock
) -> None:
    async with works(staff["leader"]) as work:
        await casework.name_subject(work, told, officer_id=holders[0].officer.id, office_id=None)
    async with works(staff["leader"]) as work:
        await into_seal.seal(work, told, reason="duty")
    assert await read_together(database, holders[0], holders[1]) == []
    assert len(await read_together(database, holders[1], holders[2])) == 1
    async with database.reading() as session:
        assert list(await session.exec(select(CaseSubject))) == []
        (box,) = await mailboxes.open_ones(session, commune_id=holders[0].officer.commune_id)
    assert holders[0].officer.id in box.spared


async def test_without_two_holders_nothing_is_changed(
    told: int, staff: Staff, works: Works, database: Database, post: Post
) -> None:
    before = await the_case(database)
    with pytest.raises(TooFewMayRead):
        async with works(staff["field"]) as work:
            await into_seal.seal(work, told, reason="duty")
    with pytest.raises(Lacking):
        async with works(staff["field"]) as work:
            await into_seal.seal(work, told, reason="vì ông Sáu")
    after = await the_case(database)
    assert (after.state, after.account_id) == (before.state, before.account_id) and await post.new() == []


async def test_what_nobody_claims_is_cut_loose_after_fifteen_days(
    told: int, holders: list[Holder], staff: Staff, works: Works, database: Database, clock: MovableClock, post: Post
) -> None:
    async with works(staff["field"]) as work:
        await into_seal.seal(work, told, reason="duty")
    await tidy_seals(database, clock)
    assert (await the_case(database)).mailbox_id is not None and "tố cáo" in (await post.new())[-1]
    clock.move(days=into_seal.CLAIMED_WITHIN // timedelta(days=1) + 1)
    await tidy_seals(database, clock)
    async with database.reading() as session:
        rows = list(await session.exec(select(OutboxMessage).where(col(OutboxMessage.event_id).is_(None))))
        asked = list(await session.exec(select(Question).where(col(Question.masked_text) != "")))
        history = await cases.history(session, commune_id=1, case_id=told)
    assert all("tố cáo" not in row.text for row in rows) and all("mười hai" not in one.masked_text for one in asked)
    assert (await the_case(database)).mailbox_id is None and history[-1].kind == "seal"


async def test_what_waited_for_the_head_and_what_came_with_it_are_gone_too(
    told: int, holders: list[Holder], staff: Staff, works: Works, database: Database, clock: MovableClock
) -> None:
    async with database.writing() as session:
        case = await cases.get(session, commune_id=staff["desk"].commune_id, case_id=told)
        assert case is not None
        case.category = next(each.id for each in categories().values() if each.about_staff)
        await cases.save(session, case)
        history = await cases.history(session, commune_id=case.commune_id, case_id=told)
        photo = AttachedFile(
            commune_id=case.commune_id,
            channel_account_id=1,
            body_id=next(line.body_id for line in history if line.kind == "told"),
            state="kept",
            wrapped_key=b"key",
            not_before=clock.now(),
            created_at=clock.now(),
        )
        photo_id = await files.add(session, photo)
    async with works(staff["field"]) as work:
        assert not await approvals.answer(
            work, told, words="Xã đã hỏi ông Sáu về cái kho.", evidence="decision", document=""
        )
    async with works(staff["field"]) as work:
        await into_seal.seal(work, told, reason="duty")
    assert "hỏi ông Sáu" in " ".join(await read_together(database, holders[0], holders[1]))
    async with database.reading() as session:
        assert list(await session.exec(select(PendingReply))) == []
        left = await files.get(session, commune_id=staff["desk"].commune_id, file_id=photo_id)
    assert left is not None and (left.state, left.wrapped_key) == ("erased", None)
