"""A gap was filled: those who had asked get the answer by themselves, each once, in the transaction of the approval."""

from __future__ import annotations

from dataclasses import asdict

from handlers import topics
from handlers.addressing import address
from handlers.contract import Reply
from handlers.gaps import is_alike
from handlers.logbook import as_rows
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge import answers
from knowledge.entry import Entry
from knowledge.errors import NothingInForce
from storage import accounts, communes, gap_answers, outbox, questions, talks
from storage.accounts import Account
from storage.gap_answers import GapAnswer
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.talks import Talk

NEWEST = 2_000  # open questions among which alike ones are looked for
OPENING = "Dạ, trước đây anh/chị hỏi mà em chưa trả lời được; nay em có câu trả lời: "


async def tell(work: Workplace, entry: Entry) -> int:
    """Answer everybody whose question waited for this entry, and who asked alike meanwhile; gives how many people."""
    waiting = await gap_answers.waiting(work.session, commune_id=work.commune_id, entry_id=entry.id)
    if not waiting:
        return 0
    waiting += await _asked_meanwhile(work, entry.id, [question for _row, question in waiting])
    told: set[int] = set()
    for row, question in waiting:
        account = await _reachable(work, question)
        if account is not None and account.id not in told:
            if not await _answer(work, entry, question, account):
                continue  # it says nothing for the day that was asked about: the gap stays
            told.add(account.id or 0)
            await work.note(Act.KNOWLEDGE_APPROVE, "account", account.id, what="told")
        row.settled_at, row.told_at = work.now, work.now if account is not None else None
        work.session.add(row)
    await work.session.flush()
    return len(told)


async def _reachable(work: Workplace, question: Question) -> Account | None:
    """Whose question it is; nobody where the data was erased or never kept, or the chat was ended for good."""
    if question.account_id is None:
        return None
    account = await accounts.by_id(work.session, commune_id=work.commune_id, account_id=question.account_id)
    return account if account.ended_at is None else None


async def _asked_meanwhile(work: Workplace, entry_id: str, asked: list[Question]) -> list[tuple[GapAnswer, Question]]:
    """Questions like these that came while the entry was being written."""
    known = await gap_answers.linked(work.session, commune_id=work.commune_id)
    open_ones = await questions.gaps(work.session, commune_id=work.commune_id, limit=NEWEST)
    alike = [
        one.id or 0
        for one in open_ones
        if one.id not in known and one.folded_text and any(is_alike(each, one) for each in asked)
    ]
    if not alike:
        return []
    await gap_answers.link(work.session, commune_id=work.commune_id, entry_id=entry_id, question_ids=alike)
    every = await gap_answers.waiting(work.session, commune_id=work.commune_id, entry_id=entry_id)
    return [pair for pair in every if pair[1].id in alike]


async def _answer(work: Workplace, entry: Entry, question: Question, account: Account) -> bool:
    """Queue the answer; False where the entry says nothing for that day."""
    try:
        said = answers.answer(entry, question.asked_about or work.today, work.today)
    except NothingInForce:
        return False
    reply = topics.late(said, OPENING)
    commune = await communes.get(work.session, commune_id=work.commune_id)
    row = OutboxMessage(
        commune_id=work.commune_id,
        account_id=account.id or 0,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        action=reply.action,
        topic=reply.topic,
        not_before=work.now,
        created_at=work.now,
        **(as_rows(reply) | {"text": address(reply.text, commune)}),
    )
    await outbox.put(work.session, row)
    await _offer(work, account.id or 0, reply)
    return True


async def _offer(work: Workplace, account_id: int, reply: Reply) -> None:
    """The choices can be picked by number too, unless the person is in the middle of something."""
    talk = await talks.of_account(work.session, commune_id=work.commune_id, account_id=account_id)
    talk = talk or Talk(commune_id=work.commune_id, account_id=account_id, last_at=work.now)
    if talk.draft_id is not None or talk.asks not in (None, topics.FOLLOWS):
        return
    talk.asks, talk.topic = topics.FOLLOWS, reply.topic
    talk.choices, talk.last_at = [asdict(choice) for choice in reply.choices], work.now
    await talks.save(work.session, talk)
