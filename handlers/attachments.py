"""What is no words: a photo, a voice message, a place on the map, a contact, or what a channel withholds from us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers import drafts, report_screens, reports
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from storage import bodies, cases, files
from storage.talks import Talk

MENU = Choice("Xem danh mục", "welcome.menu", aside=True)
START = Choice("Gửi phản ánh, kiến nghị", "reports.start")
CANT_READ = {
    "photo": "Dạ, em nhận được ảnh nhưng chưa lấy được ảnh này.",
    "file": "Dạ, tệp này em chưa mở được: em chỉ nhận ảnh và tệp PDF.",
    "voice": "Dạ, em nhận được tin thoại nhưng em chưa nghe được.",
}
ATTACHED = {"photo": "ảnh", "file": "tệp"}
TO_REPORT = "attachments.report"
DROP = Choice("Không, bỏ đi", "attachments.drop")
HELD = "attached"  # bodies of messages whose photos wait for the person's word
MOST_HELD = 5
ON_THE_MAP = "Vị trí trên bản đồ"
ASKS = "attachments.what_for"
PHOTO = "attached"  # kind of the line in a case's history
NO_PAPERS = "Xin đừng gửi ảnh giấy tờ, số điện thoại, địa chỉ nhà qua ứng dụng này."


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One plain sentence on what became of it, and how to go on in words."""
    match message.verb:
        case "report":
            return await _begin_report(desk)
        case "drop":
            return await _drop(desk)
    match message.kind:
        case "location":
            return await _place(message, desk)
        case "contact":
            return _contact(desk)
        case "unsupported":
            return _withheld(desk)
        case "photo" | "file" if message.files:
            return await _attached(message, desk)
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


async def _attached(message: Incoming, desk: Desk) -> Reply:
    """In the middle of a report a photo joins its draft; elsewhere the person says what it is for."""
    what = ATTACHED[message.kind]
    if not _in_report(desk):
        _hold(desk)
        text = f"Dạ, em nhận được {what}. Anh/chị muốn gửi phản ánh kèm {what} này không ạ?"
        choices = (Choice(f"Gửi phản ánh kèm {what}", TO_REPORT), DROP, TO_A_PERSON)
        return Reply(_with_web(text, desk), "clarify", choices=choices, asks=ASKS)
    await _append(desk, desk.body_id)
    if desk.talk.asks == report_screens.SEND:  # the summary once more, with it
        return await reports.next_question(desk)
    text = f"Dạ, em ghi kèm {what} vào bản nháp."
    if not desk.talk.asks:
        text = _with_web(f"{text} Anh/chị kể thêm giúp em: việc gì, ở đâu ạ?", desk)
        return Reply(text, "report", choices=(reports.CANCEL, TO_A_PERSON), asks=reports.WHAT)
    pending = tuple(Choice(**one) for one in desk.talk.choices)
    text = _with_web(f"{text} Mời anh/chị trả lời tiếp câu em vừa hỏi ạ.", desk)
    return Reply(text, "report", choices=pending, asks=desk.talk.asks)


async def _begin_report(desk: Desk) -> Reply:
    """The photo was of something wrong: it is the first thing that is kept."""
    if not await _join(desk, held(desk)):
        return Reply("Dạ, ảnh đó em không còn giữ. Anh/chị gửi lại giúp em ạ.", "report", asks=reports.WHAT)
    return Reply(
        "Dạ, em đã giữ. Anh/chị kể giúp em: việc gì, ở đâu ạ?",
        "report",
        choices=(reports.CANCEL, TO_A_PERSON),
        asks=reports.WHAT,
    )


async def _drop(desk: Desk) -> Reply:
    """Nothing of it stays."""
    await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=held(desk))
    _forget(desk)
    return Reply("Dạ, em đã bỏ, không giữ lại. Anh/chị cần hỏi gì cứ nhắn em ạ.", "menu", choices=(MENU, TO_A_PERSON))


async def join(message: Incoming, reply: Reply, desk: Desk, waiting: Sequence[int]) -> Reply:
    """After the answer: a report takes the photos along; elsewhere nobody believes that they were kept.

    `waiting`: bodies of the photos that waited for the person's word before the answer.
    """
    if reply.action in ("emergency", "denunciation") or not reply.keeps_body or message.chosen == TO_REPORT:
        return reply
    if desk.talk.draft_id is not None and reply.action == "report":
        await _join(desk, waiting)
        if not _says_nothing(message) and message.files:
            await files.want(desk.session, commune_id=desk.commune_id, body_ids=[desk.body_id], now=desk.now)
            joined = f"{reply.text}\n(Em ghi kèm {ATTACHED[message.kind]} anh/chị gửi.)"
            return replace(reply, text=f"{joined}\n{NO_PAPERS}" if desk.is_foreign else joined)
        return reply
    if message.kind not in ATTACHED or _says_nothing(message):
        return reply
    what = ATTACHED[message.kind]
    if not message.files:
        return replace(reply, text=f"{reply.text}\n(Em chưa lưu được {what} gửi kèm.)")
    _hold(desk)
    told = replace(reply, text=f"{reply.text}\n(Em chưa dùng đến {what} gửi kèm.)")
    return told.with_choices(Choice(f"Gửi phản ánh kèm {what}", TO_REPORT, aside=True))


def held(desk: Desk) -> list[int]:
    """The bodies of messages whose photos wait for the person's word."""
    return list(desk.talk.held.get(HELD, []))


def _hold(desk: Desk) -> None:
    """Remember whose photo it was; the talk's end forgets it, and with it the photo."""
    desk.talk.held = {**desk.talk.held, HELD: [*held(desk), desk.body_id][-MOST_HELD:]}


def _forget(desk: Desk) -> None:
    desk.talk.held = {name: value for name, value in desk.talk.held.items() if name != HELD}


async def _join(desk: Desk, waiting: Sequence[int]) -> bool:
    """What waited for the person's word joins the draft; False where nothing did."""
    _forget(desk)
    for body_id in waiting:
        await _append(desk, body_id)
    return bool(waiting)


async def _append(desk: Desk, body_id: int) -> None:
    """A photo joins the draft, whatever kind that is; a platform hands it over now."""
    if desk.talk.draft_id is None:
        await drafts.keep(desk, kind="report", told=PHOTO, body_id=body_id)
    else:
        await cases.append(
            desk.session,
            commune_id=desk.commune_id,
            case_id=desk.talk.draft_id,
            kind=PHOTO,
            body_id=body_id,
            at=desk.now,
        )
    await files.want(desk.session, commune_id=desk.commune_id, body_ids=[body_id], now=desk.now)


def _in_report(desk: Desk) -> bool:
    return desk.talk.draft_id is not None or (desk.talk.asks or "").startswith("reports.")


def place_line(north: float, east: float) -> str:
    """A place as words."""
    return f"{ON_THE_MAP}: {north:.5f}, {east:.5f}"


def _says_nothing(message: Incoming) -> bool:
    """A photo without a caption; the place where it was taken is none."""
    return not message.text or message.text.startswith(ON_THE_MAP)


def takes(message: Incoming, talk: Talk) -> bool:
    """No words came; a caption counts as words, and so does a place where we asked for one."""
    if message.kind == "location":
        return talk.asks != reports.PLACE
    return message.kind in ("contact", "unsupported") or (message.kind in CANT_READ and _says_nothing(message))


FEATURE = Feature("attachments", handle, takes=takes)
