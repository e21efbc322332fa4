""" "Dừng": no notice of that kind, or none at all, from this very message on; hearing of them again; one's hamlet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from handlers import leaving, notice_kinds
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.notice_kinds import KINDS
from handlers.people import TO_A_PERSON
from knowledge.vietnamese import fold
from storage import accounts, deliveries, dispatch, notices, places, wishes
from storage.deliveries import Delivery
from storage.places import Hamlet
from storage.talks import Talk
from storage.wishes import ALL

ASKS_HAMLET = "subscribing.hamlet"
MOST_OFFERED = 9
ALIKE = 85.0  # of 100, between what was typed and a hamlet's name
SHOW = Choice("Thông báo tôi nhận", "subscribing.show", aside=True)
BARE = frozenset({"dung", "dung lai", "dung di", "dung nhan", "dung gui", "ngung", "ngung lai", "ngung gui", "stop"})
EVERYTHING = frozenset({"dung het", "dung tat ca", "dung hoan toan", "tat het", "stop all"})

_NEWS = r"(?:tin nhan|thong bao|tin)"
_STOP = re.compile(
    r"(?:dung|ngung|ngat|tat|huy|bo|thoi|khong|khoi|chan)"
    r"(?: (?:muon|can|dang ky|nhan|gui|cho|toi|em|minh|nua|theo doi))*"
    rf" {_NEWS}\b(?P<rest>.*)"
)
_WANT = re.compile(
    r"(?:dang ky|nhan lai|gui lai|bat lai|bat|mo lai|muon nhan|cho toi nhan|theo doi)(?: (?:lai|nhan|gui|cho|toi|em))*"
    rf" {_NEWS}\b(?P<rest>.*)"
)
_SHOW = re.compile(
    rf"(?:{_NEWS} (?:cua toi|toi nhan|toi dang nhan)|cai dat thong bao|toi dang nhan {_NEWS} (?:gi|nao))"
)
_LIVES = re.compile(
    r"(?:toi|em|minh|nha toi|nha em|gia dinh toi|ho toi)(?: dang)?(?: song)? o (?P<where>(?:thon|ap|khom|to|khu pho|"
    r"ban|xom|buon|lang)\b.{1,60})"
)
_POLITE = re.compile(r"^(?:da|vang|thua|a|oi|bot|em|xin|lam on|cho|vui long|toi muon|em muon|minh muon|toi|minh|hay) ")
# What may stand behind "tin" without naming a kind: "tắt thông báo của xã giúp em nhé".
_MAY_FOLLOW = (
    "cua xa phuong ubnd nua lai het tat ca moi loai nay ve cho toi em minh giup voi a nhe nha di thong bao nhan tin "
    "gui khan bot kieu cac nhung vao day do di ra roi lam phien qua nhieu"
)
_FILLERS = frozenset(_MAY_FOLLOW.split())


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message says about notices: stop, want, show or live; `kind` None: all of them."""

    verb: str
    kind: str | None = None
    where: str = ""


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Stop, begin again, say where one lives, or show what is on."""
    match message.verb:
        case "stop":
            return await _stop(message.argument, desk)
        case "want":
            return await _want(message.argument, desk)
        case "live":
            return await _live(await _by_id(message.argument, desk), desk)
        case "show":
            return await _show(desk)
    asked = heard(message)
    if desk.talk.asks == ASKS_HAMLET and (asked is None or asked.verb == "live"):
        if message.meaning.command in ("skip", "no", "none", "leave"):
            return await _show(desk)
        return await _live(await _named(asked.where if asked else message.text, desk), desk)
    if asked is None or asked.verb == "bare":
        return await _bare(message, desk)
    if asked.verb == "stop":
        return await _stop(asked.kind or ALL, desk)
    if asked.verb == "want":
        return await _want(asked.kind or ALL, desk)
    if asked.verb == "live":
        return await _live(await _named(asked.where, desk), desk)
    return await _show(desk)


async def _bare(message: Incoming, desk: Desk) -> Reply:
    """ "Dừng" alone: the notice that came last is meant, unless something else was being talked of since."""
    last = await _last_notice(desk)
    talking = desk.talk.asks is not None or desk.talk.draft_id is not None
    if last is None or (talking and (last.at is None or last.at < desk.talk.last_at)):
        return await leaving.handle(message, desk)
    notice = await notices.get(desk.session, commune_id=desk.commune_id, notice_id=last.notice_id)
    kind = notice.kind if notice is not None else ALL
    off = {wish.topic for wish in await wishes.of_person(desk.session, desk.account) if not wish.wants}
    return await _stop(ALL if kind in off else kind, desk)


async def _stop(topic: str, desk: Desk) -> Reply:
    """From now on nothing of it goes to any chat of this person; what waits for them is taken back."""
    if topic != ALL and topic not in KINDS:
        return await _show(desk)
    await wishes.say(desk.session, desk.account, topic=topic, wants=False, at=desk.now)
    own = await accounts.of_person(desk.session, desk.account)
    kind = None if topic == ALL else topic
    await deliveries.skip_accounts(desk.session, commune_id=desk.commune_id, account_ids=own, kind=kind, at=desk.now)
    await dispatch.take_back(
        desk.session,
        commune_id=desk.commune_id,
        account_ids=own,
        kind=kind,
        state="skipped",
        reason="opted_out",
        at=desk.now,
    )
    if topic == ALL:
        text = (
            "Dạ, từ bây giờ em không gửi thông báo nào của xã cho anh/chị nữa, kể cả báo bão lũ. "
            "Muốn nhận lại, anh/chị nhắn “nhận lại thông báo”."
        )
        return Reply(text, "menu", choices=(Choice("Nhận lại thông báo", f"subscribing.want:{ALL}"), TO_A_PERSON))
    text = (
        f"Dạ, từ bây giờ em không gửi tin {_called(topic)} cho anh/chị nữa. "
        f"Các thông báo khác vẫn gửi; muốn nhận lại, anh/chị nhắn “nhận lại tin {_called(topic)}”."
    )
    every = Choice("Dừng mọi thông báo", f"subscribing.stop:{ALL}")
    return Reply(text, "menu", choices=(every, Choice("Nhận lại tin này", f"subscribing.want:{topic}"), TO_A_PERSON))


async def _want(topic: str, desk: Desk) -> Reply:
    """They are told again; asked once where they live, so that the hamlet's own notices reach them."""
    if topic != ALL and topic not in KINDS:
        return await _show(desk)
    if topic == ALL:
        await wishes.unmute(desk.session, desk.account)
    else:
        await wishes.say(desk.session, desk.account, topic=topic, wants=True, at=desk.now)
        await wishes.unmute(desk.session, desk.account, topic=ALL)
    told = "thông báo của xã" if topic == ALL else f"tin {_called(topic)}"
    text = f"Dạ, có {told} em sẽ gửi anh/chị ở đây. Muốn thôi, anh/chị nhắn “dừng”."
    known = await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)
    home = await wishes.hamlet_of(desk.session, desk.account)
    if home is None and known and not desk.is_foreign:
        text += "\nAnh/chị ở thôn, ấp, tổ nào để em gửi đúng tin của nơi mình ạ? (gõ tên, hoặc “bỏ qua”)"
        return Reply(text, "menu", choices=_offered(known), asks=ASKS_HAMLET)
    return Reply(text, "menu", choices=(SHOW, TO_A_PERSON))


