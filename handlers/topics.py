"""An answer from the knowledge base: the answer first, then what to do, then the law; facets and details on request."""

from __future__ import annotations

from datetime import date

from handlers import old_names
from handlers.contract import FIRST_SCREEN, Choice, Desk, Feature, Incoming, Reply, Source
from handlers.grounds import sources_of
from handlers.people import TO_A_PERSON
from handlers.procedures import choices_for, level_citations, levels_on
from knowledge.answers import Answer, Block, Citation
from knowledge.entry import Entry
from knowledge.errors import NothingInForce
from knowledge.fields import fill
from knowledge.meaning import Facet
from knowledge.passages import best_passage
from storage.talks import Talk

FOLLOWS = "topics.follow"
LABELS: dict[Facet, str] = {
    "documents": "Hồ sơ cần có",
    "fee": "Lệ phí",
    "time": "Thời hạn",
    "where": "Nơi nộp",
    "who": "Ai làm, ai được",
    "online": "Làm qua mạng",
    "result": "Nhận được gì",
    "avoid": "Không phải nộp gì, cần tránh",
    "changed": "Có gì đã đổi",
    "basis": "Căn cứ",
}
MOST_FACETS = 4
RIGHT = Choice("Đúng ý", "rating.right", aside=True)
WRONG = Choice("Chưa đúng", "rating.wrong", aside=True)
MORE = Choice("Xem thêm", "topics.more")
# Entries beside which something of ours helps to decide.
TIP = Choice("Gửi tin báo không nêu tên", "denunciation.receive")
TOOLS = {
    "donthu.phan-biet": Choice("Trả lời hai câu để biết loại nào", "kinds.start"),
    "khieunai.hinh-thuc": Choice("Soạn nháp đơn khiếu nại", "petition.start"),
    "tocao.hinh-thuc-va-rut-don": TIP,
    "tocao.nac-danh": TIP,
}
OWN_SUBJECT = 0.6  # probability of another topic from which a message is about that, however little it says
# Actions that may well be a question about the topic at hand when they are put in a few words.
SOFT = ("answer", "clarify", "abstain", "directory", "track", "price", "premium", "smalltalk")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """Open a topic, show one of its facets, go on in it, or answer a new question."""
    talk = desk.talk
    match message.verb:
        case "open":
            return show(message, desk, message.argument, on=_day(message, desk), whole=True)
        case "facet" if talk.topic:
            return show(message, desk, talk.topic, on=talk.on_day or desk.today, facet=_facet(message.argument))
        case "more" if talk.topic:
            return more(desk, talk.topic)
    if talk.topic and message.meaning.command == "more":
        return more(desk, talk.topic)
    if talk.topic and follows(message, talk):
        return show(message, desk, talk.topic, on=_day(message, desk, keep=True), facet=message.meaning.facet)
    return show(message, desk, message.meaning.topics[0].topic, on=_day(message, desk), facet=message.meaning.facet)


def show(
    message: Incoming, desk: Desk, entry_id: str, *, on: date, facet: Facet | None = None, whole: bool = False
) -> Reply:
    """One screen of an entry, remembered as the topic of the talk. `whole`: it was picked, so no words narrow it."""
    reply = present(message, desk, entry_id, on=on, facet=facet, whole=whole)
    talk = desk.talk
    talk.topic, talk.facet, talk.page = reply.topic, facet, 0
    talk.on_day = on if on != desk.today else None
    return reply


def present(
    message: Incoming,
    desk: Desk,
    entry_id: str,
    *,
    on: date | None = None,
    facet: Facet | None = None,
    opening: str = "",
    whole: bool = False,
) -> Reply:
    """The screen itself, for the day asked about. Raises NothingInForce when the entry says nothing at all."""
    entry = desk.knowledge.entry(entry_id)
    day = on or _day(message, desk)
    try:
        answer = desk.knowledge.answer(entry.id, on=day, today=desk.today)
    except NothingInForce:
        if day == desk.today:
            return _only_doubts(desk, entry.id)
        answer = desk.knowledge.answer(entry.id, on=desk.today, today=desk.today)
        opening += _then(entry, day)
        facet = None
    if facet and (facet in answer.facets or facet == "basis"):
        parts, cited = _facet_parts(answer, facet)
    else:
        parts, cited = _answer_parts(answer, message, facet, whole=whole)
    if answer.on != day:
        cited = [*cited[:1], *level_citations(entry, day), *cited[1:]]
    opening += _past(answer, desk)
    renamed = next((old_names.note(mention) for mention in message.places if mention.is_old), "")
    opening += f"Dạ, {renamed}\n" if renamed else ""
    return Reply(
        _fit(opening, parts, _now(answer, desk), cited),
        "answer",
        topic=entry.id,
        candidates=tuple((found.topic, found.score) for found in message.meaning.topics[:5]),
        choices=_with_card(choices_for(entry, desk), _choices(answer, facet)),
        sources=sources_of(cited),
        asks=FOLLOWS,
        unhelpful=facet is not None and facet != "basis" and facet not in answer.facets,
    )


