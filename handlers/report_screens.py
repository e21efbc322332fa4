"""What a person reads while they report: the questions, the summary, the code."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import case_words
from handlers.contract import SAID, Choice, Desk, Reply
from handlers.drafts import Draft
from handlers.people import TO_A_PERSON, desk_line
from handlers.registering import Registered
from handlers.wording import as_body
from knowledge.categories import categories
from knowledge.deadlines import in_words
from knowledge.telling import find_since
from storage import bodies, cases
from storage.cases import Case
from storage.places import Hamlet

WHAT, PLACE, SINCE, SEND = "reports.what", "reports.place", "reports.since", "reports.send"
EDIT, SAME, CATEGORY = "reports.edit", "reports.same", "reports.category"
CANCEL = Choice("Hủy, xóa bản nháp", "leaving.now", aside=True)
SKIP = Choice("Bỏ qua", "reports.skip")
WHAT_IS_IT = "Dạ, anh/chị kể giúp em: việc gì, ở đâu, từ khi nào ạ? Nói được bao nhiêu cứ nói."
TIMES = ("Mới hôm nay", "Mấy ngày nay", "Mấy tuần nay", "Mấy tháng nay")
MOST_HAMLETS = 8
LONGEST_TOLD = 220  # characters of the story that the summary shows
LONGEST_ANSWER = 70


def where(known: Sequence[Hamlet], *, quotes: int | None = None, first: bool = False) -> Reply:
    """The hamlets to pick from where they are few; typed words and a place on the map do as well."""
    listed = (
        tuple(Choice(each.name, f"reports.hamlet:{each.id}") for each in known) if len(known) <= MOST_HAMLETS else ()
    )
    opening = f"Dạ, em ghi nhận: “{SAID}”\n" if first and quotes is not None else "Dạ, em đã ghi. "
    text = f"{opening}Chỗ đó ở thôn, ấp nào, gần đâu ạ? (gõ tên, gửi vị trí, hoặc “bỏ qua”)"
    choices = (*listed, SKIP, CANCEL, TO_A_PERSON)
    return Reply(text, "report", choices=choices, asks=PLACE, quotes=quotes if first else None)


def too_far() -> Reply:
    """Asked again."""
    text = (
        "Dạ, vị trí này nằm ngoài biển hoặc cách trung tâm xã hơn 30 km. Anh/chị gửi lại vị trí, hoặc gõ tên thôn, ấp "
        "giúp em ạ."
    )
    return Reply(text, "report", choices=(SKIP, CANCEL, TO_A_PERSON), asks=PLACE)


def since_when(*, quotes: int | None = None, first: bool = False) -> Reply:
    """A rough answer is an answer."""
    choices = (*(Choice(words, f"reports.since:{at}") for at, words in enumerate(TIMES)), SKIP, CANCEL, TO_A_PERSON)
    opening = f"Dạ, em ghi nhận: “{SAID}”\n" if first and quotes is not None else "Dạ, em đã ghi. "
    text = f"{opening}Việc này có từ khi nào ạ? (gõ, hoặc “bỏ qua”)"
    return Reply(text, "report", choices=choices, asks=SINCE, quotes=quotes if first else None)


def what_again() -> Reply:
    """The story anew."""
    return Reply("Dạ, anh/chị kể lại việc này giúp em ạ.", "report", choices=(CANCEL, TO_A_PERSON), asks=WHAT)


def what_to_edit() -> Reply:
    """Which part."""
    choices = (
        Choice("Sửa việc", "reports.again:told"),
        Choice("Sửa nơi", "reports.again:place"),
        Choice("Sửa thời gian", "reports.again:since"),
        Choice("Sửa loại việc", "reports.again:category"),
        CANCEL,
    )
    return Reply("Dạ, anh/chị muốn sửa phần nào ạ?", "report", choices=choices, asks=EDIT)


def which_category() -> Reply:
    """All categories."""
    choices = tuple(Choice(each.label, f"reports.category:{each.id}") for each in categories().values())
    return Reply("Dạ, việc này thuộc loại nào ạ?", "report", choices=choices, asks=CATEGORY)


async def summary(draft: Draft, desk: Desk, hamlet: str) -> Reply:
    """All of it once more, before anybody sees it. The words stand in a body of their own, which the draft holds."""
    body = await desk.vault.put(
        desk.session, commune_id=desk.commune_id, text=as_body(told(draft, desk, hamlet)), at=desk.now
    )
    mine = {"commune_id": desk.commune_id, "case_id": draft.case.id or 0}
    before = await cases.replace_line(desk.session, **mine, kind="summary")
    await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=before)
    await cases.append(
        desk.session,
        commune_id=desk.commune_id,
        case_id=draft.case.id or 0,
        kind="summary",
        body_id=body.id,
        at=desk.now,
    )
    photo = "Có ảnh thì gửi thêm ngay bây giờ. " if desk.takes_files and not draft.attached else ""
    text = (
        f"Dạ, em tóm tắt lại, anh/chị xem đúng chưa ạ?\n{SAID}\n{photo}Chưa gửi đi đâu cho tới khi anh/chị chọn “Gửi”."
    )
    choices = (Choice("Gửi", "reports.send"), Choice("Sửa", "reports.edit"), CANCEL, TO_A_PERSON)
    return Reply(text, "report", choices=choices, asks=SEND, quotes=body.id)


def told(draft: Draft, desk: Desk, hamlet: str) -> str:
    """The lines of a report."""
    whole = " ".join(draft.told)
    found = find_since(whole, on=desk.today)
    place = " · ".join(dict.fromkeys(part for part in (*draft.place, hamlet) if part))
    since = " ".join(draft.since) or (found.words if found else "")
    lines = [
        f"- Việc: {_cut(whole, LONGEST_TOLD)}",
        f"- Nơi: {_cut(place, LONGEST_ANSWER) or 'theo lời kể trên'}",
        f"- Từ khi: {_cut(since, LONGEST_ANSWER) or 'chưa rõ'}",
        f"- Loại: {categories()[draft.case.category or 'other'].label}",
        *([f"- Gửi kèm: {draft.attached} ảnh, tệp"] if draft.attached else []),
    ]
    return "\n".join(lines)


async def sent(case: Case, done: Registered, desk: Desk) -> Reply:
    """The code in the first line, then who and by when."""
    who = await case_words.holder(desk.session, case)
    unsure = ", dự kiến" if done.deadline.is_provisional else ""
    text = (
        f"Đã gửi ạ. Mã của anh/chị: {done.code}.\n"
        f"Nơi xử lý: {who}. Xã hẹn trả lời: {in_words(done.deadline.due_on)} "
        f"({done.term.words}{unsure}).\n"
        "Hỏi “đơn của tôi tới đâu rồi” lúc nào cũng được. "
        f"Từ máy khác: gõ mã kèm ba chữ “{done.phrase}” (giữ kín giúp em)."
    )
    choices = (Choice("Đơn của tôi tới đâu", "tracking.show"), Choice("Gửi việc khác", "reports.start", aside=True))
    return Reply(text, "report", choices=choices)


async def told_before(found: Sequence[Case], desk: Desk) -> Reply:
    """Somebody told of the same: no names, no words of theirs."""
    lines = [
        f"- {case.code}: {categories()[case.category or 'other'].label}, gửi ngày "
        f"{case.received_at:%d/%m/%Y}, {case_words.STATES[case.state]}"
        for case in found
        if case.received_at is not None
    ]
    text = "\n".join(["Dạ, gần đó đã có người báo việc cùng loại:", *lines, "Có phải việc anh/chị gặp không ạ?"])
    same = tuple(Choice(f"Tôi cũng gặp ({case.code})", f"reports.same:{case.id}") for case in found)
    choices = (*same, Choice("Việc khác, cứ gửi", "reports.new"), CANCEL, TO_A_PERSON)
    return Reply(text, "report", choices=choices, asks=SAME)


async def joined(case: Case, desk: Desk, *, fresh: bool) -> Reply:
    """One more who has the same trouble."""
    count = len(await cases.supporters(desk.session, commune_id=desk.commune_id, case_id=case.id or 0))
    said = "em đã ghi anh/chị cũng gặp" if fresh else "việc này anh/chị đã có tên theo dõi rồi,"
    text = (
        f"Dạ, {said} vụ việc {case.code} (thêm {count} người cùng gặp). "
        "Có gì mới em báo ngay ở đây. Phần anh/chị vừa kể em đã xóa, không gửi thành việc riêng."
    )
    return Reply(text, "report", choices=(Choice("Đơn của tôi tới đâu", "tracking.show"),))


def too_many(desk: Desk, most: int) -> Reply:
    """A flood from one person; the draft waits, and the desk is open."""
    text = (
        f"Dạ, hôm nay anh/chị đã gửi {most} việc nên việc này em giữ làm bản nháp, mai gửi tiếp giúp em. "
        f"Việc gấp, anh/chị {desk_line(desk)}. Khẩn cấp: 113, 114, 115."
    )
    return Reply(text, "report", choices=(CANCEL, TO_A_PERSON), asks=SEND)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0] + "…"