async def _live(hamlet: Hamlet | None, desk: Desk) -> Reply:
    known = await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)
    if hamlet is None:
        text = "Dạ, em chưa thấy thôn, ấp, tổ đó trong danh sách của xã. Anh/chị gõ lại tên giúp em, hoặc “bỏ qua”."
        return Reply(text, "clarify", choices=_offered(known), asks=ASKS_HAMLET)
    await wishes.live_in(desk.session, desk.account, hamlet_id=hamlet.id or 0, at=desk.now)
    text = (
        f"Dạ, em ghi nhận anh/chị ở {hamlet.name}; có tin của {hamlet.name} em gửi ngay. "
        "Em chỉ giữ tên thôn, không hỏi số nhà. Chuyển nơi ở thì nhắn em, ví dụ “tôi ở ấp ...”."
    )
    return Reply(text, "menu", choices=(SHOW, TO_A_PERSON))


async def _show(desk: Desk) -> Reply:
    """What is on and off, and where the person lives, each with the way to change it."""
    said = await wishes.of_person(desk.session, desk.account)
    off = [wish.topic for wish in said if not wish.wants]
    home = await wishes.hamlet_of(desk.session, desk.account)
    hamlet = await places.hamlet(desk.session, commune_id=desk.commune_id, hamlet_id=home) if home else None
    if ALL in off:
        state = "Dạ, anh/chị đang tắt mọi thông báo của xã."
    elif off:
        state = f"Dạ, anh/chị nhận thông báo của xã, trừ: {', '.join(_called(topic) for topic in off)}."
    else:
        state = "Dạ, anh/chị đang nhận mọi thông báo của xã ở đây."
    follows = [_called(wish.topic) for wish in said if wish.wants and wish.topic != ALL]
    lines = [state, f"Đăng ký thêm: {', '.join(follows)}." if follows else ""]
    lines.append(f"Nơi ở: {hamlet.name}." if hamlet else "Em chưa biết anh/chị ở thôn nào (nhắn “tôi ở ấp ...”).")
    lines.append("Muốn tắt một loại: “dừng tin cúp điện”; tắt hết: “dừng hết”.")
    change = (
        Choice("Nhận lại thông báo", f"subscribing.want:{ALL}")
        if off
        else Choice("Dừng mọi thông báo", f"subscribing.stop:{ALL}")
    )
    return Reply("\n".join(line for line in lines if line), "menu", choices=(change, TO_A_PERSON))


