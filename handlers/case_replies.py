"""What a citizen says to news of their case: done, not done, an answer to an officer's question, five faces."""

from __future__ import annotations

from datetime import datetime

from handlers import case_words, casebook, clock, registering, terms
from handlers.case_news import News
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.lifecycle import NotNow
from handlers.people import TO_A_PERSON
from knowledge.deadlines import in_words
from knowledge.vietnamese import fold
from storage import case_alerts, cases
from storage.case_alerts import CaseRating
from storage.cases import Case
from storage.talks import Talk

DONE, MORE, RATE, WHY = "cases.done", "cases.more", "cases.rate", "cases.why"
ALSO = "cases.also"  # like MORE, but nobody waits for it: forgotten when the talk falls silent
FACES = ("😡 Rất tệ", "🙁 Chưa tốt", "😐 Tạm được", "🙂 Tốt", "😀 Rất tốt")
UNDONE_WORDS = ("chua xong", "chua duoc", "chua sua", "chua giai quyet", "chua lam", "van hu", "van con", "chua on")
DONE_WORDS = ("da xong", "xong roi", "da sua", "sua roi", "duoc roi", "on roi", "da giai quyet", "hai long")
MORE_WORDS = "tra loi them"
OTHER_WISHES = ("handoff", "menu", "directory", "complaint", "denunciation", "price", "premium", "answer", "track")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """One case, named by the choice, by the open question or by its code."""
    case = await _case(message, desk)
    if case is None:
        return Reply("Dạ, em không thấy vụ việc này ở tài khoản của anh/chị ạ.", "track", choices=(TO_A_PERSON,))
    asks = (desk.talk.asks or "").partition(":")[0]
    if message.meaning.codes and MORE_WORDS in fold(message.text):
        return _ask_more(case)
    match message.verb or _meant(message, asks, case):
        case "done":
            return await _done(case, desk)
        case "undone":
            return await _undone(case, desk)
        case "more":
            return _ask_more(case)
        case "told":
            return await _told(case, desk)
        case "rate":
            return await _rated(case, int(message.argument.partition("/")[2] or "0"), desk)
        case "why":
            return await _why(case, desk)
    return Reply(
        f"Dạ, vụ việc {case.code} xong chưa ạ?", "track", choices=ask_done(case).choices, asks=f"{DONE}:{case.id}"
    )


def ask_done(case: Case) -> News:
    """The two buttons below an answer; they also work weeks later, by their words."""
    choices = (
        Choice(f"Đã xong ({case.code})", f"cases.done:{case.id}"),
        Choice(f"Chưa xong ({case.code})", f"cases.undone:{case.id}"),
    )
    return News("", choices, asks=f"{DONE}:{case.id}")


async def _case(message: Incoming, desk: Desk) -> Case | None:
    named = (message.argument or (desk.talk.asks or "").partition(":")[2]).partition("/")[0]
    own = await cases.of_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    if message.meaning.codes:
        return next((each for each in own if each.code in message.meaning.codes), None)
    return next((each for each in own if str(each.id) == named and each.account_id == desk.account_id), None)


def _meant(message: Incoming, asks: str, case: Case) -> str:
    """The same choices by words."""
    said = f" {fold(message.text)} "
    if asks in (MORE, ALSO):
        return "told"
    if asks == WHY:
        return "why"
    if any(f" {words} " in said for words in UNDONE_WORDS) or message.meaning.command in ("no", "wrong"):
        return "undone"
    if any(f" {words} " in said for words in DONE_WORDS) or message.meaning.command in ("yes", "right"):
        return "done"
    return "told" if case.state == "asked" else ""


async def _done(case: Case, desk: Desk) -> Reply:
    try:
        await casebook.happen(desk.session, case, "confirm", at=desk.now)
    except NotNow:
        return await _stands(case, desk)
    text = f"Dạ, em ghi vụ việc {case.code} đã xong. Anh/chị thấy xã làm việc này thế nào ạ?"
    choices = tuple(Choice(face, f"cases.rate:{case.id}/{at}") for at, face in enumerate(FACES, 1))
    return Reply(text, "track", choices=choices, asks=f"{RATE}:{case.id}")


