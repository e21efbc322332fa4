"""What the ledger of a notice proves: its hash, who was not reached, and the receipts of the platform."""

from __future__ import annotations

import pytest
from sqlmodel import select

from bot.assembly import Parts
from bot.channels.errors import PersonGone
from handlers import notice_report
from handlers.permissions import Role
from handlers.staff import add_officer
from storage import outbox
from storage.communes import Commune
from storage.deliveries import Delivery
from storage.notices import Notice
from tests.bot.console import hire
from tests.bot.drivers import driving
from tests.bot.noticing import FACTS, Village
from tests.bot.running import Serves, eventually_so
from tests.conftest import MovableClock


@pytest.fixture
async def village(parts: Parts, commune: Commune) -> Village:
    village = Village(parts, commune)
    await village.opens([(await hire(parts, commune, Role.BROADCASTER)).id or 0])
    return village


async def test_the_hash_of_a_certificate_holds_whatever_comes_later(village: Village, clock: MovableClock) -> None:

    for number in range(3):
        await village.person(f"nguoi-{number}", "zalo_oa")
    web = await village.person("trang", "webchat")
    notice_id = await village.sends()
    await village.runs()
    at, notice = clock.now(), await village.notice(notice_id)
    async with village.parts.database.reading() as session:
        first = await notice_report.fingerprint(session, notice, run=1, at=at)
        whole = (await notice_report.report(session, notice)).total
    assert first[1] == 4 and (whole.reached, whole.waiting) == (3, 1)
    clock.move(hours=1)
    async with village.parts.database.writing() as session:  # the page is opened: what was waiting is delivered
        [row] = await outbox.of_account(session, commune_id=web.commune_id, account_id=web.id or 0)
        await outbox.mark_fetched(session, commune_id=web.commune_id, message_ids=[row.id or 0], now=clock.now())
    assert (await village.ledger(notice_id))["trang"] == "delivered"
    async with village.parts.database.reading() as session:
        assert await notice_report.fingerprint(session, notice, run=1, at=at) == first
        assert await notice_report.fingerprint(session, notice, run=1, at=clock.now()) != first
    async with village.parts.database.writing() as session:  # somebody writes a failure out of the ledger
        row = (await session.exec(select(Delivery))).all()[0]
        row.state = "failed"
        session.add(row)
    async with village.parts.database.reading() as session:
        assert await notice_report.fingerprint(session, notice, run=1, at=at) != first


async def test_who_was_not_reached_counts_each_person_once(village: Village) -> None:

    east, _west = village.hamlets
    await village.person("hai-kenh", "zalo_oa", hamlet=east)
    await village.person("hai-kenh-bot", "zalo_bot", same_as="hai-kenh")
    await village.person("chan", "zalo_oa", hamlet=east)
    await village.person("toi-roi", "zalo_bot", hamlet=east)
    gone = PersonGone("zalo -217")
    village.platforms["zalo_oa"].fails = {"hai-kenh": gone, "chan": gone}
    village.platforms["zalo_bot"].fails = {"hai-kenh-bot": PersonGone("404 chat")}
    notice_id = await village.sends()
    await village.runs()
    async with village.parts.database.reading() as session:
        told = await notice_report.report(session, await village.notice(notice_id))
    assert {hamlet: sum(why.values()) for hamlet, why in told.unreached.items()} == {east: 2}
    assert told.total.failed == 3 and told.total.reached == 1


async def test_receipts_of_the_oa_say_who_has_it_and_who_read_it(serves: Serves) -> None:
    """Through the real server and the faked platform: a notice that is due goes by itself; its receipts come back."""
    async with driving("zalo_oa", serves) as driver:
        await driver.says("alo")
        database = driver.served.parts.database
        async with database.writing() as session:
            commune = (await session.exec(select(Commune))).one()
            officer = await add_officer(
                session, commune_id=commune.id or 0, name="Người Gửi", role=Role.BROADCASTER,
                now=driver.served.parts.clock.now(), today=driver.served.parts.clock.today(),
            )  # fmt: skip
            row = Notice(
                commune_id=commune.id or 0, code="TB-7K2M9", kind="power", papi=6, facts=FACTS, state="scheduled",
                send_at=driver.served.parts.clock.now(), made_by=officer.id, made_at=driver.served.parts.clock.now(),
            )  # fmt: skip
            session.add(row)

        async def ledger() -> list[Delivery]:
            return [one for one in await driver.served.rows(Delivery) if one.state == "sent"]

        await eventually_so(ledger)
        [delivery] = await ledger()
        assert delivery.external_id and (delivery.got_at, delivery.seen_at) == (None, None)
        before = len(driver.screens())
        for name, content in (
            ("user_received_message", {"msg_id": delivery.external_id}),
            ("user_seen_message", {"msg_ids": [delivery.external_id, "nobody-knows"]}),
        ):
            event = driver.fake.event(driver.person, name, message=content)
            assert await driver.fake.deliver(event) == 200
        await driver.settled()
        [delivery] = await ledger()
        assert delivery.got_at is not None and delivery.seen_at is not None
        assert len(driver.screens()) == before, "a receipt is no message: nothing is answered"
        assert any("TB-7K2M9" in screen.text for screen in driver.screens())
