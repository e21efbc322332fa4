"""A report that was begun on one channel is gone on with on another of the same person, and on nobody else's."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from bot.worker import Worker
from storage.bodies import Vault
from storage.cases import Case
from storage.communes import ChannelAccount, Commune
from storage.database import Database
from storage.talks import Talk
from tests.conftest import THE_DAY, Citizen, Heard, MovableClock
from tests.conversations.test_linking import code_of
from tests.sealed import appoint, read_together


class InTheBrowser(Citizen):
    """Their messages are stored as the web chat stores them."""

    async def says(self, text: str) -> Heard:
        return await super().says(json.dumps({"client_id": "x" * 12, "text": text}))


@pytest.fixture
async def on_the_web(worker: Worker, database: Database, vault: Vault, webchat_account: ChannelAccount) -> Citizen:
    return InTheBrowser(worker, database, vault, webchat_account, "trinh-duyet")


async def drafts_of(database: Database) -> list[Case]:
    async with database.reading() as session:
        return list(await session.exec(select(Case)))


async def test_begun_in_the_browser_it_is_sent_from_the_other_channel(
    citizen: Citizen, on_the_web: Citizen, database: Database
) -> None:
    await on_the_web.says("đèn đường trước nhà hỏng 3 tuần nay")
    assert "Gửi tiếp bản nháp ở kênh kia" not in (await citizen.says("Gửi phản ánh, kiến nghị")).choices
    await citizen.says("thôi")
    heard = await on_the_web.says(await code_of(citizen))
    assert "đã nối" in heard.text and "Gửi tiếp bản nháp ở kênh kia" not in heard.choices, "it is being told here"
    shown = await citizen.says("đơn của tôi tới đâu rồi")
    assert "Gửi tiếp bản nháp" in shown.choices
    asked = await citizen.says("Gửi tiếp bản nháp")
    assert "ở thôn, ấp nào" in asked.text
    summary = await citizen.says("ngõ 5 đường Mẫu")
    assert "đèn đường trước nhà hỏng 3 tuần nay" in summary.text and "client_id" not in summary.text
    assert "Mã của anh/chị" in (await citizen.says("gửi")).text
    [case] = await drafts_of(database)
    assert (case.state, case.origin) == ("received", "webchat")
    async with database.reading() as session:
        assert all(talk.draft_id is None for talk in await session.exec(select(Talk)))
    assert (case.code or "?") in (await on_the_web.says("đơn của tôi tới đâu rồi")).text
    await on_the_web.says("cống trước chợ nghẹt từ hôm qua, nước tràn ra đường")
    assert len(await drafts_of(database)) == 2, "the browser begins a new one"


async def test_it_is_offered_where_a_report_is_begun(citizen: Citizen, on_the_web: Citizen) -> None:
    await on_the_web.says(await code_of(citizen))
    await on_the_web.says("đèn đường trước nhà hỏng 3 tuần nay")
    await citizen.says("menu")
    heard = await citizen.says("Gửi phản ánh, kiến nghị")
    assert "Gửi tiếp bản nháp ở kênh kia" in heard.choices, heard
    assert "ở thôn, ấp nào" in (await citizen.says("1")).text


async def test_what_turns_out_a_denunciation_there_is_sealed_with_what_was_told_here(
    citizen: Citizen, on_the_web: Citizen, database: Database, commune: Commune, clock: MovableClock
) -> None:
    names = ("Trần Quốc Bảo", "Phạm Hải Yến")
    holders = await appoint(database, commune, names=names, now=clock.now(), today=THE_DAY)
    await on_the_web.says("đèn đường trước nhà hỏng 3 tuần nay")
    await on_the_web.says(await code_of(citizen))
    await citizen.says("đơn của tôi tới đâu rồi")
    await citizen.says("Gửi tiếp bản nháp")
    assert "niêm phong" in (await citizen.says("tôi tố cáo kế toán xã lấy bảy mươi bóng đèn mang bán")).text
    [told] = await read_together(database, *holders)
    assert "hỏng 3 tuần nay" in told and "bảy mươi bóng" in told and "client_id" not in told
