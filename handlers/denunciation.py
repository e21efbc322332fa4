"""Tố cáo: stop before identity is typed, tell the lawful way, seal what was told, take it as a tip without a name."""

from __future__ import annotations

from handlers import drafts, into_seal, mailbox, petition, sealing
from handlers.contract import SAID, Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import grounds
from handlers.sealing import Told
from storage import cases, mailboxes, outbox, seals
from storage.mailboxes import Mailbox
from storage.talks import Talk

HOW, ANONYMOUS, PROTECTION = "tocao.hinh-thuc-va-rut-don", "tocao.nac-danh", "tocao.bao-ve-nguoi-to-cao"
NEXT, TELL = "denunciation.next", "denunciation.tell"
A_STORY = 8  # content syllables from which a message goes on with what was told, whatever else it resembles
FEW_WORDS = 3
STAY_SAFE = "Để an toàn, xin đừng gửi họ tên, địa chỉ hay giấy tờ của mình ở đây."
LAWFUL = (
    "Theo luật, tố cáo gửi bằng đơn hoặc trình bày trực tiếp tại nơi tiếp công dân; "
    "thông tin người tố cáo được giữ bí mật."
)
DONE = Choice("Xong", "denunciation.done")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """The lawful way first; then, if the person wants it, a tip that two holders open, and a phrase for its answers."""
    match message.verb:
        case "receive":
            return await _receive(desk)
        case "claim":
            return await _claim(desk, int(message.argument))
        case "done":
            return await _finish(desk)
    if desk.talk.asks == TELL:
        return await _more(message, desk)
    return await _explain(message, desk)


async def _explain(message: Incoming, desk: Desk) -> Reply:
    """Sealed at once where two holders may read it, else erased at once; either way no row here keeps the words."""
    desk.talk.topic = HOW
    again = desk.talk.asks == NEXT and message.meaning.action != "denunciation"
    possible = await sealing.is_possible(desk)
    is_story = message.meaning.action in ("denunciation", "report") or message.meaning.content_words > FEW_WORDS
    is_story = is_story and message.kind == "text" and message.chosen is None
    told = await _seal(message, desk) if possible and is_story else None
    opening = (
        "Dạ, việc này không gửi qua đây được ạ: tố cáo phải bằng đơn hoặc trình bày trực tiếp."
        if again
        else f"Dạ, việc anh/chị kể có thể là tố cáo. {STAY_SAFE}"
    )
    choices = (
        Choice("Nơi và cách gửi đơn tố cáo", f"topics.open:{HOW}"),
        petition.TIP if possible else Choice("Báo tin không nêu tên", f"topics.open:{ANONYMOUS}"),
        Choice("Số điện thoại", "directory.show"),
        Choice("Được bảo vệ thế nào", f"topics.open:{PROTECTION}"),
        petition.BLANK,
        Choice("Chưa chắc là tố cáo", "kinds.start", aside=True),
    )
    return Reply(
        "\n".join((opening, LAWFUL, _what_became(told, possible=possible))),
        "denunciation",
        choices=choices,
        sources=grounds(desk, HOW, PROTECTION),
        asks=NEXT,
        keeps_body=False,
    )


def _what_became(told: Told | None, *, possible: bool) -> str:
    if told is not None:
        return (
            "Lời vừa nhắn đã niêm phong, chưa ai đọc được; không chọn mục 2 thì em xóa."
            f"{mailbox.taken_out(told.taken_out)} Anh/chị nên xóa tin cả trên máy mình."
        )
    erased = "Em đã xóa lời vừa nhắn khỏi máy chủ, không chuyển cho ai; anh/chị nên xóa cả trên máy mình."
    if possible:
        return erased
    return f"{erased} Xã chưa có đủ hai người giữ khóa niêm phong nên em không nhận tin báo ở đây."


async def _receive(desk: Desk) -> Reply:
    """The person hands it in: registered as a phản ánh without a name (Luật Tố cáo Điều 25), with a phrase."""
    if not await sealing.is_possible(desk):
        desk.talk.held = {}
        return await _cannot(desk)
    box = await mailbox.of_talk(desk)
    if box is None or box.state != "held":
        code = sealing.new_code()
        box = await mailboxes.begin(desk.session, commune_id=desk.commune_id, code=code, on=desk.today)
    return await _give_phrase(desk, box, f"Dạ, em nhận tin báo không nêu tên, ghi là một phản ánh, số {box.code}. ")


