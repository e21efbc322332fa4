"""Phản ánh, kiến nghị, góp ý: told in the person's own words, at most four questions, and a code at once."""

from __future__ import annotations

from datetime import timedelta

from handlers import drafts, duplicates, registering, report_screens
from handlers.contract import Desk, Feature, Incoming, Reply
from handlers.drafts import Draft
from handlers.people import TO_A_PERSON
from handlers.report_screens import CANCEL, PLACE, SAME, SEND, SINCE, TIMES, WHAT
from handlers.wording import as_body
from knowledge.categories import OTHER, categories, propose
from knowledge.cues import asks
from knowledge.distance import Spot, find_spot
from knowledge.sea import is_sea
from knowledge.telling import find_since, names_a_spot, only_announces
from knowledge.vietnamese import syllables, tidy
from storage import case_lists, cases, places
from storage.talks import Talk

__all__ = ["CANCEL", "FEATURE", "PLACE", "WHAT"]
MOST_A_DAY, A_DAY = 10, timedelta(days=1)
FARTHEST = 30_000.0  # metres from the commune's centre
SHORT_ANSWER = 12  # syllables of a message that may answer "where"; a longer one tells more of the matter
# What a person may say in the middle of a report that is not the answer to our question.
OTHER_WISHES = ("handoff", "menu", "track", "directory", "complaint", "denunciation", "price", "premium", "answer")


async def handle(message: Incoming, desk: Desk) -> Reply:
    """What was picked, else the answer to what we asked; then whatever is still missing."""
    match message.verb:
        case "start":
            return await _begin(desk)
        case "go":
            await drafts.take_up(desk, int(message.argument))
        case "log":
            await _log_the_danger(desk)
        case "send":
            return await _send(desk)
        case "new":
            return await _send(desk, whatever_is_alike=True)
        case "same":
            return await _join(desk, int(message.argument))
        case "edit":
            return report_screens.what_to_edit()
        case "again":
            return await _again(desk, message.argument)
        case "hamlet":
            await _at(desk, hamlet_id=int(message.argument))
        case "since":
            await _since(message, desk)
        case "category":
            await _sort(desk, message.argument)
        case "skip":
            _skip(desk)
        case _:
            done = await _answered(message, desk)
            if done is not None:
                return done
    return await next_question(desk)


async def next_question(desk: Desk) -> Reply:
    """Ask for what is missing, one question at a time; when nothing is, show it all once."""
    draft = await drafts.present(desk)
    skipped = desk.talk.held.get("skipped", [])
    if draft is None or not draft.told:
        return Reply(report_screens.WHAT_IS_IT, "report", asks=WHAT, choices=(CANCEL, TO_A_PERSON))
    whole = " ".join(draft.told)
    if "place" not in skipped and not _knows_place(draft, whole):
        known = await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)
        return report_screens.where(known, quotes=desk.body_id, first=len(draft.told) == 1)
    if "since" not in skipped and not _knows_since(draft, whole, desk):
        just_told = desk.talk.asks == WHAT or not (desk.talk.asks or "").startswith("reports.")
        return report_screens.since_when(quotes=desk.body_id, first=just_told)
    return await report_screens.summary(draft, desk, await _hamlet_name(draft, desk))


async def _hamlet_name(draft: Draft, desk: Desk) -> str:
    if draft.case.hamlet_id is None:
        return ""
    hamlet = await places.hamlet(desk.session, commune_id=desk.commune_id, hamlet_id=draft.case.hamlet_id)
    return hamlet.name if hamlet else ""


async def _answered(message: Incoming, desk: Desk) -> Reply | None:
    """The message as an answer to the open question; anything else is more of what is being told."""
    asked, command = desk.talk.asks, message.meaning.command
    if asked == SEND and command == "yes":
        return await _send(desk)
    if asked == SEND and command in ("no", "wrong"):
        return report_screens.what_to_edit()
    if asked == SAME and command in ("no", "none"):
        return await _send(desk, whatever_is_alike=True)
    if asked in (PLACE, SINCE) and command in ("skip", "none", "no", "yes"):  # "gửi": it is said as well as it will be
        _skip(desk)
    elif _is_far(message, desk):
        return report_screens.too_far()
    elif (asked == PLACE and _says_where(message)) or (asked == SEND and _adds_a_place(message)):
        await _at(desk, text=message.text)
    elif asked == SINCE and (find_since(message.text, on=desk.today) or message.meaning.action != "report"):
        await _since(message, desk)
    elif message.kind == "location":
        await _at(desk, text=message.text)
    elif only_announces(message.text):
        await drafts.begin(desk, kind="report")
    elif command is None or desk.talk.draft_id is None:
        await drafts.keep(desk, kind="report", told="told")
        await _make_out(message.text, desk)
    return None