def opening_screen(answer: Answer) -> Reply:
    """What an entry says first, uncut: headline, steps and grounds, as `check` measures it."""
    text = "\n".join(part for part in (_politely(answer.headline), answer.steps) if part)
    return Reply(text, "answer", topic=answer.entry.id, sources=sources_of(answer.citations))


def late(answer: Answer, opening: str) -> Reply:
    """The first screen for somebody who had asked before we knew: `opening` says so, then what fits beside it."""
    return Reply(
        _fit(opening, [_politely(answer.headline), answer.steps], "", list(answer.citations)),
        "answer",
        topic=answer.entry.id,
        choices=(Choice("Xem đầy đủ", f"topics.open:{answer.entry.id}"), TO_A_PERSON),
        sources=sources_of(answer.citations),
    )


def more(desk: Desk, entry_id: str) -> Reply:
    """The next page of details; after the last one, what is not confirmed and the menu of facets."""
    talk = desk.talk
    on = talk.on_day or desk.today
    answer = desk.knowledge.answer(entry_id, on=on, today=desk.today)
    pages = [*answer.more, *([answer.doubts] if answer.doubts else [])]
    if talk.page >= len(pages):
        text = "Dạ, việc này em chỉ có đến vậy ạ. Anh/chị cần kỹ hơn thì hỏi cán bộ."
        return Reply(text, "answer", topic=entry_id, choices=_choices(answer, None, has_more=False), asks=FOLLOWS)
    page = pages[talk.page]
    talk.page += 1
    choices = _choices(answer, None, has_more=talk.page < len(pages))
    return Reply(page.text, "answer", topic=entry_id, choices=choices, sources=sources_of(page.citations), asks=FOLLOWS)


def has_answer(desk: Desk, entry_id: str) -> bool:
    """Whether the entry says something today."""
    try:
        desk.knowledge.answer(entry_id, on=desk.today, today=desk.today)
    except NothingInForce:
        return False
    return True


def follows(message: Incoming, talk: Talk) -> bool:
    """A question in the topic at hand: only a facet or a day was named, or its words are answered inside the topic."""
    meaning = message.meaning
    if not talk.topic or meaning.action not in SOFT or meaning.command is not None:
        return False
    if meaning.content_words == 0:
        return bool(meaning.facet or meaning.asked_day)
    if message.names_topic and meaning.band == "clarify":
        return True
    if meaning.general and not meaning.general.leans:  # "hỏi về hộ khẩu" is another matter, unless it may be this one
        return talk.topic in meaning.general.entries
    first = next(iter(meaning.topics), None)
    if first is not None and first.topic != talk.topic and first.score >= OWN_SUBJECT:
        return False
    return message.fits_topic and (meaning.band != "answer" or meaning.topics[0].topic == talk.topic)


def _day(message: Incoming, desk: Desk, *, keep: bool = False) -> date:
    """The day to look rules up for: named in the question, or (going on in a topic) the one named before, or today."""
    asked = message.meaning.asked_day
    if asked is not None:
        return asked.on
    return (desk.talk.on_day if keep else None) or desk.today


def _facet(name: str) -> Facet | None:
    return next((facet for facet in LABELS if facet == name), None)


def _answer_parts(
    answer: Answer, message: Incoming, facet: Facet | None, *, whole: bool
) -> tuple[list[str], list[Citation]]:
    """Headline, then the passage that the question's own words point to, then the steps."""
    parts, cited = [_politely(answer.headline)], list(answer.citations)
    passage = None if whole else best_passage(answer, message.meaning.text)
    if passage is not None and passage.text not in answer.headline:
        parts.append(passage.text)
        cited = [*cited[:2], *passage.citations]
    elif facet is not None and not message.meaning.content_words:
        parts.insert(0, f"Dạ, phần “{LABELS[facet].lower()}” của việc này em chưa có riêng; điều em có:")
    if answer.steps:
        parts.append(answer.steps)
    return parts, cited


def _facet_parts(answer: Answer, facet: Facet) -> tuple[list[str], list[Citation]]:
    title = answer.entry.title
    if facet == "basis":
        return [f"Dạ, căn cứ của “{title}”:\n" + "\n".join(_basis(answer))], list(answer.citations)
    block = answer.facets[facet]
    return [f"Dạ, {LABELS[facet].lower()} của việc “{title}”: {block.text}"], list(block.citations)


def _basis(answer: Answer) -> list[str]:
    """Every document behind the answer and its facets, each once, with its dates."""
    blocks: list[Block] = [*answer.facets.values(), *answer.more]
    cited = [*answer.citations, *(citation for block in blocks for citation in block.citations)]
    shown = {one.cite: Source(one.cite, one.since, one.until, one.checked_on) for one in cited}
    return [f"- {source.cite} ({source.dates})" for source in shown.values()]


