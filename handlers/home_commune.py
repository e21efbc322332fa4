"""On an account that a province shares: "Anh/chị ở xã nào?", asked once, remembered; then the question is answered."""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from handlers.contract import Choice, Desk, Incoming, Reply
from knowledge.vietnamese import fold, syllables
from storage import communes
from storage.communes import Commune

ASKS = "home.commune"
MOST_CHOICES = 9
ALIKE = 86.0  # of 100, between what was typed and a commune's name
KINDS = ("xa", "phuong", "dac khu", "thi tran")


@dataclass(frozen=True, slots=True)
class Home:
    """Where the person lives. `asks`: what they had asked, as a body's id; None: this very message says it."""

    commune: Commune
    asked_before: int | None


async def choose(message: Incoming, desk: Desk) -> Home | Reply:
    """The commune that the message names, or the question which one it is."""
    served = [one for one in await communes.all_of_them(desk.session) if not one.is_province]
    found = named(message, served)
    first = desk.talk.held.get("first")
    if len(found) == 1:
        says_more = len(fold(message.text).split()) > len(fold(found[0].name).split()) + 2
        return Home(found[0], None if says_more else first)
    if first is None and not _only_greets(message):
        desk.talk.held = {**desk.talk.held, "first": desk.body_id}
    return ask(found or served, desk, again=desk.talk.asks == ASKS)


def named(message: Incoming, served: list[Commune]) -> list[Commune]:
    """Communes that a message may mean: by a picked choice, by today's or an old name, by a name nearly right."""
    if message.chosen and message.chosen.startswith("home.is:"):
        return [one for one in served if one.code == message.argument]
    codes = {place.code for mention in message.places for place in mention.places}
    if by_place := [one for one in served if one.code in codes]:
        return by_place
    said = " " + " ".join(syllables(fold(message.text))) + " "
    if whole := [one for one in served if f" {fold(one.name)} " in said]:
        return whole
    names = {one.code: bare(one) for one in served}
    if inside := [one for one in served if f" {names[one.code]} " in said]:
        return inside
    if len(said.split()) > 5:  # a question, not a name
        return []
    typed = _without_kind(said.strip())
    close = process.extract(typed, names, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=MOST_CHOICES)
    return [one for one in served if one.code in {code for _name, _score, code in close}]


def ask(among: list[Commune], desk: Desk, *, again: bool) -> Reply:
    """Which commune; a short list is offered to press."""
    choices: tuple[Choice, ...] = ()
    if len(among) <= MOST_CHOICES:
        choices = tuple(Choice(one.name, f"home.is:{one.code}") for one in among)
    asked = "Dạ, em chưa thấy xã, phường đó ở đây. " if again else "Dạ, "
    text = asked + "anh/chị ở xã, phường nào ạ? Em hỏi một lần để trả lời đúng nơi anh/chị ở."
    if not choices:
        text += " Anh/chị gõ tên xã, phường giúp em."
    return Reply(text[:1].upper() + text[1:], "clarify", choices=choices, asks=ASKS)


def bare(commune: Commune) -> str:
    """The folded name without its kind: "Xã Mẫu Hòa Bình" gives "mau hoa binh"."""
    return _without_kind(fold(commune.name))


def _without_kind(name: str) -> str:
    return next((name.removeprefix(f"{kind} ") for kind in KINDS if name.startswith(f"{kind} ")), name)


def _only_greets(message: Incoming) -> bool:
    return message.meaning.action in ("smalltalk", "menu")