async def _claim(desk: Desk, case_id: int) -> Reply:
    """What was told as a report was judged a denunciation: its citizen takes the phrase of the mailbox, once."""
    box = await into_seal.take_mailbox(desk.session, desk.commune, case_id=case_id)
    await outbox.blank_sealed(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    if box is None:
        text = "Dạ, câu bí mật này đã có người nhận, hoặc đã quá 15 ngày. Anh/chị gửi đơn hoặc trình bày trực tiếp."
        choices = (Choice("Nơi và cách gửi đơn tố cáo", f"topics.open:{HOW}"), Choice("Gặp cán bộ", "handoff.ask"))
        return Reply(text, "denunciation", choices=choices, keeps_body=False)
    return await _give_phrase(desk, box, f"Dạ, hộp thư của anh/chị là {box.code}. ")


async def _give_phrase(desk: Desk, box: Mailbox, opening: str) -> Reply:
    """Shown once; from now on only the phrase leads to the mailbox."""
    desk.talk.held = {"mailbox": box.id}
    shown = await mailbox.issue(desk, box)
    text = (
        f"{opening}"
        f"Câu bí mật, chỉ hiện lần này, anh/chị chép ra giấy:\n{SAID}\n"
        "Gõ “hộp thư” rồi câu này ở bất kỳ kênh nào của xã để xem trả lời. Mất câu thì không ai mở lại được.\n"
        "Anh/chị kể tiếp: ai làm, việc gì, ở đâu, khi nào, có gì chứng minh. Đừng ghi tên mình. Kể hết thì gõ “xong”."
    )
    return Reply(
        text,
        "denunciation",
        choices=(DONE,),
        sources=grounds(desk, ANONYMOUS),
        asks=TELL,
        quotes=shown,
        keeps_body=False,
    )


async def _more(message: Incoming, desk: Desk) -> Reply:
    """Every further message is sealed beside the first."""
    if not message.text or message.kind == "location":
        return Reply(mailbox.NO_FILES, "denunciation", choices=(DONE,), asks=TELL, keeps_body=False)
    told = await _seal(message, desk)
    if told is None:
        return await _cannot(desk)
    text = "Dạ, đã niêm phong." + mailbox.taken_out(told.taken_out) + " Anh/chị kể tiếp, hoặc gõ “xong”."
    return Reply(text, "denunciation", choices=(DONE,), asks=TELL, keeps_body=False)


async def _finish(desk: Desk) -> Reply:
    box = await mailbox.of_talk(desk)
    await mailbox.let_go(desk)
    parts = await seals.count(desk.session, commune_id=desk.commune_id, mailbox_id=box.id or 0) if box else 0
    text = (
        f"Dạ, xong ạ. {parts} phần đã niêm phong; chỉ hai người giữ khóa cùng mở mới đọc được, và người bị nhắc tên "
        "không nằm trong số đó. Nay anh/chị xóa cuộc trò chuyện này trên máy mình và cất câu bí mật ở nơi khác."
    )
    return Reply(text, "denunciation", choices=(Choice("Xem danh mục", "welcome.menu", aside=True),), keeps_body=False)


async def _cannot(desk: Desk) -> Reply:
    """Too few who may read it: the words go, and the lawful way stands."""
    text = f"Dạ, phần này không đủ hai người giữ khóa được xem nên em đã xóa, không giữ lại. {LAWFUL}"
    choices = (Choice("Nơi và cách gửi đơn tố cáo", f"topics.open:{HOW}"), Choice("Số điện thoại", "directory.show"))
    return Reply(text, "denunciation", choices=choices, sources=grounds(desk, HOW), asks=NEXT, keeps_body=False)


async def _seal(message: Incoming, desk: Desk) -> Told | None:
    """The present words, and those of a report that was being told when it turned out to be a denunciation."""
    earlier = await _earlier(desk)
    told = await sealing.keep(
        desk,
        "\n".join([*earlier.values(), await sealing.whole_words(desk, message)]),
        mailbox=await mailbox.of_talk(desk),
        body_ids=[*earlier, desk.body_id],
    )
    if told is None:
        return None
    if earlier and desk.talk.draft_id is not None:
        draft_id, desk.talk.draft_id = desk.talk.draft_id, None
        desk.session.add(desk.talk)
        await desk.session.flush()
        await cases.drop_draft(desk.session, commune_id=desk.commune_id, case_id=draft_id)
    desk.talk.held = {**desk.talk.held, "mailbox": told.mailbox.id}
    return told


async def _earlier(desk: Desk) -> dict[int, str]:
    """What was told so far in a report that is still being told, by the body in which it stands."""
    if desk.talk.draft_id is None or not (desk.talk.asks or "").startswith("reports."):
        return {}
    mine = {"commune_id": desk.commune_id}
    history = await cases.history(desk.session, case_id=desk.talk.draft_id, **mine)
    case = await cases.get(desk.session, case_id=desk.talk.draft_id, **mine)
    ids = [event.body_id for event in history if event.body_id is not None]
    said = await drafts.words_of(desk, case, ids) if case is not None else {}
    return {body_id: words for body_id, words in said.items() if words}


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of wrongdoing by somebody in office."""
    return message.meaning.action == "denunciation"


def continues(message: Incoming, talk: Talk) -> bool:
    """While a tip is told, everything is part of it; before, what is not clearly something else."""
    meaning = message.meaning
    if talk.asks == into_seal.CLAIM:
        return False  # only its button, or the code with its three words
    if talk.asks == TELL:
        return not (meaning.action in ("handoff", "menu") and meaning.content_words <= 1)
    if meaning.action in ("track", "handoff", "menu"):
        return False
    soft = ("abstain", "clarify", "denunciation", "report")
    says_little = meaning.content_words <= 1 and meaning.action != "track"
    return says_little or meaning.content_words >= A_STORY or meaning.action in soft


FEATURE = Feature("denunciation", handle, takes=takes, continues=continues)
