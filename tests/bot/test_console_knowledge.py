"""A commune's own texts: written, approved by somebody else, answered with on every replica, restored, suspended."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from sqlmodel import select

from bot.ask import Asked, counter
from bot.assembly import Parts
from bot.layering import Layers, over_shipped
from bot.rebuilding import Rebuilder
from bot.scheduler import Scheduler
from bot.worker import Worker
from handlers.permissions import Role
from knowledge.base import CONTENT, Knowledge
from knowledge.layers import shipped_text, stamp
from knowledge.understanding import Understanding
from storage import audit, entry_versions, places
from storage.communes import Commune
from storage.entry_versions import EntryVersion
from storage.outbox import OutboxMessage
from tests.bot.conftest import Seats
from tests.bot.console import Colleague, hire
from tests.bot.forms import form_in
from tests.bot.running import Serves, eventually
from tests.conftest import THE_DAY, Citizen, MovableClock

ENTRY = "tthc.tach-ho"
ASKS = "tôi muốn tách hộ"
DAYS, NINE = "field-2-value", "9 ngày làm việc"
LOCAL = {DAYS: "9", "reason": "Tỉnh đặt mức khác", "document": "07/2026/NQ-HĐND (mẫu)"}
WORDING = "Ở xã mình, tách hộ thì ra quầy số hai"
PARKING = "gửi xe máy ở chợ xã mất bao nhiêu"
PARKED = "xa.gui-xe-may-o-cho-xa-mat-bao-nhieu"
VARIANTS = "\n".join(
    [
        PARKING,
        "giu xe o cho co mat tien khong",
        "đi chợ để xe ở đâu",
        "bãi xe chợ mở cửa lúc nào",
        "ai thu tiền trông xe ngoài chợ vậy",
        "để xe qua đêm trong chợ được không",
        "mất vé xe chợ thì làm sao",
        "tiền vé xe đạp chợ xã",
    ]
)


async def opened(curator: Colleague, entry: str = ENTRY) -> str:
    """The address of an entry's draft."""
    answer = await curator.sends(f"/console/knowledge/entries/{entry}/draft")
    assert answer.status == 303
    return answer.headers["Location"]


async def saved(curator: Colleague, draft: str, press: str = "send", **typed: str) -> ClientResponse:
    """The draft's form with these boxes changed."""
    fields = form_in(await curator.opens(draft), draft) | typed | {"press": press}
    return await curator.client.post(draft, data=fields, allow_redirects=False)


async def approved(approver: Colleague, draft: str) -> ClientResponse:
    return await approver.sends(draft.replace("/drafts/", "/versions/") + "/approve")


async def edited(curator: Colleague, approver: Colleague, days: str) -> str:
    """The commune's own number of days, in force; gives the draft's address. No word changes: nothing is learnt."""
    draft = await opened(curator)
    answer = await saved(curator, draft, **LOCAL | {DAYS: days})
    assert answer.status == 303 and "da-gui-duyet" in answer.headers["Location"], await answer.text()
    done = await approved(approver, draft)
    assert done.status == 303 and "da-duyet" in done.headers["Location"], await done.text()
    return draft


async def test_what_somebody_else_approved_is_answered_on_every_replica(
    parts: Parts, seats: Seats, citizen: Citizen, worker: Worker, clock: MovableClock, knowledge: Knowledge
) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    replica = Parts(parts.settings, parts.database, parts.vault, worker, Scheduler(parts.database, clock), knowledge)
    draft = await opened(curator)
    assert (await saved(curator, draft, **LOCAL)).status == 303
    assert (await curator.sends(draft.replace("drafts", "versions") + "/approve")).status == 403
    assert NINE not in (await citizen.says(ASKS)).text
    shown = await approver.opens(draft.replace("drafts", "versions"))
    assert "Số liệu thoi_han: 9 ngày làm việc" in shown and "Duyệt, cho bot trả lời" in shown
    assert (await approved(approver, draft)).status == 303
    for process in (parts, replica):
        assert await process.layers.look() and not await process.layers.look()
        mine = process.knowledge_of(curator.officer.commune_id)
        assert NINE in mine.answer(ENTRY, on=THE_DAY, today=THE_DAY).headline
    heard = await citizen.says(ASKS)
    assert heard.topic == ENTRY and NINE in heard.text and heard.sources
    assert "Tách hộ" in await curator.opens("/console/knowledge?shows=own")
    assert "đang dùng" in await curator.opens(f"/console/knowledge/entries/{ENTRY}")
    async with parts.database.reading() as session:
        rows = await audit.page(session, commune_id=curator.officer.commune_id, limit=99)
    assert {"knowledge.write:sent", "knowledge.approve:approved"} <= {row.act for row in rows}