async def _begin(desk: Desk) -> Reply:
    """The first question; what the person has begun on another channel can be gone on with."""
    choices = (*await drafts.offer(desk), CANCEL, TO_A_PERSON)
    return Reply(report_screens.WHAT_IS_IT, "report", asks=WHAT, choices=choices)


async def keep_place(message: Incoming, desk: Desk) -> bool:
    """A place on the map that came before any words begins a report; False for one that cannot be meant."""
    if _is_far(message, desk):
        return False
    await drafts.begin(desk, kind="report")
    await _at(desk, text=message.text)
    return True


async def _make_out(text: str, desk: Desk) -> None:
    """Category, hamlet and beginning, as far as the words say them: never asked again."""
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is not None:
        await registering.understand(desk.session, case, text, today=desk.today)


async def _at(desk: Desk, *, text: str = "", hamlet_id: int | None = None) -> None:
    """The place: a hamlet of the list, typed words, or a place on the map."""
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is None:
        return
    if hamlet_id is not None:
        known = await places.hamlet(desk.session, commune_id=desk.commune_id, hamlet_id=hamlet_id)
        case.hamlet_id = known.id if known else None
    elif (spot := find_spot(text)) is not None:
        case.latitude, case.longitude = spot.latitude, spot.longitude
    else:
        found = await registering.hamlet_in(desk.session, text, commune_id=desk.commune_id, on=desk.today)
        case.hamlet_id = found.id if found else case.hamlet_id
    await cases.save(desk.session, case)
    if hamlet_id is None:  # a picked one is in the row; its number says nothing
        await drafts.keep(desk, kind="report", told="place")


async def _since(message: Incoming, desk: Desk) -> None:
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is None:
        return
    picked = TIMES[int(message.argument)] if message.argument else ""
    found = find_since(picked or message.text, on=desk.today)
    case.since = found.day if found else None
    await cases.save(desk.session, case)
    body_id = None
    if picked:
        body = await desk.vault.put(desk.session, commune_id=desk.commune_id, text=as_body(picked), at=desk.now)
        body_id = body.id
    await drafts.keep(desk, kind="report", told="since", body_id=body_id)


async def _sort(desk: Desk, category_id: str) -> None:
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is not None and category_id in categories():
        registering.sort(case, category_id)
        await cases.save(desk.session, case)


async def _again(desk: Desk, part: str) -> Reply:
    """One part is said anew; the other parts stay."""
    if part == "category":
        return report_screens.which_category()
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is None or part not in ("told", "place", "since"):
        return await next_question(desk)
    await drafts.say_anew(desk, part=part)
    if part == "place":
        case.hamlet_id = case.latitude = case.longitude = None
    if part == "since":
        case.since = None
    await cases.save(desk.session, case)
    desk.talk.held = {"skipped": [each for each in desk.talk.held.get("skipped", []) if each != part]}
    if part == "place":
        known = await places.present(desk.session, commune_id=desk.commune_id, on=desk.today)
        return report_screens.where(known)
    return report_screens.since_when() if part == "since" else report_screens.what_again()


async def _send(desk: Desk, *, whatever_is_alike: bool = False) -> Reply:
    """The draft becomes a case, unless somebody told of the same or this person has told too much today."""
    draft = await drafts.present(desk)
    if draft is None or not draft.told:
        return await next_question(desk)
    sent = await case_lists.recent_of_account(
        desk.session, commune_id=desk.commune_id, account_id=desk.account_id, since=desk.now - A_DAY
    )
    if sent >= MOST_A_DAY:
        return report_screens.too_many(desk, MOST_A_DAY)
    if not whatever_is_alike and (found := await duplicates.alike(desk, draft.case)):
        return await report_screens.told_before(found, desk)
    done = await registering.register(
        desk.session,
        draft.case,
        commune=desk.commune,
        vault=desk.vault,
        text=" ".join((*draft.told, *draft.place)),
        now=desk.now,
        today=desk.today,
    )
    desk.talk.draft_id, desk.talk.held = None, {}
    return await report_screens.sent(draft.case, done, desk)


