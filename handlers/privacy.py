""" "Dữ liệu của tôi": see what is kept, say whether it may be, erase it (Luật 91/2025/QH15, in force 01/01/2026)."""

from __future__ import annotations

from handlers import drafts, linking
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from storage import accounts, bodies, cases, checklists, inbox, links, outbox, petitions, questions, reminders, wishes
from storage.talks import Talk

LEAVE = Choice("Thôi", "leaving.now", aside=True)
SURE = "privacy.sure"
ERASE = Choice("Xóa dữ liệu của tôi", "privacy.erase")
KEEP = Choice("Đồng ý lưu 7 ngày", "privacy.keep", aside=True)
DONT_KEEP = Choice("Không lưu", "privacy.dont_keep", aside=True)
WHAT_THEY_SAID = {
    None: "anh/chị chưa chọn: lời nhắn được xóa khi cuộc nói chuyện kết thúc",
    True: "anh/chị đồng ý: lời nhắn giữ 7 ngày rồi xóa",
    False: "anh/chị không đồng ý: lời nhắn xóa khi cuộc nói chuyện kết thúc, câu hỏi không ghi vào sổ",
}


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Show first; erasing asks once whether it is meant."""
    match message.verb:
        case "keep" | "dont_keep":
            return await _consent(desk, keeps=message.verb == "keep")
        case "erase":
            return _ask_whether_sure()
        case "sure":
            return await _erase(desk)
    if desk.talk.asks == SURE and message.meaning.command == "yes":
        return await _erase(desk)
    if desk.talk.asks == SURE and message.meaning.command == "no":
        return Reply("Dạ, em giữ nguyên, không xóa gì ạ.", "menu", choices=(ERASE,))
    return await _show(desk)


async def _show(desk: Desk) -> Reply:
    written = await inbox.bodies_of_chat(
        desk.session,
        commune_id=desk.commune_id,
        channel_account_id=desk.account.channel_account_id,
        chat_key=desk.account.chat_key,
    )
    own = await cases.of_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    asked = await questions.count_of(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    text = (
        f"Dạ, em đang giữ của anh/chị: {len(written)} lời nhắn (mã hóa), {len(own)} bản nháp hoặc vụ việc, "
        f"{asked} dòng sổ câu hỏi (đã che tên, số). Em không hỏi và không giữ họ tên, số điện thoại, căn cước.\n"
        f"Về việc lưu: {WHAT_THEY_SAID[desk.account.keeps_text]}."
    )
    return Reply(text, "menu", choices=(ERASE, KEEP, DONT_KEEP, linking.START, LEAVE))


async def _consent(desk: Desk, *, keeps: bool) -> Reply:
    desk.account.keeps_text, desk.account.consent_at = keeps, desk.now
    text = "Dạ, em ghi nhận: " + WHAT_THEY_SAID[keeps] + ". Anh/chị đổi ý lúc nào cũng được."
    return Reply(text, "menu", choices=(Choice("Xem danh mục", "welcome.menu"),))


def _ask_whether_sure() -> Reply:
    text = (
        "Dạ, em sẽ xóa lời nhắn, bản nháp và phần sổ câu hỏi của anh/chị; xóa rồi không lấy lại được. "
        "Anh/chị chắc chưa ạ?"
    )
    return Reply(
        text, "menu", choices=(Choice("Xóa luôn", "privacy.sure"), Choice("Thôi, giữ lại", "leaving.now")), asks=SURE
    )


async def _erase(desk: Desk) -> Reply:
    """Drafts go, words go, the log keeps counts only. A case past its draft stays: the archive law holds it."""
    commune_id, account_id = desk.commune_id, desk.account_id
    await drafts.drop(desk)
    for case in await cases.of_account(desk.session, commune_id=commune_id, account_id=account_id):
        held = await cases.drop_draft(desk.session, commune_id=commune_id, case_id=case.id or 0)
        await bodies.erase(desk.session, commune_id=commune_id, body_ids=held)
    await cases.part_with(desk.session, commune_id=commune_id, account_id=account_id)
    kept = await cases.bodies_held(desk.session, commune_id=commune_id)
    written = await inbox.bodies_of_chat(
        desk.session,
        commune_id=commune_id,
        channel_account_id=desk.account.channel_account_id,
        chat_key=desk.account.chat_key,
    )
    await bodies.erase(
        desk.session, commune_id=commune_id, body_ids=[body_id for body_id in written if body_id not in kept]
    )
    await petitions.forget(desk.session, commune_id=commune_id, account_id=account_id)
    await outbox.blank(desk.session, commune_id=commune_id, account_id=account_id)
    await reminders.drop(desk.session, commune_id=commune_id, account_id=account_id)
    await checklists.drop(desk.session, commune_id=commune_id, account_id=account_id)
    await wishes.forget(desk.session, commune_id=commune_id, account_id=account_id)
    await questions.unlink(desk.session, commune_id=commune_id, account_id=account_id)
    desk.talk.topic = desk.talk.facet = desk.talk.last_question_id = None
    await links.undo(desk.session, desk.account)
    await accounts.forget_consent(desk.session, desk.account)
    return Reply("Dạ, em đã xóa hết dữ liệu của anh/chị ở đây.", "menu", keeps_body=False)


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked for their own data."""
    return message.meaning.command == "my_data"


def continues(message: Incoming, _talk: Talk) -> bool:
    """Yes or no to "are you sure"."""
    return message.meaning.command in ("yes", "no")


FEATURE = Feature("privacy", handle, takes=takes, continues=continues)
