""" "Ngân sách xã năm nay", "danh sách hộ nghèo": where it hangs since when, or when it is due; how to ask for it."""

from __future__ import annotations

import re
from datetime import date

from handlers import disclosures, topics
from handlers.contract import FIRST_SCREEN, Choice, Desk, Feature, Incoming, Reply
from handlers.disclosures import FORMS
from handlers.grounds import grounds
from handlers.people import TO_A_PERSON
from knowledge.disclosures import Duty, duties, named
from knowledge.vietnamese import fold
from storage import disclosures as shelf
from storage import places, wishes
from storage.disclosures import Disclosure
from storage.talks import Talk

MOST_SHOWN = 2
FEW_WORDS = 12
REQUEST = "thongtin.yeu-cau-cung-cap"
# A question about the rule, not for the thing itself: the entry answers it.
_RULE = re.compile(
    r"\b(?:co phai|phai khong|bao lau|may ngay|bao nhieu ngay|the nao|lam sao|tai sao|vi sao|quy dinh|luat|duoc khong|"
    r"co duoc|bat buoc|khieu nai|to cao|giau|thoi han|la gi)\b"
)


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The newest items of the duty; where the register holds none, the entry says what the law gives."""
    duty = duties().get(message.argument) or named(message.text)
    if duty is None:
        return topics.show(message, desk, "dancho.dan-biet.noi-dung-cong-khai", on=desk.today)
    found = await shelf.listed(desk.session, commune_id=desk.commune_id, duty=duty.id)
    shown = [row for row in found if disclosures.state(row, desk.today).code != "ended"] or found[:1]
    if not shown:
        reply = topics.show(message, desk, duty.entry_id, on=desk.today)
        return reply.with_choices(_ask())
    lines = [await _line(row, duty, desk) for row in shown[:MOST_SHOWN]]
    text = "Dạ, " + "\n".join(lines)
    if desk.web_chat:
        text += f"\nTất cả: {desk.web_chat}/cong-khai"
    desk.talk.topic, desk.talk.facet = duty.entry_id, None
    return Reply(
        text[:FIRST_SCREEN],
        "answer",
        topic=duty.entry_id,
        choices=(Choice("Luật quy định thế nào", f"topics.open:{duty.entry_id}"), _ask(), TO_A_PERSON),
        sources=grounds(desk, duty.entry_id)[:1],
    )


async def _line(row: Disclosure, duty: Duty, desk: Desk) -> str:
    """One item: where it hangs and its words, or when it is due."""
    how = disclosures.state(row, desk.today)
    if how.code in ("due", "late"):
        when = f"chậm nhất ngày {_day(row.due_on)}" if row.due_on else "sớm"
        late = ", nay đã quá hạn; anh/chị có quyền yêu cầu xã cung cấp" if how.code == "late" else ""
        return f"“{row.title}”: xã phải công khai {when}{late}."
    where = ", ".join(FORMS[form] for form in row.forms if form in FORMS) + (f" ({row.place})" if row.place else "")
    until = f" đến ít nhất {_day(row.hangs_until)}" if row.hangs_until else ""
    if how.code in ("ended", "early"):
        return f"“{row.title}” đã dán từ {_day(row.posted_on)}, nay đã gỡ; anh/chị yêu cầu xã cung cấp bản sao."
    told = f"“{row.title}”: đang công khai từ {_day(row.posted_on)}{until}" + (f", tại {where}." if where else ".")
    if duty.hamlet_only and not await _lives_there(row, desk):
        return f"{told} Nội dung chỉ báo cho bà con của thôn; anh/chị xem tại chỗ, hoặc nhắn “tôi ở ấp ...”."
    return told + (f" {row.summary}" if row.summary else "") + (f" Xem: {row.link}" if row.link else "")


async def _lives_there(row: Disclosure, desk: Desk) -> bool:
    """Whether the person said that they live in the hamlet of the item, and it still hangs."""
    home = await wishes.hamlet_of(desk.session, desk.account)
    hamlet = await places.hamlet(desk.session, commune_id=desk.commune_id, hamlet_id=row.hamlet_id or 0)
    in_time = row.hangs_until is None or desk.today <= row.hangs_until
    return in_time and hamlet is not None and home == hamlet.id


def _ask() -> Choice:
    return Choice("Yêu cầu xã cung cấp thông tin", f"topics.open:{REQUEST}")


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def takes(message: Incoming, _talk: Talk) -> bool:
    """Names a thing that must be public, in a few words that do not ask about the rule."""
    few = len(message.text.split()) <= FEW_WORDS
    plain = message.meaning.action in ("answer", "clarify", "abstain", "directory", "price")
    return few and plain and named(message.text) is not None and not _RULE.search(fold(message.text))


FEATURE = Feature("disclosing", handle, takes=takes)
