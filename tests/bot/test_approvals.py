"""A sensitive answer needs two people: written by one, let go by the head or who stands in, never by its writer."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from bot.assembly import Parts
from handlers.permissions import Role
from knowledge.categories import categories
from storage import grants
from storage.cases import Case
from storage.communes import ChannelAccount, Commune
from storage.grants import StandIn
from storage.pending_replies import PendingReply
from tests.bot.conftest import Seats
from tests.bot.console import Colleague
from tests.bot.test_case_pages import tell
from tests.conftest import THE_DAY

ANSWER = {"words": "Xã đã làm việc với cán bộ.", "evidence": "decision", "document": "", "draft": ""}


async def sensitive(parts: Parts, colleague: Colleague) -> int:
    """A case about how officers behave, told at the desk."""
    case_id = (await tell(parts, colleague.officer))[0]
    async with parts.database.writing() as session:
        case = await session.get_one(Case, case_id)
        case.category = next(each.id for each in categories().values() if each.about_staff)
        session.add(case)
    return case_id


async def state_of(parts: Parts, case_id: int) -> str:
    async with parts.database.reading() as session:
        return (await session.get_one(Case, case_id)).state


async def test_the_head_lets_it_go_and_an_ordinary_one_goes_at_once(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount
) -> None:
    leader, desk = await seats(Role.LEADER, name="Phạm Chủ Tịch"), await seats(Role.DESK, name="Lê Một Cửa")
    case_id = await sensitive(parts, desk)
    done = await desk.sends(f"/console/cases/{case_id}/answer", **ANSWER)
    assert done.headers["Location"].endswith("done=cho-duyet") and await state_of(parts, case_id) == "received"
    page = await desk.opens(f"/console/cases/{case_id}")
    assert "Câu trả lời chờ lãnh đạo duyệt" in page and "Duyệt và gửi người dân" not in page
    assert (await desk.sends(f"/console/cases/{case_id}/approve")).status == 403
    assert "câu trả lời chờ duyệt" in await leader.opens("/console/bell")
    page = await leader.opens(f"/console/cases/{case_id}")
    assert "Xã đã làm việc với cán bộ." in page and "Lê Một Cửa soạn" in page
    yes = await leader.sends(f"/console/cases/{case_id}/approve")
    assert yes.status == 303 and await state_of(parts, case_id) == "answered"
    twice = await leader.sends(f"/console/cases/{case_id}/approve")
    assert twice.status == 422 and "Không còn câu trả lời nào chờ duyệt" in await twice.text()
    ordinary = (await tell(parts, desk.officer))[1]
    assert (await desk.sends(f"/console/cases/{ordinary}/answer", **ANSWER)).headers["Location"].endswith("da-luu")
    assert await state_of(parts, ordinary) == "answered"


async def test_it_comes_back_with_a_reason_and_a_second_try_replaces_the_first(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount
) -> None:
    leader, desk = await seats(Role.LEADER), await seats(Role.DESK)
    case_id = await sensitive(parts, desk)
    await desk.sends(f"/console/cases/{case_id}/answer", **ANSWER)
    empty = await leader.sends(f"/console/cases/{case_id}/give-back", why="")
    assert empty.status == 422
    back = await leader.sends(f"/console/cases/{case_id}/give-back", why="Ghi rõ ngày làm việc.")
    assert back.status == 303 and "được trả lại để sửa" in await desk.opens("/console/bell")
    assert "Ghi rõ ngày làm việc." in await desk.opens(f"/console/cases/{case_id}")
    for _ in range(2):
        await desk.sends(f"/console/cases/{case_id}/answer", **ANSWER)
    async with parts.database.reading() as session:
        states = [row.state for row in (await session.exec(select(PendingReply).order_by("id"))).all()]
    assert states == ["returned", "replaced", "waiting"] and await state_of(parts, case_id) == "received"


async def test_who_stands_in_for_the_head_decides_but_never_on_their_own_words(
    parts: Parts, seats: Seats, webchat_account: ChannelAccount, commune: Commune
) -> None:
    leader, writer, deputy = await seats(Role.LEADER), await seats(Role.DESK), await seats(Role.DESK)
    first, second = await sensitive(parts, writer), await sensitive(parts, writer)
    await writer.sends(f"/console/cases/{first}/answer", **ANSWER)
    await deputy.sends(f"/console/cases/{second}/answer", **ANSWER)
    assert (await deputy.sends(f"/console/cases/{first}/approve")).status == 403
    async with parts.database.writing() as session:
        row = StandIn(
            commune_id=commune.id or 0,
            absent_id=leader.officer.id or 0,
            stand_in_id=deputy.officer.id or 0,
            valid_from=THE_DAY,
            valid_to=THE_DAY + timedelta(days=5),
            made_by=leader.officer.id or 0,
            made_at=parts.clock.now(),
        )
        await grants.add(session, row)
    own = await deputy.sends(f"/console/cases/{second}/approve")
    assert own.status == 422 and "do người khác duyệt" in await own.text()
    assert await state_of(parts, second) == "received"
    assert (await deputy.sends(f"/console/cases/{first}/approve")).status == 303
    assert await state_of(parts, first) == "answered"