async def _join(desk: Desk, case_id: int) -> Reply:
    """ "Tôi cũng gặp": the draft goes, and this person hears what becomes of the other one's case."""
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=case_id)
    if case is None or case.code is None:
        return await next_question(desk)
    await drafts.drop(desk)
    fresh = await duplicates.join(desk, case)
    return await report_screens.joined(case, desk, fresh=fresh)


async def _log_the_danger(desk: Desk) -> None:
    """The danger is over: what was cried out is the first sentence of a report."""
    if desk.talk.last_body_id is not None:
        await drafts.keep(desk, kind="report", told="told", body_id=desk.talk.last_body_id)
        raw = await desk.vault.read(desk.session, commune_id=desk.commune_id, body_ids=[desk.talk.last_body_id])
        await _make_out(tidy(desk.reads(raw[desk.talk.last_body_id])), desk)


def _skip(desk: Desk) -> None:
    part = (desk.talk.asks or "").removeprefix("reports.")
    desk.talk.held = {"skipped": [*desk.talk.held.get("skipped", []), part]}


def _is_far(message: Incoming, desk: Desk) -> bool:
    """A place on the map that cannot be meant: far from the commune, or in the sea."""
    spot = find_spot(message.text) if message.kind == "location" else None
    if spot is None:
        return False
    commune = desk.commune
    if commune.latitude is None or commune.longitude is None:
        return is_sea(spot) is not False  # outside of our waters nothing can be meant either
    centre = Spot(commune.latitude, commune.longitude)
    in_the_sea = is_sea(spot) is True and is_sea(centre) is not True  # a small island is not on the grid
    return in_the_sea or spot.metres_to(centre) > FARTHEST


def _says_where(message: Incoming) -> bool:
    """A place and little else; a long story in answer to "where" is more of the story."""
    if message.kind == "location" or message.meaning.action != "report":
        return True
    more = propose(message.text).id != OTHER and not names_a_spot(message.text)
    return len(message.text.split()) <= SHORT_ANSWER and not more


def _adds_a_place(message: Incoming) -> bool:
    """After the summary: "ngõ 5 đường Mẫu", and nothing that tells more of the matter."""
    says_a_spot = message.kind == "location" or names_a_spot(message.text)
    return says_a_spot and _says_where(message) and not _is_question(message)


def _knows_place(draft: Draft, whole: str) -> bool:
    case = draft.case
    return bool(draft.place) or case.hamlet_id is not None or case.latitude is not None or names_a_spot(whole)


def _knows_since(draft: Draft, whole: str, desk: Desk) -> bool:
    return bool(draft.since) or draft.case.since is not None or find_since(whole, on=desk.today) is not None


def takes(message: Incoming, _talk: Talk) -> bool:
    """Told of something wrong, or of a wish for the commune."""
    return message.meaning.action == "report"


def continues(message: Incoming, talk: Talk) -> bool:
    """A place, a time, a detail, "bỏ qua": all but a clear other wish."""
    if message.meaning.command in ("yes", "no", "skip", "none", "wrong"):
        return True
    if talk.asks in (PLACE, SINCE, SEND) and len(message.text.split()) <= SHORT_ANSWER:
        said = names_a_spot(message.text) or find_since(message.text, on=talk.last_at.date()) is not None
        if said and not _is_question(message) and message.meaning.action in ("answer", "directory", "track", "price"):
            return True
    return message.meaning.action not in OTHER_WISHES


def _is_question(message: Incoming) -> bool:
    """ "giá đất đường 5 bao nhiêu" is no answer to "where"."""
    said = syllables(message.text)
    return asks(said) or "giá" in said or "gia" in said


FEATURE = Feature("reports", handle, takes=takes, continues=continues)
