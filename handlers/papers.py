"""The list of papers for a case: at most five questions or none, then a list to tick, to keep, to see again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import topics
from handlers.contract import Choice, Desk, Feature, Incoming, Reply
from handlers.grounds import sources_of
from handlers.people import TO_A_PERSON
from handlers.procedures import REPORT
from knowledge.answers import Citation
from knowledge.checklists import Checklist, Item
from knowledge.entry import Entry
from knowledge.fields import fill
from knowledge.vietnamese import fold
from storage import checklists
from storage.talks import Talk

ASKS = "papers.question"
SHOWN = "papers.shown"
MINE = ("danh sach giay to", "giay to cua toi", "danh sach cua toi", "xem lai giay to")
NONE = "Trường hợp này em không thấy giấy nào trong danh sách phải nộp."
DROP = Choice("Xóa danh sách đã lưu", "papers.drop", aside=True)


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Start, answer, tick, keep, see again, drop."""
    match message.verb:
        case "start":
            return await _go(desk, message.argument, {}, [])
        case "option":
            return await _answered(message.argument, desk)
        case "tick":
            return await _tick(message.argument, desk)
        case "save":
            return await _save(desk)
        case "open":
            return await _open(message.argument, desk)
        case "drop":
            await checklists.drop(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
            return Reply("Dạ, em đã xóa danh sách giấy tờ đã lưu.", "menu", choices=(TO_A_PERSON,))
    return await _mine(desk)


async def _go(desk: Desk, entry_id: str, answers: dict[str, str], ticked: list[str]) -> Reply:
    """The next question, or the list."""
    checklist = desk.knowledge.checklists.get(entry_id)
    if checklist is None:
        return await _mine(desk)
    desk.talk.held = {"entry": entry_id, "answers": answers, "ticked": ticked}
    desk.talk.topic = entry_id
    question = checklist.next_question(answers)
    if question is None:
        return show(desk, checklist, answers, ticked)
    choices = tuple(Choice(option.label, f"papers.option:{option.key}") for option in question.options)
    asked = checklist.asked(answers)
    text = f"Dạ, {question.ask[:1].lower()}{question.ask[1:]} ({asked.index(question) + 1}/{len(asked)})"
    return Reply(text, "answer", topic=entry_id, choices=(*choices, TO_A_PERSON), asks=ASKS)


async def _answered(key: str, desk: Desk) -> Reply:
    held = desk.talk.held
    checklist = desk.knowledge.checklists.get(held.get("entry", ""))
    question = checklist.next_question(held.get("answers", {})) if checklist else None
    option = question.option(key) if question else None
    if checklist is None or question is None or option is None:
        return await _mine(desk)
    if option.leads is not None:
        opened = Incoming("", _silent(desk), chosen=f"topics.open:{option.leads}")
        return await topics.handle(opened, desk)
    return await _go(desk, checklist.entry_id, {**held["answers"], question.key: option.key}, [])


def show(desk: Desk, checklist: Checklist, answers: Mapping[str, str], ticked: Sequence[str]) -> Reply:
    """The numbered list: a typed number ticks its paper."""
    entry = desk.knowledge.entry(checklist.entry_id)
    papers = checklist.papers_for(answers, on=desk.today)
    texts = [_filled(paper, entry, desk) for paper in papers]
    marked = [(_mark(paper, ticked), text) for paper, text in zip(papers, texts, strict=True)]
    lines = [f"{mark} {number}. {text}" for number, (mark, text) in enumerate(marked, 1)]
    notes = checklist.remarks_for(answers, on=desk.today)
    remarks = [_filled(each, entry, desk) for each in notes]
    left = sum(paper.key not in ticked for paper in papers)
    state = f"Còn thiếu {left} giấy; gõ số để tích." if left else "Đã đủ giấy tờ." if papers else NONE
    text = "\n".join([_opening(checklist, entry), *lines, *remarks, state])
    ticks = tuple(
        Choice(f"{mark} {_short(text)}", f"papers.tick:{paper.key}")
        for paper, (mark, text) in zip(papers, marked, strict=True)
    )
    choices = (*ticks, Choice("Lưu danh sách", "papers.save"), REPORT, TO_A_PERSON)
    cited = sources_of(_cited((*papers, *notes), entry))
    return Reply(text, "answer", topic=entry.id, choices=choices, sources=cited, asks=SHOWN)


def _opening(checklist: Checklist, entry: Entry) -> str:
    if checklist.is_fixed:
        return f"Dạ, giấy tờ cho việc “{entry.title}”, ai cũng như nhau:"
    return f"Dạ, giấy tờ cho việc “{entry.title}” của anh/chị:"


async def _tick(key: str, desk: Desk) -> Reply:
    held = desk.talk.held
    ticked: list[str] = held.get("ticked", [])
    ticked = [each for each in ticked if each != key] if key in ticked else [*ticked, key]
    kept = await _kept(desk, held.get("entry", ""))
    if kept is not None:
        await _keep(desk, held["entry"], held.get("answers", {}), ticked)
    return await _go(desk, held.get("entry", ""), held.get("answers", {}), ticked)


async def _save(desk: Desk) -> Reply:
    held = desk.talk.held
    if "entry" not in held:
        return await _mine(desk)
    await _keep(desk, held["entry"], held.get("answers", {}), held.get("ticked", []))
    text = "Dạ, em đã lưu. Lúc nào cần, nhắn “danh sách giấy tờ của tôi” để xem và tích tiếp."
    again = Choice("Xem lại", f"papers.open:{held['entry']}")
    return Reply(text, "answer", topic=held["entry"], choices=(again, DROP, TO_A_PERSON), asks=SHOWN)


async def _open(entry_id: str, desk: Desk) -> Reply:
    kept = await _kept(desk, entry_id)
    return await _go(desk, entry_id, dict(kept.answers), list(kept.ticked)) if kept else await _mine(desk)


async def _mine(desk: Desk) -> Reply:
    """All kept lists; the only one is shown at once."""
    kept = await checklists.of_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    known = [each for each in kept if each.entry_id in desk.knowledge.checklists]
    if not known:
        text = "Dạ, anh/chị chưa lưu danh sách nào. Hỏi một thủ tục rồi chọn “Giấy tờ theo trường hợp của tôi” ạ."
        return Reply(text, "menu", choices=(Choice("Xem danh mục", "welcome.menu"), TO_A_PERSON))
    if len(known) == 1:
        return await _go(desk, known[0].entry_id, dict(known[0].answers), list(known[0].ticked))
    choices = tuple(Choice(desk.knowledge.entry(each.entry_id).title, f"papers.open:{each.entry_id}") for each in known)
    return Reply("Dạ, anh/chị muốn xem danh sách nào ạ?", "menu", choices=(*choices, DROP, TO_A_PERSON))


async def _kept(desk: Desk, entry_id: str) -> checklists.Checklist | None:
    kept = await checklists.of_account(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    return next((each for each in kept if each.entry_id == entry_id), None)


async def _keep(desk: Desk, entry_id: str, answers: dict[str, Any], ticked: list[str]) -> None:
    kept = checklists.Checklist(
        commune_id=desk.commune_id,
        account_id=desk.account_id,
        entry_id=entry_id,
        answers=answers,
        ticked=ticked,
        saved_at=desk.now,
    )
    await checklists.keep(desk.session, kept, commune_id=desk.commune_id)


def _mark(paper: Item, ticked: Sequence[str]) -> str:
    return "☑" if paper.key in ticked else "☐"


def _filled(item: Item, entry: Entry, desk: Desk) -> str:
    return fill(item.text, entry, desk.today)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40].rsplit(" ", 1)[0] + "…"


def _cited(items: Sequence[Item], entry: Entry) -> list[Citation]:
    begins = {key: item.since for item in items for key in item.sources}
    return [Citation(entry.sources[key].cite, since, None, entry.checked_on) for key, since in begins.items()]


def _silent(desk: Desk) -> Any:
    return desk.knowledge.understand("", on=desk.today)


def takes(message: Incoming, _talk: Talk) -> bool:
    """ "Danh sách giấy tờ của tôi"."""
    folded = fold(message.text)
    return any(words in folded for words in MINE) and message.meaning.content_words <= 5


FEATURE = Feature("papers", handle, takes=takes)