async def test_a_new_wording_answers_before_it_is_learnt(
    parts: Parts, seats: Seats, citizen: Citizen, knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    draft = await opened(curator)
    await saved(curator, draft, reason="Nói rõ quầy", **{"said-0-text": WORDING + "."})
    await approved(approver, draft)
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slowly(_layers: Layers, shipped: Knowledge, _edits: object) -> Understanding:
        began.set()
        await may_end.wait()
        return shipped.understanding

    monkeypatch.setattr(Layers, "_learnt", slowly)
    looking = asyncio.create_task(parts.layers.look())
    await began.wait()
    assert WORDING[3:] in (await citizen.says(ASKS)).text and not looking.done()
    may_end.set()
    assert await looking
    started = await parts.layers.over(knowledge)  # a start waits for no learning either
    assert started[curator.officer.commune_id].entry(ENTRY).answer[0].text == WORDING + "."
    assert await parts.layers.look() and not await parts.layers.look()


async def test_whoever_wrote_in_it_does_not_approve_it(parts: Parts, seats: Seats, commune: Commune) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    draft = await opened(curator)
    await saved(curator, draft, reason="Nói rõ quầy", **{"said-0-text": WORDING + "."})
    async with parts.database.writing() as session:
        version = (await entry_versions.opened(session, commune_id=commune.id or 0))[0]
        version.authors = [*version.authors, approver.officer.id or 0]
        await entry_versions.keep(session, version)
    answer = await approved(approver, draft)
    assert answer.status == 422 and "cần một người khác duyệt" in await answer.text()


async def test_faults_stand_beside_their_boxes_and_nothing_typed_is_lost(seats: Seats) -> None:
    curator = await seats(Role.CURATOR)
    draft = await opened(curator)
    wrong = {"said-0-text": "Mất 20 ngày ở quầy {khong_co}.", "variants": "một câu", "field-0-value": "30"}
    answer = await saved(curator, draft, **wrong)
    page = await answer.text()
    assert answer.status == 422 and "Mất 20 ngày ở quầy {khong_co}." in page
    for box, words in (
        ("said-0-text", "chưa khai báo ô khong_co"),
        ("variants", "mới có 1 cách hỏi"),
        ("reason", "Ghi lý do"),
        ("document", "ghi số văn bản"),
    ):
        assert words in page.partition(f'id="{box}-wrong">')[2].partition("</p>")[0], box
    fields = form_in(await curator.opens(draft), draft) | wrong
    live = await curator.client.post(f"{draft}/check", data=fields)
    boxes = (await live.json())["boxes"]
    assert "khong_co" in boxes["said-0-text"] and "1 cách hỏi" in boxes["variants"]
    more = await (await saved(curator, draft, press="more-source")).text()
    assert 'name="source-' in more and more.count("<legend>Nguồn") == page.count("<legend>Nguồn") + 1


async def test_a_version_is_restored_in_one_act_and_the_shipped_text_comes_back(
    parts: Parts, seats: Seats, citizen: Citizen
) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    first = await edited(curator, approver, "9")
    second = await edited(curator, approver, "8")
    await parts.layers.look()
    assert "8 ngày làm việc" in (await citizen.says(ASKS)).text
    assert "9 ngày làm việc" in await approver.opens(second.replace("drafts", "versions"))  # what it replaced
    done = await approver.sends(first.replace("drafts", "versions") + "/restore")
    assert done.status == 303
    await parts.layers.look()
    assert NINE in (await citizen.says(ASKS)).text
    async with parts.database.reading() as session:
        live = (await entry_versions.published(session, commune_id=curator.officer.commune_id))[0]
    assert live.number == 3 and live.restores == 1 and live.approver_id not in live.authors
    gone = await approver.sends(f"/console/knowledge/versions/{live.id}/withdraw", remark="Tỉnh đã bỏ")
    assert gone.status == 303
    await parts.layers.look()
    assert "5 ngày làm việc" in (await citizen.says(ASKS)).text and not parts.own


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of what is shipped, free to be corrected."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


async def test_a_shipped_correction_suspends_a_stale_edit(
    parts: Parts, seats: Seats, citizen: Citizen, content: Path, clock: MovableClock
) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    rebuilder = Rebuilder(parts, content=content)
    assert await rebuilder.rebuild()
    await edited(curator, approver, "9")
    await parts.layers.look()
    assert NINE in (await citizen.says(ASKS)).text
    file = content / "entries" / "tthc" / f"{ENTRY}.yaml"
    file.write_text(file.read_text("utf-8").replace("value: 5\n", "value: 4\n"), "utf-8")
    assert await rebuilder.look()
    heard = await citizen.says(ASKS)
    assert heard.topic == ENTRY and "4 ngày làm việc" in heard.text
    page = await curator.opens(f"/console/knowledge/entries/{ENTRY}")
    assert "Bản gốc đã đổi nên bản của xã tạm dừng" in page and "thoi_han: 4 ngày làm việc" in page
    assert "tạm dừng vì bản gốc đã đổi: 1" in await curator.opens("/console/knowledge")
    async with parts.database.reading() as session:
        live = (await entry_versions.published(session, commune_id=curator.officer.commune_id))[0]
        rows = await audit.page(session, commune_id=curator.officer.commune_id, limit=99)
    assert live.suspended_at == clock.now()
    assert [row.act for row in rows].count("knowledge.write:suspended") == 1
    draft = await opened(curator)  # the commune's text, on the new ground
    assert form_in(await curator.opens(draft), draft)[DAYS] == "9"
    await saved(curator, draft, **LOCAL)
    assert (await approved(approver, draft)).status == 303
    await parts.layers.look()
    assert NINE in (await citizen.says(ASKS)).text


async def test_the_nations_numbers_need_a_document(seats: Seats) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    draft = await opened(curator)
    answer = await saved(curator, draft, reason="Tỉnh đặt mức khác", **{"field-0-value": "9"})
    assert answer.status == 422 and "ghi số văn bản làm căn cứ" in await answer.text()
    again = await saved(
        curator, draft, reason="Tỉnh đặt mức khác", document="07/2026/NQ-HĐND", **{"field-0-value": "9"}
    )
    assert again.status == 303
    shown = await approver.opens(draft.replace("drafts", "versions"))
    assert "Khác với quy định chung" in shown and "07/2026/NQ-HĐND" in shown


def parking(question: dict[str, str]) -> dict[str, str]:
    """What a curator writes into the draft of a gap."""
    return question | {
        "title": "Gửi xe ở chợ xã",
        "said-0-part": "answer",
        "said-0-text": "Gửi xe máy ở chợ xã mất {gia_ve} một lượt, do ban quản lý chợ thu.",
        "said-0-from": "2026-01-01",
        "said-0-sources": "bql",
        "field-0-name": "gia_ve",
        "field-0-value": "3.000",
        "field-0-unit": "đồng",
        "field-0-from": "2026-01-01",
        "field-0-source": "bql",
        "source-0-key": "bql",
        "source-0-cite": "Thông báo của Ban quản lý chợ (mẫu)",
        "source-0-read_at": "niêm yết tại chợ",
        "source-0-confidence": "high",
        "variants": VARIANTS,
        "reason": "Nhiều người hỏi",
    }


async def test_a_gap_becomes_an_entry_and_everybody_who_asked_is_told_once(
    parts: Parts, seats: Seats, citizen: Citizen, neighbour: Citizen
) -> None:
    curator, approver = await seats(Role.CURATOR), await seats(Role.APPROVER)
    assert (await citizen.says(PARKING)).action == "abstain"
    assert (await citizen.says(f"{PARKING} vậy ạ")).action == "abstain"
    page = await curator.opens("/console/gaps")
    assert "2 lần hỏi" in page and PARKING in page
    key = page.partition("/console/gaps/")[2].partition("/draft")[0]
    answer = await curator.sends(f"/console/gaps/{key}/draft")
    draft = answer.headers["Location"]
    assert (await curator.sends(f"/console/gaps/{key}/draft")).headers["Location"] == draft  # the same, not a second
    assert "Đang soạn" in await curator.opens("/console/gaps")
    assert (await neighbour.says(PARKING)).action == "abstain"  # while it is being written
    sent = await saved(curator, draft, **parking({}))
    assert sent.status == 303, await sent.text()
    before = await rows_of(parts)
    done = await approved(approver, draft)
    assert "da-duyet-va-bao" in done.headers["Location"]
    fresh = [row for row in await rows_of(parts) if row.id not in {each.id for each in before}]
    assert len(fresh) == 2 and len({row.account_id for row in fresh}) == 2  # one each, however often they asked
    for row in fresh:
        assert "3.000 đồng" in row.text and row.sources[0]["cite"].startswith("Thông báo của Ban quản lý chợ")
        assert len(row.text) <= 600 and row.event_id is None and row.topic == PARKED
    assert PARKING not in await curator.opens("/console/gaps")
    assert await parts.layers.look()
    heard = await neighbour.says("giữ xe ở chợ tốn nhiêu tiền")
    assert "3.000 đồng" in heard.text and heard.topic == PARKED
    again = await opened(curator, PARKED)
    await saved(curator, again, reason="Sửa chữ", **{"said-0-text": "Vé xe máy {gia_ve} một lượt."})
    assert (await approved(approver, again)).headers["Location"].endswith("da-duyet")  # nobody is told twice


async def rows_of(parts: Parts) -> list[OutboxMessage]:
    async with parts.database.reading() as session:
        return list(await session.exec(select(OutboxMessage)))


async def test_another_commune_neither_sees_nor_answers_with_it(
    parts: Parts, seats: Seats, other_commune: Commune
) -> None:
    await edited(await seats(Role.CURATOR), await seats(Role.APPROVER), "9")
    await parts.layers.look()
    assert parts.knowledge_of(other_commune.id or 0) is parts.knowledge
    foreign = await seats(Role.CURATOR, at=other_commune)
    assert NINE not in await foreign.opens(f"/console/knowledge/entries/{ENTRY}")


async def test_search_trial_calendar_and_documents(seats: Seats) -> None:
    reader = await seats(Role.DESK)
    assert "Tách hộ" in await reader.opens("/console/knowledge?q=tach+ho")
    assert "Đăng ký khai sinh" in await reader.opens("/console/knowledge?q=làm+giấy+khai+sanh+cho+con")
    page = await reader.opens("/console/knowledge/try?q=luong+co+so+hien+nay+la+bao+nhieu&on=2024-07-01")
    assert "2.340.000" in page and "Vì sao bot trả lời như vậy" in page and "Cách hỏi gần nhất" in page
    page = await reader.opens("/console/knowledge/documents?q=120%2F2025%2FN%C4%90-CP")
    assert "Khai sinh muộn" in page
    page = await reader.opens("/console/knowledge/calendar")
    assert "01/01/2027" in page


async def test_two_servers_on_one_database_answer_alike_within_seconds(serves: Serves) -> None:
    async with serves() as first, serves() as second:
        commune = (await first.rows(Commune))[0]
        mine = commune.id or 0
        author = await hire(first.parts, commune, Role.CURATOR)
        known = first.parts.knowledge
        assert known is not None
        shipped = shipped_text(known.entries, ENTRY)
        async with first.parts.database.writing() as session:
            row = EntryVersion(
                commune_id=mine,
                entry_id=ENTRY,
                number=0,
                title="Tách hộ",
                text=shipped.replace("value: 5\n", "value: 9\n"),
                shipped=shipped,
                based_on=stamp(shipped),
                state="published",
                authors=[author.id or 0],
                author_id=author.id or 0,
                made_at=first.parts.clock.now(),
            )
            await entry_versions.add(session, row)
            await entry_versions.bump(session, commune_id=mine)
        await eventually(lambda: mine in first.parts.own and mine in second.parts.own)
        for server in (first, second):
            said = server.parts.knowledge_of(mine).answer(ENTRY, on=THE_DAY, today=THE_DAY)
            assert NINE in said.headline


async def test_a_disliked_answer_becomes_a_draft_of_that_very_entry(
    parts: Parts, seats: Seats, citizen: Citizen
) -> None:
    curator = await seats(Role.CURATOR)
    heard = await citizen.says(ASKS)
    assert heard.topic == ENTRY
    await citizen.says("Chưa đúng")
    page = await curator.opens("/console/gaps")
    assert "1 lần bị chê" in page
    key = page.partition("/console/gaps/")[2].partition("/draft")[0]
    draft = (await curator.sends(f"/console/gaps/{key}/draft")).headers["Location"]
    async with parts.database.reading() as session:
        [version] = await entry_versions.opened(session, commune_id=curator.officer.commune_id)
    assert version.entry_id == ENTRY and draft.endswith(f"/{version.id}")
    assert (await curator.sends(f"{draft}/drop")).status == 303
    assert "Đang soạn" not in await curator.opens("/console/gaps")  # an open gap again


async def test_a_gap_names_the_hamlets_and_hides_names_and_numbers(
    parts: Parts, seats: Seats, citizen: Citizen, commune: Commune
) -> None:
    async with parts.database.reading() as session:
        village = (await places.present(session, commune_id=commune.id or 0, on=THE_DAY))[0]
    await citizen.says(f"gửi xe máy ở chợ {village.name} mất bao nhiêu, gọi tôi 0912 345 678")
    page = await (await seats(Role.APPROVER)).opens("/console/gaps")
    assert f"Từ: {village.name} (1)" in page and "345 678" not in page and "Soạn câu trả lời" not in page


async def test_the_command_line_answers_with_the_communes_text(parts: Parts, seats: Seats, commune: Commune) -> None:
    await edited(await seats(Role.CURATOR), await seats(Role.APPROVER), "9")
    known = parts.knowledge
    assert known is not None
    async with parts.database.reading() as session:
        own = await over_shipped(session, known, commune_id=commune.id or 0, cache=parts.settings.cache_dir)
    assert own.understanding.key == known.understanding.key
    async with counter(known, parts.clock, [commune], parts.database, {commune.id or 0: own}) as desk:
        assert NINE in (await desk.ask(Asked(ASKS))).reply.text
        assert NINE not in (await desk.ask(Asked(ASKS, place="Phường Hồng Gai"))).reply.text


async def test_two_curators_do_not_write_over_each_other(seats: Seats) -> None:
    one, other = await seats(Role.CURATOR), await seats(Role.CURATOR)
    draft = await opened(one)
    mine, theirs = form_in(await one.opens(draft), draft), form_in(await other.opens(draft), draft)
    keeps = {"press": "keep", "said-0-text": WORDING + "."}
    assert (await one.client.post(draft, data=mine | keeps, allow_redirects=False)).status == 303
    late = await other.client.post(draft, data=theirs | {"press": "keep", "reason": "Ý khác"}, allow_redirects=False)
    page = await late.text()
    assert late.status == 422 and "Một người khác vừa lưu" in page and "Ý khác" not in await one.opens(draft)
    again = form_in(page, draft) | {"press": "keep"}
    assert again["reason"] == "Ý khác"
    assert (await other.client.post(draft, data=again, allow_redirects=False)).status == 303
