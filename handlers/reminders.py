""" "Nhắc tôi khi thẻ BHYT hết hạn": 30 and 7 days before the day that the person typed, only for those who asked."""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from handlers.people import TO_A_PERSON
from knowledge.vietnamese import fold
from storage import reminders
from storage.reminders import Reminder
from storage.talks import Talk

LOOK_UP = "bhyt.tra-cuu-tong-dai"
ASKS_DAY = "reminders.day"
BEFORE = (30, 7)  # days
LATEST = timedelta(days=5 * 366)
STOP = Choice("Thôi không nhắc nữa", "reminders.drop", aside=True)
_DAY = re.compile(r"\b(\d{1,2})\s*(?:[/.-]|thang)\s*(\d{1,2})\s*(?:[/.-]|nam)\s*(\d{4})\b")
_CARD = re.compile(r"\b(?:the|bhyt|bao hiem)\b")
_REMIND = re.compile(r"\bnhac\b")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Set, or ask for the day printed on the card; "thôi không nhắc nữa" takes all back."""
    if message.verb == "drop":
        count = await reminders.drop(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
        text = "Dạ, em đã bỏ nhắc." if count else "Dạ, em không có lời nhắc nào của anh/chị."
        return Reply(text, "answer", choices=(TO_A_PERSON,))
    expires_on = find_day(message.text)
    if expires_on is None:
        text = "Dạ, thẻ BHYT của anh/chị hết hạn ngày nào ạ? (ví dụ: 31/12/2026; xem trên VssID, VNeID)"
        choices = (Choice("Tra hạn thẻ ở đâu", f"topics.open:{LOOK_UP}"), TO_A_PERSON)
        return Reply(text, "answer", choices=choices, sources=grounds(desk, LOOK_UP), asks=ASKS_DAY)
    if not desk.today < expires_on <= desk.today + LATEST:
        text = f"Dạ, ngày {expires_on:%d/%m/%Y} không dùng để nhắc được (đã qua, hoặc quá xa). Anh/chị xem lại ngày ạ."
        return Reply(text, "answer", choices=(TO_A_PERSON,), asks=ASKS_DAY)
    return await _set(expires_on, desk)


async def _set(expires_on: date, desk: Desk) -> Reply:
    days = [expires_on - timedelta(days=before) for before in BEFORE]
    coming = [day for day in days if day > desk.today] or [desk.today + timedelta(days=1)]
    rows = [
        Reminder(
            commune_id=desk.commune_id, account_id=desk.account_id, kind="bhyt", expires_on=expires_on, remind_on=day
        )
        for day in coming
    ]
    await reminders.set_all(desk.session, rows, commune_id=desk.commune_id, account_id=desk.account_id)
    when = " và ".join(f"{day:%d/%m/%Y}" for day in coming)
    text = f"Dạ, em sẽ nhắc anh/chị ngày {when} (thẻ hết hạn {expires_on:%d/%m/%Y}). Em chỉ giữ ngày này."
    return Reply(text, "answer", choices=(STOP, TO_A_PERSON))


def words(reminder: Reminder) -> str:
    """What the person is told on the day."""
    return (
        f"Dạ, anh/chị đã nhờ nhắc: thẻ BHYT hết hạn ngày {reminder.expires_on:%d/%m/%Y}. "
        "Anh/chị gia hạn sớm để không bị gián đoạn. Cần tính tiền đóng thì nhắn số người trong hộ ạ."
    )


def find_day(text: str) -> date | None:
    """The full date in a message; None where there is none."""
    found = _DAY.search(fold(text))
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked to be reminded of a card."""
    folded = fold(message.text)
    return bool(_REMIND.search(folded) and _CARD.search(folded)) and message.meaning.action in (
        "answer", "clarify", "abstain", "smalltalk", "premium",
    )  # fmt: skip


def continues(message: Incoming, _talk: Talk) -> bool:
    """The day that we asked for."""
    return find_day(message.text) is not None


FEATURE = Feature("reminders", handle, takes=takes, continues=continues)
