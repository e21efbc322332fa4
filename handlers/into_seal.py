"""An officer judges a case to be a denunciation: its story goes under seal, nothing leads from it to its citizen."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from handlers import case_news, casebook, casework, sealing, tip_clock
from handlers.case_news import News
from handlers.casework import Listed
from handlers.contract import Choice
from handlers.lifecycle import Lacking
from handlers.permissions import Act
from handlers.wording import words_in
from handlers.workplace import Workplace
from knowledge.deadlines import VIET_NAM
from storage import case_alerts, cases, inbox, mailboxes, officer_chats, officers, outbox, pending_replies, questions
from storage.bodies import ERASED, SEALED
from storage.cases import Case
from storage.communes import Commune
from storage.mailboxes import Mailbox

CLAIM = "denunciation.claim"
CLAIMED_WITHIN = timedelta(days=15)  # then nothing here leads from the case to its mailbox any more
# Why, as a code: an officer's own words could tell what is sealed.
REASONS = {
    "duty": "nội dung nói về cán bộ, cơ quan có thể làm trái pháp luật khi làm nhiệm vụ",
    "law": "nội dung nói về người hoặc tổ chức có thể vi phạm pháp luật",
}


class TooFewMayRead(Exception):
    """Fewer than two holders of keys whom the case is not about: nothing was sealed, nothing was changed."""


async def seal(work: Workplace, case_id: int, *, reason: str) -> None:
    """Seal the case, tell its citizen why, and offer them the phrase of its mailbox.

    Raises NoSuchCase, NotNow, Lacking, TooFewMayRead. The caller empties the database's log after the commit.
    """
    one = await casework.the_case(work, case_id, Act.CASE_SORT)
    case, account_id = one.case, one.case.account_id
    if reason not in REASONS:
        raise Lacking("seal", "reason")
    mailbox = await _seal_words(work, one)
    await _forget_places_of_it(work, case)
    officer_id = work.person.officer_id
    await casebook.happen(work.session, case, "seal", at=work.now, facts={"reason": reason}, officer_id=officer_id)
    _strip(case)
    case.mailbox_id = mailbox.id
    await cases.save(work.session, case)
    await work.note(Act.CASE_SORT, "case", case_id, what="seal", why=reason)
    if account_id is not None:
        await _tell(work, case, account_id, reason)


async def _seal_words(work: Workplace, one: Listed) -> Mailbox:
    """Everything that was said in the case, by both sides, in one text; the keys of the bodies are dropped."""
    mine = {"commune_id": work.commune_id}
    history = await cases.history(work.session, **mine, case_id=one.case.id or 0)
    rating = await case_alerts.rating_of(work.session, **mine, case_id=one.case.id or 0)
    held = [event.body_id for event in history] + [rating.body_id if rating else None]
    held += [event.facts.get("proposed") for event in history]
    held += await pending_replies.forget(work.session, **mine, case_id=one.case.id or 0)
    body_ids = list(dict.fromkeys(body_id for body_id in held if body_id is not None))
    raws = await work.vault.read(work.session, **mine, body_ids=body_ids)
    channels = await inbox.channels_of_bodies(work.session, **mine, body_ids=body_ids)
    kept = {each: raws[each] for each in body_ids if raws.get(each) not in (None, ERASED, SEALED)}
    said = [words_in(raw) or work.reads(channels.get(each, ""), raw) or raw for each, raw in kept.items()]
    told = await sealing.seal(
        work.session,
        commune_id=work.commune_id,
        on=work.today,
        text="\n".join(dict.fromkeys(said)),
        mailbox=None,
        body_ids=body_ids,
        spared=await _whom_it_is_about(work, one),
    )
    if told is None:
        raise TooFewMayRead
    await questions.forget_words(work.session, **mine, body_ids=body_ids)
    mailboxes.hand_in(told.mailbox, on=work.today)
    await tip_clock.run(work.session, told.mailbox, on=work.today)
    return told.mailbox


async def _whom_it_is_about(work: Workplace, one: Listed) -> set[int]:
    """Officers whom the case names, and everybody of a unit that it names."""
    units = {row.office_id for row in one.about if row.office_id is not None}
    people = await officers.of_commune(work.session, commune_id=work.commune_id)
    named = {row.officer_id for row in one.about if row.officer_id is not None}
    return named | {each.id for each in people if each.id is not None and each.office_id in units}


async def _forget_places_of_it(work: Workplace, case: Case) -> None:
    """Who supports it, whom it is about, whose bell it rang, and what we wrote of it: all of that leads to people."""
    mine = {"commune_id": work.commune_id, "case_id": case.id or 0}
    supporters = await cases.supporters(work.session, **mine)
    linked = await officer_chats.linked(work.session, commune_id=work.commune_id)
    await cases.cut_off(work.session, **mine)
    await case_alerts.forget(work.session, **mine)
    if case.code is not None:
        told = [*supporters, *linked.values(), *([case.account_id] if case.account_id else [])]
        await outbox.forget_case(work.session, commune_id=work.commune_id, account_ids=told, code=case.code)


def _strip(case: Case) -> None:
    """What stood in the row besides its code, its days and its end."""
    case.account_id = case.hamlet_id = case.latitude = case.longitude = case.since = None
    case.category = case.papi = case.field = case.published_at = case.sorry_for = case.news_on = None
    case.outcome = ""


async def _tell(work: Workplace, case: Case, account_id: int, reason: str) -> None:
    """Without the code: this message leads from the person to no case."""
    sent_on = (case.received_at or case.opened_at).astimezone(VIET_NAM)
    text = (
        f"Dạ, cán bộ xã xem lại việc anh/chị gửi ngày {sent_on:%d/%m/%Y} và xác định đây là tố cáo, vì "
        f"{REASONS[reason]}. Để bảo vệ anh/chị, lời kể đã niêm phong: hai người giữ khóa cùng mở mới đọc được, người "
        "bị nói tới không nằm trong số đó; tài khoản của anh/chị đã gỡ khỏi vụ việc.\n"
        "Trả lời nằm trong hộp thư, mở bằng câu bí mật: bấm “Nhận câu bí mật” trong 15 ngày, hoặc gõ mã vụ việc kèm ba "
        "chữ. Ảnh, tệp gửi kèm đã xóa. Tố cáo có tên thì gửi đơn tại nơi tiếp công dân. Anh/chị nên xóa tin cũ trên "
        "máy mình."
    )
    news = News(text, (claim(case),), asks=CLAIM)
    await case_news.send(
        work.session, commune_id=work.commune_id, account_id=account_id, news=news, at=work.now, action="denunciation"
    )


def claim(case: Case) -> Choice:
    """What gives the phrase of the case's mailbox, once."""
    return Choice("Nhận câu bí mật", f"{CLAIM}:{case.id}")


async def take_mailbox(session: AsyncSession, commune: Commune, *, case_id: int) -> Mailbox | None:
    """The mailbox that waits for its citizen; now nothing leads to it from the case. None: taken, or too late."""
    case = await cases.get(session, commune_id=commune.id or 0, case_id=case_id)
    if case is None or case.mailbox_id is None:
        return None
    mailbox = await mailboxes.get(session, commune_id=commune.id or 0, mailbox_id=case.mailbox_id)
    case.mailbox_id = None
    await cases.save(session, case)
    return mailbox