def heard(message: Incoming) -> Asked | None:
    """What the whole message says about notices; None where it is about something else."""
    said = _tidy(message.text)
    if said in BARE:
        return Asked("bare")
    if said in EVERYTHING:
        return Asked("stop")
    if _SHOW.fullmatch(said):
        return Asked("show")
    if (found := _LIVES.fullmatch(_plain(message.text))) is not None:
        return Asked("live", where=found["where"])
    for verb, pattern in (("stop", _STOP), ("want", _WANT)):
        found = pattern.fullmatch(said)
        if found is None:
            continue
        kind = notice_kinds.named(found["rest"])
        if kind is not None or set(found["rest"].split()) <= _FILLERS:
            return Asked(verb, kind.code if kind else None)
    return None


def stops(message: Incoming, talk: Talk) -> bool:
    """The person wants no more notices, whatever else was being talked of: this goes before all but an emergency.

    "dung" without marks is also "đúng": with a question open it answers that.
    """
    asked = heard(message)
    if asked is None or message.chosen is not None:
        return False
    if asked.verb == "bare":
        return message.meaning.command == "leave" or (talk.asks is None and message.text.isascii())
    return asked.verb == "stop"


def takes(message: Incoming, _talk: Talk) -> bool:
    """Something about notices."""
    return heard(message) is not None


def continues(message: Incoming, _talk: Talk) -> bool:
    """The hamlet that we asked for; a question of another matter goes its own way."""
    asked = heard(message)
    few = len(message.text.split()) <= 6 and message.meaning.action in ("answer", "clarify", "abstain", "directory")
    return (asked is not None and asked.verb == "live") or message.meaning.command is not None or few


async def _last_notice(desk: Desk) -> Delivery | None:
    own = await accounts.of_person(desk.session, desk.account)
    return await deliveries.got(desk.session, commune_id=desk.commune_id, account_ids=own)


async def _by_id(argument: str, desk: Desk) -> Hamlet | None:
    if not argument.isdigit():
        return None
    return await places.hamlet(desk.session, commune_id=desk.commune_id, hamlet_id=int(argument))


async def _named(text: str, desk: Desk) -> Hamlet | None:
    """The hamlet that was typed, by its present or a former name, nearly right or without its kind."""
    every = await places.hamlets(desk.session, commune_id=desk.commune_id)
    by_name = {row.name: row for row in await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)}
    names = {row.id or 0: fold(row.name) for row in every if row.now in by_name}
    said = _tidy(text).removeprefix("o ")
    exact = [row for row in every if row.now in by_name and names[row.id or 0] == said]
    bare = [row for row in every if row.now in by_name and names[row.id or 0].partition(" ")[2] == said]
    if len({row.now for row in exact or bare}) == 1:
        return by_name[(exact or bare)[0].now]
    close = process.extract(said, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=2)
    found = {row.now for row in every if row.id in {key for _name, _score, key in close}}
    return by_name[found.pop()] if len(found) == 1 else None


def _offered(known: list[Hamlet]) -> tuple[Choice, ...]:
    if len(known) > MOST_OFFERED:
        return ()
    return tuple(Choice(row.name, f"subscribing.live:{row.id}") for row in known)


def _called(topic: str) -> str:
    return KINDS[topic].topic if topic in KINDS else "thông báo"


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", fold(text)))


def _tidy(text: str) -> str:
    said = _plain(text)
    while (found := _POLITE.match(said + " ")) and len(said) > found.end():
        said = said[found.end() :]
    return re.sub(r"(?: (?:a|nhe|nha|di|em|giup em|giup toi|voi))+$", "", said) or said


FEATURE = Feature("subscribing", handle, takes=takes, continues=continues)
