"""Hộp thư: whoever has the secret phrase reads the answers to a tip and adds to it, from any channel, unnamed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b

from nacl import pwhash

from handlers import clock, sealing, tip_clock
from handlers.contract import SAID, Choice, Desk, Feature, Incoming, Reply
from handlers.people import TO_A_PERSON
from knowledge.deadlines import in_words
from knowledge.phrases import new_phrase
from knowledge.vietnamese import fold
from knowledge.working_days import WorkingDays
from storage import bodies, mailboxes, seals, sign_ins
from storage.bodies import Vault
from storage.mailboxes import Mailbox
from storage.sealing import public_of, unseal
from storage.sign_ins import Attempt
from storage.talks import Talk

PHRASE, ADD = "mailbox.phrase", "mailbox.add"
PASSES, MEMORY = pwhash.argon2id.OPSLIMIT_INTERACTIVE, pwhash.argon2id.MEMLIMIT_INTERACTIVE  # 0.1 s, 64 MiB
FREE_TRIES = {"account": 4, "commune": 40}  # wrong phrases in an hour before each has to wait
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(hours=1)
LONGEST_SHOWN = 3_000  # characters of answers in one reply
NO_FILES = (
    "Dạ, ảnh, tệp, tin thoại em chưa niêm phong được, vị trí thì lộ chỗ anh/chị đứng, nên em đã xóa, không giữ. "
    "Anh/chị kể bằng chữ giúp em; giấy tờ chứng minh thì nộp trực tiếp."
)
CLOSE = Choice("Đóng hộp thư", "mailbox.close")


@dataclass(frozen=True, slots=True)
class Keys:
    """What a phrase gives: where its mailbox is found, and the key (32 bytes) that opens the answers."""

    locator: str
    private_key: bytes


def keys_of(phrase: str, vault: Vault, *, commune_id: int) -> Keys:
    """Slow on purpose (argon2id); the same with marks and without. Only the locator may be stored, hashed once more."""
    salt = bytes.fromhex(vault.fingerprint(f"mailbox:{commune_id}"))[: pwhash.argon2id.SALTBYTES]
    plain = " ".join(fold(phrase).split()).encode()
    stretched = pwhash.argon2id.kdf(64, plain, salt, opslimit=PASSES, memlimit=MEMORY)
    return Keys(blake2b(stretched[:32], digest_size=32).hexdigest(), bytes(stretched[32:]))


async def issue(desk: Desk, mailbox: Mailbox) -> int:
    """Give a held mailbox its phrase: from now on it is handed in. The id of the brief body that shows the phrase."""
    phrase = new_phrase()
    keys = await asyncio.to_thread(keys_of, phrase, desk.vault, commune_id=desk.commune_id)
    mailbox.locator, mailbox.public_key = keys.locator, public_of(keys.private_key)
    mailboxes.hand_in(mailbox, on=desk.today)
    await tip_clock.run(desk.session, mailbox, on=desk.today)
    desk.session.add(mailbox)
    await desk.session.flush()
    return await _brief(phrase, desk)


async def _brief(text: str, desk: Desk) -> int:
    """Words that are shown once; they go as soon as the person has plainly seen them."""
    body_id = await desk.vault.put_brief(desk.session, commune_id=desk.commune_id, text=text, at=desk.now)
    desk.talk.held = {**desk.talk.held, "shown": [*desk.talk.held.get("shown", []), body_id]}
    return body_id


async def let_go(desk: Desk) -> None:
    """The talk is done with its mailbox: what was shown is gone, and nothing leads from the talk to the mailbox."""
    shown = desk.talk.held.get("shown", [])
    await bodies.forget_brief(desk.session, commune_id=desk.commune_id, body_ids=shown)
    desk.talk.held = {}


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Ask for the phrase, show what is in the mailbox, take what the person adds."""
    if message.verb == "close":
        await let_go(desk)
        return _say("Dạ, em đã đóng hộp thư. Anh/chị nên xóa câu bí mật khỏi máy này.")
    if message.phrase is not None:
        return await _try(message.phrase, desk)
    if desk.talk.asks == ADD and message.verb != "open" and message.meaning.command != "mailbox":
        return await _add(message, desk)
    if desk.talk.asks == PHRASE and message.meaning.command != "mailbox":
        text = "Dạ, câu bí mật có 8 tiếng, gõ không dấu cũng được. Anh/chị gõ lại giúp em, hoặc gõ “thôi”."
        return _say(text, asks=PHRASE)
    text = (
        "Dạ, anh/chị gõ câu bí mật 8 tiếng đã được cho khi gửi tin báo (không dấu cũng được).\n"
        "Em xóa câu ấy khỏi máy chủ ngay khi trả lời; anh/chị nhớ xóa cả trên máy mình."
    )
    return _say(text, asks=PHRASE)


