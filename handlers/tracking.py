""" "đơn của tôi tới đâu rồi": what this account has with us; from another account, a code with its three words."""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers import case_words, clock, into_seal, terms
from handlers.case_codes import names_phrase, phrase
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.drafts import REPORTS
from handlers.people import TO_A_PERSON
from knowledge.deadlines import VIET_NAM, in_words
from storage import cases, sign_ins
from storage.cases import Case, CaseEvent
from storage.sign_ins import Attempt
from storage.talks import Talk

FEW_WORDS = 2  # beside a code that is all the message
WITH_PHRASE = 6  # words of "PA-7K2M9 sông lúa cầu"
CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{5}")  # ours, not a dossier's
SHOWN = 5
STEPS_SHOWN = 6
MOST_TRIES, AN_HOUR = 5, timedelta(hours=1)
STEPS = {
    "register": "xã tiếp nhận",
    "assign": "giao người xử lý",
    "begin": "bắt đầu xử lý",
    "ask": "xã hỏi thêm anh/chị",
    "tell": "anh/chị trả lời thêm",
    "answer": "xã trả lời",
    "transfer": "chuyển cơ quan khác",
    "refuse": "xã không xử lý, có lý do",
    "confirm": "anh/chị xác nhận đã xong",
    "reopen": "anh/chị báo chưa xong, mở lại",
    "lapse": "khép lại sau 15 ngày không có ý kiến",
    "close": "xã khép lại",
    "accept": "xã thụ lý khiếu nại",
    "extend": "xã xin lùi hạn",
    "redate": "hạn đổi vì lịch nghỉ đổi",
    "reclass": "đổi loại đơn",
    "apologise": "xã xin lỗi vì trễ hẹn",
}
NEW = Choice("Gửi phản ánh mới", "reports.start")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """A named code first, else everything of this person, on whichever of their linked channels it was sent."""
    own = await cases.of_person(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    if message.verb == "one":
        named = next((case for case in own if str(case.id) == message.argument), None)
        if named is not None:
            return await _one(named, desk)
    if message.verb == "days":
        named = next((case for case in own if str(case.id) == message.argument), None)
        if named is not None:
            return await _days(named, desk)
    if message.meaning.codes:
        return await _by_code(message, own, desk)
    choices = (NEW, TO_A_PERSON)
    if not own:
        text = "Dạ, em chưa thấy vụ việc nào gửi từ tài khoản này. Nếu anh/chị có mã, gõ mã kèm ba chữ đi cùng giúp em."
        return Reply(text, "track", choices=choices)
    sent = [case for case in own if case.code is not None]
    if len(own) == 1 and sent:
        return await _one(sent[0], desk)
    lines = [await case_words.line_of(desk, case) for case in own[:SHOWN]]
    text = "\n".join(["Dạ, anh/chị đang có:", *lines])
    open_one = tuple(Choice(f"Xem {case.code}", f"tracking.one:{case.id}") for case in sent[:SHOWN])
    drafts = [case for case in own if case.state == "draft" and case.kind in REPORTS]
    go_on = tuple(Choice("Gửi tiếp bản nháp", f"reports.go:{case.id}") for case in drafts[:1])
    return Reply(text, "track", choices=(*open_one, *go_on, *choices))


async def _by_code(message: Incoming, own: list[Case], desk: Desk) -> Reply:
    code = message.meaning.codes[0]
    mine = next((case for case in own if case.code == code), None)
    if mine is not None:
        return await _one(mine, desk)
    case = await cases.by_code(desk.session, commune_id=desk.commune_id, code=code)
    key = desk.vault.fingerprint(f"case code:{desk.account_id}")
    tried = await sign_ins.attempt(desk.session, key=key)
    if tried is not None and tried.failures >= MOST_TRIES and desk.now - tried.last_at < AN_HOUR:
        text = "Dạ, anh/chị thử nhiều lần quá rồi, một giờ nữa thử lại giúp em, hoặc hỏi cán bộ ạ."
        return Reply(text, "track", choices=(TO_A_PERSON,))
    right = phrase(desk.vault, commune_id=desk.commune_id, code=code)
    if case is not None and names_phrase(message.text.replace(code, " "), right):
        await sign_ins.forget(desk.session, keys=[key])
        return await _one(case, desk)
    if case is not None or message.meaning.content_words:
        again = tried is not None and desk.now - tried.last_at < AN_HOUR
        failures = tried.failures + 1 if tried is not None and again else 1
        await sign_ins.count(desk.session, Attempt(key=key, failures=failures, not_before=desk.now, last_at=desk.now))
    text = (
        f"Dạ, em không thấy vụ việc nào mang mã {code} ở tài khoản này. Gửi từ máy khác thì anh/chị gõ mã kèm ba chữ "
        "em đã đưa lúc gửi. Hồ sơ thủ tục hành chính thì tra trên Cổng Dịch vụ công quốc gia hoặc hỏi nơi đã nộp."
    )
    return Reply(text, "track", choices=(NEW, TO_A_PERSON))


async def _one(case: Case, desk: Desk) -> Reply:
    """Where it stands in the first lines, then the steps, the newest last; nobody's words."""
    if case.state == "sealed":
        return _sealed(case)
    history = await cases.history(desk.session, commune_id=desk.commune_id, case_id=case.id or 0)
    who = await case_words.holder(desk.session, case)
    steps = [_step(event) for event in history if event.kind in STEPS][-STEPS_SHOWN:]
    line = (await case_words.line_of(desk, case)).removeprefix("- ")
    text = "\n".join([f"Dạ, {line}.", f"Nơi xử lý: {who}.", *steps])
    count = (
        (Choice("Hạn tính thế nào", f"tracking.days:{case.id}"),)
        if case.due_on and case.account_id == desk.account_id
        else ()
    )
    choices = (*offers(case, desk), *count, NEW, TO_A_PERSON)
    return Reply(text, "track", choices=choices)


def _sealed(case: Case) -> Reply:
    """Whoever proves by the three words that it is theirs may take the phrase of its mailbox."""
    text = f"Dạ, vụ việc {case.code} là tố cáo, đã niêm phong: chỉ hai người giữ khóa cùng mở mới đọc được. "
    if case.mailbox_id is None:
        text += "Trả lời nằm trong hộp thư: gõ “hộp thư” rồi câu bí mật anh/chị đã nhận."
        return Reply(text, "denunciation", choices=(TO_A_PERSON,))
    text += "Trả lời nằm trong hộp thư, mở bằng câu bí mật; câu ấy chỉ cho một lần."
    return Reply(text, "denunciation", choices=(into_seal.claim(case), TO_A_PERSON))


async def _days(case: Case, desk: Desk) -> Reply:
    """How the day came about: the promise, the days that were not counted and why, and what moved it since."""
    calendar = await clock.calendar_of(desk.session, commune_id=desk.commune_id)
    term, deadline = terms.of_case(case), terms.count(case, calendar)
    if term is None or deadline is None or case.promised_on is None or case.due_on is None:
        return await _one(case, desk)
    skipped = [f"{in_words(each.day)} ({each.why})" for each in deadline.days if each.why]
    lines = [
        f"Dạ, {f'luật định ({term.cite})' if term.cite else 'xã hẹn'} {term.words}, "
        f"tính từ {in_words(deadline.received_on)}.",
        f"Không tính: {'; '.join(skipped)}." if skipped else "Không có ngày nghỉ nào xen vào.",
        f"Hạn lúc đầu: {in_words(case.promised_on)}.",
    ]
    if case.due_on != case.promised_on:
        lines.append(f"Hạn bây giờ: {in_words(case.due_on)} (đã đổi, lý do em đã báo).")
    if deadline.is_provisional:
        lines.append("Lịch nghỉ của năm xã chưa duyệt nên hạn là dự kiến; đổi thì em báo.")
    return Reply("\n".join(lines), "track", choices=(NEW, TO_A_PERSON))


def offers(case: Case, desk: Desk) -> tuple[Choice, ...]:
    """What the citizen can do with their case now."""
    if case.account_id != desk.account_id:
        return ()
    if case.state == "answered":
        done, undone = f"Đã xong ({case.code})", f"Chưa xong ({case.code})"
        return (Choice(done, f"cases.done:{case.id}"), Choice(undone, f"cases.undone:{case.id}"))
    if case.state == "asked":
        return (Choice(f"Trả lời thêm ({case.code})", f"cases.more:{case.id}"),)
    return ()


def _step(event: CaseEvent) -> str:
    """ "- 23/11: xã tiếp nhận"; a transfer names the body and the document."""
    words = STEPS[event.kind]
    if event.kind == "transfer":
        body, document, on = (event.facts[name] for name in ("body", "document", "on"))
        words += f": {body}, văn bản {document} ngày {date.fromisoformat(on):%d/%m}"
    return f"- {event.at.astimezone(VIET_NAM):%d/%m}: {words}"


def takes(message: Incoming, _talk: Talk) -> bool:
    """Asked what became of something that was sent, or named a code of ours."""
    meaning = message.meaning
    with_phrase = any(CODE.fullmatch(code) for code in meaning.codes) and len(message.text.split()) <= WITH_PHRASE
    return meaning.action == "track" or with_phrase or bool(meaning.codes and meaning.content_words <= FEW_WORDS)


FEATURE = Feature("tracking", handle, takes=takes)
