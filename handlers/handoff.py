""" "Gặp cán bộ": a case with the last messages of the talk, who answers and by when; the answer comes here."""

from __future__ import annotations

from handlers import case_words, casebook, confirming, registering, terms
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.lifecycle import RUNNING
from handlers.people import desk_line
from knowledge.categories import field_of, propose
from knowledge.deadlines import in_words
from knowledge.vietnamese import tidy
from storage import cases, inbox
from storage.cases import Case
from storage.talks import Talk

TELL = "handoff.tell"
ATTACHED = 10  # messages of the talk that go with it


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The open question of this person goes on; else a new one is opened."""
    own = await cases.of_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    running = next((case for case in own if case.kind == "question" and case.state in RUNNING), None)
    if running is not None and (message.verb == "send" or _tells_more(message, desk.talk)):
        body_id = desk.talk.last_body_id if message.verb == "send" else desk.body_id
        await casebook.happen(desk.session, running, "tell", at=desk.now, body_id=body_id)
        await registering.alert(desk.session, running, "told", now=desk.now, today=desk.today)
        return _said(f"Dạ, em đã ghi thêm vào {running.code} cho cán bộ xem. ", running, desk)
    if running is not None:
        return _said(f"Dạ, câu hỏi {running.code} của anh/chị đang chờ cán bộ trả lời. ", running, desk)
    case = await _open(desk)
    who = await case_words.holder(desk.session, case)
    return _said(f"Dạ, em đã chuyển cán bộ, mã {case.code}, kèm các tin vừa nhắn. Trả lời: {who}. ", case, desk)


async def _open(desk: Desk) -> Case:
    """A case of kind question that holds the last messages of the talk, this one last. Raises NotConfirmed."""
    confirming.demand(desk)
    case_id = await cases.open_draft(
        desk.session,
        commune_id=desk.commune_id,
        account_id=desk.account_id,
        kind="question",
        at=desk.now,
        origin=desk.channel,
    )
    mine = {"commune_id": desk.commune_id, "case_id": case_id}
    events = await inbox.of_chat(
        desk.session,
        commune_id=desk.commune_id,
        channel_account_id=desk.account.channel_account_id,
        chat_key=desk.account.chat_key,
        limit=ATTACHED,
    )
    bodies = list(dict.fromkeys(event.body_id for event in events))
    raws = await desk.vault.read(desk.session, commune_id=desk.commune_id, body_ids=bodies)
    for event in events:
        if event.body_id in raws:
            await cases.append(
                desk.session,
                **mine,
                kind="said",
                body_id=event.body_id,
                at=event.received_at,
                facts={"event": event.id},
            )
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=case_id)
    assert case is not None
    text = " ".join(tidy(desk.reads(raw)) for raw in raws.values())
    registering.sort(case, propose(text).id)
    case.field = case.field or field_of(desk.talk.topic)
    await registering.register(
        desk.session,
        case,
        commune=desk.commune,
        vault=desk.vault,
        text=text,
        now=desk.now,
        today=desk.today,
    )
    return case


def _said(opening: str, case: Case, desk: Desk) -> Reply:
    term = terms.of_case(case)
    counted = f" ({term.words})" if term is not None and case.due_on == case.promised_on else ""
    by = f"Xã hẹn trả lời ở đây: {in_words(case.due_on)}{counted}.\n" if case.due_on else "\n"
    text = (
        f"{opening}{by}Muốn nói chuyện ngay, anh/chị {desk_line(desk)}.\n"
        "Anh/chị cần hỏi việc gì thì nhắn luôn ở đây, em ghi kèm cho cán bộ xem trước ạ."
    )
    choices = (
        Choice("Số điện thoại, giờ làm việc", "directory.show"),
        Choice("Đơn của tôi tới đâu", "tracking.show"),
        Choice("Xem danh mục", "welcome.menu"),
    )
    return Reply(text, action="handoff", choices=choices, asks=TELL)


def takes(message: Incoming, _talk: Talk) -> bool:
    """The person wants a human."""
    return message.meaning.action == "handoff"


def continues(message: Incoming, talk: Talk) -> bool:
    """What we could not answer ourselves is for the officers."""
    return _tells_more(message, talk)


def _tells_more(message: Incoming, talk: Talk) -> bool:
    return talk.asks == TELL and message.meaning.action == "abstain"


FEATURE = Feature("handoff", handle, takes=takes, continues=continues)
