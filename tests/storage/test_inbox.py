"""Promise 4: stored once under its key, worked in order per chat, parked after three failures."""

from __future__ import annotations

from datetime import timedelta

from storage import inbox
from storage.bodies import Vault
from storage.communes import ChannelAccount
from storage.database import Database
from storage.inbox import InboxEvent
from tests.conftest import NINE_O_CLOCK


async def store(
    database: Database, vault: Vault, account: ChannelAccount, key: str, *, chat: str = "a", raw: str = "xin chào"
) -> tuple[InboxEvent, bool]:
    async with database.writing() as session:
        return await inbox.store(
            session,
            vault,
            commune_id=account.commune_id,
            channel_account_id=account.id or 0,
            event_key=key,
            chat_key=chat,
            raw=raw,
            at=NINE_O_CLOCK,
        )


async def claimed(database: Database, *, after: timedelta = timedelta(0)) -> str | None:
    async with database.writing() as session:
        event = await inbox.claim(session, now=NINE_O_CLOCK + after)
        return event.event_key if event else None


async def test_the_same_key_is_stored_once(database: Database, vault: Vault, terminal_account: ChannelAccount) -> None:
    first, fresh = await store(database, vault, terminal_account, "1", raw="một")
    again, known = await store(database, vault, terminal_account, "1", raw="hai")
    assert (fresh, known) == (True, False)
    assert first.id == again.id
    async with database.reading() as session:
        texts = await vault.read(session, commune_id=first.commune_id, body_ids=[again.body_id])
    assert list(texts.values()) == ["một"]


async def test_a_chat_is_worked_in_order_and_others_do_not_wait(
    database: Database, vault: Vault, terminal_account: ChannelAccount
) -> None:
    await store(database, vault, terminal_account, "a1", chat="a")
    await store(database, vault, terminal_account, "a2", chat="a")
    await store(database, vault, terminal_account, "b1", chat="b")
    async with database.writing() as session:
        first = await inbox.claim(session, now=NINE_O_CLOCK)
        assert first is not None and first.event_key == "a1"
        await inbox.fail(session, event_id=first.id or 0, now=NINE_O_CLOCK, error="Fault")
    assert await claimed(database) == "b1"
    assert await claimed(database, after=timedelta(seconds=5)) == "a1"


async def test_the_third_failure_parks_and_frees_the_chat(
    database: Database, vault: Vault, terminal_account: ChannelAccount
) -> None:
    event, _ = await store(database, vault, terminal_account, "a1")
    await store(database, vault, terminal_account, "a2")
    for attempt in (1, 2, 3):
        async with database.writing() as session:
            failed, is_parked = await inbox.fail(session, event_id=event.id or 0, now=NINE_O_CLOCK, error="Fault")
        assert failed.state == ("parked" if attempt == 3 else "waiting") and is_parked is (attempt == 3)
    assert await claimed(database) == "a2"
    async with database.reading() as session:
        parked = await inbox.parked(session, commune_id=terminal_account.commune_id)
    assert [event.event_key for event in parked] == ["a1"]


async def test_a_claim_dies_with_its_transaction(
    database: Database, vault: Vault, terminal_account: ChannelAccount
) -> None:
    await store(database, vault, terminal_account, "a1")
    assert await claimed(database) == "a1"
    assert await claimed(database) == "a1"
