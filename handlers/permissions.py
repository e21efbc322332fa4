"""The one rule of who may do what: by role, place, field, day, and never in a matter about oneself. Deny by default."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from storage import grants
from storage.officers import Officer


class Act(StrEnum):
    """Everything that the rule is asked about: pages, lists, exports, changes and commands."""

    ACCOUNT_OWN = "account.own"
    CASE_LIST = "case.list"
    CASE_READ = "case.read"
    CASE_NAME_SUBJECT = "case.name_subject"
    CASE_ASSIGN = "case.assign"
    CASE_WORK = "case.work"
    CASE_CLOSE = "case.close"
    CASE_SORT = "case.sort"
    CASE_ADD = "case.add"
    CASE_PUBLISH = "case.publish"
    CASE_APPROVE = "case.approve"
    FIGURE_READ = "figure.read"
    BOOK_READ = "book.read"
    DOSSIER_APOLOGISE = "dossier.apologise"
    NOTICE_READ = "notice.read"
    NOTICE_SEND = "notice.send"
    NOTICE_APPROVE = "notice.approve"
    SERVICE_RATE = "service.rate"
    TEMPLATE_EDIT = "template.edit"
    DISCLOSURE_READ = "disclosure.read"
    DISCLOSURE_EDIT = "disclosure.edit"
    GAP_READ = "gap.read"
    CHANNEL_READ = "channel.read"
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_WRITE = "knowledge.write"
    KNOWLEDGE_APPROVE = "knowledge.approve"
    SWITCH_USE = "switch.use"
    PRACTICE_TAKE = "practice.take"
    PRACTICE_SEE = "practice.see"
    COMMUNE_READ = "commune.read"
    COMMUNE_EDIT = "commune.edit"
    CALENDAR_EDIT = "calendar.edit"
    LIST_IMPORT = "list.import"
    OFFICER_READ = "officer.read"
    OFFICER_EDIT = "officer.edit"
    STAND_IN_EDIT = "stand_in.edit"
    FACTOR_RESET = "factor.reset"
    SEAL_READ = "seal.read"
    SEAL_HOLD = "seal.hold"
    AUDIT_READ = "audit.read"
    AUDIT_EXPORT = "audit.export"


class Role(StrEnum):
    """What an officer is in a commune, a unit, a hamlet or a field."""

    DESK = "desk"
    FIELD = "field"
    UNIT_HEAD = "unit_head"
    LEADER = "leader"
    CURATOR = "curator"
    APPROVER = "approver"
    TRAINER = "trainer"
    BROADCASTER = "broadcaster"
    INSPECTOR = "inspector"
    SEAL_HOLDER = "seal_holder"
    OPERATOR = "operator"


EVERYBODY = frozenset({Act.ACCOUNT_OWN})
CASEWORK = frozenset({Act.CASE_LIST, Act.CASE_READ})
HANDLING = frozenset({Act.CASE_WORK, Act.CASE_SORT})
HEADING = frozenset({Act.CASE_ASSIGN, Act.CASE_CLOSE, Act.CASE_NAME_SUBJECT})
ACTS: dict[Role, frozenset[Act]] = {
    Role.DESK: CASEWORK
    | HANDLING
    | {Act.CASE_ASSIGN, Act.CASE_NAME_SUBJECT, Act.CASE_ADD, Act.COMMUNE_READ, Act.GAP_READ, Act.BOOK_READ}
    | {Act.DOSSIER_APOLOGISE, Act.SERVICE_RATE},
    Role.FIELD: CASEWORK | HANDLING,
    Role.UNIT_HEAD: CASEWORK | HANDLING | HEADING | {Act.OFFICER_READ, Act.STAND_IN_EDIT, Act.FIGURE_READ},
    Role.LEADER: CASEWORK
    | HANDLING
    | HEADING
    | {Act.CASE_PUBLISH, Act.COMMUNE_READ, Act.GAP_READ, Act.OFFICER_READ, Act.STAND_IN_EDIT, Act.FACTOR_RESET}
    | {Act.CALENDAR_EDIT, Act.FIGURE_READ, Act.BOOK_READ, Act.DOSSIER_APOLOGISE, Act.SERVICE_RATE, Act.SWITCH_USE}
    | {Act.NOTICE_READ, Act.NOTICE_SEND, Act.NOTICE_APPROVE, Act.TEMPLATE_EDIT, Act.CASE_APPROVE}
    | {Act.DISCLOSURE_READ, Act.DISCLOSURE_EDIT},
    Role.CURATOR: frozenset({Act.GAP_READ, Act.COMMUNE_READ, Act.KNOWLEDGE_WRITE, Act.TEMPLATE_EDIT}),
    Role.APPROVER: frozenset({Act.GAP_READ, Act.COMMUNE_READ, Act.KNOWLEDGE_APPROVE}),
    Role.TRAINER: frozenset({Act.PRACTICE_SEE}),
    Role.BROADCASTER: frozenset({Act.COMMUNE_READ, Act.NOTICE_READ, Act.NOTICE_SEND, Act.NOTICE_APPROVE})
    | {Act.DISCLOSURE_READ, Act.DISCLOSURE_EDIT},
    Role.INSPECTOR: CASEWORK  # what is told about leaders comes to the inspector
    | {Act.CASE_ASSIGN, Act.CASE_WORK, Act.OFFICER_READ, Act.AUDIT_READ, Act.AUDIT_EXPORT, Act.SEAL_READ}
    | {Act.FIGURE_READ, Act.BOOK_READ, Act.NOTICE_READ, Act.DISCLOSURE_READ, Act.CASE_APPROVE},
    Role.SEAL_HOLDER: frozenset({Act.COMMUNE_READ, Act.SEAL_READ, Act.SEAL_HOLD}),
    Role.OPERATOR: frozenset(
        {
            Act.CHANNEL_READ,
            Act.COMMUNE_READ,
            Act.COMMUNE_EDIT,
            Act.CALENDAR_EDIT,
            Act.LIST_IMPORT,
            Act.OFFICER_READ,
            Act.OFFICER_EDIT,
            Act.STAND_IN_EDIT,
            Act.FACTOR_RESET,
            Act.SWITCH_USE,
        }
    ),
}
KNOWING = (Role.DESK, Role.FIELD, Role.UNIT_HEAD, Role.LEADER, Role.CURATOR, Role.APPROVER, Role.TRAINER)
for _role in Role:  # whoever holds any role may practise; what the bot knows is for those who answer citizens
    ACTS[_role] |= {Act.PRACTICE_TAKE, *([Act.KNOWLEDGE_READ] if _role in KNOWING else [])}
NEVER_BY_STAND_IN = frozenset({Role.SEAL_HOLDER, Role.INSPECTOR})  # keys and oversight are held in person


@dataclass(frozen=True, slots=True)
class Held:
    """One role in force today. `stands_for`: the absent officer whose role it is."""

    role: Role
    office_id: int | None = None
    hamlet_id: int | None = None
    field: str | None = None
    stands_for: int | None = None

    def covers(self, thing: Thing) -> bool:
        """Whether the thing lies where this role reaches; a role without a bound reaches everywhere in the commune."""
        return (
            self.office_id in (None, thing.office_id)
            and self.hamlet_id in (None, thing.hamlet_id)
            and self.field in (None, thing.field)
        )


@dataclass(frozen=True, slots=True)
class Person:
    """An officer at work today, with all roles that they hold or fill in for."""

    officer_id: int
    commune_id: int
    office_id: int | None = None
    holds: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Thing:
    """What an act is done on: where it lies, and whom it is about."""

    commune_id: int
    office_id: int | None = None
    hamlet_id: int | None = None
    field: str | None = None
    about_officers: frozenset[int] = frozenset()
    about_offices: frozenset[int] = frozenset()


@dataclass(eq=False)
class NotAllowed(Exception):
    """The rule says no."""

    act: Act


def basis(person: Person, act: Act, thing: Thing) -> Held | None:
    """The role by which this person may do this; one of their own before a stand-in's. None: they may not."""
    if person.commune_id != thing.commune_id or _is_about(person, thing):
        return None
    own_first = sorted(person.holds, key=lambda held: held.stands_for is not None)
    return next(
        (
            held
            for held in own_first
            if act in ACTS[held.role] and held.covers(thing) and held.stands_for not in thing.about_officers
        ),
        None,
    )


