"""What had we asked this person, what did we say: the conversation is taken up, and everything is written down."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from handlers import old_names, privacy, welcome
from handlers.addressing import address
from handlers.case_news import WAITS_LONG
from handlers.choosing import OWN_SUBJECT, names, pick
from handlers.contract import Desk, Incoming, Reply
from knowledge.errors import KnowledgeError
from knowledge.masking import mask
from knowledge.meaning import Meaning
from knowledge.passages import fits
from knowledge.phrases import find_phrase
from knowledge.telling import find_named
from knowledge.vietnamese import fold, tidy
from storage import bodies, outbox, places, questions, talks
from storage.outbox import OutboxMessage
from storage.questions import Question
from storage.talks import Talk

SILENCE = timedelta(minutes=30)  # after it, a talk begins anew
FEW_WORDS = 6  # content syllables of a message that may lean on what was said before
FOREIGN = 0.15  # probability of being ours below which a message with a subject of its own leans on nothing
ALIEN = 0.02  # … below which even a single word does not: "giá vàng hôm nay" is no fee of the topic at hand
MOST_READ = 2_000  # characters of one message that are looked at; a longer story keeps its beginning
MAYBE_LOST = "(Tin trước có thể chưa tới, em gửi lại:)\n"
# What these messages say is of one moment, or was erased: they leave no words in the log.
WORDLESS = ("denunciation", "emergency")


def resume(text: str, desk: Desk, *, before: str = "") -> Incoming:
    """The message as the features see it: understood, with the picked choice, in a talk that is not stale.

    `before`: the message to which we asked back which of several topics it meant.
    """
    if desk.now - desk.talk.last_at > SILENCE and not outlives(desk.talk):
        _begin_anew(desk.talk)
    words = tidy(text)[:MOST_READ]
    places = desk.knowledge.places.mentions(words)
    meaning = desk.knowledge.understand(old_names.without(words, places), on=desk.today)
    chosen = pick(meaning, desk)
    subject = meaning.topics[0].score if meaning.topics else 0.0
    if chosen is None and before and 0 < meaning.content_words <= FEW_WORDS and subject < OWN_SUBJECT:
        together = desk.knowledge.understand(f"{tidy(before)} {words}"[:MOST_READ], on=desk.today)
        chosen = pick(together, desk)  # "căn cước", "bị mất": one question in pieces
        meaning = together if chosen or together.action == "answer" else meaning
    fits_topic, names_topic = _fits(words, meaning, desk), _names(meaning, desk)
    return Incoming(
        words,
        meaning,
        chosen=chosen,
        fits_topic=fits_topic,
        names_topic=names_topic,
        places=places,
        phrase=find_phrase(words),  # as typed: a phrase may hold what elsewhere is the name of a place
    )


async def record(message: Incoming, reply: Reply, desk: Desk) -> None:
    """The log line, the state of the talk, and the reply's place in the outbox: all in the caller's transaction."""
    question_id = await _log(message, reply, desk)
    greets = desk.is_first and reply.action != "emergency"
    if greets and desk.account.keeps_text is None:
        reply = reply.with_choices(privacy.KEEP, privacy.DONT_KEEP)
    talk = desk.talk
    talk.asks, talk.choices = reply.asks, [asdict(choice) for choice in reply.choices]
    talk.last_at, talk.last_question_id = desk.now, question_id
    talk.last_body_id = desk.body_id if reply.keeps_body else None
    talk.unhelped = talk.unhelped + 1 if reply.unhelpful else 0
    await talks.save(desk.session, talk)
    part = await _say_again(desk)
    if greets and not desk.greeted_by_page:
        await _queue(Reply(welcome.hello(desk), "menu"), desk, part, silent=True)
        part += 1
    if greets:
        desk.account.greeted_at = desk.now
    await _queue(reply, desk, part)
    desk.session.add(desk.account)
    if not reply.keeps_body:
        await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=[desk.body_id])


async def say(text: str, desk: Desk) -> None:
    """A message that answers an event without a talk: the apology for one that was parked."""
    await _queue(Reply(text, "abstain"), desk, part=0)


def as_rows(reply: Reply) -> dict[str, Any]:
    """A reply as the outbox keeps it."""
    return {
        "text": reply.text,
        "choices": [{"label": choice.label, "aside": choice.aside} for choice in reply.choices],
        "sources": [{"cite": source.cite, "dates": source.dates} for source in reply.sources],
        "quotes_body_id": reply.quotes,
    }


async def _queue(reply: Reply, desk: Desk, part: int, *, silent: bool = False) -> None:
    """`silent`: said beside the answer, so it carries no action of its own."""
    reply = replace(reply, text=address(reply.text, desk.commune))
    message = OutboxMessage(
        commune_id=desk.commune_id,
        account_id=desk.account_id,
        channel_account_id=desk.account.channel_account_id,
        chat_key=desk.account.chat_key,
        event_id=desk.event_id,
        part=part,
        action=None if silent else reply.action,
        topic=reply.topic,
        not_before=desk.now,
        created_at=desk.now,
        **as_rows(reply),
    )
    await outbox.put(desk.session, message)


async def _say_again(desk: Desk) -> int:
    """Replies of which nobody knows whether they arrived are shown once more; gives the next free part."""
    lost = await outbox.unknown_of(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    for part, before in enumerate(lost):
        again = OutboxMessage(
            commune_id=before.commune_id,
            account_id=before.account_id,
            channel_account_id=before.channel_account_id,
            chat_key=before.chat_key,
            event_id=desk.event_id,
            part=part,
            text=MAYBE_LOST + before.text,
            sources=before.sources,
            quotes_body_id=before.quotes_body_id,
            repeats_id=before.id,
            not_before=desk.now,
            created_at=desk.now,
        )
        await outbox.put(desk.session, again)
    return len(lost)


async def _log(message: Incoming, reply: Reply, desk: Desk) -> int:
    """One line of the question log; the words are masked, and left out where the person does not want them kept."""
    wordless = desk.account.keeps_text is False or reply.action in WORDLESS or not reply.keeps_body
    masked = "" if wordless else mask(message.text)
    score = next((score for topic, score in reply.candidates if topic == reply.topic), None)
    line = Question(
        commune_id=desk.commune_id,
        event_id=None if reply.action == "denunciation" else desk.event_id,  # nobody is known to have told of it
        account_id=None if reply.action == "denunciation" else desk.account_id,
        asked_at=desk.now,
        asked_about=message.meaning.asked_day.on if message.meaning.asked_day else None,
        masked_text=masked,
        folded_text=fold(masked),
        action=reply.action,
        topic=reply.topic,
        score=score,
        papi=_papi(reply, desk),
        hamlet_id=None if wordless else await _hamlet(message, desk),
        gap="unanswered" if reply.unhelpful and not _judges(message) else None,
    )
    return await questions.record(desk.session, line)


async def _hamlet(message: Incoming, desk: Desk) -> int | None:
    """The hamlet that a question names: what is asked where is counted by it."""
    known = await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)
    found = find_named(message.text, ((each.key, each) for each in known))
    return found.id if found is not None else None


def _judges(message: Incoming) -> bool:
    """ "Chưa đúng" asks nothing: it makes a gap of the question before it."""
    return (message.chosen or "").startswith("rating.")


def _papi(reply: Reply, desk: Desk) -> int | None:
    return desk.knowledge.entry(reply.topic).papi if reply.topic else None


def _fits(words: str, meaning: Meaning, desk: Desk) -> bool:
    """Whether these words go on in the topic being spoken of: it has a passage about them, or they say little by
    themselves and mean that topic once its title is put before them ("bị mất" after "căn cước")."""
    topic = desk.talk.topic
    if topic is None:
        return False
    try:
        answer = desk.knowledge.answer(topic, on=desk.talk.on_day or desk.today, today=desk.today)
    except KnowledgeError:
        return False
    if fits(answer, words):
        return True
    foreign = FOREIGN if meaning.content_words > 1 else ALIEN if meaning.content_words else 0.0
    if meaning.content_words > FEW_WORDS or meaning.in_scope < foreign:
        return False
    together = desk.knowledge.understand(f"{answer.entry.title}: {words}", on=desk.today)
    return together.band == "answer" and together.topics[0].topic == answer.entry.id


def _names(meaning: Meaning, desk: Desk) -> bool:
    """Whether all that the message is about stands in the title of the topic at hand."""
    topic = desk.talk.topic
    return topic is not None and names(desk.knowledge.entry(topic).title, meaning, desk)


def outlives(talk: Talk) -> bool:
    """Whether a talk is taken up again however long it was silent: in the middle of a report, or asked about a case."""
    return talk.draft_id is not None or (talk.asks or "").startswith(WAITS_LONG)


def _begin_anew(talk: Talk) -> None:
    """Forget where a talk stood that fell silent."""
    talk.asks = talk.topic = talk.facet = talk.on_day = None
    talk.choices, talk.held, talk.page, talk.unhelped = [], {}, 0, 0
    talk.draft_id = talk.last_question_id = talk.last_body_id = None
