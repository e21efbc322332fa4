"""The commune's own texts over the shipped entries: written by a curator, approved by somebody else, never lost.

Rows 9 and 13: author and approver differ, every version stays with its reason, any of them comes back in one act.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers import late_answers
from handlers.entry_checks import Checked, check_text
from handlers.permissions import Act
from handlers.workplace import Workplace
from knowledge import drafts
from knowledge.base import Knowledge
from knowledge.errors import Fault
from knowledge.layers import shipped_text, stamp
from storage import entry_versions, gap_answers
from storage.entry_versions import EVER_IN_FORCE, OPEN, EntryVersion

KIND = "entry"


class ContentError(Exception):
    """Base of what cannot be done with an entry."""


class NoSuchVersion(ContentError):
    """No such entry or version in this commune."""


class NotOpen(ContentError):
    """The version was decided meanwhile."""


class SameHand(ContentError):
    """Whoever wrote in a text cannot approve it."""


class GroundChanged(ContentError):
    """The shipped text is no longer the one on which this was written."""


class NeverInForce(ContentError):
    """Only what two people stood behind comes back without a new approval."""


class NothingToDrop(ContentError):
    """The commune has no text of its own in force here."""


@dataclass(eq=False)
class Unfit(ContentError):
    """The checks found faults, or a reason or document is missing; each names what is to be mended."""

    faults: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Books:
    """What is shipped, and what this commune answers with."""

    shipped: Knowledge
    mine: Knowledge


async def the_version(work: Workplace, version_id: int, act: Act = Act.KNOWLEDGE_READ) -> EntryVersion:
    """A version of this commune. Raises NoSuchVersion."""
    work.demand(act)
    found = await entry_versions.get(work.session, commune_id=work.commune_id, version_id=version_id)
    if found is None or found.state == "dropped":
        raise NoSuchVersion
    return found


async def versions(work: Workplace, entry_id: str, books: Books) -> list[EntryVersion]:
    """All versions of an entry, the newest first. Raises NoSuchVersion where there is no such entry at all."""
    work.demand(Act.KNOWLEDGE_READ)
    found = await entry_versions.of_entry(work.session, commune_id=work.commune_id, entry_id=entry_id)
    if not found and entry_id not in books.shipped.entries:
        raise NoSuchVersion
    return found


async def open_draft(work: Workplace, entry_id: str, books: Books) -> EntryVersion:
    """The draft of an entry: the open one, else a new one on what is in force over what is shipped now."""
    work.demand(Act.KNOWLEDGE_WRITE)
    known = await versions(work, entry_id, books)
    if (already := next((each for each in known if each.state in OPEN), None)) is not None:
        return already
    shipped = shipped_text(books.shipped.entries, entry_id)
    ours = next((each.text for each in known if each.state == "published"), "")
    text = ours or shipped or next((each.text for each in known if each.text), "")
    title = books.mine.entries[entry_id].title if entry_id in books.mine.entries else known[0].title
    return await _begin(work, entry_id, title=title, text=text, shipped=shipped)


async def new_entry(
    work: Workplace, title: str, books: Books, *, asked: tuple[str, ...] = (), question_ids: tuple[int, ...] = ()
) -> EntryVersion:
    """A draft of an entry that nobody ships; `asked`, `question_ids`: the gap that it is to fill."""
    work.demand(Act.KNOWLEDGE_WRITE)
    mine = {each.entry_id for each in await entry_versions.opened(work.session, commune_id=work.commune_id)}
    entry_id = drafts.own_id(title, {*books.mine.entries, *mine})
    while await entry_versions.of_entry(work.session, commune_id=work.commune_id, entry_id=entry_id):
        mine.add(entry_id)  # one that was withdrawn keeps its name and its history
        entry_id = drafts.own_id(title, {*books.mine.entries, *mine})
    text = drafts.beginning(entry_id, title, asked, today=work.today)
    version = await _begin(work, entry_id, title=title, text=text, shipped="")
    if question_ids:
        await gap_answers.link(
            work.session, commune_id=work.commune_id, entry_id=entry_id, question_ids=list(question_ids)
        )
    return version


async def write(work: Workplace, version_id: int, *, text: str, title: str, reason: str, document: str) -> EntryVersion:
    """Keep the draft as it is typed, faults and all. Raises NotOpen."""
    version = await _open_one(work, version_id, Act.KNOWLEDGE_WRITE)
    me = work.person.officer_id
    version.text, version.title, version.reason, version.document = text, title or version.title, reason, document
    version.state, version.author_id, version.made_at = "draft", me, work.now
    version.authors = sorted({*version.authors, me})
    await entry_versions.keep(work.session, version)
    await work.note(Act.KNOWLEDGE_WRITE, KIND, version.id, what="kept")
    return version


async def send(work: Workplace, version_id: int, checked: Checked) -> None:
    """To the approver. `checked`: its text as `check` saw it. Raises Unfit with all that must be mended first."""
    version = await _open_one(work, version_id, Act.KNOWLEDGE_WRITE)
    _fit_or_raise(version, checked)
    version.state, version.remark = "waiting", ""
    await entry_versions.keep(work.session, version)
    await work.note(Act.KNOWLEDGE_WRITE, KIND, version.id, what="sent")


async def drop(work: Workplace, version_id: int) -> None:
    """Nobody works on this draft any more; the gaps that it was to fill are open again."""
    version = await _open_one(work, version_id, Act.KNOWLEDGE_WRITE)
    version.state, version.decided_at = "dropped", work.now
    await entry_versions.keep(work.session, version)
    known = await entry_versions.of_entry(work.session, commune_id=work.commune_id, entry_id=version.entry_id)
    if not any(each.state == "published" for each in known):
        await gap_answers.release(work.session, commune_id=work.commune_id, entry_id=version.entry_id)
    await work.note(Act.KNOWLEDGE_WRITE, KIND, version.id, what="dropped")


async def approve(work: Workplace, version_id: int, books: Books, checked: Checked) -> int:
    """From now on the bot answers with it, and those who had asked are told: how many.

    Raises SameHand, GroundChanged, Unfit, NotOpen.
    """
    version = await _open_one(work, version_id, Act.KNOWLEDGE_APPROVE)
    if version.state != "waiting":
        raise NotOpen
    _not_mine(work, version)
    _same_ground(version, books)
    _fit_or_raise(version, checked)
    await _put_in_force(work, version)
    await work.note(Act.KNOWLEDGE_APPROVE, KIND, version.id, what="approved")
    assert checked.entry is not None
    return await late_answers.tell(work, checked.entry)


async def give_back(work: Workplace, version_id: int, *, remark: str) -> None:
    """To the curator, with what is to be mended."""
    version = await _open_one(work, version_id, Act.KNOWLEDGE_APPROVE)
    version.state, version.remark = "returned", remark
    await entry_versions.keep(work.session, version)
    await work.note(Act.KNOWLEDGE_APPROVE, KIND, version.id, what="returned")


async def restore(work: Workplace, version_id: int, books: Books, checked: Checked) -> EntryVersion:
    """A text that was in force is so again, in one act. Raises NeverInForce, SameHand, GroundChanged, Unfit."""
    old = await the_version(work, version_id, Act.KNOWLEDGE_APPROVE)
    if old.state not in EVER_IN_FORCE or not old.text:
        raise NeverInForce
    _not_mine(work, old)
    _same_ground(old, books)
    again = _copy_of(work, old)
    again.restores, again.reason = old.number, old.reason
    _fit_or_raise(again, checked)
    await entry_versions.add(work.session, again)
    await _put_in_force(work, again)
    await work.note(Act.KNOWLEDGE_APPROVE, KIND, again.id, what="restored")
    return again


async def withdraw(work: Workplace, version_id: int, *, reason: str) -> None:
    """The commune's text goes: the shipped one answers again, or nothing where there is none. Raises NothingToDrop."""
    old = await the_version(work, version_id, Act.KNOWLEDGE_APPROVE)
    if old.state != "published" or not old.text:
        raise NothingToDrop
    gone = _copy_of(work, old)
    gone.text, gone.reason, gone.authors, gone.author_id = "", reason, [work.person.officer_id], work.person.officer_id
    await entry_versions.add(work.session, gone)
    await _put_in_force(work, gone)
    await work.note(Act.KNOWLEDGE_APPROVE, KIND, gone.id, what="withdrawn")


