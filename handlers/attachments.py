"""What is no words: a photo, a voice message, a place on the map, a contact, or what a channel withholds from us."""

from __future__ import annotations

from dataclasses import replace

from handlers import report_screens, reports
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from storage.talks import Talk

MENU = Choice("Xem danh mục", "welcome.menu", aside=True)
START = Choice("Gửi phản ánh, kiến nghị", "reports.start")
CANT_READ = {
    "photo": "Dạ, em nhận được ảnh nhưng em chưa xem và chưa lưu được ảnh.",
    "file": "Dạ, em nhận được tệp nhưng em chưa mở và chưa lưu được tệp.",
    "voice": "Dạ, em nhận được tin thoại nhưng em chưa nghe được.",
}
LEFT_BEHIND = {"photo": "ảnh", "file": "tệp"}
NO_PAPERS = "Xin đừng gửi ảnh giấy tờ, số điện thoại, địa chỉ nhà qua ứng dụng này."


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One plain sentence on what became of it, and how to go on in words."""
    match message.kind:
        case "location":
            return await _place(message, desk)
        case "contact":
            return _contact(desk)
        case "unsupported":
            return _withheld(desk)
        case _:
            return _cannot_read(message, desk)


async def _place(message: Incoming, desk: Desk) -> Reply:
    """A place on the map begins a report; in the middle of one it answers "where" and does not come here."""
    if await reports.keep_place(message, desk) is False:
        return report_screens.too_far()
    text = "Dạ, em ghi lại vị trí anh/chị gửi. Ở chỗ đó có việc gì ạ? Anh/chị kể giúp em."
    return Reply(text, "report", choices=(reports.CANCEL, TO_A_PERSON), asks=reports.WHAT)


def _contact(desk: Desk) -> Reply:
    """Nothing here needs a phone number or a name: what came is erased."""
    text = "Dạ, ở đây em không cần số điện thoại hay họ tên nên em đã xóa, không lưu. Anh/chị cứ hỏi bằng chữ ạ."
    return Reply(_with_web(text, desk), "menu", choices=(MENU, TO_A_PERSON), keeps_body=False)


def _withheld(desk: Desk) -> Reply:
    """The channel protects this person's account and does not show us what they write: other ways, once."""
    text = (
        "Dạ, ứng dụng này bảo vệ tài khoản của anh/chị nên không cho em đọc nội dung tin nhắn. "
        f"Anh/chị {desk_line(desk)} để được giúp ạ."
    )
    if desk.web_chat:
        text += f" Hoặc nhắn cho em ở trang {desk.web_chat}"
    return Reply(text, "handoff")


def _cannot_read(message: Incoming, desk: Desk) -> Reply:
    """The open question stays open: a photo in the middle of a report does not end it."""
    text = f"{CANT_READ[message.kind]} Anh/chị gõ bằng chữ giúp em: việc gì, ở đâu ạ?"
    return Reply(_with_web(text, desk), "abstain", choices=(START, MENU, TO_A_PERSON), asks=desk.talk.asks)


def _with_web(text: str, desk: Desk) -> str:
    """A foreign platform is no place for papers: the commune's own page is."""
    if not desk.is_foreign:
        return text
    page = f" Cần gửi thông tin riêng, anh/chị dùng trang của xã: {desk.web_chat}" if desk.web_chat else ""
    return f"{text}\n{NO_PAPERS}{page}"


def mention(message: Incoming, reply: Reply) -> Reply:
    """Words came with a photo or a file: the words are answered, and nobody believes that the rest was kept."""
    what = LEFT_BEHIND.get(message.kind)
    if what is None or not message.text or reply.action == "emergency":
        return reply
    return replace(reply, text=f"{reply.text}\n(Em chưa lưu được {what} gửi kèm.)")


def takes(message: Incoming, talk: Talk) -> bool:
    """No words came; a caption counts as words, and so does a place where we asked for one."""
    if message.kind == "location":
        return talk.asks != reports.PLACE
    return message.kind in ("contact", "unsupported") or (message.kind in CANT_READ and not message.text)


FEATURE = Feature("attachments", handle, takes=takes)