def may(person: Person, act: Act, thing: Thing) -> bool:
    """Whether this person may do this."""
    if act in EVERYBODY:
        return person.commune_id == thing.commune_id
    return basis(person, act, thing) is not None


def may_at_all(person: Person, act: Act) -> bool:
    """Whether there is anything on which this person may do this: for menus, and for pages that filter their rows."""
    return act in EVERYBODY or any(act in ACTS[held.role] for held in person.holds)


async def person_of(session: AsyncSession, officer: Officer, *, on: date) -> Person:
    """An officer with the roles of that day: their own, and those of the officers whom they stand in for."""
    return (await people_of(session, [officer], on=on))[0]


async def people_of(session: AsyncSession, known: Sequence[Officer], *, on: date) -> list[Person]:
    """The same for several officers of one commune, with one look at who holds what."""
    if not known:
        return []
    commune_id = known[0].commune_id
    in_force = await grants.in_force(session, commune_id=commune_id, on=on)
    absent: dict[int, set[int]] = {}
    for row in await grants.stand_ins(session, commune_id=commune_id, on=on):
        absent.setdefault(row.stand_in_id, set()).add(row.absent_id)
    found = []
    for each in known:
        assert each.id is not None
        held = tuple(_held(in_force, each.id, absent.get(each.id, set())))
        found.append(Person(each.id, commune_id, each.office_id, held))
    return found


def _held(in_force: Iterable[grants.Grant], officer_id: int, absent: set[int]) -> Iterable[Held]:
    for row in in_force:
        role = Role(row.role)
        own = row.officer_id == officer_id
        if own or (row.officer_id in absent and role not in NEVER_BY_STAND_IN):
            yield Held(role, row.office_id, row.hamlet_id, row.field, None if own else row.officer_id)


def _is_about(person: Person, thing: Thing) -> bool:
    return person.officer_id in thing.about_officers or person.office_id in thing.about_offices