def is_stale(version: EntryVersion, shipped: Knowledge) -> bool:
    """Whether the shipped text is no longer the one on which this version was written."""
    return bool(version.text) and version.based_on != stamp(shipped_text(shipped.entries, version.entry_id))


def check(version: EntryVersion, books: Books, *, today: date) -> Checked:
    """Every check of the content files on a version's text: some hundred milliseconds, so before any transaction."""
    return check_text(version.text, version.entry_id, shipped=books.shipped, mine=books.mine, today=today)


def missing(version: EntryVersion, checked: Checked) -> tuple[str, ...]:
    """What must stand beside the text: a reason always, a document where the nation's own is changed."""
    needs = [("reason", version.reason), *([("document", version.document)] if checked.national else [])]
    return tuple(name for name, given in needs if not given.strip())


async def _begin(work: Workplace, entry_id: str, *, title: str, text: str, shipped: str) -> EntryVersion:
    me = work.person.officer_id
    version = EntryVersion(
        commune_id=work.commune_id,
        entry_id=entry_id,
        number=0,
        title=title,
        text=text,
        shipped=shipped,
        based_on=stamp(shipped),
        authors=[me],
        author_id=me,
        made_at=work.now,
    )
    await entry_versions.add(work.session, version)
    await work.note(Act.KNOWLEDGE_WRITE, KIND, version.id, what="opened")
    return version


def _copy_of(work: Workplace, old: EntryVersion) -> EntryVersion:
    return EntryVersion(
        commune_id=old.commune_id,
        entry_id=old.entry_id,
        number=0,
        title=old.title,
        text=old.text,
        shipped=old.shipped,
        based_on=old.based_on,
        document=old.document,
        authors=list(old.authors),
        author_id=old.author_id,
        made_at=work.now,
    )


async def _open_one(work: Workplace, version_id: int, act: Act) -> EntryVersion:
    version = await the_version(work, version_id, act)
    if version.state not in OPEN:
        raise NotOpen
    return version


def _not_mine(work: Workplace, version: EntryVersion) -> None:
    if work.person.officer_id in version.authors:
        raise SameHand


def _same_ground(version: EntryVersion, books: Books) -> None:
    if is_stale(version, books.shipped):
        raise GroundChanged


def _fit_or_raise(version: EntryVersion, checked: Checked) -> None:
    if checked.text != version.text:
        raise NotOpen  # somebody wrote in it since it was looked at
    lacking = missing(version, checked)
    if checked.faults or lacking:
        raise Unfit(checked.faults, lacking)


async def _put_in_force(work: Workplace, version: EntryVersion) -> None:
    await entry_versions.replace(work.session, commune_id=work.commune_id, entry_id=version.entry_id)
    version.state, version.approver_id, version.decided_at = "published", work.person.officer_id, work.now
    version.suspended_at = None
    await entry_versions.keep(work.session, version)
    await entry_versions.bump(work.session, commune_id=work.commune_id)