def _past(answer: Answer, desk: Desk) -> str:
    if answer.on == desk.today:
        return ""
    changed = " (nay đã thay đổi, xem dòng cuối)" if answer.superseded_on and answer.superseded_on <= desk.today else ""
    return f"Dạ, tính theo quy định áp dụng ngày {answer.on:%d/%m/%Y}{changed}: "


def _now(answer: Answer, desk: Desk) -> str:
    """For a past day: what holds today; for today: the change that is already known."""
    if answer.superseded_on and answer.superseded_on <= desk.today:
        try:
            now = desk.knowledge.answer(answer.entry.id, on=desk.today, today=desk.today)
        except NothingInForce:
            return f"Quy định này hết áp dụng từ {answer.superseded_on:%d/%m/%Y}."
        if now.headline != answer.headline:
            return f"Hiện nay: {now.headline}"
        return f"Một phần đã đổi từ {answer.superseded_on:%d/%m/%Y}; hỏi “bây giờ thì sao” để xem."
    if answer.upcoming and answer.on == desk.today:
        return f"Từ {answer.upcoming:%d/%m/%Y} sẽ áp dụng quy định mới."
    return ""


def _then(entry: Entry, day: date) -> str:
    """Of a day without grounds: who decided then, where that is known, before what holds today."""
    levels = "; ".join(fill(level.text, entry, day) for level in levels_on(entry, day))
    if levels:
        return f"Dạ, ngày {day:%d/%m/%Y} nơi giải quyết là {levels}. Phần khác em chỉ có quy định hiện nay: "
    return f"Dạ, em không có căn cứ cho ngày {day:%d/%m/%Y}; sau đây là quy định hiện nay: "


def _only_doubts(desk: Desk, entry_id: str) -> Reply:
    """The entry holds nothing that is confirmed today: say that, and whom to ask."""
    entry = desk.knowledge.entry(entry_id)
    if not entry.doubts:
        raise NothingInForce(entry_id, desk.today)
    doubt = entry.doubts[0]
    text = (
        f"Dạ, về “{entry.title}” em chưa có văn bản xác nhận nên không dám trả lời. Anh/chị hỏi {doubt.ask} giúp em ạ."
    )
    return Reply(text, "abstain", topic=entry_id, choices=(TO_A_PERSON,), unhelpful=True)


def _choices(answer: Answer, shown: Facet | None, *, has_more: bool | None = None) -> tuple[Choice, ...]:
    facets = [facet for facet in answer.facets if facet != shown][:MOST_FACETS]
    choices = [Choice(LABELS[facet], f"topics.facet:{facet}") for facet in facets]
    if has_more if has_more is not None else bool(answer.more or answer.doubts):
        choices.append(MORE)
    if answer.entry.id in TOOLS:
        choices.insert(0, TOOLS[answer.entry.id])
    basis = Choice(LABELS["basis"], "topics.facet:basis", aside=True)
    return (*choices, *([basis] if shown != "basis" else []), RIGHT, WRONG, TO_A_PERSON)


def _with_card(own: tuple[Choice, ...], facets: tuple[Choice, ...]) -> tuple[Choice, ...]:
    """The fitted list of papers and the card behind what is chosen most, before what is shown small."""
    large = [each for each in facets if not each.aside]
    return (*large, *own, *(each for each in facets if each.aside))


def _fit(opening: str, parts: list[str], last: str, cited: list[Citation]) -> str:
    """The parts that fit on the first screen beside their sources; the first one is cut rather than dropped."""
    room = FIRST_SCREEN - len(Reply("", "answer", sources=sources_of(cited)).printed) - 1
    first = parts[0].removeprefix("Dạ, ") if opening else parts[0]
    first = opening + (first[:1].upper() + first[1:] if opening.endswith("\n") else first)
    kept = [_cut(first, room)]
    for part in (last, *parts[1:]):
        if part and len("\n".join([*kept, part])) <= room:
            kept.append(part)
    if last in kept:  # what holds now stands below what held then
        kept.remove(last)
        kept.append(last)
    return "\n".join(kept)


def _cut(text: str, room: int) -> str:
    """Cut at the last whole sentence or word that fits, and say that there is more."""
    if len(text) <= room:
        return text
    short = text[: room - 16]
    end = max(short.rfind("; "), short.rfind(". "), short.rfind("\n"))
    return short[: end if end > len(short) // 2 else short.rfind(" ")] + "… (xem thêm)"


def _politely(text: str) -> str:
    """ "Dạ," opens; the sentence goes on in small letters unless its first word is an abbreviation."""
    first = text.partition(" ")[0]
    opened = text[:1].lower() + text[1:] if not first[1:] or first[1:].islower() else text
    return f"Dạ, {opened}"


def takes(message: Incoming, talk: Talk) -> bool:
    """A question that an entry answers."""
    return message.meaning.action == "answer" or follows(message, talk)


def continues(message: Incoming, talk: Talk) -> bool:
    """What goes on in the topic at hand."""
    return follows(message, talk) or (message.meaning.command == "more" and talk.topic is not None)


FEATURE = Feature("topics", handle, takes=takes, continues=continues)
