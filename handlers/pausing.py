"""The stop switch: answering, sending and intake stand still, each by itself; emergencies are answered all the same.

`answering`: what the bot says out of its knowledge. `intake`: what would become a case or a tip. `sending`: what we
begin ourselves (notices, reminders, news); a reply to what a person just wrote is no such thing.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers import denunciation, mailbox
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON, desk_line
from handlers.permissions import Act
from handlers.workplace import Workplace
from storage import pauses
from storage.pauses import Pause

KINDS = ("answering", "sending", "intake")
NOTICES = {
    "answering": "Trợ lý tự động của xã đang tạm dừng trả lời để kiểm tra lại nội dung.",
    "sending": "Xã đang tạm dừng gửi thông báo qua kênh này để kiểm tra lại.",
    "intake": "Xã đang tạm dừng tiếp nhận phản ánh, câu hỏi qua kênh này.",
}
INTAKE = frozenset({"reports", "complaints", "handoff", "petition"})
SEALED = frozenset({"denunciation", "mailbox"})  # the lawful way is told all the same; what would be kept is not taken
RECEIVES = frozenset({denunciation.TELL, mailbox.ADD})
OPEN = frozenset(  # neither knowledge nor intake: one's own data and cases, the way out, where to find people
    {"emergency", "leaving", "privacy", "linking", "rating", "officer_chat", "cases", "tracking", "directory"}
)


class NotAKind(Exception):
    """Nothing of this name can be paused."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One of the three as the console shows it; `pause` None: it works."""

    what: str
    pause: Pause | None


async def switches(work: Workplace) -> list[Switch]:
    """How the three stand."""
    work.demand(Act.SWITCH_USE)
    running = {each.what: each for each in await pauses.running(work.session, commune_id=work.commune_id)}
    return [Switch(what, running.get(what)) for what in KINDS]


async def pause(work: Workplace, what: str, *, reason: str, notice: str) -> None:
    """Stand still from now on; what stands still already stays as it is. Raises NotAKind."""
    work.demand(Act.SWITCH_USE)
    if what not in KINDS:
        raise NotAKind
    if any(each.what == what for each in await pauses.running(work.session, commune_id=work.commune_id)):
        return
    row = Pause(
        commune_id=work.commune_id,
        what=what,
        reason=reason,
        notice=notice.strip() or NOTICES[what],
        begun_at=work.now,
        begun_by=work.person.officer_id,
    )
    await pauses.keep(work.session, row)
    await work.note(Act.SWITCH_USE, "pause", row.id, what=f"begun_{what}")


async def resume(work: Workplace, what: str) -> None:
    """Go on, in one act; what waited goes out by itself."""
    work.demand(Act.SWITCH_USE)
    for row in await pauses.running(work.session, commune_id=work.commune_id):
        if row.what == what:
            row.ended_at, row.ended_by = work.now, work.person.officer_id
            await pauses.keep(work.session, row)
            await work.note(Act.SWITCH_USE, "pause", row.id, what="resumed")


async def stands_still(feature: Feature, message: Incoming, desk: Desk) -> Reply | None:
    """What a person reads instead, where their message would go to what is paused; None where it may go on."""
    what = _kind_of(feature, message, desk)
    if what is None:
        return None
    running = {each.what: each for each in await pauses.running(desk.session, commune_id=desk.commune_id)}
    if what not in running:
        return None
    notice = running[what].notice
    text = f"Dạ, {notice[:1].lower()}{notice[1:]}\nViệc cần gấp, anh/chị {desk_line(desk)}. Khẩn cấp: 113 · 114 · 115."
    if feature.name in SEALED:  # nothing of a tip stays anywhere while nobody may receive it
        return Reply(text, "denunciation", keeps_body=False)
    choices = () if "intake" in running else (TO_A_PERSON,)
    return Reply(text, "abstain", choices=choices, asks=desk.talk.asks)


def _kind_of(feature: Feature, message: Incoming, desk: Desk) -> str | None:
    """Which switch a message depends on."""
    if feature.name in SEALED:
        takes_in = message.verb == "receive" or desk.talk.asks in RECEIVES
        return "intake" if takes_in and message.phrase is None else None
    if feature.name in INTAKE:
        return "intake"
    return None if feature.name in OPEN else "answering"
