"""The draft that a talk has begun: kept from the first sentence, taken back without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers import confirming
from handlers.contract import Choice, Desk
from knowledge.vietnamese import tidy
from storage import bodies, cases, files, inbox, talks
from storage.cases import Case, CaseEvent

REPORTS = ("report", "proposal", "feedback")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was said so far, in the person's own words, by what it was an answer to."""

    case: Case
    told: tuple[str, ...]
    place: tuple[str, ...]
    since: tuple[str, ...]
    attached: int = 0


async def keep(desk: Desk, *, kind: str, told: str, body_id: int | None = None) -> int:
    """Add a message (the present one) to the talk's draft, beginning one if there is none. `told` names what it is."""
    draft_id = await begin(desk, kind=kind)
    await cases.append(
        desk.session,
        commune_id=desk.commune_id,
        case_id=draft_id,
        kind=told,
        body_id=body_id or desk.body_id,
        at=desk.now,
    )
    return draft_id


async def begin(desk: Desk, *, kind: str) -> int:
    """The talk's draft, made if there is none of this nature. Raises NotConfirmed on a channel that proves nothing."""
    if desk.talk.draft_id is None or not await _is_of(desk, kind):
        confirming.demand(desk)
        desk.talk.draft_id = await cases.open_draft(
            desk.session,
            commune_id=desk.commune_id,
            account_id=desk.account_id,
            kind=kind,
            at=desk.now,
            origin=desk.channel,
        )
        desk.talk.held = {}
    return desk.talk.draft_id


async def _is_of(desk: Desk, kind: str) -> bool:
    """Whether the talk's draft may take this in: a khiếu nại is not written into a report, nor the other way round."""
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id or 0)
    if case is None or case.state != "draft":
        return False
    return case.kind == kind or (case.kind in REPORTS and kind in REPORTS)


async def present(desk: Desk) -> Draft | None:
    """The talk's draft with its words; None where there is none."""
    if desk.talk.draft_id is None:
        return None
    case = await cases.get(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id)
    if case is None or case.state != "draft":
        return None
    history = await cases.history(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id)
    said = await words_of(desk, case, [line.body_id for line in history if line.body_id is not None])

    def words(kind: str) -> tuple[str, ...]:
        return tuple(tidy(said[line.body_id]) for line in history if line.kind == kind and line.body_id in said)

    return Draft(case, words("told"), words("place"), words("since"), await _count(desk, history))


async def _count(desk: Desk, history: Sequence[CaseEvent]) -> int:
    """How many photos and documents go with the draft; one that was refused is none."""
    held = {line.body_id for line in history if line.body_id is not None}
    found = await files.of_bodies(desk.session, commune_id=desk.commune_id, body_ids=list(held))
    return sum(one.state in files.COMING for one in found)


async def words_of(desk: Desk, case: Case, body_ids: list[int]) -> dict[int, str]:
    """The words in bodies of a draft, also where it was begun on another channel of the same person."""
    raws = await desk.vault.read(desk.session, commune_id=desk.commune_id, body_ids=body_ids)
    if case.origin == desk.channel:
        return {body_id: desk.reads(raw) for body_id, raw in raws.items()}
    channels = await inbox.channels_of_bodies(desk.session, commune_id=desk.commune_id, body_ids=body_ids)
    return {body_id: desk.reads_from(channels.get(body_id, ""), raw) for body_id, raw in raws.items()}


async def left_elsewhere(desk: Desk) -> Case | None:
    """A draft that this person has begun on another of their linked channels, the newest."""
    own = await cases.of_person(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    return next((case for case in own if is_open_draft(case) and case.account_id != desk.account_id), None)


async def offer(desk: Desk) -> tuple[Choice, ...]:
    """To go on with such a draft here, where there is one."""
    left = await left_elsewhere(desk)
    return (Choice("Gửi tiếp bản nháp ở kênh kia", f"reports.go:{left.id}"),) if left is not None else ()


async def take_up(desk: Desk, case_id: int) -> None:
    """Go on with a draft of this person's, wherever it was begun: from now on it is told here. Raises NotConfirmed."""
    confirming.demand(desk)
    own = await cases.of_person(desk.session, commune_id=desk.commune_id, account_id=desk.account_id)
    case = next((each for each in own if each.id == case_id and is_open_draft(each)), None)
    if case is None:
        return
    if case.account_id != desk.account_id:
        await talks.let_go_of_draft(desk.session, commune_id=desk.commune_id, draft_id=case_id)
        case.account_id = desk.account_id
        await cases.save(desk.session, case)
    desk.talk.draft_id, desk.talk.held = case_id, {}


def is_open_draft(case: Case) -> bool:
    """A report that is still being told."""
    return case.state == "draft" and case.kind in REPORTS


async def say_anew(desk: Desk, *, part: str) -> None:
    """The person says one part again: what they said of it before is gone."""
    if desk.talk.draft_id is not None:
        held = await cases.replace_line(desk.session, commune_id=desk.commune_id, case_id=desk.talk.draft_id, kind=part)
        await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=held)


async def drop(desk: Desk) -> bool:
    """Take the talk's draft back whole and erase the words in it; tells whether there was one."""
    draft_id = desk.talk.draft_id
    if draft_id is None:
        return False
    desk.talk.draft_id, desk.talk.held = None, {}
    await talks.save(desk.session, desk.talk)
    held = await cases.drop_draft(desk.session, commune_id=desk.commune_id, case_id=draft_id)
    await bodies.erase(desk.session, commune_id=desk.commune_id, body_ids=held)
    return True