async def _try(phrase: str, desk: Desk) -> Reply:
    """One try at the door; wrong ones are counted for the chat and for the whole commune."""
    doors = {
        "account": desk.vault.fingerprint(f"mailbox:account:{desk.account_id}"),
        "commune": desk.vault.fingerprint(f"mailbox:commune:{desk.commune_id}"),
    }
    rows = {kind: await sign_ins.attempt(desk.session, key=key) for kind, key in doors.items()}
    waits = [row.not_before - desk.now for row in rows.values() if row is not None and row.not_before > desk.now]
    if waits:
        minutes = int(max(waits).total_seconds() // 60) + 1
        text = f"Dạ, câu bí mật đã gõ sai nhiều lần. Anh/chị chờ {minutes} phút rồi thử lại giúp em."
        return _say(text, asks=PHRASE)
    keys = await asyncio.to_thread(keys_of, phrase, desk.vault, commune_id=desk.commune_id)
    found = await mailboxes.by_locator(desk.session, commune_id=desk.commune_id, locator=keys.locator)
    if found is None:
        for kind, key in doors.items():
            await _count(desk, kind, key, rows[kind])
        return _say("Dạ, không có hộp thư nào mở bằng câu này. Anh/chị xem lại từng tiếng giúp em.", asks=PHRASE)
    await sign_ins.forget(desk.session, keys=[doors["account"]])
    return await _show(found, keys, desk)


async def _count(desk: Desk, kind: str, key: str, before: Attempt | None) -> None:
    recent = before is not None and before.last_at > desk.now - FORGOTTEN_AFTER
    failures = (before.failures if before is not None and recent else 0) + 1
    over = failures - FREE_TRIES[kind]
    longest = LONGEST_WAIT if kind == "account" else FIRST_WAIT  # a stranger may not shut everybody out
    wait = min(FIRST_WAIT * 2 ** min(over, 10), longest) if over > 0 else timedelta(0)
    await sign_ins.count(
        desk.session, Attempt(key=key, failures=failures, not_before=desk.now + wait, last_at=desk.now)
    )


async def _show(mailbox: Mailbox, keys: Keys, desk: Desk) -> Reply:
    """The answers, newest first, through a brief body: they stand readable in no table."""
    desk.talk.held = {**desk.talk.held, "mailbox": mailbox.id}
    told = await seals.count(desk.session, commune_id=desk.commune_id, mailbox_id=mailbox.id or 0)
    rows = await mailboxes.answers(desk.session, commune_id=desk.commune_id, mailbox_id=mailbox.id or 0)
    answers = [f"{row.answered_at:%d/%m/%Y}: {unseal(row.box, keys.private_key) or '…'}" for row in reversed(rows)]
    head = f"Dạ, hộp thư {mailbox.code} (nhận ngày {mailbox.opened_on:%d/%m/%Y}, {told} phần đã niêm phong)."
    calendar = await clock.calendar_of(desk.session, commune_id=desk.commune_id)
    head += _promised(mailbox, calendar, desk)
    tail = "Muốn kể thêm thì nhắn ngay ở đây, đừng ghi tên mình; xong thì đóng hộp thư."
    if not answers:
        return _say(f"{head} Chưa có trả lời.\n{tail}", asks=ADD)
    shown = " · ".join(answers)[:LONGEST_SHOWN]
    body_id = await _brief(shown, desk)
    return _say(f"{head} Trả lời, mới nhất trước:\n{SAID}\n{tail}", asks=ADD, quotes=body_id)


def _promised(mailbox: Mailbox, calendar: WorkingDays, desk: Desk) -> str:
    """By when the commune promised an answer, or that it owes one."""
    due_on = tip_clock.due_on(mailbox, calendar)
    if due_on is None:
        return ""
    if due_on < desk.today:
        return f" Xã hẹn trả lời {in_words(due_on)} mà chưa trả lời, xã xin lỗi anh/chị."
    return f" Xã hẹn trả lời: {in_words(due_on)}."


async def _add(message: Incoming, desk: Desk) -> Reply:
    mailbox = await of_talk(desk)
    if mailbox is not None and (not message.text or message.kind == "location"):
        return _say(NO_FILES, asks=ADD)
    if mailbox is None:
        await let_go(desk)
        return _say("Dạ, hộp thư đã đóng. Anh/chị gõ “hộp thư” để mở lại.")
    words = await sealing.whole_words(desk, message)
    told = await sealing.keep(desk, words, mailbox=mailbox, body_ids=[desk.body_id])
    if told is None:
        text = "Dạ, phần này em không niêm phong được vì không đủ hai người giữ khóa được xem; em đã xóa, không giữ."
    else:
        text = "Dạ, đã niêm phong thêm." + taken_out(told.taken_out) + " Còn gì anh/chị nhắn tiếp, hoặc đóng hộp thư."
    return _say(text, asks=ADD)


async def of_talk(desk: Desk) -> Mailbox | None:
    """The mailbox that this talk has begun or opened."""
    held = desk.talk.held.get("mailbox")
    return await mailboxes.get(desk.session, commune_id=desk.commune_id, mailbox_id=held) if held else None


def taken_out(count: int) -> str:
    """What was erased before sealing, said to the person."""
    return f" Em đã bỏ {count} chi tiết có thể lộ ra anh/chị." if count else ""


def _say(text: str, *, asks: str | None = None, quotes: int | None = None) -> Reply:
    """A reply that leaves nothing of the person's message behind."""
    choices = (CLOSE,) if asks == ADD else (TO_A_PERSON,)
    return Reply(text, "denunciation", choices=choices, asks=asks, quotes=quotes, keeps_body=False)


def takes(message: Incoming, _talk: Talk) -> bool:
    """The phrase itself, or the wish to open a mailbox."""
    return message.phrase is not None or message.meaning.command == "mailbox"


def continues(_message: Incoming, _talk: Talk) -> bool:
    """Whatever is written at an open mailbox belongs into it: nowhere else would it be safe."""
    return True


FEATURE = Feature("mailbox", handle, takes=takes, continues=continues)