async def _undone(case: Case, desk: Desk) -> Reply:
    """Reopened once, without a form, with a new date."""
    calendar = await clock.calendar_of(desk.session, commune_id=desk.commune_id)
    term = await terms.promise_for(desk.session, desk.commune, field=case.field, on=desk.today)
    deadline = clock.due(desk.now, days=term.days, calendar=calendar)
    try:
        await casebook.happen(desk.session, case, "reopen", at=desk.now, facts={"due_on": deadline.due_on.isoformat()})
    except NotNow:
        return await _stands(case, desk)
    case.warned, case.runs_from = 0, deadline.received_on
    await cases.save(desk.session, case)
    await registering.alert(desk.session, case, "undone", now=desk.now, today=desk.today)
    text = (
        f"Dạ, em mở lại vụ việc {case.code} và báo người xử lý ngay. Hẹn trả lời: {in_words(deadline.due_on)}.\n"
        "Anh/chị cho biết chỗ nào chưa được, em ghi kèm ạ."
    )
    return Reply(text, "track", choices=(TO_A_PERSON,), asks=f"{ALSO}:{case.id}")


async def _stands(case: Case, desk: Desk) -> Reply:
    """Too late, or done before: where the case stands, and the door that is open."""
    line = (await case_words.line_of(desk, case)).removeprefix("- ")
    reopened = "đã mở lại một lần" if case.is_reopened else "đã quá 15 ngày hoặc chưa có trả lời để xác nhận"
    text = f"Dạ, {line}. Vụ việc này {reopened}; còn vướng, anh/chị gửi phản ánh mới, nhắc mã này giúp em ạ."
    return Reply(text, "track", choices=(Choice("Gửi phản ánh mới", "reports.start"), TO_A_PERSON))


def _ask_more(case: Case) -> Reply:
    text = f"Dạ, anh/chị nhắn phần trả lời cho vụ việc {case.code} giúp em."
    return Reply(text, "track", choices=(TO_A_PERSON,), asks=f"{MORE}:{case.id}")


async def _told(case: Case, desk: Desk) -> Reply:
    """The words go into the case."""
    try:
        await casebook.happen(desk.session, case, "tell", at=desk.now, body_id=desk.body_id)
    except NotNow:
        return await _stands(case, desk)
    await registering.alert(desk.session, case, "told", now=desk.now, today=desk.today)
    text = f"Dạ, em đã ghi vào vụ việc {case.code} và báo người xử lý. Còn gì thêm anh/chị cứ nhắn tiếp ạ."
    choices = (Choice("Đơn của tôi tới đâu", "tracking.show"), TO_A_PERSON)
    return Reply(text, "track", choices=choices, asks=f"{ALSO}:{case.id}")


async def _rated(case: Case, faces: int, desk: Desk) -> Reply:
    if not 1 <= faces <= len(FACES) or case.account_id != desk.account_id:
        return await _stands(case, desk)
    await _keep_rating(case, faces, desk.now, desk, body_id=None)
    text = "Dạ, em cảm ơn anh/chị. Vì sao anh/chị chấm như vậy ạ? (một câu thôi, hoặc “bỏ qua”)"
    return Reply(text, "track", choices=(Choice("Bỏ qua", "welcome.menu"),), asks=f"{WHY}:{case.id}")


async def _why(case: Case, desk: Desk) -> Reply:
    known = await case_alerts.rating_of(desk.session, commune_id=desk.commune_id, case_id=case.id or 0)
    if known is not None and desk.body_id:
        await _keep_rating(case, known.faces, desk.now, desk, body_id=desk.body_id)
    return Reply("Dạ, em ghi lại rồi, cảm ơn anh/chị ạ.", "track")


async def _keep_rating(case: Case, faces: int, at: datetime, desk: Desk, *, body_id: int | None) -> None:
    rating = CaseRating(commune_id=desk.commune_id, case_id=case.id or 0, faces=faces, body_id=body_id, at=at)
    await case_alerts.rate(desk.session, rating)
    await casebook.happen(desk.session, case, "rate", at=at, body_id=body_id)


def takes(message: Incoming, _talk: Talk) -> bool:
    """A code with "đã xong" or "chưa xong" beside it."""
    said = f" {fold(message.text)} "
    words = (*DONE_WORDS, *UNDONE_WORDS, MORE_WORDS)
    return bool(message.meaning.codes) and any(f" {each} " in said for each in words)


def continues(message: Incoming, talk: Talk) -> bool:
    """Whatever answers the question that news of a case left open, but for a clear other wish."""
    asks, meaning = (talk.asks or "").partition(":")[0], message.meaning
    if meaning.command in ("yes", "no", "right", "wrong"):
        return asks == DONE
    if asks == RATE:
        return False  # only a face
    if asks == DONE:
        said = f" {fold(message.text)} "
        return any(f" {words} " in said for words in (*DONE_WORDS, *UNDONE_WORDS))
    if meaning.command is not None or meaning.number is not None:
        return False
    return meaning.action not in OTHER_WISHES and not (asks == WHY and meaning.action == "report")


FEATURE = Feature("cases", handle, takes=takes, continues=continues)
