"""An officer types the code from the console into their own chat: from then on they hear there of their cases.

Either side undoes it, and the other one is told.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import case_words
from handlers.case_codes import DIGITS, LETTERS
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge.categories import categories
from knowledge.vietnamese import fold
from storage import accounts, case_alerts, cases, communes, officer_chats, outbox, places, sign_ins
from storage.accounts import Account
from storage.case_alerts import CaseAlert
from storage.officer_chats import OfficerChat
from storage.outbox import OutboxMessage
from storage.sign_ins import Attempt
from storage.talks import Talk

PREFIX, LENGTH = "LK-", 7
HOLDS = timedelta(minutes=10)
MOST_TRIES, AN_HOUR = 5, timedelta(hours=1)
WORDS = {
    "new": "vụ việc mới",
    "due": "sắp tới hạn",
    "late": "đã trễ hẹn",
    "owed": "hôm nay hẹn báo tin cho dân mà chưa ghi lý do trễ",
    "told": "người dân trả lời thêm",
    "undone": "người dân báo chưa xong",
    "approve": "câu trả lời chờ duyệt",
    "returned": "câu trả lời được trả lại để sửa",
    "many": "5 việc cùng loại ở một thôn trong 7 ngày",
}


async def show_code(work: Workplace) -> str:
    """A fresh code for this officer; an earlier link ends with it."""
    digits = [secrets.choice(DIGITS), *(secrets.choice(LETTERS + DIGITS) for _ in range(LENGTH - 1))]
    code = PREFIX + "".join(digits)
    await officer_chats.forget(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
    row = OfficerChat(
        officer_id=work.person.officer_id,
        commune_id=work.commune_id,
        code_hash=work.vault.fingerprint(f"officer chat:{code}"),
        code_until=work.now + HOLDS,
    )
    await officer_chats.keep(work.session, row, commune_id=work.commune_id)
    return code


@dataclass(frozen=True, slots=True)
class Where:
    """The chat in which an officer hears of their cases: the name of its channel, and since when."""

    channel: str
    since: datetime


async def where(work: Workplace) -> Where | None:
    """None where no chat is linked yet."""
    chat = await officer_chats.of(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
    if chat is None or chat.account_id is None or chat.linked_at is None:
        return None
    account = await accounts.by_id(work.session, commune_id=work.commune_id, account_id=chat.account_id)
    return Where(await communes.channel_name(work.session, account=account), chat.linked_at)


async def unlink(work: Workplace) -> None:
    """The officer wants no news in a chat any more; that chat is told."""
    chat = await officer_chats.of(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
    await officer_chats.forget(work.session, commune_id=work.commune_id, officer_id=work.person.officer_id)
    await work.note(Act.ACCOUNT_OWN, "officer", work.person.officer_id, what="chat_ended")
    if chat is not None and chat.account_id is not None:
        account = await accounts.by_id(work.session, commune_id=work.commune_id, account_id=chat.account_id)
        await outbox.put(
            work.session, _note(account, "Dạ, tài khoản này đã thôi nhận tin báo việc của cán bộ.", work.now)
        )


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Link this chat, if the code is right and fresh; or undo it."""
    if _undoes(message):
        gone = await officer_chats.forget_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
        said = "Dạ, đã gỡ: ở đây không còn tin báo việc." if gone else "Dạ, tài khoản này chưa gắn với cán bộ nào."
        return Reply(said, "track", keeps_body=False)
    key = desk.vault.fingerprint(f"officer chat code:{desk.account_id}")
    tried = await sign_ins.attempt(desk.session, key=key)
    fresh = tried is not None and desk.now - tried.last_at < AN_HOUR
    if tried is not None and fresh and tried.failures >= MOST_TRIES:
        return Reply("Dạ, anh/chị thử nhiều lần quá rồi, một giờ nữa thử lại ạ.", "track", keeps_body=False)
    code = next(code for code in message.meaning.codes if code.startswith(PREFIX))
    row = await officer_chats.by_code(
        desk.session,
        commune_id=desk.commune_id,
        code_hash=desk.vault.fingerprint(f"officer chat:{code}"),
        now=desk.now,
    )
    if row is None:
        failures = tried.failures + 1 if tried is not None and fresh else 1
        await sign_ins.count(desk.session, Attempt(key=key, failures=failures, not_before=desk.now, last_at=desk.now))
        return Reply(
            "Dạ, mã này không đúng hoặc đã quá 10 phút. Lấy mã mới ở trang làm việc ạ.", "track", keeps_body=False
        )
    row.account_id, row.code_hash, row.code_until, row.linked_at = desk.account_id, None, None, desk.now
    await officer_chats.keep(desk.session, row, commune_id=desk.commune_id)
    text = (
        "Dạ, đã gắn. Trong giờ làm việc em báo ở đây khi có việc mới, việc tới hạn, trễ hẹn hoặc người dân trả lời; "
        "không có lời của người dân. Không phải anh/chị gắn, hoặc muốn gỡ: nhắn “gỡ báo việc”, "
        "hay gỡ ở trang “Việc mới”."
    )
    return Reply(text, "track", keeps_body=False)


async def push(session: AsyncSession, alert: CaseAlert, account_id: int, *, now: datetime, base: str) -> None:
    """One alert into the officer's chat: code, kind, hamlet and address, nothing of what the citizen wrote."""
    case = await cases.get(session, commune_id=alert.commune_id, case_id=alert.case_id)
    account = await accounts.by_id(session, commune_id=alert.commune_id, account_id=account_id)
    await case_alerts.mark_pushed(session, commune_id=alert.commune_id, alert_id=alert.id or 0, at=now)
    if case is None:
        return
    hamlet = await places.hamlet(session, commune_id=case.commune_id, hamlet_id=case.hamlet_id or 0)
    category = categories().get(case.category or "")
    parts = [
        case_words.KINDS.get(case.kind, case.kind),
        category.label if category else "",
        hamlet.name if hamlet else "",
    ]
    text = f"{case.code}: {WORDS[alert.kind]} ({', '.join(part for part in parts if part)})."
    text += f" {base}/console/cases/{case.id}" if base else ""
    await outbox.put(session, _note(account, text, now, reference=case.code))


def _note(account: Account, text: str, now: datetime, *, reference: str | None = None) -> OutboxMessage:
    return OutboxMessage(
        commune_id=account.commune_id,
        account_id=account.id or 0,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text=text,
        reference=reference,
        not_before=now,
        created_at=now,
    )


def _undoes(message: Incoming) -> bool:
    return fold(message.text).strip(" .!") == "go bao viec"


def takes(message: Incoming, _talk: Talk) -> bool:
    """A code of the console's, or the words that undo it."""
    return _undoes(message) or any(code.startswith(PREFIX) for code in message.meaning.codes)


FEATURE = Feature("officer_chat", handle, takes=takes)
