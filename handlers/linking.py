"""Nối kênh: one person on two channels, by a code shown on one and typed on the other; both are told, either undoes."""

from __future__ import annotations

import re

from handlers import drafts
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from knowledge.vietnamese import fold
from storage import communes, links, outbox
from storage.accounts import Account
from storage.outbox import OutboxMessage
from storage.talks import Talk

START = Choice("Dùng thêm kênh khác", "linking.start", aside=True)
UNDO = Choice("Bỏ nối kênh", "linking.undo", aside=True)
MENU = Choice("Xem danh mục", "welcome.menu", aside=True)
NAMES = {
    "webchat": "trang web của xã",
    "telegram": "Telegram",
    "zalo_bot": "Zalo",
    "zalo_oa": "Zalo",
    "terminal": "cửa sổ lệnh",
}
NOT_ME = "Nếu không phải anh/chị làm, gõ “bỏ nối kênh” để hủy ngay."

_CODE = re.compile(r"noi[ -]?([0-9]{6})")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Show a code, take one, or part the channels again."""
    if (code := _code(message)) is not None:
        return await _join(code, desk)
    if message.verb == "start":
        return await _show_code(desk)
    return await _undo(desk)


async def _show_code(desk: Desk) -> Reply:
    code = await links.issue(desk.session, commune_id=desk.commune_id, account_id=desk.account_id, now=desk.now)
    text = (
        "Dạ, trên kênh kia (Zalo, Telegram hoặc trang web của xã), trong 10 phút anh/chị nhắn cho em đúng dòng này:\n"
        f"NOI-{code}\n"
        "Nối rồi thì việc đã gửi xem được ở cả hai nơi. Mã dùng một lần; xin đừng đưa mã cho ai."
    )
    return Reply(text, "menu", choices=(MENU, TO_A_PERSON))


async def _join(code: str, desk: Desk) -> Reply:
    mine = {"commune_id": desk.commune_id, "account_id": desk.account_id}
    if not await links.may_try(desk.session, **mine, now=desk.now):
        return Reply("Dạ, mã sai quá nhiều lần. Anh/chị chờ 10 phút rồi xin mã mới giúp em ạ.", "menu", choices=(MENU,))
    other = await links.join(desk.session, desk.account, code=code, now=desk.now)
    if other is None:
        text = "Dạ, mã này không đúng hoặc đã hết 10 phút. Anh/chị xin mã mới ở kênh kia rồi nhắn lại giúp em ạ."
        return Reply(text, "menu", choices=(START, MENU))
    here, there = await _name(desk.account, desk), await _name(other, desk)
    await _tell(other, f"Dạ, tài khoản này vừa được nối với một tài khoản trên {here}. {NOT_ME}", desk)
    text = f"Dạ, em đã nối tài khoản này với tài khoản của anh/chị trên {there}. {NOT_ME}"
    go_on = await drafts.offer(desk)
    return Reply(text, "menu", choices=(*go_on, Choice("Đơn của tôi tới đâu", "tracking.show"), UNDO, MENU))


async def _undo(desk: Desk) -> Reply:
    others = await links.undo(desk.session, desk.account)
    here = await _name(desk.account, desk)
    for other in others:
        await _tell(other, f"Dạ, tài khoản này đã thôi nối với tài khoản trên {here}.", desk)
    text = "Dạ, em đã bỏ nối: mỗi kênh lại riêng như trước." if others else "Dạ, tài khoản này chưa nối kênh nào."
    return Reply(text, "menu", choices=(START, MENU))


async def _tell(other: Account, text: str, desk: Desk) -> None:
    """The other side learns of it at once."""
    note = OutboxMessage(
        commune_id=other.commune_id,
        account_id=other.id or 0,
        channel_account_id=other.channel_account_id,
        chat_key=other.chat_key,
        text=text,
        not_before=desk.now,
        created_at=desk.now,
    )
    await outbox.put(desk.session, note)


async def _name(account: Account, desk: Desk) -> str:
    named = await communes.channel_name(desk.session, account=account)
    return NAMES.get(named, named)


def _code(message: Incoming) -> str | None:
    found = _CODE.fullmatch(fold(message.text).strip(" .!"))
    return found.group(1) if found else None


def takes(message: Incoming, _talk: Talk) -> bool:
    """A code of ours, or the words with which it is undone."""
    return _code(message) is not None or fold(message.text).strip(" .!") == fold(UNDO.label)


FEATURE = Feature("linking", handle, takes=takes)
