"""Every change of a case reaches its citizen: a message in the outbox, in the transaction of the change itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers.addressing import address
from handlers.contract import Choice
from knowledge.meaning import Action
from storage import accounts, cases, communes, outbox, talks
from storage.cases import Case
from storage.outbox import OutboxMessage
from storage.talks import Talk

# Questions that outlive the silence of a talk: done? an officer asks; the phrase of a case that was sealed.
WAITS_LONG = ("cases.done", "cases.more", "denunciation.claim")


@dataclass(frozen=True, slots=True)
class News:
    """What to say. `asks` is the question that it leaves open; `quotes` the body whose words stand for SAID."""

    text: str
    choices: tuple[Choice, ...] = ()
    asks: str | None = None
    quotes: int | None = None


async def tell(session: AsyncSession, case: Case, news: News, *, at: datetime, also: str = "") -> None:
    """To the citizen, and (`also`) one sentence to those who have the same trouble."""
    if case.account_id is not None:
        await _send(session, case, case.account_id, news, at=at)
    if also:
        for account_id in await cases.supporters(session, commune_id=case.commune_id, case_id=case.id or 0):
            await _send(session, case, account_id, News(also), at=at)


async def _send(session: AsyncSession, case: Case, account_id: int, news: News, *, at: datetime) -> None:
    await send(session, commune_id=case.commune_id, account_id=account_id, news=news, at=at, reference=case.code)


async def send(
    session: AsyncSession,
    *,
    commune_id: int,
    account_id: int,
    news: News,
    at: datetime,
    reference: str | None = None,
    action: Action = "track",
) -> None:
    """Queue it for one account. `reference`: the code of the case that it tells of."""
    account = await accounts.by_id(session, commune_id=commune_id, account_id=account_id)
    commune = await communes.get(session, commune_id=commune_id)
    message = OutboxMessage(
        commune_id=commune_id,
        account_id=account_id,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text=address(news.text, commune),
        choices=_shown(news.choices),
        action=action,
        quotes_body_id=news.quotes,
        reference=reference,
        not_before=at,
        created_at=at,
    )
    await outbox.put(session, message)
    if news.asks is not None:
        await _leave_open(session, commune_id, account_id, news, at=at)


async def _leave_open(session: AsyncSession, commune_id: int, account_id: int, news: News, *, at: datetime) -> None:
    """The choices can be picked by number too, unless the person is in the middle of telling us something."""
    talk = await talks.of_account(session, commune_id=commune_id, account_id=account_id)
    talk = talk or Talk(commune_id=commune_id, account_id=account_id, last_at=at)
    if talk.draft_id is not None:
        return
    talk.asks, talk.choices, talk.last_at = news.asks, [asdict(choice) for choice in news.choices], at
    await talks.save(session, talk)


def _shown(choices: Sequence[Choice]) -> list[dict[str, object]]:
    return [{"label": choice.label, "aside": choice.aside} for choice in choices]
