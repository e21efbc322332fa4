"""An officer types the code from the console into their own chat: from then on they hear there of their cases."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import case_words
from handlers.case_codes import DIGITS, LETTERS
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.workplace import Workplace
from knowledge.categories import categories
from storage import accounts, case_alerts, cases, officer_chats, outbox, places, sign_ins
from storage.case_alerts import CaseAlert
from storage.officer_chats import OfficerChat
from storage.outbox import OutboxMessage
from storage.sign_ins import Attempt
from storage.talks import Talk

PREFIX, LENGTH = "LK-", 7
HOLDS = timedelta(minutes=15)
MOST_TRIES, AN_HOUR = 5, timedelta(hours=1)
WORDS = {
    "new": "vụ việc mới",
    "due": "sắp tới hạn",
    "late": "đã trễ hẹn",
    "owed": "hôm nay hẹn báo tin cho dân mà chưa ghi lý do trễ",
    "told": "người dân trả lời thêm",
    "undone": "người dân báo chưa xong",
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


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Link this chat, if the code is right and fresh."""
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
            "Dạ, mã này không đúng hoặc đã quá 15 phút. Lấy mã mới ở trang làm việc ạ.", "track", keeps_body=False
        )
    row.account_id, row.code_hash, row.code_until, row.linked_at = desk.account_id, None, None, desk.now
    await officer_chats.keep(desk.session, row, commune_id=desk.commune_id)
    text = (
        "Dạ, đã gắn. Trong giờ làm việc em báo ở đây khi có việc mới, việc tới hạn, trễ hẹn hoặc người dân trả lời; "
        "không có lời của người dân. Gỡ ở trang “Việc mới”."
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
    message = OutboxMessage(
        commune_id=case.commune_id,
        account_id=account_id,
        channel_account_id=account.channel_account_id,
        chat_key=account.chat_key,
        text=text,
        reference=case.code,
        not_before=now,
        created_at=now,
    )
    await outbox.put(session, message)


def takes(message: Incoming, _talk: Talk) -> bool:
    """A code of the console's."""
    return any(code.startswith(PREFIX) for code in message.meaning.codes)


FEATURE = Feature("officer_chat", handle, takes=takes)
